/**
 * Checks a store against itself: every record's sum, every message by its hash, and the index against one that is built
 * anew from the journal, up to the record where the index stands. May run while the writer goes on: it looks at one
 * state of the index and reads the journal no further.
 */
import { createHash, hash } from 'node:crypto'
import { join } from 'node:path'
import type { CheckFinding, Progress } from '../contract.ts'
import type { FilePort } from '../disk/port.ts'
import { Index } from '../index/apply.ts'
import { type Database, type SqlRow, numberOf, openDatabase } from '../index/driver.ts'
import { makeIndex, removeIndex } from '../index/open.ts'
import { IndexReader } from '../index/read.ts'
import { hasTables } from '../index/schema.ts'
import type { Frame } from '../journal/frame.ts'
import { type Segment, listSegments } from '../journal/journal.ts'
import type { JournalRecord } from '../journal/records.ts'
import { readMessageHead } from '../journal/message-head.ts'
import { replay } from '../journal/recover.ts'
import type { Layout } from '../layout.ts'
import { findStrays } from '../strays.ts'

export interface Checked {
  readonly layout: Layout
  /** The journal's files. */
  readonly files: FilePort
  /** Where the second index is built. */
  readonly indexFiles: FilePort
}

/** All that is amiss; empty: nothing. `progress` counts bytes of the journal. */
export function verifyStore(store: Checked, progress?: Progress): readonly CheckFinding[] {
  const { layout, files, indexFiles } = store
  const there = openThere(store)
  if (!there) return [{ what: 'index-differs', where: layout.index, why: 'it cannot be read: run a repair' }]
  const scratch = `${layout.index}.check`
  const built = makeIndex(indexFiles, scratch)
  try {
    there.execute('BEGIN')
    const findings: CheckFinding[] = []
    const strays = new Set(findStrays(files, layout, new IndexReader(there)))
    const altered = rebuild(store, built, upTo(store, there), findings, progress)
    const reader = new IndexReader(there)
    // with records missing, all that follows from them differs: the messages are told, the rest is the repair's
    const tables = findings.length > 0 ? compared.slice(0, 1) : compared
    findings.push(...compare(there, built, reader, tables), ...alteredOf(reader, altered))
    findings.push(...checkBodies(store, there, reader))
    there.execute('COMMIT')
    findings.push(...stillStray(store, there, strays))
    return findings
  } finally {
    there.close()
    built.close()
    removeIndex(indexFiles, scratch)
  }
}

function openThere({ layout }: Checked): Database | undefined {
  let database: Database | undefined
  try {
    database = openDatabase(layout.index, { readOnly: true })
    if (hasTables(database)) return database
  } catch {
    // told as a finding
  }
  database?.close()
  return undefined
}

/** The segments as far as the index has seen them. */
function upTo({ files, layout }: Checked, there: Database): readonly Segment[] {
  const position = there.prepare('SELECT segment, at FROM position').get()
  const last = numberOf(position?.['segment'])
  const end = numberOf(position?.['at'])
  return listSegments(files, layout.journal)
    .filter(({ number }) => number <= last)
    .map((segment) => (segment.number === last ? { ...segment, end: Math.min(end, segment.end) } : segment))
}

/** Builds the second index; returns the numbers of messages whose bytes do not fit their hash. */
function rebuild(
  { files, layout }: Checked,
  built: Database,
  segments: readonly Segment[],
  findings: CheckFinding[],
  progress: Progress | undefined,
): ReadonlySet<number> {
  const index = new Index(built)
  const altered = new Set<number>()
  const visit = (record: JournalRecord, frame: Frame): void => {
    if (record.what !== 'delivery' && record.what !== 'kept') return
    const number = record.what === 'kept' ? record.number : frame.number
    altered.delete(number)
    if (record.head.file !== undefined || (record.what === 'kept' && record.gone !== undefined)) return
    const digest = hash('sha256', frame.payload.subarray(record.body), 'buffer')
    if (!digest.equals(record.hash)) altered.add(number)
  }
  replay(files, layout.journal, { segments }, index, {
    visit,
    ...(progress && { progress }),
    unread: (where, at) =>
      findings.push({ what: 'journal-damaged', where, why: `no record can be read at byte ${at}` }),
  })
  index.begin()
  index.dropOrphans()
  index.end()
  return altered
}

interface Compared {
  readonly name: string
  readonly sql: string
  readonly key: readonly string[]
}

