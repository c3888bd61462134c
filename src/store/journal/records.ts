/**
 * What a journal holds: one type of record for each kind of change. All but deliveries tell whole new states, so that
 * reading a record twice, or after a later one was kept elsewhere, does no harm.
 */
import type { AccountId, StoryId, StorySummary } from '../contract.ts'
import type { PeopleChange } from '../people.ts'
import { ByteReader, ByteWriter } from '../bytes.ts'
import { printChange, readChange } from './people-codec.ts'
import { printSummary, readSummary } from './story-codec.ts'

/** A message's line in a mailbox. */
export interface Row {
  readonly mailbox: number
  readonly uid: number
  readonly modseq: number
  /** Joined by blanks; flags cannot hold one. */
  readonly flags: string
}

/** A row that is not there any more. `segment`: where the message's record stood, so long as it must be remembered. */
export interface Removed {
  readonly mailbox: number
  readonly uid: number
  readonly message: number
  readonly segment: number
}

export interface MailboxRecord {
  readonly id: number
  readonly account: AccountId
  readonly name: string
  readonly uidValidity: number
  readonly uidNext: number
  readonly modseq: number
}

/** What the caller's thread packs of a message; the body follows it, unless it lies in a file of its own. */
export interface MessageHead {
  /** Milliseconds since 1970. */
  readonly received: number
  readonly size: number
  readonly queueId: string
  readonly story: StoryId | undefined
  /** Name of the body's own file. */
  readonly file: string | undefined
  readonly from: string
  readonly to: readonly string[]
  readonly facts: Uint8Array
  /** SHA-256 of a body that lies in a file. */
  readonly fileHash: Uint8Array | undefined
}

export interface StoryRecord {
  readonly summary: StorySummary
  readonly owners: readonly AccountId[]
  /** Bytes of its sealed files; 0 where nothing is recorded. */
  readonly sealedBytes: number
  readonly facts: Uint8Array
}

export type JournalRecord =
  /** Message ids from this number on end in this tag. */
  | { readonly what: 'era'; readonly first: number; readonly tag: string }
  | { readonly what: 'people'; readonly change: PeopleChange }
  | { readonly what: 'mailbox'; readonly mailbox: MailboxRecord }
  | { readonly what: 'mailbox-gone'; readonly id: number; readonly at: number }
  | {
      readonly what: 'delivery'
      readonly rows: readonly Row[]
      readonly hash: Uint8Array
      readonly head: MessageHead
      /** Offsets of the packed head and of the body in the payload. */
      readonly headAt: number
      readonly body: number
    }
  /** A message written again: `number` is that of its delivery. `gone`: when the last row went; then the body is left out and `rows` names its home only. */
  | {
      readonly what: 'kept'
      readonly number: number
      readonly rows: readonly Row[]
      readonly gone: number | undefined
      readonly hash: Uint8Array
      readonly head: MessageHead
      readonly headAt: number
      readonly body: number
    }
  /** Flag changes, copies, moves and expunges, as one change. */
  | {
      readonly what: 'entries'
      readonly at: number
      readonly put: readonly (Row & { readonly message: number })[]
      readonly removed: readonly Removed[]
      /** The mailboxes' new MODSEQ. */
      readonly modseqs: readonly { readonly mailbox: number; readonly modseq: number }[]
    }
  | { readonly what: 'story'; readonly story: StoryRecord; readonly factsAt: number }
  | { readonly what: 'story-bytes-gone'; readonly id: StoryId }
  | { readonly what: 'story-gone'; readonly id: StoryId }
  /** Everything of that segment that is needed stands in later ones. */
  | { readonly what: 'reclaimed'; readonly segment: number }
  /** Stands in the place of a record that a repair could not read. */
  | { readonly what: 'lost' }

const types: Readonly<Record<JournalRecord['what'], number>> = {
  era: 1,
  people: 2,
  mailbox: 3,
  'mailbox-gone': 4,
  delivery: 5,
  kept: 6,
  entries: 7,
  story: 8,
  'story-bytes-gone': 9,
  'story-gone': 10,
  reclaimed: 11,
  lost: 12,
}
const names = new Map(Object.entries(types).map(([name, type]) => [type, name as JournalRecord['what']]))

export function typeOf(what: JournalRecord['what']): number {
  return types[what]
}

const writer = new ByteWriter(4096)

/** Packs the part of a message that its sender knows; see `MessageHead`. */
export function packHead(head: MessageHead): Uint8Array {
  writer.clear()
  writer.byte((head.story === undefined ? 0 : 1) + (head.file === undefined ? 0 : 2))
  writer.number(head.received)
  writer.number(head.size)
  writer.text(head.queueId)
  if (head.story !== undefined) writer.text(head.story)
  if (head.file !== undefined) writer.text(head.file)
  if (head.file !== undefined) writer.blob(head.fileHash ?? new Uint8Array(32))
  writer.text(head.from)
  writer.number(head.to.length)
  for (const to of head.to) writer.text(to)
  writer.blob(head.facts)
  return writer.finish()
}

function readHead(from: ByteReader): MessageHead {
  const bits = from.byte()
  const received = from.number()
  const size = from.number()
  const queueId = from.text()
  const story = bits & 1 ? from.text() : undefined
  const file = bits & 2 ? from.text() : undefined
  const fileHash = bits & 2 ? from.blob() : undefined
  const sender = from.text()
  const to = readMany(from, () => from.text())
  return { received, size, queueId, story, file, fileHash, from: sender, to, facts: from.blob() }
}

/** What stands before the packed head of a delivery. */
export function printDelivery(rows: readonly Row[], hash: Uint8Array): Uint8Array {
  writer.clear()
  printRows(rows)
  writer.raw(hash)
  return writer.finish()
}

