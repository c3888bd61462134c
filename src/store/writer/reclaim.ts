/**
 * Reclaiming, safety.md 7: what still holds of a mostly dead segment is written again at the end of the journal (a
 * message as `kept`, under its old number, with all its rows as they are now), then the segment may go. Done a piece at
 * a time, so that mail goes on in between. What is written again tells whole states, so it does no harm when a start
 * finds both the old segment and the new records.
 */
import { StoreError } from '../contract.ts'
import type { FilePort } from '../disk/port.ts'
import { keyOf } from '../index/apply.ts'
import { type Frame, FrameScanner, frameSize } from '../journal/frame.ts'
import { headSize, segmentPath } from '../journal/journal.ts'
import { type JournalRecord, type Removed, type Row, packHead, printKept, readRecord } from '../journal/records.ts'
import { messageNumber } from '../index/messages.ts'
import { messageOfStory } from '../stories.ts'
import type { People, PeopleChange } from '../people.ts'
import type { Group } from './group.ts'

type Told<What extends JournalRecord['what']> = Extract<JournalRecord, { what: What }>

/** About so many bytes are read a step. */
const stepSize = 2 ** 20

export class Reclaim {
  readonly segment: number
  readonly #files: FilePort
  readonly #handle: number
  readonly #scanner: FrameScanner
  readonly #size: number
  readonly #keepFactsSince: number
  readonly #boxes = new Set<number>()
  readonly #people = new Set<string>()
  #won: number

  constructor(files: FilePort, folder: string, segment: { number: number; end: number }, keepFactsSince: number) {
    this.segment = segment.number
    this.#files = files
    this.#handle = files.open(segmentPath(folder, segment.number), 'read')
    this.#scanner = new FrameScanner(files, this.#handle, segment.end, headSize)
    this.#size = segment.end
    this.#keepFactsSince = keepFactsSince
    this.#won = segment.end
  }

  /** Bytes of the segment less those that were written again. */
  get won(): number {
    return this.#won
  }

  close(): void {
    this.#files.close(this.#handle)
  }

  /** Writes the next piece into a group; true when that was the last. A fault in the segment throws `damaged`. */
  step(group: Group): boolean {
    const before = group.journal.position().at
    const until = this.#scanner.at + stepSize
    while (this.#scanner.at < until) {
      const found = this.#scanner.next()
      if ('type' in found) this.#visit(group, found)
      else if (found.why === 'end' || found.at === this.#size) return this.#finish(group, before)
      else throw new StoreError('damaged', `segment ${this.segment} is damaged at byte ${found.at}`)
    }
    this.#won -= Math.max(0, group.journal.position().at - before)
    return false
  }

  #finish(group: Group, before: number): boolean {
    for (const id of this.#boxes) {
      const box = group.index.boxes.get(id)
      if (!box) continue
      const { account, name, uidValidity, uidNext, modseq } = box
      group.record({ what: 'mailbox', mailbox: { id, account, name, uidValidity, uidNext, modseq } })
    }
    group.record({ what: 'reclaimed', segment: this.segment })
    group.leaving.push(this.segment)
    this.#won -= Math.max(0, group.journal.position().at - before)
    return true
  }

  #visit(group: Group, frame: Frame): void {
    const record = readRecord(frame.type, frame.payload)
    if (!record) throw new StoreError('damaged', `segment ${this.segment} holds an unknown record at ${frame.at}`)
    switch (record.what) {
      case 'delivery':
        return this.#message(group, record, frame, frame.number)
      case 'kept':
        return this.#message(group, record, frame, record.number)
      case 'entries':
        return this.#entries(group, record)
      case 'mailbox':
        this.#boxes.add(record.mailbox.id)
        return
      case 'mailbox-gone':
        if (this.#hasOlder(group)) group.record(record)
        return
      case 'people':
        return this.#person(group, record.change)
      case 'era':
        group.record(record)
        return
      case 'story':
        return this.#story(group, record, frame)
      case 'story-bytes-gone': {
        const story = group.index.stories.get(record.id)
        if (story && story.segment !== this.segment && story.sealed === 0) group.record(record)
        return
      }
      case 'story-gone':
        if (this.#mustRemember(group, record.id)) group.record(record)
        return
      case 'lost':
      case 'reclaimed':
        // the segment it names went before this one could
        return
    }
  }

  /** Only records of older segments could bring back what a record says is gone. */
  #hasOlder(group: Group): boolean {
    for (const number of group.journal.segments.keys()) if (number < this.segment) return true
    return false
  }

