/** What every connection of a mail host shares. */
import type { Access } from '../access/contract.ts'
import type { Delivery } from '../delivery/contract.ts'
import type { Certificates } from '../net/certificate.ts'
import type { Clock } from '../net/clock.ts'
import type { AccountId, MailStore } from '../store/contract.ts'
import type { ConnectionSummary, LogEntry } from './contract.ts'
import type { Limits } from './limits.ts'
import type { RecordRules } from './record.ts'

export interface Host {
  readonly name: string
  readonly store: MailStore
  readonly access: Access
  readonly delivery: Delivery
  readonly certificates: Certificates
  readonly limits: Limits
  readonly record: RecordRules
  readonly clock: Clock
  /** Accounts whose INBOX a POP3 session holds, RFC 1939 §4. */
  readonly heldMaildrops: Set<AccountId>
  readonly log: (entry: LogEntry) => void
  readonly onConnection: (summary: ConnectionSummary) => void
}
