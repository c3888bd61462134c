/**
 * Brings the index in step with the journal: every record is applied here, when it is written and when it is read
 * again. So whatever a start, a repair or a check builds from the journal is what stood there before.
 */
import { ByteWriter } from '../bytes.ts'
import type { StoryId } from '../contract.ts'
import { printChange } from '../journal/people-codec.ts'
import type { Place, Position } from '../journal/journal.ts'
import type { JournalRecord, MessageHead, Row } from '../journal/records.ts'
import { frameSize } from '../journal/frame.ts'
import { textKey } from '../names.ts'
import type { PeopleChange } from '../people.ts'
import { messageOfStory } from '../stories.ts'
import { type Box, Boxes } from './boxes.ts'
import { type Database, numberOf } from './driver.ts'
import { Entries } from './entries.ts'
import { type IndexedHead, Messages, messageNumber } from './messages.ts'
import { StoryTable } from './story-table.ts'

/** Marks a segment that was reclaimed: more than any file has bytes. */
const leaving = 2 ** 48

type Told<What extends JournalRecord['what']> = Extract<JournalRecord, { what: What }>

export class Index {
  readonly boxes: Boxes
  readonly entries: Entries
  readonly messages: Messages
  readonly stories: StoryTable
  readonly #statements
  readonly #dead = new Map<number, number>()
  #safe = 0
  readonly #writer = new ByteWriter()