const compared: readonly Compared[] = [
  {
    name: 'message',
    sql: 'SELECT number, segment, at, head, size, received, copies, queue, told, story, file FROM message WHERE gone IS NULL ORDER BY number',
    key: ['number'],
  },
  {
    name: 'entry',
    sql: 'SELECT mailbox, uid, message, modseq, flags, size, received FROM entry ORDER BY mailbox, uid',
    key: ['mailbox', 'uid'],
  },
  { name: 'mailbox', sql: 'SELECT * FROM mailbox ORDER BY id', key: ['id'] },
  { name: 'people', sql: 'SELECT kind, key, hex(value) AS value FROM people ORDER BY kind, key', key: ['kind', 'key'] },
  { name: 'era', sql: 'SELECT first, tag FROM era ORDER BY first', key: ['first'] },
  { name: 'story', sql: 'SELECT id, segment, at, head, size, sealed FROM story ORDER BY id', key: ['id'] },
]

function* compare(
  there: Database,
  built: Database,
  reader: IndexReader,
  tables: readonly Compared[],
): Iterable<CheckFinding> {
  for (const table of tables) {
    for (const [index, journal] of sideBySide(there, built, table)) {
      const row = index ?? journal ?? {}
      const where =
        table.name === 'message'
          ? `message ${reader.idOf(numberOf(row['number']))}`
          : `${table.name} ${table.key.map((name) => String(row[name])).join(' ')}`
      if (!journal) {
        const what = table.name === 'message' ? 'message-missing' : 'index-differs'
        yield { what, where, why: 'the index names it, the journal does not' }
      } else if (!index) {
        yield { what: 'index-differs', where, why: 'the journal holds it, the index does not' }
      } else {
        const names = Object.keys(row).filter((name) => index[name] !== journal[name])
        if (names.length > 0)
          yield { what: 'index-differs', where, why: `${names.join(', ')} differ from what the journal tells` }
      }
    }
  }
}

function* alteredOf(reader: IndexReader, altered: ReadonlySet<number>): Iterable<CheckFinding> {
  for (const number of altered) {
    const where = `message ${reader.idOf(number)}`
    if (reader.message(number)?.gone === undefined)
      yield { what: 'message-altered', where, why: 'its bytes do not fit their SHA-256' }
  }
}

/** Rows of both with the same key; undefined where one has none. */
function* sideBySide(
  there: Database,
  built: Database,
  { sql, key }: Compared,
): Iterable<readonly [SqlRow | undefined, SqlRow | undefined]> {
  const a = there.prepare(sql).each()[Symbol.iterator]()
  const b = built.prepare(sql).each()[Symbol.iterator]()
  let one = a.next()
  let other = b.next()
  while (!one.done || !other.done) {
    const order = one.done ? 1 : other.done ? -1 : orderOf(one.value, other.value, key)
    yield [order <= 0 ? one.value : undefined, order >= 0 ? other.value : undefined]
    if (order <= 0) one = a.next()
    if (order >= 0) other = b.next()
  }
}

function orderOf(a: SqlRow, b: SqlRow, key: readonly string[]): number {
  for (const name of key) {
    const one = a[name] ?? ''
    const other = b[name] ?? ''
    if (typeof one === 'string' && typeof other === 'string') {
      // SQLite compares texts by their bytes
      const order = Buffer.compare(Buffer.from(one), Buffer.from(other))
      if (order !== 0) return order
    } else if (one !== other) return one < other ? -1 : 1
  }
  return 0
}

/** Bodies in files of their own: their hash stands in the journal. */
function* checkBodies(store: Checked, there: Database, reader: IndexReader): Iterable<CheckFinding> {
  const { files, layout } = store
  for (const row of there.prepare('SELECT number, file FROM message WHERE file IS NOT NULL AND gone IS NULL').all()) {
    const number = numberOf(row['number'])
    const where = `message ${reader.idOf(number)}`
    const path = join(layout.folder, String(row['file']))
    const message = reader.message(number)
    if (files.size(path) === undefined) yield { what: 'message-missing', where, why: `${path} is missing` }
    else if (!message || !fileFits(store, path, message)) {
      yield { what: 'message-altered', where, why: `${path} does not fit its SHA-256` }
    }
  }
}

function fileFits(
  { files, layout }: Checked,
  path: string,
  message: { segment: number; at: number; head: number; size: number },
): boolean {
  const record = readMessageHead(files, layout.journal, message)
  if (record?.what !== 'delivery' && record?.what !== 'kept') return false
  const digest = createHash('sha256')
  const handle = files.open(path, 'read')
  const window = Buffer.alloc(2 ** 20)
  let at = 0
  try {
    for (let got = -1; got !== 0; at += got) {
      got = files.read(handle, window, at)
      digest.update(window.subarray(0, got))
    }
  } finally {
    files.close(handle)
  }
  return at === message.size && digest.digest().equals(record.hash)
}

/** What was stray before and after, and is there still. What is being received now may be among it. */
function* stillStray({ files, layout }: Checked, there: Database, before: ReadonlySet<string>): Iterable<CheckFinding> {
  for (const name of findStrays(files, layout, new IndexReader(there)))
    if (before.has(name)) yield { what: 'file-stray', where: name, why: 'nothing names it: the next start removes it' }
}
