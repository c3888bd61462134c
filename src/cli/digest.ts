/** SHA-256 for the rooms that compute nothing themselves. */
import { createHash } from 'node:crypto'
import type { Digest } from '../wire/talk.ts'

export const sha256: Digest = (bytes) => createHash('sha256').update(bytes).digest('hex')
