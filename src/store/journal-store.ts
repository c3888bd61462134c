/**
 * The journal engine as the main thread sees it: reads are answered here (from memory, the index, the segments), every
 * change goes to the writer. Made by `openStore`.
 */
import type {
  AccountId,
  CheckFinding,
  Delivered,
  Directory,
  Incoming,
  MailStore,
  Mailbox,
  NewMessage,
  Progress,
  Stories,
  StoreStat,
} from './contract.ts'
import { StoreError } from './contract.ts'
import { StoreIncoming, removeBody } from './body.ts'
import { PeopleDirectory } from './directory.ts'
import type { FilePort } from './disk/port.ts'
import { asStoreError } from './fault.ts'
import type { IdMaker } from './ids.ts'
import type { IndexReader } from './index/read.ts'
import { JournalStories } from './journal-stories.ts'
import { packHead, type MessageHead } from './journal/records.ts'
import type { SegmentFiles } from './journal/segments.ts'
import type { Layout } from './layout.ts'
import { JournalMailbox, type MailboxParts } from './mailbox.ts'
import { cleanFlags, mailboxName } from './names.ts'
import type { People } from './people.ts'
import type { SealedFiles } from './seal.ts'
import type { Watchers } from './watchers.ts'
import type { WriterLink } from './writer/link.ts'
import type { AnswerValue, WriteRequest } from './writer/requests.ts'

export interface JournalStoreParts {
  readonly layout: Layout
  readonly files: FilePort
  readonly ids: IdMaker
  readonly now: () => Date
  readonly people: People
  readonly reader: IndexReader
  readonly segments: SegmentFiles
  readonly sealed: SealedFiles
  readonly link: WriterLink
  readonly watchers: Watchers
  /** Waits until reclaimed segments are gone. */
  readonly settled: () => Promise<void>
  readonly check: (progress?: Progress) => Promise<readonly CheckFinding[]>
  readonly letGo: () => void
  readonly freeSpaceLimit: number
  readonly keepHours: number
  readonly storiesTotal: number
}

/** Recipients of one message, and bytes of its facts. */
const mostRecipients = 10_000
const mostFacts = 2 ** 16
/** Free space is asked for at most this often. */
const spaceAgeMs = 1000

export class JournalStore implements MailStore {
  readonly directory: Directory
  readonly stories: Stories
  readonly #parts: JournalStoreParts
  readonly #mailboxParts: MailboxParts
  #free = { bytes: 0, at: -Infinity }
  #closing: Promise<void> | undefined

  constructor(parts: JournalStoreParts) {
    this.#parts = parts
    const { ids, now, people, reader, segments, sealed, link, layout, files } = parts
    this.#mailboxParts = { folder: layout.folder, files, reader, segments, link, now }
    this.directory = new PeopleDirectory(people, ids, now, async (request) => {
      await link.ask({ what: 'people', request, at: now().getTime() })
    })
    const keepMs = parts.keepHours * 3_600_000
    const total = parts.storiesTotal
    this.stories = new JournalStories({ ids, reader, segments, sealed, link, people: () => people, keepMs, total })
  }

  newQueueId(): string {
    return this.#parts.ids.next()
  }

