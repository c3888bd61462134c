/** What the command line gives to the mail host and hears from it. `mail-host.ts` opens it. */
import type { Endpoint } from '../wire/packet/recording.ts'
import type { Access } from '../access/contract.ts'
import type { Delivery } from '../delivery/contract.ts'
import type { MailStore, MessageId, StoryId } from '../store/contract.ts'
import type { Certificates } from '../net/certificate.ts'
import type { Clock } from '../net/clock.ts'
import type { Limits } from './limits.ts'

/** `smtp` is the MX, `submission` wants a sign-in; the `s` forms begin inside TLS. */
export type ListenerProtocol = 'smtp' | 'submission' | 'submissions' | 'pop3' | 'pop3s'

export interface ListenerAddress {
  readonly protocol: ListenerProtocol
  readonly address: string
  /** 0: any free one; `MailHost.listening` tells which. */
  readonly port: number
}

/** `modes`: as the domains' modes say (on for lab and test, off for production). `accounts`: full addresses. */
export type RecordPlan =
  | { readonly what: 'modes' | 'off' | 'all' }
  | { readonly what: 'accounts'; readonly accounts: readonly string[] }

/** One line of the log: `event` is a stable word, `text` an English sentence, `fields` the facts. Never a secret. */
export interface LogEntry {
  readonly time: Date
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly text: string
  readonly fields: Readonly<Record<string, string | number | boolean>>
}

export type ConnectionOutcome = 'accepted' | 'fetched' | 'signed-in' | 'refused' | 'auth-failed' | 'dropped' | 'nothing'

/** What came of one connection, told when it has ended: one live line of the terminal. */
export interface ConnectionSummary {
  /** From 1, in the order of arrival. */
  readonly number: number
  readonly story: StoryId
  readonly protocol: 'smtp' | 'pop3'
  readonly listener: ListenerProtocol
  readonly peer: Endpoint
  readonly local: Endpoint
  readonly began: Date
  readonly ended: Date
  readonly sealed: boolean
  readonly recorded: boolean
  /** Address of the account that signed in. */
  readonly account: string | undefined
  readonly outcome: ConnectionOutcome
  /** Messages that were accepted here, with the recipients as they were given. */
  readonly accepted: readonly { readonly queueId: string; readonly id: MessageId; readonly to: readonly string[] }[]
  /** Messages that were fetched (POP3 RETR). */
  readonly fetched: number
  /** The last refusal as the log says it, for `refused`, `auth-failed` and `dropped`. */
  readonly why: string | undefined
}

export interface MailHostOptions {
  /** The host's name in greeting, Received and Message-ID. */
  readonly name: string
  readonly store: MailStore
  readonly access: Access
  readonly delivery: Delivery
  readonly listeners: readonly ListenerAddress[]
  readonly certificates: Certificates
  readonly limits?: Partial<Limits>
  readonly record: RecordPlan
  /** `[record] bytes_per_side`; 4 MiB unless told. */
  readonly recordBytesPerSide?: number
  /** Called synchronously; must not throw. */
  readonly log: (entry: LogEntry) => void
  readonly onConnection?: (summary: ConnectionSummary) => void
  readonly clock?: Clock
}

export interface MailHost {
  /** One for each listener that was asked for, in that order, with the real port. */
  readonly listening: readonly ListenerAddress[]
  /** No new connections; open DATA is finished, the others get 421; at most `limits.closingMs`. Stories are kept. */
  close(): Promise<void>
}

/** Opens every listener or none: the first that cannot be opened closes the others and throws `NetError`. */
export type OpenMailHost = (options: MailHostOptions) => Promise<MailHost>
