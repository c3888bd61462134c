/** What each thing said in POP3 means, as ids of the catalogue. */
import type { Explanation } from '../model.ts'
import type { Pop3Command, Pop3Reply } from '../../wire/pop3/words.ts'

export interface Pop3Context {
  readonly sealed: boolean
  readonly answers?: number | undefined
}

/** What a command means. A line after a `+ ` belongs to `meaningOfAnswer`. */
export function meaningOfPop3Command(command: Pop3Command, _context: Pop3Context): Explanation {
  return { id: `pop3.command.${command.verb}` }
}

/** What a status line means; `to` undefined: the greeting. A `+ ` belongs to `meaningOfChallenge`. */
export function meaningOfPop3Reply(reply: Pop3Reply, to: Pop3Command | undefined, _context: Pop3Context): Explanation {
  return { id: `pop3.reply.${reply.status}@${to?.verb ?? 'greeting'}` }
}

/** What one row of the answer to CAPA means. */
export function meaningOfCapaRow(row: string): Explanation | undefined {
  return { id: `pop3.capability.${row.split(' ')[0]?.toUpperCase()}` }
}

/** What the lines after a status line are, up to the dot: the answer to LIST, UIDL, CAPA, AUTH, LANG. */
export function meaningOfListing(to: Pop3Command | undefined, rows: number): Explanation {
  return { id: `pop3.listing.${to?.verb ?? 'other'}`, params: { count: rows } }
}
