/**
 * The contract in memory: a whole engine without a disk, for the tests of other rooms. It keeps every promise but the
 * one of lasting.
 */
import { randomBytes } from 'node:crypto'
import type {
  AccountId,
  CheckFinding,
  Delivered,
  Incoming,
  MailStore,
  Mailbox,
  MailboxState,
  MessageId,
  NewMessage,
  StoredMessage,
  StoreStat,
  UidPair,
} from './contract.ts'
import { StoreError } from './contract.ts'
import { PeopleDirectory } from './directory.ts'
import { IdMaker, freshTag } from './ids.ts'
import { Collected } from './incoming.ts'
import { type MemoryMessage, MemoryStories } from './memory-stories.ts'
import { type FlagChange, changedFlags, cleanFlags, mailboxName } from './names.ts'
import { People, type PeopleRequest, decide } from './people.ts'
import { Watchers } from './watchers.ts'

interface Entry {
  readonly message: MemoryMessage
  readonly uid: number
  flags: readonly string[]
  modseq: number
}

interface Box {
  readonly account: AccountId
  name: string
  readonly uidValidity: number
  uidNext: number
  modseq: number
  bytes: number
  /** Ascending by uid, as a Map keeps the order of insertion. */
  readonly entries: Map<number, Entry>
}

export interface MemoryOptions {
  readonly now?: () => Date
  readonly randomBytes?: (size: number) => Uint8Array
  /** Hours that recordings and the stories of gone mail are kept; 24 unless told. */
  readonly keepHours?: number
  /** Bytes of all recordings; 1 GiB unless told. */
  readonly storiesTotal?: number
  /** What `hasRoom` compares with; endless unless told. */
  readonly room?: number
}

/** Opens an empty store in memory. */
export function openMemoryStore(options: MemoryOptions = {}): MailStore {
  return new MemoryStore(options)
}

class MemoryStore implements MailStore {
  readonly directory: PeopleDirectory
  readonly stories: MemoryStories
  readonly #people = new People()
  readonly #boxes = new Map<AccountId, Map<string, Box>>()
  readonly #messages = new Map<MessageId, MemoryMessage>()
  readonly #watchers = new Watchers()
  readonly #ids: IdMaker
  readonly #tag: string
  readonly #now: () => Date
  readonly #room: number
  #number = 0
  #validity = 0
  #closed = false

  constructor(options: MemoryOptions) {
    const random = options.randomBytes ?? randomBytes
    this.#now = options.now ?? (() => new Date())
    this.#room = options.room ?? Infinity
    this.#ids = new IdMaker(this.#now, random)
    this.#tag = freshTag(random)
    this.directory = new PeopleDirectory(this.#people, this.#ids, this.#now, (request) => this.#change(request))
    this.stories = new MemoryStories(this.#ids, this.#messages, this.#people, {
      keepMs: (options.keepHours ?? 24) * 3_600_000,
      total: options.storiesTotal ?? 2 ** 30,
    })
  }

  async #change(request: PeopleRequest): Promise<void> {
    this.#open()
    for (const change of decide(this.#people, request)) {
      this.#people.apply(change)
      if (change.what === 'account') this.#box(change.account.id, 'INBOX')
      if (change.what === 'account-gone') this.#forget(change.id)
    }
  }

  #forget(account: AccountId): void {
    for (const box of this.#boxes.get(account)?.values() ?? []) this.#empty(box)
    this.#boxes.delete(account)
    this.stories.forgetAccount(account)
  }

  #open(): void {
    if (this.#closed) throw new StoreError('closed', 'the store is closed')
  }

  newQueueId(): string {
    return this.#ids.next()
  }
  incoming(): Incoming {
    this.#open()
    return new Collected()
  }

