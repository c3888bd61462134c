/**
 * What a start does with a journal: finds its end, cuts off what a broken group left there, and brings the index up to
 * it. An index that does not fit the journal (lost, older than a reclaim, of another version) is built anew.
 */
import { join } from 'node:path'
import { StoreError, type Progress } from '../contract.ts'
import type { FilePort } from '../disk/port.ts'
import type { Index } from '../index/apply.ts'
import { type Frame, FrameScanner } from './frame.ts'
import { type Position, type Segment, headSize, listSegments, scanSegment, segmentPath } from './journal.ts'
import { type JournalRecord, readRecord } from './records.ts'

export interface Recovered {
  readonly segments: readonly Segment[]
  /** The next running number. */
  readonly next: number
}

/** Nothing was read yet. */
const nowhere: Position = { number: 0, segment: 0, at: 0 }

/**
 * Finds the end of the journal, and makes it the end of the file: a torn tail is cut off and that is flushed before
 * anything is appended. `safe`: the last record that is known to have been flushed; a fault at or before it, or before
 * a record that was written after a flush, is damage and not a torn tail (`damaged`).
 */
export function findEnd(files: FilePort, folder: string, safe: number): Recovered {
  const segments = listSegments(files, folder)
  dropHeadless(files, folder, segments, safe)
  const last = segments.at(-1)
  if (!last) return { segments: [], next: 1 }
  // a group counts when all of it is there: what it began is as good as torn
  let next = last.first
  let end = headSize
  let expected = last.first
  scanSegment(files, folder, last, undefined, (frame) => {
    if (frame.number !== expected) return 'broken'
    expected++
    if (frame.last) {
      next = expected
      end = frame.at + frame.length
    }
    return undefined
  })
  const path = segmentPath(folder, last.number)
  const handle = files.open(path, 'write')
  try {
    if (hasBytes(files, handle, end, last.end)) {
      if (next <= safe || groupAfter(files, handle, last.end, end)) throw damaged(path, end)
      files.cut(handle, end)
      files.flush(handle)
    } else if (next <= safe) throw damaged(path, end)
  } finally {
    files.close(handle)
  }
  last.end = end
  return { segments, next }
}

function damaged(path: string, at: number): StoreError {
  return new StoreError('damaged', `${path} is damaged at byte ${at}: run \`postglass store repair\``)
}

/** Removes a last file whose head was never flushed: it was made for a group that never was. */
function dropHeadless(files: FilePort, folder: string, segments: readonly Segment[], safe: number): void {
  const known = new Set(segments.map(({ number }) => segmentPath(folder, number)))
  const paths = files
    .list(folder)
    .filter((name) => name.endsWith('.seg'))
    .map((name) => join(folder, name))
    .filter((path) => !known.has(path))
  for (const path of paths) {
    const handle = files.open(path, 'read')
    try {
      if (groupAfter(files, handle, files.size(path) ?? 0, headSize)) throw damaged(path, 0)
    } finally {
      files.close(handle)
    }
    files.remove(path)
  }
  if (paths.length > 0) files.flushFolder(folder)
  if (segments.length === 0 && safe > 0)
    throw new StoreError('damaged', `the journal of ${folder} is missing: put it back, or remove the index too`)
}

function hasBytes(files: FilePort, handle: number, from: number, to: number): boolean {
  const window = Buffer.alloc(2 ** 16)
  const zeros = Buffer.alloc(window.length)
  for (let at = from; at < to; at += window.length) {
    const got = files.read(handle, window.subarray(0, Math.min(window.length, to - at)), at)
    if (window.compare(zeros, 0, got, 0, got) !== 0) return true
  }
  return false
}

/** Is there a whole record behind a fault that was written when all before it was flushed? Then the fault is damage. */
function groupAfter(files: FilePort, handle: number, size: number, from: number): boolean {
  const scanner = new FrameScanner(files, handle, size, from)
  while (scanner.seek()) {
    const found = scanner.next()
    // the faulty group's own first record begins where the search begins
    if ('type' in found && found.afterFlush) return true
  }
  return false
}

/** Can the index go on from where it stands? Not when records it never saw were reclaimed, or it saw more than there is. */
export function canResume(position: Position, { segments, next }: Recovered): boolean {
  if (position.number === 0) return segments.length === 0
  const at = segments.findIndex(({ number }) => number === position.segment)
  const there = segments[at]
  if (!there || position.number >= next || position.number < there.first || position.at > there.end) return false
  // numbers run on from segment to segment, or one between was reclaimed
  return segments.slice(at + 1).every((segment, nth) => segment.number === position.segment + nth + 1)
}

export interface ReplayOptions {
  /** Where the index stands; undefined: at the beginning. */
  readonly from?: Position
  readonly progress?: Progress
  /** Called for what cannot be read; without it `replay` throws `damaged`. */
  readonly unread?: (where: string, at: number) => void
  readonly visit?: (record: JournalRecord, frame: Frame) => void
}

/** Records a transaction. */
const batch = 5000

/**
 * Applies all records after the index's position, each once. `progress` counts bytes.
 */
export function replay(
  files: FilePort,
  folder: string,
  { segments }: Pick<Recovered, 'segments'>,
  index: Index,
  options: ReplayOptions = {},
): void {
  const from = options.from ?? nowhere
  const rest = segments.filter(({ number }) => number >= from.segment)
  const total = rest.reduce((sum, { end }) => sum + end, 0)
  let before = 0
  for (const segment of rest) {
    const start = segment.number === from.segment ? from.at : undefined
    replaySegment(files, folder, segment, start, index, {
      ...options,
      progress: (done) => options.progress?.(before + done, total),
    })
    before += segment.end
  }
  options.progress?.(total, total)
}

function replaySegment(
  files: FilePort,
  folder: string,
  segment: Segment,
  start: number | undefined,
  index: Index,
  report: Omit<ReplayOptions, 'progress'> & { readonly progress: (done: number) => void },
): void {
  const path = segmentPath(folder, segment.number)
  let waiting = 0
  let last: Position | undefined
  const commit = (): void => {
    if (last) index.commit(last, true)
    waiting = 0
    last = undefined
  }
  const visit = (frame: Frame): void => {
    if (waiting === 0) index.begin()
    waiting++
    const record = readRecord(frame.type, frame.payload)
    if (record) {
      report.visit?.(record, frame)
      index.apply(record, { number: frame.number, segment: segment.number, at: frame.at, length: frame.length })
    } else if (report.unread) report.unread(path, frame.at)
    else throw damaged(path, frame.at)
    last = { number: frame.number, segment: segment.number, at: frame.at + frame.length }
    if (waiting < batch) return
    commit()
    report.progress(frame.at)
  }
  try {
    let end = scanSegment(files, folder, segment, start, visit)
    while (end.why === 'broken' && end.at < segment.end) {
      if (!report.unread) throw damaged(path, end.at)
      report.unread(path, end.at)
      const next = nextFrame(files, path, segment.end, end.at)
      if (next === undefined) break
      end = scanSegment(files, folder, segment, next, visit)
    }
    commit()
  } catch (thrown) {
    if (waiting > 0) index.rollback()
    throw thrown
  }
}

/** Where the next whole record begins behind a fault. */
function nextFrame(files: FilePort, path: string, size: number, from: number): number | undefined {
  const handle = files.open(path, 'read')
  try {
    const scanner = new FrameScanner(files, handle, size, from)
    return scanner.seek() ? scanner.at : undefined
  } finally {
    files.close(handle)
  }
}
