/**
 * Opens a store. Decisions: whoever opens it holds it alone (SQLite's lock on the file `lock`); the journal is the truth
 * and the index a view of it; one writer in a thread of its own, one flush a group; reads never wait for the writer.
 *
 *     data/  format        version of all this
 *            lock
 *            journal/      0000000001.seg …
 *            index.db      may be thrown away
 *            bodies/       messages above 1 MiB
 *            stories/      sealed recordings, and the key that opens them
 */
import { randomBytes } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { StoreError, type MailStore } from './contract.ts'
import { checkFormat } from './disk/format.ts'
import { takeLock } from './disk/lock.ts'
import { type FilePort, ownerFor, realFiles } from './disk/port.ts'
import { checkStore } from './check/run.ts'
import { IdMaker, freshTag } from './ids.ts'
import { type Database, openDatabase } from './index/driver.ts'
import type { OpenDatabase } from './index/open.ts'
import { loadPeople } from './index/people-table.ts'
import { IndexReader } from './index/read.ts'
import { asStoreError } from './fault.ts'
import { JournalStore } from './journal-store.ts'
import { SegmentFiles } from './journal/segments.ts'
import { type Layout, layoutOf } from './layout.ts'
import { SealedFiles } from './seal.ts'
import { removeStrays } from './strays.ts'
import { Watchers } from './watchers.ts'
import { openInThread } from './writer/in-thread.ts'
import { WriterLink } from './writer/link.ts'
import type { GroupAnswer } from './writer/requests.ts'
import { startThread } from './writer/start-thread.ts'

export interface StoreOptions {
  readonly now?: () => Date
  readonly randomBytes?: (size: number) => Uint8Array
  /** Bytes that must stay free: below, `hasRoom` says no. 256 MiB unless told. */
  readonly freeSpaceLimit?: number
  /** Hours that recordings, and facts of mail that is gone, are kept; 24 unless told. */
  readonly keepHours?: number
  /** Bytes of all recordings; 1 GiB unless told. */
  readonly storiesTotal?: number
  /** For tests: files that forget or refuse (only with `inThread`). The index and the lock are always real. */
  readonly files?: FilePort
  /** For tests: the writer runs in the caller's thread, and never rests by itself. */
  readonly inThread?: boolean
  /** For tests: an index whose commits fail. */
  readonly openDatabase?: OpenDatabase
  /** For tests, with `inThread`: small segments. */
  readonly segmentBytes?: number
}

/** Nothing came for so long: time for what can wait. */
const restMs = 1000

/** Opens the store in a folder, which is made where it is missing (its parent is not). Every refusal is a `StoreError`. */
export async function openStore(folder: string, options: StoreOptions = {}): Promise<MailStore> {
  const layout = layoutOf(resolve(folder))
  const { files, letGo } = enter(layout, options.files)
  try {
    const store = await assemble(layout, files, letGo, options)
    return store
  } catch (thrown) {
    letGo()
    throw asStoreError(thrown, layout.folder)
  }
}

/** Makes the folders, takes the lock, checks the format. */
export function enter(layout: Layout, files?: FilePort): { readonly files: FilePort; readonly letGo: () => void } {
  let letGo: (() => void) | undefined
  try {
    const disk = realFiles(ownerIn(layout))
    disk.makeFolder(layout.folder)
    letGo = takeLock(disk, layout.lock, layout.folder)
    const port = files ?? disk
    checkFormat(port, layout)
    for (const each of [layout.journal, layout.bodies, layout.stories]) port.makeFolder(each)
    return { files: port, letGo }
  } catch (thrown) {
    letGo?.()
    if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOTDIR' || thrown.code === 'EEXIST'))
      throw new StoreError('not-a-store', `${layout.folder} is a file, not a folder`, { cause: thrown })
    throw asStoreError(thrown, layout.folder)
  }
}

/** The owner of the folder, or of the one it will be made in. */
function ownerIn(layout: Layout): { uid: number; gid: number } | undefined {
  return realFiles().size(layout.folder) === undefined ? ownerFor(dirname(layout.folder)) : ownerFor(layout.folder)
}

async function assemble(layout: Layout, files: FilePort, letGo: () => void, options: StoreOptions): Promise<MailStore> {
  const now = options.now ?? (() => new Date())
  const random = options.randomBytes ?? randomBytes
  const keepHours = options.keepHours ?? 24
  const segments = new SegmentFiles(files, layout.journal)
  const watchers = new Watchers()
  const leaving = new Set<Promise<unknown>>()
  const onGroup = (answer: GroupAnswer): void => {
    for (const change of answer.people) people.apply(change)
    for (const { account, mailbox } of answer.touched) watchers.tell(account, mailbox)
    for (const segment of answer.leaving) watchLeaving(segment)
  }
  const watchLeaving = (segment: number): void => {
    const gone = segments
      .leave(segment)
      .then(() => link.ask({ what: 'unread', segment }))
      // it is removed at the next start then
      .catch(() => undefined)
      .finally(() => leaving.delete(gone))
    leaving.add(gone)
  }
  const link: WriterLink = new WriterLink({
    onGroup,
    restMs: options.inThread ? undefined : restMs,
    restRequest: () => ({ what: 'rest', keepFactsSince: now().getTime() - keepHours * 3_600_000 }),
  })
  await connect(link, layout, files, freshTag(random), options)
  const database = await orClose(link, () => openForReading(layout, files))
  const people = loadPeople(database)
  const reader = new IndexReader(database)
  return new JournalStore({
    layout,
    files,
    ids: new IdMaker(now, random),
    now,
    people,
    reader,
    segments,
    sealed: new SealedFiles(files, layout, random),
    link,
    watchers,
    settled: async () => void (await Promise.all(leaving)),
    check: (progress) => checkStore({ layout, files, inThread: options.inThread === true, segments }, progress),
    letGo,
    freeSpaceLimit: options.freeSpaceLimit ?? 256 * 2 ** 20,
    keepHours,
    storiesTotal: options.storiesTotal ?? 2 ** 30,
  })
}

async function connect(
  link: WriterLink,
  layout: Layout,
  files: FilePort,
  tag: string,
  options: StoreOptions,
): Promise<void> {
  const hear = (answer: GroupAnswer): void => link.hear(answer)
  if (options.inThread) {
    const indexFiles = realFiles(ownerFor(layout.folder))
    const { openDatabase: open, segmentBytes } = options
    link.connect(openInThread({ layout, files, indexFiles, tag, openDatabase: open, segmentBytes }, hear))
  } else {
    link.connect(await startThread({ folder: layout.folder, tag }, hear, (fault) => link.fail(fault)))
  }
}

/** The main thread's own connection; what a crash left behind is removed by the way. */
function openForReading(layout: Layout, files: FilePort): Database {
  const database = openDatabase(layout.index, { readOnly: true })
  try {
    removeStrays(files, layout, new IndexReader(database))
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

async function orClose<Thing>(link: WriterLink, make: () => Thing): Promise<Thing> {
  try {
    return make()
  } catch (thrown) {
    await link.close()
    throw thrown
  }
}