  async deliver(message: NewMessage): Promise<Delivered> {
    this.#open()
    if (!(message.bytes instanceof Collected)) throw new StoreError('unknown', 'the bytes are of another store')
    const size = message.bytes.size
    const to = message.to.map(({ account, mailbox, flags }) => ({
      account: this.#known(account),
      mailbox: mailboxName(mailbox ?? 'INBOX'),
      flags: cleanFlags(flags ?? []),
    }))
    for (const { account } of to) this.#checkQuota(account, size * to.filter((one) => one.account === account).length)
    const kept: MemoryMessage = {
      id: `${(++this.#number).toString(36)}.${this.#tag}`,
      bytes: message.bytes.take(),
      received: message.received,
      queueId: message.queueId,
      story: message.story,
      facts: message.facts,
      owners: new Set(to.map(({ account }) => account)),
      copies: 0,
    }
    this.#messages.set(kept.id, kept)
    const uids = to.map(({ account, mailbox, flags }) => {
      const box = this.#box(account, mailbox)
      return { account, mailbox, uid: this.#put(box, kept, flags) }
    })
    if (uids.length === 0) this.#messages.delete(kept.id)
    for (const { account, mailbox } of uids) this.#watchers.tell(account, mailbox)
    return { id: kept.id, uids }
  }

  #known(account: AccountId): AccountId {
    if (!this.#people.accounts.has(account)) throw new StoreError('unknown', `there is no account ${account}`)
    return account
  }

  #checkQuota(account: AccountId, more: number): void {
    const { bytes, quota } = this.usage(account)
    if (quota !== undefined && bytes + more > quota)
      throw new StoreError('over-quota', `${more} bytes do not fit: ${bytes} of ${quota} are used by ${account}`)
  }