/** What stands before the packed head of a kept message. */
export function printKept(
  number: number,
  rows: readonly Row[],
  gone: number | undefined,
  hash: Uint8Array,
): Uint8Array {
  writer.clear()
  writer.number(number)
  writer.number(gone ?? 0)
  printRows(rows)
  writer.raw(hash)
  return writer.finish()
}

function printRows(rows: readonly Row[]): void {
  writer.number(rows.length)
  for (const row of rows) {
    writer.number(row.mailbox)
    writer.number(row.uid)
    writer.number(row.modseq)
    writer.text(row.flags)
  }
}

function readRows(from: ByteReader): Row[] {
  return readMany(from, () => ({
    mailbox: from.number(),
    uid: from.number(),
    modseq: from.number(),
    flags: from.text(),
  }))
}

function readMany<Thing>(from: ByteReader, read: () => Thing): Thing[] {
  const many: Thing[] = []
  for (let count = from.count(); count > 0 && from.ok; count--) many.push(read())
  return many
}

export type SmallRecord = Exclude<JournalRecord, { what: 'delivery' | 'kept' }>

/** The payload of any record that holds no message. */
export function printRecord(record: SmallRecord): Uint8Array {
  writer.clear()
  switch (record.what) {
    case 'era':
      writer.number(record.first)
      writer.text(record.tag)
      break
    case 'people':
      printChange(writer, record.change)
      break
    case 'mailbox':
      printMailbox(record.mailbox)
      break
    case 'mailbox-gone':
      writer.number(record.id)
      writer.number(record.at)
      break
    case 'entries':
      printEntries(record)
      break
    case 'story':
      printStory(record.story)
      break
    case 'story-bytes-gone':
    case 'story-gone':
      writer.text(record.id)
      break
    case 'reclaimed':
      writer.number(record.segment)
      break
    case 'lost':
      break
  }
  return writer.finish()
}

function printMailbox(mailbox: MailboxRecord): void {
  writer.number(mailbox.id)
  writer.text(mailbox.account)
  writer.text(mailbox.name)
  writer.number(mailbox.uidValidity)
  writer.number(mailbox.uidNext)
  writer.number(mailbox.modseq)
}

function printEntries(record: Extract<JournalRecord, { what: 'entries' }>): void {
  writer.number(record.at)
  printRows(record.put)
  for (const { message } of record.put) writer.number(message)
  writer.number(record.removed.length)
  for (const removed of record.removed) {
    writer.number(removed.mailbox)
    writer.number(removed.uid)
    writer.number(removed.message)
    writer.number(removed.segment)
  }
  writer.number(record.modseqs.length)
  for (const { mailbox, modseq } of record.modseqs) {
    writer.number(mailbox)
    writer.number(modseq)
  }
}

function printStory(story: StoryRecord): void {
  printSummary(writer, story.summary)
  writer.number(story.owners.length)
  for (const owner of story.owners) writer.text(owner)
  writer.number(story.sealedBytes)
  writer.blob(story.facts)
}

/**
 * Reads a payload. Undefined for a type or bytes that this program does not know. Blobs are views. `withoutBody`: a
 * message's payload ends before its body.
 */
export function readRecord(type: number, payload: Uint8Array, { withoutBody = false } = {}): JournalRecord | undefined {
  const what = names.get(type)
  const from = new ByteReader(payload)
  if (what === undefined) return undefined
  if (what === 'delivery' || what === 'kept') return readMessage(what, from, withoutBody)
  const record = readSmall(what, from)
  return record && from.done ? record : undefined
}

function readMessage(what: 'delivery' | 'kept', from: ByteReader, withoutBody: boolean): JournalRecord | undefined {
  const number = what === 'kept' ? from.number() : 0
  const gone = what === 'kept' ? from.number() : 0
  const rows = readRows(from)
  const hash = from.raw(32)
  const headAt = from.at
  const head = readHead(from)
  const body = from.at
  const size = withoutBody || gone || head.file !== undefined ? 0 : head.size
  if (!from.ok || from.left !== size) return undefined
  if (what === 'delivery') return { what, rows, hash, head, headAt, body }
  return { what, number, rows, gone: gone || undefined, hash, head, headAt, body }
}

function readSmall(what: SmallRecord['what'], from: ByteReader): JournalRecord | undefined {
  switch (what) {
    case 'era':
      return { what, first: from.number(), tag: from.text() }
    case 'people': {
      const change = readChange(from)
      return change && { what, change }
    }
    case 'mailbox': {
      const id = from.number()
      const account = from.text()
      const name = from.text()
      return {
        what,
        mailbox: { id, account, name, uidValidity: from.number(), uidNext: from.number(), modseq: from.number() },
      }
    }
    case 'mailbox-gone':
      return { what, id: from.number(), at: from.number() }
    case 'entries':
      return readEntries(from)
    case 'story': {
      const summary = readSummary(from)
      const owners = readMany(from, () => from.text())
      const sealedBytes = from.number()
      const facts = from.blob()
      return summary && { what, story: { summary, owners, sealedBytes, facts }, factsAt: from.at - facts.length }
    }
    case 'story-bytes-gone':
    case 'story-gone':
      return { what, id: from.text() }
    case 'reclaimed':
      return { what, segment: from.number() }
    case 'lost':
      return { what }
  }
}

function readEntries(from: ByteReader): JournalRecord {
  const at = from.number()
  const put = readRows(from).map((row) => ({ ...row, message: from.number() }))
  const removed = readMany(from, () => ({
    mailbox: from.number(),
    uid: from.number(),
    message: from.number(),
    segment: from.number(),
  }))
  const modseqs = readMany(from, () => ({ mailbox: from.number(), modseq: from.number() }))
  return { what: 'entries', at, put, removed, modseqs }
}
