/**
 * The one writer. It takes what came in as a group: numbers the changes, puts them into the index's transaction, writes
 * their records with one call and makes them safe with one flush, commits the index without a flush, and answers. What
 * fails leaves no trace, safety.md 4. All of it is synchronous: the thread has nothing else to do, and an asynchronous
 * flush was measured to cost more.
 */
import { join } from 'node:path'
import { StoreError } from '../contract.ts'
import type { FilePort } from '../disk/port.ts'
import { Index } from '../index/apply.ts'
import { asStoreError } from '../fault.ts'
import type { Database } from '../index/driver.ts'
import { type OpenDatabase, makeIndex, openIndex } from '../index/open.ts'
import { loadPeople } from '../index/people-table.ts'
import { Journal } from '../journal/journal.ts'
import { canResume, findEnd, replay } from '../journal/recover.ts'
import { type Layout, sealedNames } from '../layout.ts'
import type { People } from '../people.ts'
import { Group } from './group.ts'
import { addMailbox, copy, deleteMailbox, deliver, expunge, flag, renameMailbox } from './mail.ts'
import { changePeople } from './people.ts'
import { Reclaim, isMostlyDead } from './reclaim.ts'
import type { Answer, AnswerValue, GroupAnswer, Told, UpkeepRequest, WriteRequest, WriterState } from './requests.ts'
import { deleteStory, keepStory, prune } from './stories.ts'

export interface WriterOptions {
  readonly layout: Layout
  /** The journal's files. */
  readonly files: FilePort
  /** The index's: always the file system. */
  readonly indexFiles: FilePort
  /** Ends the ids of a new store's messages. */
  readonly tag: string
  readonly openDatabase?: OpenDatabase | undefined
  /** Bytes after which a segment is full; 64 MiB unless told. */
  readonly segmentBytes?: number | undefined
}

type Change = Told<WriteRequest>

/** So many groups may be committed before their pages are moved from the log into the index, if nothing rests. */
const groupsBetweenCheckpoints = 2048
/** An active segment smaller than this is not worth reclaiming when asked. */
const smallSegment = 64 * 2 ** 10

export class Writer {
  readonly #layout: Layout
  readonly #files: FilePort
  readonly #database: Database
  readonly #index: Index
  readonly #journal: Journal
  #people: People
  readonly #segmentBytes: number
  #sinceCheckpoint = 0
  /** Segments whose reclaiming found damage: left for a repair. */
  readonly #spared = new Set<number>()
  readonly #waiting: { number: number; keepFactsSince: number }[] = []
  #reclaim: Reclaim | undefined
  #won = 0
  #asked: number[] = []

  constructor(options: WriterOptions) {
    const { layout, files, indexFiles } = options
    this.#layout = layout
    this.#files = files
    this.#segmentBytes = options.segmentBytes ?? Infinity
    const opened = openIndex(indexFiles, layout.index, options.openDatabase)
    let database = opened.database
    try {
      let index = new Index(database)
      const position = index.position() ?? { number: 0, segment: 0, at: 0, safe: 0 }
      const recovered = findEnd(files, layout.journal, position.safe)
      if (canResume(position, recovered)) replay(files, layout.journal, recovered, index, { from: position })
      else {
        database.close()
        database = makeIndex(indexFiles, layout.index, options.openDatabase)
        index = new Index(database)
        replay(files, layout.journal, recovered, index)
        dropOrphans(index)
      }
      this.#database = database
      this.#index = index
      this.#journal = new Journal(files, layout.journal, recovered.segments, recovered.next, options.segmentBytes)
      this.#people = loadPeople(database)
    } catch (thrown) {
      database.close()
      throw thrown
    }
    this.#dropLeft()
    if (this.#journal.segments.size === 0) this.#beginLife(options.tag)
  }

  /** Segments that were reclaimed before the last end, whose files were not removed yet. */
  #dropLeft(): void {
    for (const [number, dead] of this.#index.deadBytes()) if (dead === Infinity) this.#drop(number)
  }

  #beginLife(tag: string): void {
    this.#inGroup(true, (group) => group.record({ what: 'era', first: this.#journal.next, tag }))
  }