  #box(account: AccountId, name: string): Box {
    const boxes = this.#boxes.get(account) ?? new Map<string, Box>()
    this.#boxes.set(account, boxes)
    const there = boxes.get(name)
    if (there) return there
    this.#validity = Math.max(this.#validity + 1, Math.floor(this.#now().getTime() / 1000))
    const box: Box = {
      account,
      name,
      uidValidity: this.#validity,
      uidNext: 1,
      modseq: 1,
      bytes: 0,
      entries: new Map(),
    }
    boxes.set(name, box)
    return box
  }

  #put(box: Box, message: MemoryMessage, flags: readonly string[]): number {
    const uid = box.uidNext++
    box.entries.set(uid, { message, uid, flags, modseq: ++box.modseq })
    box.bytes += message.bytes.length
    message.copies++
    return uid
  }

  #empty(box: Box): void {
    for (const uid of box.entries.keys()) this.#remove(box, uid)
  }

  #remove(box: Box, uid: number): void {
    const entry = box.entries.get(uid)
    if (!entry) return
    box.entries.delete(uid)
    box.bytes -= entry.message.bytes.length
    if (--entry.message.copies > 0) return
    this.#messages.delete(entry.message.id)
    this.stories.messageGone(entry.message, this.#now())
  }

  mailboxes(account: AccountId): readonly string[] {
    const names = [...(this.#boxes.get(account)?.keys() ?? [])].filter((name) => name !== 'INBOX').sort()
    return this.#boxes.has(account) ? ['INBOX', ...names] : []
  }
  mailbox(account: AccountId, name: string): Mailbox | undefined {
    const box = this.#boxes.get(account)?.get(mailboxName(name))
    return box ? this.#view(box) : undefined
  }

  async addMailbox(account: AccountId, name: string): Promise<void> {
    this.#open()
    const clean = mailboxName(name)
    if (this.#boxes.get(this.#known(account))?.has(clean))
      throw new StoreError('exists', `the mailbox ${clean} is there already`)
    this.#box(account, clean)
    this.#watchers.tell(account, clean)
  }
  async renameMailbox(account: AccountId, name: string, to: string): Promise<void> {
    const box = this.#other(account, name)
    const clean = mailboxName(to)
    if (this.#boxes.get(account)?.has(clean)) throw new StoreError('exists', `the mailbox ${clean} is there already`)
    this.#boxes.get(account)?.delete(box.name)
    this.#watchers.tell(account, box.name)
    box.name = clean
    this.#boxes.get(account)?.set(clean, box)
    this.#watchers.tell(account, clean)
  }
  async deleteMailbox(account: AccountId, name: string): Promise<void> {
    const box = this.#other(account, name)
    this.#empty(box)
    this.#boxes.get(account)?.delete(box.name)
    this.#watchers.tell(account, box.name)
  }

  #other(account: AccountId, name: string): Box {
    this.#open()
    const clean = mailboxName(name)
    if (clean === 'INBOX') throw new StoreError('bad-name', 'INBOX cannot be renamed or deleted')
    return this.#there(account, clean)
  }
  #there(account: AccountId, name: string): Box {
    const box = this.#boxes.get(account)?.get(name)
    if (!box) throw new StoreError('unknown', `there is no mailbox ${name}`)
    return box
  }

  #view(box: Box): Mailbox {
    const changed = (): void => this.#watchers.tell(box.account, box.name)
    const entry = (uid: number): Entry => {
      const found = box.entries.get(uid)
      if (!found) throw new StoreError('message-gone', `message ${uid} of ${box.name} is gone`)
      return found
    }
    const open = (): void => this.#open()
    const remove = (uid: number): void => this.#remove(box, uid)
    const copy = (uids: readonly number[], to: string): readonly UidPair[] => this.#copy(box, uids, to)
    return {
      state: () => printState(box),
      list: () => Array.from(box.entries.values(), printEntry),
      async *read(uid) {
        yield entry(uid).message.bytes
      },
      readSmall: (uid) => entry(uid).message.bytes,
      async flag(uids, change) {
        open()
        if (flagEntries(box, uids, change)) changed()
      },
      async expunge(uids) {
        open()
        const there = uids.filter((uid) => box.entries.has(uid))
        if (there.length === 0) return
        for (const uid of there) remove(uid)
        box.modseq++
        changed()
      },
      async copy(uids, to) {
        open()
        return copy(uids, to)
      },
      async move(uids, to) {
        open()
        const pairs = copy(uids, to)
        for (const { from } of pairs) remove(from)
        if (pairs.length > 0) box.modseq++
        if (pairs.length > 0) changed()
        return pairs
      },
    }
  }

  #copy(from: Box, uids: readonly number[], to: string): readonly UidPair[] {
    const target = this.#there(from.account, mailboxName(to))
    const entries = uids.flatMap((uid) => from.entries.get(uid) ?? [])
    const pairs = entries.map((entry) => ({ from: entry.uid, to: this.#put(target, entry.message, entry.flags) }))
    if (pairs.length > 0) this.#watchers.tell(target.account, target.name)
    return pairs
  }

  usage(account: AccountId): { bytes: number; messages: number; quota: number | undefined } {
    let bytes = 0
    let messages = 0
    for (const box of this.#boxes.get(account)?.values() ?? []) {
      bytes += box.bytes
      messages += box.entries.size
    }
    return { bytes, messages, quota: this.#people.accounts.get(account)?.quota }
  }

  hasRoom(bytes: number): boolean {
    return bytes <= this.#room
  }
  watch(account: AccountId, changed: (mailbox: string) => void): () => void {
    return this.#watchers.watch(account, changed)
  }
  async stat(): Promise<StoreStat> {
    const sizes = [...this.#messages.values()].map(({ bytes }) => bytes.length)
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    return { messages: sizes.length, bytes, accounts: this.#people.accounts.size, segments: 0, journal: 0, index: 0 }
  }
  check(): Promise<readonly CheckFinding[]> {
    return Promise.resolve([])
  }
  reclaim(): Promise<number> {
    return Promise.resolve(0)
  }
  close(): Promise<void> {
    this.#closed = true
    return Promise.resolve()
  }
}

/** Returns true if anything changed. A change takes one MODSEQ for all its messages. */
function flagEntries(box: Box, uids: readonly number[], change: FlagChange): boolean {
  const changes = uids.flatMap((uid) => {
    const entry = box.entries.get(uid)
    if (!entry) return []
    const flags = changedFlags(entry.flags, change)
    return flags.join(' ') === entry.flags.join(' ') ? [] : [{ entry, flags }]
  })
  if (changes.length === 0) return false
  box.modseq++
  for (const { entry, flags } of changes) {
    entry.flags = flags
    entry.modseq = box.modseq
  }
  return true
}

function printEntry({ message, uid, flags, modseq }: Entry): StoredMessage {
  return { id: message.id, uid, size: message.bytes.length, received: message.received, flags, modseq }
}

function printState(box: Box): MailboxState {
  return {
    name: box.name,
    uidValidity: box.uidValidity,
    uidNext: box.uidNext,
    messages: box.entries.size,
    bytes: box.bytes,
    highestModseq: box.modseq,
  }
}
