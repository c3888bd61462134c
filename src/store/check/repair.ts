/**
 * Repairs a store: makes its journal readable where it was damaged (what can be read is kept, what cannot is counted),
 * and builds the index anew from it, with the same UIDs, UIDVALIDITY and MODSEQ.
 */
import { resolve } from 'node:path'
import type { CheckFinding, Progress } from '../contract.ts'
import { type FilePort, realFiles, ownerFor } from '../disk/port.ts'
import { Index } from '../index/apply.ts'
import { numberOf } from '../index/driver.ts'
import { makeIndex } from '../index/open.ts'
import { FrameScanner, markLast, printFrame } from '../journal/frame.ts'
import { headSize, printHead, readHead, segmentPath } from '../journal/journal.ts'
import { findEnd, replay } from '../journal/recover.ts'
import { printRecord, typeOf } from '../journal/records.ts'
import { type Layout, layoutOf } from '../layout.ts'
import { asStoreError } from '../fault.ts'
import { enter } from '../open.ts'
import { verifyStore } from './verify.ts'

export interface Repaired {
  readonly messages: number
  readonly findings: readonly CheckFinding[]
}

/** Repairs the store of a folder that nobody has open. What was damaged is kept beside it as `.damaged`. */
export function repairStore(folder: string, progress?: Progress, port?: FilePort): Promise<Repaired> {
  const layout = layoutOf(resolve(folder))
  const { files, letGo } = enter(layout, port)
  try {
    const findings = mendJournal(files, layout)
    const indexFiles = realFiles(ownerFor(layout.folder))
    const database = makeIndex(indexFiles, layout.index)
    try {
      const index = new Index(database)
      replay(files, layout.journal, findEnd(files, layout.journal, 0), index, {
        ...(progress && { progress }),
        unread: (where, at) =>
          findings.push({ what: 'journal-damaged', where, why: `the record at byte ${at} is of an unknown kind` }),
      })
      index.begin()
      index.dropOrphans()
      index.end()
      const row = database.prepare('SELECT count(*) AS messages FROM message WHERE gone IS NULL').get()
      return Promise.resolve({ messages: numberOf(row?.['messages']), findings })
    } finally {
      database.close()
    }
  } catch (thrown) {
    return Promise.reject(asStoreError(thrown, layout.folder))
  } finally {
    letGo()
  }
}

/** Checks the store of a folder that nobody has open; see `verifyStore`. */
export function checkClosedStore(folder: string, progress?: Progress): Promise<readonly CheckFinding[]> {
  const layout = layoutOf(resolve(folder))
  const { files, letGo } = enter(layout)
  try {
    return Promise.resolve(verifyStore({ layout, files, indexFiles: realFiles(ownerFor(layout.folder)) }, progress))
  } catch (thrown) {
    return Promise.reject(asStoreError(thrown, layout.folder))
  } finally {
    letGo()
  }
}

interface Found {
  readonly number: number
  readonly at: number
  readonly length: number
}

function mendJournal(files: FilePort, layout: Layout): CheckFinding[] {
  const numbers = files
    .list(layout.journal)
    .flatMap((name) => /^(\d{10})\.seg$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
  return numbers.flatMap((number, nth) => mendSegment(files, layout.journal, number, nth === numbers.length - 1))
}

/** Rewrites a segment that cannot be read through; a torn tail of the last one is no damage. */
function mendSegment(files: FilePort, folder: string, number: number, isLast: boolean): CheckFinding[] {
  const path = segmentPath(folder, number)
  const size = files.size(path) ?? 0
  const handle = files.open(path, 'read')
  try {
    const { found, isBroken } = readAll(files, handle, size)
    const first = readHead(files, path, number)
    const gaps = found.filter((frame, nth) => nth > 0 && frame.number !== (found[nth - 1]?.number ?? 0) + 1)
    const isSound = first !== undefined && (found[0]?.number ?? first) === first && gaps.length === 0
    if (isSound && (isLast || !isBroken)) return []
    if (found.length === 0 && isLast && first === undefined) return []
    const start = first ?? found[0]?.number ?? 0
    rewrite(files, folder, { number, first: start, handle, size, found })
    const last = found.at(-1)?.number ?? start - 1
    const lost = Math.max(0, last - start + 1 - found.length)
    const why = `${lost} records could not be read and are lost; the old file is kept as ${number}.damaged`
    return [{ what: 'journal-damaged', where: path, why }]
  } finally {
    files.close(handle)
  }
}

/** Every whole record, in rising order, whatever lies between. */
function readAll(files: FilePort, handle: number, size: number): { found: Found[]; isBroken: boolean } {
  const scanner = new FrameScanner(files, handle, size, headSize)
  const found: Found[] = []
  let isBroken = false
  for (;;) {
    const next = scanner.next()
    if ('type' in next) {
      const { number, at, length } = next
      if (number > (found.at(-1)?.number ?? 0)) found.push({ number, at, length })
      continue
    }
    // zeros may stand where a block of records was
    if (!scanner.seek()) return { found, isBroken: isBroken || next.why === 'broken' }
    isBroken = true
  }
}

/** The old bytes are copied aside before the new file takes their place. */
function rewrite(
  files: FilePort,
  folder: string,
  segment: { number: number; first: number; handle: number; size: number; found: readonly Found[] },
): void {
  const path = segmentPath(folder, segment.number)
  copyTo(files, `${path.slice(0, -'.seg'.length)}.damaged`, function* () {
    for (let at = 0; at < segment.size; at += 2 ** 20)
      yield readAt(files, segment.handle, at, Math.min(2 ** 20, segment.size - at))
  })
  copyTo(files, `${path}.new`, function* () {
    yield printHead(segment.number, segment.first)
    let next = segment.first
    for (const { number, at, length } of segment.found) {
      // numbers run on without a gap, so that a later damage is told from this one
      for (; next < number; next++) yield lostRecord(next)
      yield readAt(files, segment.handle, at, length)
      next++
    }
  })
  files.rename(`${path}.new`, path)
  files.flushFolder(folder)
}

function lostRecord(number: number): Uint8Array {
  const payload = printRecord({ what: 'lost' })
  const frame = printFrame(number, typeOf('lost'), false, [payload])
  markLast(frame)
  return Buffer.concat([frame, payload])
}

function readAt(files: FilePort, handle: number, at: number, size: number): Uint8Array {
  const bytes = Buffer.alloc(size)
  return bytes.subarray(0, files.read(handle, bytes, at))
}

function copyTo(files: FilePort, path: string, pieces: () => Iterable<Uint8Array>): void {
  files.remove(path)
  const handle = files.create(path)
  try {
    let at = 0
    for (const piece of pieces()) {
      files.write(handle, [piece], at)
      at += piece.length
    }
    files.flush(handle)
  } finally {
    files.close(handle)
  }
}