  #message(group: Group, record: Told<'delivery' | 'kept'>, frame: Frame, number: number): void {
    for (const { mailbox } of record.rows) this.#boxes.add(mailbox)
    const message = group.index.messages.get(number)
    if (!message || message.segment !== this.segment || message.at !== frame.at) return
    const isDue = message.gone !== undefined && message.gone < this.#keepFactsSince
    if (message.gone !== undefined && (isDue || !message.told)) return group.index.messages.drop(number)
    const rows: readonly Row[] =
      message.gone === undefined
        ? group.index.entries.of(number, message)
        : [{ mailbox: message.mailbox, uid: message.uid, modseq: 0, flags: '' }]
    const isSame = message.told || record.head.facts.length === 0
    const head = isSame ? record.head : { ...record.head, facts: new Uint8Array(0) }
    const packed = isSame ? frame.payload.subarray(record.headAt, record.body) : packHead(head)
    const before = printKept(number, rows, message.gone, record.hash)
    const headAt = before.length
    const body = message.gone === undefined ? frame.payload.subarray(record.body) : new Uint8Array(0)
    group.kept(
      { what: 'kept', number, rows, gone: message.gone, hash: record.hash, head, headAt, body: headAt + packed.length },
      [before, packed, body],
    )
  }

  #entries(group: Group, record: Told<'entries'>): void {
    const put = record.put.flatMap((row) => {
      const entry = group.index.entries.get(row.mailbox, row.uid)
      return entry && entry.message === row.message ? [entry] : []
    })
    // a row's end must be remembered so long as the record stands that says it was there
    const removed: Removed[] = record.removed.filter(
      ({ segment }) => segment !== this.segment && group.journal.segments.has(segment),
    )
    for (const { mailbox } of [...record.put, ...record.removed, ...record.modseqs]) this.#boxes.add(mailbox)
    if (put.length > 0 || removed.length > 0)
      group.record({ what: 'entries', at: record.at, put, removed, modseqs: [] })
  }

  #person(group: Group, change: PeopleChange): void {
    const { kind, key } = keyOf(change)
    if (this.#people.has(`${kind}/${key}`)) return
    this.#people.add(`${kind}/${key}`)
    const now = currentPerson(group.people, change)
    if (now) group.record({ what: 'people', change: now })
    else if (this.#hasOlder(group)) group.record({ what: 'people', change: goneOf(change) })
  }

  #story(group: Group, record: Told<'story'>, frame: Frame): void {
    const { summary, facts } = record.story
    const story = group.index.stories.get(summary.id)
    if (!story || story.segment !== this.segment || story.at !== frame.at) return
    const owners = group.index.stories.owners(summary.id)
    group.record({
      what: 'story',
      story: { summary: story.summary, owners, sealedBytes: story.sealed, facts },
      factsAt: 0,
    })
  }

  #mustRemember(group: Group, id: string): boolean {
    const message = messageOfStory(id)
    if (message === undefined) return !group.index.stories.get(id) && this.#hasOlder(group)
    const there = group.index.messages.get(messageNumber(message))
    // one that stands in this segment is written again without its facts
    return there !== undefined && !there.told && there.segment !== this.segment
  }
}

function currentPerson(people: People, change: PeopleChange): PeopleChange | undefined {
  switch (change.what) {
    case 'domain':
    case 'domain-gone': {
      const domain = people.domains.get(change.what === 'domain' ? change.domain.name : change.name)
      return domain && { what: 'domain', domain }
    }
    case 'account':
    case 'account-gone': {
      const account = people.accounts.get(change.what === 'account' ? change.account.id : change.id)
      return account && { what: 'account', account }
    }
    case 'alias':
    case 'alias-gone': {
      const alias = people.aliases.get(keyOf(change).key)
      return alias && { what: 'alias', alias }
    }
    case 'code':
    case 'code-gone': {
      const code = people.codes.get(change.what === 'code' ? change.code.id : change.id)
      return code && { what: 'code', code }
    }
  }
}

function goneOf(change: PeopleChange): PeopleChange {
  switch (change.what) {
    case 'domain':
      return { what: 'domain-gone', name: change.domain.name }
    case 'account':
      return { what: 'account-gone', id: change.account.id }
    case 'alias':
      return { what: 'alias-gone', address: change.alias.address }
    case 'code':
      return { what: 'code-gone', id: change.code.id }
    case 'domain-gone':
    case 'account-gone':
    case 'alias-gone':
    case 'code-gone':
      return change
  }
}

/** Worth it: more than half of a segment is dead. */
export function isMostlyDead(dead: number, size: number): boolean {
  return dead * 2 > size && size > frameSize
}
