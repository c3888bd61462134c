/** A mailbox of the journal engine: rows from the index, bytes from the journal. */
import { join } from 'node:path'
import type { Mailbox, MailboxState, StoredMessage, UidPair } from './contract.ts'
import { StoreError } from './contract.ts'
import type { FilePort } from './disk/port.ts'
import type { Message } from './index/messages.ts'
import type { FoundBox, IndexReader } from './index/read.ts'
import type { SegmentFiles } from './journal/segments.ts'
import { type FlagChange, mailboxName } from './names.ts'
import type { WriterLink } from './writer/link.ts'

export interface MailboxParts {
  readonly folder: string
  readonly files: FilePort
  readonly reader: IndexReader
  readonly segments: SegmentFiles
  readonly link: WriterLink
  readonly now: () => Date
}

/** A large body is read in pieces of this size. */
const pieceSize = 2 ** 17
/** Below this a read costs less than the way to another thread. */
const atOnce = 2 ** 16

export class JournalMailbox implements Mailbox {
  readonly #id: number
  readonly #parts: MailboxParts

  constructor(id: number, parts: MailboxParts) {
    this.#id = id
    this.#parts = parts
  }

  #box(): FoundBox {
    const box = this.#parts.reader.box(this.#id)
    if (!box) throw new StoreError('unknown', 'the mailbox was deleted')
    return box
  }

  state(): MailboxState {
    const { name, uidValidity, uidNext, messages, bytes, highestModseq } = this.#box()
    return { name, uidValidity, uidNext, messages, bytes, highestModseq }
  }

  list(): readonly StoredMessage[] {
    return this.#parts.reader.list(this.#id)
  }

  #place(uid: number): Message {
    const place = this.#parts.reader.place(this.#id, uid)
    if (!place) throw new StoreError('message-gone', `message ${uid} is gone`)
    return place
  }

  async *read(uid: number): AsyncIterable<Uint8Array> {
    const place = this.#place(uid)
    const { segment, at, head, size, file } = place
    if (file !== undefined) yield* this.#readFile(file, size)
    else if (size <= atOnce) yield this.#parts.segments.read(segment, at + head, size)
    else yield await this.#parts.segments.readLater(segment, at + head, size)
  }

  /** An open file stays readable after it was removed. */
  async *#readFile(file: string, size: number): AsyncIterable<Uint8Array> {
    const { files, folder } = this.#parts
    const handle = files.open(join(folder, file), 'read')
    try {
      for (let at = 0; at < size;) {
        const piece = Buffer.allocUnsafeSlow(Math.min(pieceSize, size - at))
        const got = await files.readLater(handle, piece, at)
        if (got < piece.length) throw new StoreError('damaged', `${file} ends at ${at + got} of ${size} bytes`)
        yield piece
        at += got
      }
    } finally {
      files.close(handle)
    }
  }

  readSmall(uid: number): Uint8Array | undefined {
    const { segment, at, head, size, file } = this.#place(uid)
    return file === undefined ? this.#parts.segments.read(segment, at + head, size) : undefined
  }

  async flag(uids: readonly number[], change: FlagChange): Promise<void> {
    if (uids.length === 0) return
    await this.#parts.link.ask({ what: 'flag', mailbox: this.#id, uids, change, at: this.#at() })
  }

  async expunge(uids: readonly number[]): Promise<void> {
    if (uids.length === 0) return
    await this.#parts.link.ask({ what: 'expunge', mailbox: this.#id, uids, at: this.#at() })
  }

  copy(uids: readonly number[], to: string): Promise<readonly UidPair[]> {
    return this.#copy(uids, to, false)
  }
  move(uids: readonly number[], to: string): Promise<readonly UidPair[]> {
    return this.#copy(uids, to, true)
  }

  async #copy(uids: readonly number[], to: string, move: boolean): Promise<readonly UidPair[]> {
    const request = { what: 'copy' as const, mailbox: this.#id, uids, to: mailboxName(to), move, at: this.#at() }
    const answer = await this.#parts.link.ask(request)
    return answer !== undefined && 'pairs' in answer ? answer.pairs : []
  }

  #at(): number {
    return this.#parts.now().getTime()
  }
}