  /** Answers a group of changes and does the upkeep that came with it. */
  handle(requests: readonly Told<WriteRequest | UpkeepRequest>[]): GroupAnswer {
    const changes: Change[] = []
    const upkeep: Told<UpkeepRequest>[] = []
    for (const { id, request } of requests) {
      if (request.what === 'reclaim' || request.what === 'rest' || request.what === 'unread')
        upkeep.push({ id, request })
      else changes.push({ id, request })
    }
    const done = changes.length > 0 ? this.#change(changes) : nothingDone()
    const answers = [...done.answers, ...upkeep.flatMap((one) => this.#upkeep(one))]
    return { ...done, answers, state: this.#state() }
  }

  /** True while a reclaim goes on: call `step` between groups. */
  get busy(): boolean {
    return this.#reclaim !== undefined || this.#waiting.length > 0
  }

  #state(): WriterState {
    return {
      segments: this.#journal.segments.size,
      journal: this.#journal.size,
      broken: this.#journal.broken !== undefined,
      restless: this.#journal.dirty || this.#sinceCheckpoint > 0,
    }
  }

  #change(changes: readonly Change[]): Omit<GroupAnswer, 'state'> {
    const answers: Answer[] = []
    const safe = changes.some(({ request }) => !ridesAlong(request))
    try {
      const group = this.#inGroup(safe, (making) => {
        for (const { id, request } of changes) answers.push(answer(making, id, request))
        return changes.some(({ request }) => request.what === 'prune')
      })
      const { changes: people, touched, leaving } = group
      return { answers, people, touched, leaving }
    } catch (thrown) {
      const { code, message } = asStoreError(thrown, this.#layout.folder)
      return { ...nothingDone(), answers: changes.map(({ id }) => ({ id, ok: false, code, message })) }
    }
  }

  /**
   * Runs one group from begin to commit. `fill` makes the records; it returns true where it changed the index alone.
   * Throws when the group failed; then nothing of it is left.
   */
  #inGroup(safe: boolean, fill: (group: Group) => unknown): Group {
    const group = new Group(this.#index, this.#journal, this.#people)
    let begun = false
    try {
      this.#journal.begin()
      this.#index.begin()
      begun = true
      const always = fill(group) === true
      if (group.records === 0) {
        this.#journal.accept()
        if (always) this.#index.end()
        else this.#index.leave()
        return group
      }
      this.#journal.write(safe)
      this.#index.commit(this.#journal.position(), safe)
      begun = false
      this.#journal.accept()
    } catch (thrown) {
      this.#undo(begun)
      throw thrown
    }
    this.#removeFiles(group)
    if (++this.#sinceCheckpoint >= groupsBetweenCheckpoints) this.#tryCheckpoint()
    return group
  }

  /** Takes a failed group back: out of the index, off the journal, out of memory. */
  #undo(begun: boolean): void {
    try {
      if (begun) this.#index.rollback()
    } catch {
      // SQLite rolls back by itself where the disk was full; what it did not roll back, a later begin refuses
    }
    this.#journal.cancel()
    this.#people = loadPeople(this.#database)
  }