  incoming(): Incoming {
    if (this.#closing) throw new StoreError('closed', 'the store is closed')
    const { files, layout, ids } = this.#parts
    return new StoreIncoming(files, layout.folder, () => ids.next())
  }

  async deliver(message: NewMessage): Promise<Delivered> {
    if (this.#closing) throw new StoreError('closed', 'the store is closed')
    const { bytes } = message
    if (!(bytes instanceof StoreIncoming)) throw new StoreError('unknown', 'the bytes are of another store')
    checkLimits(message)
    const to = message.to.map(({ account, mailbox, flags }) => ({
      account,
      mailbox: mailbox === undefined ? 'INBOX' : mailboxName(mailbox),
      flags: flags === undefined ? '' : cleanFlags(flags).join(' '),
    }))
    const body = bytes.take()
    const large = body ? undefined : await this.#settle(bytes)
    const request = deliverRequest(message, body, large, to, this.#parts.now().getTime())
    try {
      return this.#delivered(await this.#parts.link.ask(request), to)
    } catch (thrown) {
      // a record may name it all the same then; if none does, the next start removes it as a stray
      if (large && this.#parts.link.isCertain) removeBody(this.#parts.files, this.#parts.layout.folder, large.file)
      throw thrown
    }
  }

  async #settle(bytes: StoreIncoming): Promise<{ file: string; hash: Uint8Array }> {
    try {
      return await bytes.settle()
    } catch (cause) {
      throw asStoreError(cause, this.#parts.layout.folder)
    }
  }

  #delivered(answer: AnswerValue, to: readonly { account: AccountId; mailbox: string }[]): Delivered {
    if (!answer || !('number' in answer)) throw new StoreError('io', 'the writer gave no number')
    const uids = to.map(({ account, mailbox }, nth) => ({ account, mailbox, uid: answer.uids[nth] ?? 0 }))
    return { id: this.#parts.reader.idOf(answer.number), uids }
  }

  mailboxes(account: AccountId): readonly string[] {
    const names = this.#parts.reader.names(account)
    return names.includes('INBOX') ? ['INBOX', ...names.filter((name) => name !== 'INBOX')] : names
  }

  mailbox(account: AccountId, name: string): Mailbox | undefined {
    const box = this.#parts.reader.boxNamed(account, mailboxName(name))
    return box && new JournalMailbox(box.id, this.#mailboxParts)
  }

  async addMailbox(account: AccountId, name: string): Promise<void> {
    const at = this.#parts.now().getTime()
    await this.#parts.link.ask({ what: 'add-mailbox', account, name: mailboxName(name), at })
  }
  async renameMailbox(account: AccountId, name: string, to: string): Promise<void> {
    await this.#parts.link.ask({ what: 'rename-mailbox', account, name: otherThanInbox(name), to: mailboxName(to) })
  }
  async deleteMailbox(account: AccountId, name: string): Promise<void> {
    const at = this.#parts.now().getTime()
    await this.#parts.link.ask({ what: 'delete-mailbox', account, name: otherThanInbox(name), at })
  }

  usage(account: AccountId): { bytes: number; messages: number; quota: number | undefined } {
    return { ...this.#parts.reader.usage(account), quota: this.#parts.people.accounts.get(account)?.quota }
  }

  hasRoom(bytes: number): boolean {
    const at = performance.now()
    const { files, layout, freeSpaceLimit } = this.#parts
    if (at - this.#free.at >= spaceAgeMs) this.#free = { bytes: files.freeSpace(layout.folder), at }
    return this.#free.bytes - bytes >= freeSpaceLimit
  }

  watch(account: AccountId, changed: (mailbox: string) => void): () => void {
    return this.#parts.watchers.watch(account, changed)
  }

  stat(): Promise<StoreStat> {
    const { reader, people, link } = this.#parts
    const { segments, journal } = link.state
    return Promise.resolve({
      ...reader.total(),
      accounts: people.accounts.size,
      segments,
      journal,
      index: reader.size(),
    })
  }

  check(progress?: Progress): Promise<readonly CheckFinding[]> {
    return this.#parts.check(progress)
  }

  async reclaim(): Promise<number> {
    const keepFactsSince = this.#parts.now().getTime() - this.#parts.keepHours * 3_600_000
    const answer = await this.#parts.link.ask({ what: 'reclaim', keepFactsSince })
    await this.#parts.settled()
    return answer && 'count' in answer ? answer.count : 0
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { link, reader, segments, letGo } = this.#parts
    try {
      await link.close()
    } finally {
      reader.close()
      segments.close()
      letGo()
    }
  }
}

function checkLimits({ to, facts, envelope }: NewMessage): void {
  if (to.length === 0) throw new StoreError('unknown', 'a message must go to somebody')
  if (to.length > mostRecipients || envelope.to.length > mostRecipients)
    throw new StoreError('too-large', `a message goes to at most ${mostRecipients} mailboxes`)
  if (facts && facts.length > mostFacts)
    throw new StoreError('too-large', `the facts of a message take at most ${mostFacts} bytes`)
}

const noFacts = new Uint8Array(0)

/** Packs head and body into one buffer of their own, which crosses to the writer's thread as it is. */
function deliverRequest(
  message: NewMessage,
  body: Uint8Array | undefined,
  large: { file: string; hash: Uint8Array } | undefined,
  to: Extract<WriteRequest, { what: 'deliver' }>['to'],
  at: number,
): WriteRequest {
  const facts = message.facts ?? noFacts
  const { queueId, story, envelope } = message
  const received = message.received.getTime()
  const size = message.bytes.size
  const head: MessageHead = {
    received,
    size,
    queueId,
    story,
    file: large?.file,
    fileHash: large?.hash,
    from: envelope.from,
    to: envelope.to,
    facts,
  }
  const packed = packHead(head)
  const headSize = packed.length
  const bytes = Buffer.allocUnsafeSlow(headSize + (body?.length ?? 0))
  bytes.set(packed)
  if (body) bytes.set(body, headSize)
  return {
    what: 'deliver',
    head: { received, size, queueId, story, file: large?.file, told: facts.length > 0 },
    bytes,
    headSize,
    hash: large?.hash,
    to,
    at,
  }
}

function otherThanInbox(name: string): string {
  const clean = mailboxName(name)
  if (clean === 'INBOX') throw new StoreError('bad-name', 'INBOX cannot be renamed or deleted')
  return clean
}
