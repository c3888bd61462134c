/**
 * Mail at rest: the contract that every engine keeps (the journal with its SQLite index here; PostgreSQL and S3 can
 * keep the same one). Everything is keyed by account. One contract suite runs on each engine (`contract.suite.ts`).
 *
 * Promises of a change resolve when the change is safe on disk and visible to every later read. Reads of the
 * directory are answered from memory or from the index and are synchronous: the servers ask them for each recipient.
 */
import type { Address } from '../wire/address.ts'
import type { Recording } from '../wire/packet/recording.ts'

export type Mode = 'lab' | 'test' | 'production'
export type Scope = 'smtp' | 'pop3' | 'imap'
/** Ids are opaque and never used twice: of an account, a code, a message (also POP3's UIDL), a story. */
export type AccountId = string
export type MessageId = string
export type StoryId = string

export interface Domain {
  readonly name: string
  readonly mode: Mode
}

export interface Account {
  readonly id: AccountId
  readonly address: string
  readonly created: Date
  readonly disabled: boolean
  /** argon2id in PHC form; made and verified by `access/`. */
  readonly passwordHash: string
  /** Bytes; undefined: none. */
  readonly quota: number | undefined
  /** One salt and count for all SCRAM keys of the account, RFC 5802 §2.2. */
  readonly scram: { readonly salt: Uint8Array; readonly iterations: number }
}

export interface ScramKeys {
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
}

/** An authorization code, or a token: never the code itself. */
export interface Code {
  readonly id: string
  readonly account: AccountId
  readonly label: string
  readonly scope: readonly Scope[]
  readonly token: boolean
  /** SHA-256 of the 16 letters (or of the token). */
  readonly hash: Uint8Array
  /** Undefined for tokens. */
  readonly scram: { readonly sha1: ScramKeys; readonly sha256: ScramKeys } | undefined
  readonly created: Date
  readonly expires: Date | undefined
  readonly revoked: Date | undefined
  readonly lastUsed: { readonly at: Date; readonly address: string; readonly client: string } | undefined
}

export interface Alias {
  readonly address: string
  readonly to: readonly string[]
}

/** Who is here. Names are compared without letter case. */
export interface Directory {
  domains(): readonly Domain[]
  domain(name: string): Domain | undefined
  addDomain(name: string, mode: Mode): Promise<Domain>
  /** Refused (`domain-not-empty`) while accounts or aliases live in it. */
  removeDomain(name: string): Promise<void>

  accounts(): readonly Account[]
  /** By exact address; aliases are not followed. */
  account(address: string): Account | undefined
  accountById(id: AccountId): Account | undefined
  /**
   * Where mail for this address goes: an account, all accounts of an alias, or undefined. Local parts are compared
   * without letter case; `postmaster` of a served domain goes to its first account where nobody bears the name.
   */
  resolve(address: Address): readonly Account[] | undefined
  addAccount(account: {
    address: string
    passwordHash: string
    scram: Account['scram']
    quota?: number
  }): Promise<Account>
  changeAccount(id: AccountId, change: { passwordHash?: string; disabled?: boolean; quota?: number }): Promise<Account>
  /** With all its mail, codes and stories. */
  deleteAccount(id: AccountId): Promise<void>

  aliases(): readonly Alias[]
  addAlias(alias: Alias): Promise<void>
  deleteAlias(address: string): Promise<void>

  codes(account: AccountId): readonly Code[]
  code(id: string): Code | undefined
  addCode(code: Omit<Code, 'id' | 'created' | 'revoked' | 'lastUsed'>): Promise<Code>
  revokeCode(id: string): Promise<void>
  /** Rides on the next group's flush (safety.md 5); not awaited by a login. */
  codeUsed(id: string, use: { at: Date; address: string; client: string }): void
}

export type Flag = string

export interface StoredMessage {
  readonly id: MessageId
  readonly uid: number
  /** Bytes as served: trace fields included. */
  readonly size: number
  readonly received: Date
  readonly flags: readonly Flag[]
  readonly modseq: number
}

export interface MailboxState {
  readonly name: string
  readonly uidValidity: number
  readonly uidNext: number
  readonly messages: number
  readonly bytes: number
  readonly highestModseq: number
}

/** One mailbox of one account as it stands. Every list is a snapshot, ascending by uid. */
export interface Mailbox {
  state(): MailboxState
  list(): readonly StoredMessage[]
  /** The bytes in pieces; a message that is gone throws `StoreError('message-gone')`. A reader keeps its segment alive. */
  read(uid: number): AsyncIterable<Uint8Array>
  /** The whole message at once, for one of at most 1 MiB that lies in a segment; undefined: use `read`. One pread. */
  readSmall(uid: number): Uint8Array | undefined
  flag(
    uids: readonly number[],
    change: { add?: readonly Flag[]; remove?: readonly Flag[]; set?: readonly Flag[] },
  ): Promise<void>
  expunge(uids: readonly number[]): Promise<void>
  /** Copies into another mailbox of the account (`unknown` where it does not exist); flags, date and id stay. Pairs of old and new uid. */
  copy(uids: readonly number[], to: string): Promise<readonly UidPair[]>
  /** Copy and expunge as one change. */
  move(uids: readonly number[], to: string): Promise<readonly UidPair[]>
}

export interface UidPair {
  readonly from: number
  readonly to: number
}

/**
 * A message on its way in. `write` takes pieces (the trace fields first); what passes 1 MiB streams into a file of its
 * own, and then the promise it returns must be awaited before more is written. `discard` leaves nothing behind.
 */
export interface Incoming {
  write(bytes: Uint8Array): Promise<void> | undefined
  readonly size: number
  discard(): void
}