  /** Keys before bytes, safety.md 11. What cannot be removed now is a stray that the next start removes. */
  #removeFiles(group: Group): void {
    const sealed = group.unsealed.map(sealedNames)
    const names = [...sealed.map(({ keys }) => keys), ...sealed.map(({ bytes }) => bytes), ...group.files]
    for (const name of names) {
      try {
        this.#files.remove(join(this.#layout.folder, name))
      } catch {
        // see above
      }
    }
  }

  #upkeep({ id, request }: Told<UpkeepRequest>): readonly Answer[] {
    try {
      switch (request.what) {
        case 'unread':
          this.#checkpoint()
          this.#drop(request.segment)
          return [{ id, ok: true, value: undefined }]
        case 'rest':
          this.#journal.flush()
          this.#checkpoint()
          this.#choose(request.keepFactsSince)
          return [{ id, ok: true, value: undefined }]
        case 'reclaim':
          this.#sealActive()
          this.#choose(request.keepFactsSince)
          this.#asked.push(id)
          return this.busy ? [] : this.#reclaimed()
      }
    } catch (thrown) {
      const { code, message } = asStoreError(thrown, this.#layout.folder)
      return [{ id, ok: false, code, message }]
    }
  }

  /** The segment that is written to is reclaimed too when that was asked for: the next group begins another. */
  #sealActive(): void {
    const active = this.#journal.segments.get(this.#journal.active)
    const dead = this.#index.deadBytes().get(this.#journal.active) ?? 0
    if (active && active.end >= Math.min(smallSegment, this.#segmentBytes) && isMostlyDead(dead, active.end))
      this.#journal.seal()
  }

  #choose(keepFactsSince: number): void {
    const dead = this.#index.deadBytes()
    for (const { number, end } of this.#journal.segments.values()) {
      const bytes = dead.get(number) ?? 0
      const isOpen = number === this.#journal.active && !this.#journal.sealed
      const isKnown =
        this.#spared.has(number) ||
        this.#reclaim?.segment === number ||
        this.#waiting.some((one) => one.number === number)
      if (!isOpen && !isKnown && bytes !== Infinity && isMostlyDead(bytes, end))
        this.#waiting.push({ number, keepFactsSince })
    }
  }

  /** One step of reclaiming. */
  step(): GroupAnswer {
    const reclaim = this.#reclaim ?? this.#nextReclaim()
    if (!reclaim) return { ...nothingDone(), answers: this.busy ? [] : this.#reclaimed(), state: this.#state() }
    this.#reclaim = reclaim
    let leaving: readonly number[] = []
    try {
      let isLast = false
      const group = this.#inGroup(true, (making) => {
        isLast = reclaim.step(making)
        // rows that ran out may have been dropped without a record
        return true
      })
      leaving = group.leaving
      if (isLast) this.#endReclaim(reclaim.won)
    } catch (thrown) {
      if (thrown instanceof StoreError && thrown.code === 'damaged') this.#spared.add(reclaim.segment)
      this.#endReclaim(0)
      // no space for it, say: another time
      if (!(thrown instanceof StoreError)) this.#waiting.length = 0
    }
    const answers = this.busy ? [] : this.#reclaimed()
    return { ...nothingDone(), answers, leaving, state: this.#state() }
  }

  #nextReclaim(): Reclaim | undefined {
    const next = this.#waiting.shift()
    const segment = next && this.#journal.segments.get(next.number)
    return segment && new Reclaim(this.#files, this.#layout.journal, segment, next.keepFactsSince)
  }

  #endReclaim(won: number): void {
    this.#reclaim?.close()
    this.#reclaim = undefined
    this.#won += won
  }

  #reclaimed(): readonly Answer[] {
    const count = this.#won
    const asked = this.#asked
    this.#won = 0
    this.#asked = []
    return asked.map((id) => ({ id, ok: true, value: { count } }))
  }

  #drop(segment: number): void {
    this.#journal.drop(segment)
    this.#index.begin()
    this.#index.segmentDropped(segment)
    this.#index.end()
  }

  /** Moves what was committed into the index's own file; that flushes both. */
  #checkpoint(): void {
    this.#sinceCheckpoint = 0
    this.#database.execute('PRAGMA wal_checkpoint(PASSIVE)')
  }

  /** The group before it stands whatever comes of it; the log only grows. */
  #tryCheckpoint(): void {
    try {
      this.#checkpoint()
    } catch {
      this.#sinceCheckpoint = groupsBetweenCheckpoints / 2
    }
  }

  close(): void {
    this.#reclaim?.close()
    try {
      this.#journal.close()
    } finally {
      this.#database.close()
    }
  }
}

function dropOrphans(index: Index): void {
  index.begin()
  index.dropOrphans()
  index.end()
}

/** These may wait for the next group's flush, safety.md 5. */
function ridesAlong(request: WriteRequest): boolean {
  return request.what === 'keep-story' || (request.what === 'people' && request.request.what === 'code-used')
}

function nothingDone(): Omit<GroupAnswer, 'state'> {
  return {
    answers: [],
    people: [],
    touched: [],
    leaving: [],
  }
}

/** What one change came to. A refusal concerns it alone; any other fault is the whole group's. */
function answer(group: Group, id: number, request: WriteRequest): Answer {
  const before = group.records
  try {
    return { id, ok: true, value: run(group, request) }
  } catch (thrown) {
    if (!(thrown instanceof StoreError) || group.records > before) throw thrown
    return { id, ok: false, code: thrown.code, message: thrown.message }
  }
}

function run(group: Group, request: WriteRequest): AnswerValue {
  switch (request.what) {
    case 'deliver':
      return deliver(group, request)
    case 'people':
      return changePeople(group, request)
    case 'flag':
      return flag(group, request)
    case 'expunge':
      return expunge(group, request)
    case 'copy':
      return copy(group, request)
    case 'add-mailbox':
      return addMailbox(group, request)
    case 'rename-mailbox':
      return renameMailbox(group, request)
    case 'delete-mailbox':
      return deleteMailbox(group, request)
    case 'keep-story':
      return keepStory(group, request)
    case 'delete-story':
      return deleteStory(group, request)
    case 'prune':
      return prune(group, request)
  }
}
