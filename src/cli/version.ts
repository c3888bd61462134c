/** The program's version, out of its package. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    version: string
  }
  return version
}

export const version: string = readVersion()