  constructor(database: Database) {
    this.boxes = new Boxes(database)
    this.entries = new Entries(database)
    this.messages = new Messages(database)
    this.stories = new StoryTable(database)
    this.#statements = {
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      rollback: database.prepare('ROLLBACK'),
      position: database.prepare('INSERT OR REPLACE INTO position VALUES (1, ?, ?, ?, ?)'),
      where: database.prepare('SELECT * FROM position WHERE id = 1'),
      era: database.prepare('INSERT OR REPLACE INTO era VALUES (?, ?)'),
      putPerson: database.prepare('INSERT OR REPLACE INTO people VALUES (?, ?, ?)'),
      dropPerson: database.prepare('DELETE FROM people WHERE kind = ? AND key = ?'),
      dead: database.prepare(
        'INSERT INTO segment VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET dead = dead + excluded.dead',
      ),
      leave: database.prepare('INSERT OR REPLACE INTO segment VALUES (?, ?)'),
      segments: database.prepare('SELECT number, dead FROM segment'),
      dropSegment: database.prepare('DELETE FROM segment WHERE number = ?'),
    }
  }

  begin(): void {
    this.#statements.begin.run()
  }

  /**
   * Commits the group together with the journal's position up to which the index is now complete; `safe`: all of that
   * is flushed.
   */
  commit(position: Position, safe: boolean): void {
    this.boxes.settle()
    for (const [segment, bytes] of this.#dead) this.#statements.dead.run(segment, bytes)
    this.#dead.clear()
    if (safe) this.#safe = position.number
    this.#statements.position.run(position.number, position.segment, position.at, this.#safe)
    this.#statements.commit.run()
  }

  /** Where the index stands; `safe`: the last record that was flushed when it was noted. */
  position(): (Position & { readonly safe: number }) | undefined {
    const row = this.#statements.where.get()
    if (!row) return undefined
    this.#safe = numberOf(row['safe'])
    const { number, segment, at } = row
    return { number: numberOf(number), segment: numberOf(segment), at: numberOf(at), safe: this.#safe }
  }

  /** Commits what is not in the journal. */
  end(): void {
    this.boxes.settle()
    this.#statements.commit.run()
  }

  /** Ends a transaction in which nothing was changed. */
  leave(): void {
    this.#statements.rollback.run()
  }

  rollback(): void {
    this.boxes.forget()
    this.#dead.clear()
    this.#statements.rollback.run()
  }

  /** Bytes of a segment that nothing needs any more. */
  died(segment: number, bytes: number): void {
    this.#dead.set(segment, (this.#dead.get(segment) ?? 0) + bytes)
  }

  /** Dead bytes of segments; `Infinity` for one that was reclaimed and whose file may go. */
  deadBytes(): ReadonlyMap<number, number> {
    const rows = this.#statements.segments.all()
    return new Map(
      rows.map(({ number, dead }) => [numberOf(number), numberOf(dead) >= leaving ? Infinity : numberOf(dead)]),
    )
  }

  /** Its file is gone. */
  segmentDropped(segment: number): void {
    this.#dead.delete(segment)
    this.#statements.dropSegment.run(segment)
  }

  apply(record: JournalRecord, place: Place): void {
    if (record.what === 'delivery')
      return this.deliver(place, frameSize + record.body, toldHead(record.head), record.rows)
    if (record.what === 'kept') return this.#keep(record, place)
    if (record.what === 'story') return this.#story(record, place)
    // small states are copied by a reclaim where they still hold; where they stand now, they count as dead
    this.died(place.segment, place.length)
    this.#applySmall(record)
  }

  #applySmall(record: Exclude<JournalRecord, { what: 'delivery' | 'kept' | 'story' }>): void {
    switch (record.what) {
      case 'era':
        return this.#statements.era.run(record.first, record.tag)
      case 'people':
        return this.#people(record.change)
      case 'mailbox':
        return this.boxes.put(record.mailbox)
      case 'mailbox-gone': {
        const box = this.boxes.get(record.id)
        return this.#emptyBox(record.id, box, record.at)
      }
      case 'entries':
        return this.#entries(record)
      case 'story-bytes-gone':
        return this.stories.unseal(record.id)
      case 'story-gone':
        return this.#storyGone(record.id)
      case 'reclaimed':
        return this.#statements.leave.run(record.segment, leaving)
      case 'lost':
        return
    }
  }

  /** The hot path: one row for the message, one for each mailbox. `head`: from the frame to the body. */
  deliver(place: Place, head: number, message: IndexedHead, rows: readonly Row[]): void {
    const home = rows[0]
    this.messages.insert(place, head, message, rows.length, home, undefined)
    for (const row of rows) {
      this.entries.insert(row, place.number, message, row === home)
      const box = this.boxes.get(row.mailbox)
      if (!box) continue
      this.boxes.bump(box, row.uid, row.modseq)
      this.boxes.count(box, 1, message.size)
    }
  }

  #keep(record: Told<'kept'>, place: Place): void {
    const old = this.messages.get(record.number)
    if (old) {
      this.died(old.segment, old.length)
      for (const row of this.entries.of(record.number, old)) this.#dropEntry(row.mailbox, row.uid)
      this.messages.drop(record.number)
    }
    this.messages.insert(
      { ...place, number: record.number },
      frameSize + record.body,
      toldHead(record.head),
      record.gone === undefined ? record.rows.length : 0,
      record.rows[0],
      record.gone,
    )
    // what is gone names its former home only
    if (record.gone !== undefined) return this.died(place.segment, place.length)
    for (const row of record.rows) {
      this.entries.insert(row, record.number, record.head, row === record.rows[0])
      const box = this.boxes.get(row.mailbox)
      if (!box) continue
      this.boxes.bump(box, row.uid, row.modseq)
      this.boxes.count(box, 1, record.head.size)
    }
  }

  /** Takes a row out of its mailbox; says how large its message was. */
  #dropEntry(mailbox: number, uid: number): { readonly message: number } | undefined {
    const entry = this.entries.get(mailbox, uid)
    if (!entry) return undefined
    this.entries.drop(mailbox, uid)
    const box = this.boxes.get(mailbox)
    if (box) this.boxes.count(box, -1, -entry.size)
    return entry
  }

  #entries(record: Told<'entries'>): void {
    for (const row of record.put) {
      const message = this.messages.get(row.message)
      // its delivery was kept in a later segment, which tells all of its rows
      if (!message) continue
      if (this.entries.update(row)) continue
      this.entries.insert(row, row.message, message, false)
      this.messages.copies(row.message, message.copies + 1)
      const box = this.boxes.get(row.mailbox)
      if (!box) continue
      this.boxes.bump(box, row.uid, row.modseq)
      this.boxes.count(box, 1, message.size)
    }
    for (const { mailbox, uid } of record.removed) this.#remove(mailbox, uid, record.at)
    for (const { mailbox, modseq } of record.modseqs) {
      const box = this.boxes.get(mailbox)
      if (box) this.boxes.bump(box, 0, modseq)
    }
  }

  /** `at` undefined: forget the message's facts too when this was its last row. */
  #remove(mailbox: number, uid: number, at: number | undefined): void {
    const entry = this.#dropEntry(mailbox, uid)
    const message = entry && this.messages.get(entry.message)
    if (!entry || !message) return
    if (message.copies > 1) return this.messages.copies(entry.message, message.copies - 1)
    this.died(message.segment, message.length)
    if (message.told && at !== undefined) this.messages.gone(entry.message, at)
    else this.messages.drop(entry.message)
  }

  #emptyBox(id: number, box: Box | undefined, at: number | undefined): void {
    for (const uid of this.entries.uids(id)) this.#remove(id, uid, at)
    if (box) this.boxes.drop(box)
  }

  /** Rows of mailboxes that no record told of: those were deleted. Called once all of the journal was read. */
  dropOrphans(): void {
    for (const { mailbox, uid } of this.entries.orphans()) this.#remove(mailbox, uid, undefined)
  }

  #people(change: PeopleChange): void {
    const key = keyOf(change)
    if (key.gone) {
      this.#statements.dropPerson.run(key.kind, key.key)
    } else {
      this.#writer.clear()
      printChange(this.#writer, change)
      this.#statements.putPerson.run(key.kind, key.key, this.#writer.finish())
    }
    if (change.what !== 'account-gone') return
    for (const box of this.boxes.of(change.id)) {
      this.#emptyBox(box.id, box, undefined)
      this.messages.dropGoneOf(box.id)
    }
  }

  #story(record: Told<'story'>, place: Place): void {
    const old = this.stories.get(record.story.summary.id)
    if (old) this.died(old.segment, old.length)
    this.stories.put(record.story, record.factsAt, place, (message) => this.messages.get(message)?.story)
  }

  #storyGone(id: StoryId): void {
    const message = messageOfStory(id)
    if (message !== undefined) return this.messages.untell(messageNumber(message))
    const old = this.stories.get(id)
    if (!old) return
    this.died(old.segment, old.length)
    this.stories.drop(old)
  }
}

function toldHead(head: MessageHead): IndexedHead {
  return { ...head, told: head.facts.length > 0 }
}

const personKinds = { domain: 0, account: 1, alias: 2, code: 3 } as const

/** Where in the people table a change stands. */
export function keyOf(change: PeopleChange): { readonly kind: number; readonly key: string; readonly gone: boolean } {
  switch (change.what) {
    case 'domain':
      return { kind: personKinds.domain, key: change.domain.name, gone: false }
    case 'domain-gone':
      return { kind: personKinds.domain, key: change.name, gone: true }
    case 'account':
      return { kind: personKinds.account, key: change.account.id, gone: false }
    case 'account-gone':
      return { kind: personKinds.account, key: change.id, gone: true }
    case 'alias':
      return { kind: personKinds.alias, key: textKey(change.alias.address), gone: false }
    case 'alias-gone':
      return { kind: personKinds.alias, key: textKey(change.address), gone: true }
    case 'code':
      return { kind: personKinds.code, key: change.code.id, gone: false }
    case 'code-gone':
      return { kind: personKinds.code, key: change.id, gone: true }
  }
}
