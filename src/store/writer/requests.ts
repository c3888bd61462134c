/** What the main thread asks of the writer, and what it hears back. Everything here crosses between threads as it is. */
import type { AccountId, StoreErrorCode, StoryId, StorySummary, UidPair } from '../contract.ts'
import type { IndexedHead } from '../index/messages.ts'
import type { FlagChange } from '../names.ts'
import type { PeopleChange, PeopleRequest } from '../people.ts'

/** Times (`at`, `before`) are milliseconds since 1970: the writer has no clock. */
export type WriteRequest =
  | {
      readonly what: 'deliver'
      readonly head: IndexedHead
      /** The packed head, and the body behind it unless that lies in a file. */
      readonly bytes: Uint8Array
      readonly headSize: number
      /** SHA-256 of a body that lies in a file. */
      readonly hash: Uint8Array | undefined
      readonly to: readonly { readonly account: AccountId; readonly mailbox: string; readonly flags: string }[]
      readonly at: number
    }
  | { readonly what: 'people'; readonly request: PeopleRequest; readonly at: number }
  | {
      readonly what: 'flag'
      readonly mailbox: number
      readonly uids: readonly number[]
      readonly change: FlagChange
      readonly at: number
    }
  | { readonly what: 'expunge'; readonly mailbox: number; readonly uids: readonly number[]; readonly at: number }
  | {
      readonly what: 'copy'
      readonly mailbox: number
      readonly uids: readonly number[]
      readonly to: string
      readonly move: boolean
      readonly at: number
    }
  | { readonly what: 'add-mailbox'; readonly account: AccountId; readonly name: string; readonly at: number }
  | { readonly what: 'rename-mailbox'; readonly account: AccountId; readonly name: string; readonly to: string }
  | { readonly what: 'delete-mailbox'; readonly account: AccountId; readonly name: string; readonly at: number }
  | {
      readonly what: 'keep-story'
      readonly summary: StorySummary
      readonly facts: Uint8Array
      readonly owners: readonly AccountId[]
      readonly sealedBytes: number
    }
  | { readonly what: 'delete-story'; readonly id: StoryId }
  /** Recordings that ended before that time go, and the oldest above the total; old stories without mail go whole. */
  | { readonly what: 'prune'; readonly before: number; readonly total: number }

/** What is done between groups. `reclaim`: all that is worth it; `rest`: nothing came for a while. */
export type UpkeepRequest =
  | { readonly what: 'reclaim'; readonly keepFactsSince: number }
  | { readonly what: 'rest'; readonly keepFactsSince: number }
  /** Nobody reads that segment any more: its file may go. */
  | { readonly what: 'unread'; readonly segment: number }

export interface Told<Request> {
  readonly id: number
  readonly request: Request
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: AnswerValue }
  | { readonly id: number; readonly ok: false; readonly code: StoreErrorCode; readonly message: string }

export type AnswerValue =
  | undefined
  | { readonly number: number; readonly uids: readonly number[] }
  | { readonly pairs: readonly UidPair[] }
  | { readonly count: number }

/** One a group: the answers, and what the main thread must know before anyone hears them. */
export interface GroupAnswer {
  readonly answers: readonly Answer[]
  readonly people: readonly PeopleChange[]
  readonly touched: readonly { readonly account: AccountId; readonly mailbox: string }[]
  /** Segments whose records all stand elsewhere now: tell (`unread`) when nobody reads them. */
  readonly leaving: readonly number[]
  readonly state: WriterState
}

export interface WriterState {
  /** Segments, and bytes of their records. */
  readonly segments: number
  readonly journal: number
  /** A failed group could not be cut off: the journal may hold what its callers heard was refused. */
  readonly broken: boolean
  /** There is upkeep to do at the next rest. */
  readonly restless: boolean
}
