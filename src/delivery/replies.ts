/** The refusals of delivery, as the wire says them. Enhanced codes: RFC 3463 and its registry, RFC 5248. */
import { StoreError } from '../store/contract.ts'
import type { Refused } from './contract.ts'

function refused(code: number, enhanced: string, text: string): Refused {
  return { what: 'refused', code, enhanced, text }
}

export const refusals = {
  unknownRecipient: refused(550, '5.1.1', 'No such mailbox here'),
  badRecipient: refused(553, '5.1.3', 'The local part is too long'),
  disabledRecipient: refused(550, '5.2.1', 'This mailbox is disabled'),
  relayDenied: refused(550, '5.7.1', 'Relaying denied: the recipient is not here, and you have not signed in'),
  noQueue: refused(550, '5.7.1', 'Only recipients of the domains served here are accepted'),
  leavesTest: refused(550, '5.7.1', 'Mail of a test domain does not leave it'),
  foreignSender: refused(553, '5.7.1', 'This is neither your address nor an alias of it'),
  mailboxFull: refused(452, '4.2.2', 'The mailbox is full'),
  neverFits: refused(552, '5.2.2', 'The message is larger than the whole mailbox'),
  noRoom: refused(452, '4.3.1', 'Not enough room on this system, try again later'),
  tooLarge: refused(552, '5.3.4', 'The message is too large for this system'),
  trouble: refused(451, '4.3.0', 'A fault of this system, try again later'),
} as const

/** What a failed delivery means on the wire: nothing internal is told. */
export function replyToFault(fault: unknown): Refused {
  if (!(fault instanceof StoreError)) return refusals.trouble
  switch (fault.code) {
    case 'no-space':
    case 'read-only':
      return refusals.noRoom
    case 'over-quota':
      return refusals.mailboxFull
    case 'too-large':
      return refusals.tooLarge
    case 'locked':
    case 'newer-format':
    case 'not-a-store':
    case 'closed':
    case 'damaged':
    case 'io':
    case 'exists':
    case 'unknown':
    case 'bad-name':
    case 'domain-not-empty':
    case 'message-gone':
      return refusals.trouble
  }
}
