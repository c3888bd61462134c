/** Every text, gathered. Parts stand beside what they speak of. */
import type { Entry } from './entry.ts'
import { smtpCommands } from './smtp/commands.ts'

export const catalogue: readonly Entry[] = [...smtpCommands]