export interface Destination {
  readonly account: AccountId
  /** `INBOX` unless told; made where it does not exist. */
  readonly mailbox?: string
  readonly flags?: readonly Flag[]
}

export interface NewMessage {
  readonly bytes: Incoming
  readonly to: readonly Destination[]
  readonly received: Date
  /** The id that stands in the 250, the Received field, every log line and the story. */
  readonly queueId: string
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  /** What the message's story keeps of the connection: at most 8 KiB (`stories.packFacts`), journalled with it. */
  readonly facts: Uint8Array | undefined
  /** The story of the connection that brought it. */
  readonly story: StoryId | undefined
}

export interface Delivered {
  readonly id: MessageId
  readonly uids: readonly { readonly account: AccountId; readonly mailbox: string; readonly uid: number }[]
}

export interface StorySummary {
  readonly id: StoryId
  readonly kind: 'connection' | 'message'
  readonly protocol: Recording['protocol']
  readonly side: 'server' | 'client'
  readonly peer: string
  readonly local: string
  readonly account: string | undefined
  /** The id of the authorization code that signed in. */
  readonly code: string | undefined
  readonly began: Date
  readonly ended: Date | undefined
  /** True when bytes are kept, not facts alone. */
  readonly recorded: boolean
  readonly messages: readonly MessageId[]
  /** A word for the program: `accepted`, `refused`, `fetched`, `signed-in`, `auth-failed`, `dropped`, `nothing`; the words are the catalogue's. */
  readonly outcome: string
}

export interface NewStory {
  readonly id: StoryId
  readonly summary: Omit<StorySummary, 'id' | 'kind'>
  /** Masked lines of the whole connection, packed (`packFacts`); at most 64 KiB. */
  readonly facts: Uint8Array
  /** The bytes, when recording is on for it; sealed on disk, keys in a file of their own. Credential bytes of plaintext are already overwritten. */
  readonly recording: Recording | undefined
  /** Accounts that own it (recipients, sender, who signed in). */
  readonly owners: readonly AccountId[]
}

export interface StoryQuery {
  readonly message?: MessageId
  readonly queueId?: string
  readonly account?: string
}

export interface Stories {
  /** A fresh story id. */
  newId(): StoryId
  /** Rides on the next group's flush; called when the connection has ended. */
  keep(story: NewStory): Promise<void>
  /** Newest last. A message without a connection story of its own still has one of kind `message`. */
  list(query?: StoryQuery): AsyncIterable<StorySummary>
  find(id: StoryId): StorySummary | undefined
  facts(id: StoryId): Promise<Recording | undefined>
  recording(id: StoryId): Promise<Recording | undefined>
  delete(id: StoryId): Promise<boolean>
  /** Removes what is past `keepHours` or above the total; returns how many stories lost their bytes. */
  prune(now: Date): Promise<number>
}

export interface StoreStat {
  readonly messages: number
  readonly bytes: number
  readonly accounts: number
  readonly segments: number
  /** Bytes of the journal, live and dead. */
  readonly journal: number
  /** Bytes of the index. */
  readonly index: number
}

export interface CheckFinding {
  readonly what: 'message-altered' | 'message-missing' | 'index-differs' | 'journal-damaged' | 'file-stray'
  readonly where: string
  readonly why: string
}

/** Progress of long work: `done` and `total` in bytes. */
export type Progress = (done: number, total: number) => void

export interface MailStore {
  readonly directory: Directory
  readonly stories: Stories
  /** A fresh id for a queue file: letters and digits, short. */
  newQueueId(): string
  incoming(): Incoming
  /** Resolves when the message and all its rows are safe on disk and visible. Only then may a server say 250. */
  deliver(message: NewMessage): Promise<Delivered>
  mailboxes(account: AccountId): readonly string[]
  /** Undefined where it does not exist (INBOX always does). */
  mailbox(account: AccountId, name: string): Mailbox | undefined
  /** Names are at most 255 characters without controls (`bad-name`); `exists` if it is there. */
  addMailbox(account: AccountId, name: string): Promise<void>
  /** Keeps its UIDs and UIDVALIDITY. INBOX cannot be renamed or deleted (`bad-name`). */
  renameMailbox(account: AccountId, name: string, to: string): Promise<void>
  /** With its messages. A later mailbox of the same name has another UIDVALIDITY. */
  deleteMailbox(account: AccountId, name: string): Promise<void>
  /** Bytes used by the account, and its quota. */
  usage(account: AccountId): { readonly bytes: number; readonly messages: number; readonly quota: number | undefined }
  /** False below the set free space: the servers answer 452 4.3.1. Cheap: looked up at most once a second. */
  hasRoom(bytes: number): boolean
  /** Called with each change of a mailbox, for IDLE and the page; returns how to stop. */
  watch(account: AccountId, changed: (mailbox: string) => void): () => void
  stat(): Promise<StoreStat>
  check(progress?: Progress): Promise<readonly CheckFinding[]>
  /** Rewrites mostly dead segments now; returns bytes won. The store also does so by itself when idle. */
  reclaim(): Promise<number>
  close(): Promise<void>
}

export type StoreErrorCode =
  | 'locked'
  | 'newer-format'
  | 'not-a-store'
  | 'no-space'
  | 'read-only'
  | 'closed'
  | 'damaged'
  | 'io'
  | 'exists'
  | 'unknown'
  | 'bad-name'
  | 'domain-not-empty'
  | 'over-quota'
  | 'message-gone'
  | 'too-large'

/** A fault of the store or of what was asked of it: what was tried, on what, and what to do. Never holds a secret. */
export class StoreError extends Error {
  readonly code: StoreErrorCode
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
  }
}
