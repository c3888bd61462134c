/**
 * The journal: segment files of about 64 MB, one after the other, to the end of which groups of records are written.
 * Only the writer thread holds one. A group is begun, filled, and then either flushed (one write, one fdatasync) or
 * cancelled, which leaves no trace of it.
 */
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { StoreError } from '../contract.ts'
import type { FilePort } from '../disk/port.ts'
import { type Frame, FrameScanner, type ScanEnd, frameSize, markLast, printFrame } from './frame.ts'

export const segmentSize = 64 * 2 ** 20
export const headSize = 32
const magic = 'PGLJ'
/**
 * Zeros are written ahead of small groups, so that their flush need not change the file's size: that halves it. Behind
 * a large group the disk's rate counts, and writing everything twice would cost more than it saves.
 */
const zeros = Buffer.alloc(2 ** 18)
const largeGroup = 2 ** 14

export interface Segment {
  readonly number: number
  /** Running number of its first record. */
  readonly first: number
  /** Where its records end; of all but the last: its file's size. */
  end: number
}

/** Where a record stands. */
export interface Place {
  readonly number: number
  readonly segment: number
  readonly at: number
  /** Frame and payload. */
  readonly length: number
}

/** Up to where the index has read. */
export interface Position {
  /** Number of the last record. */
  readonly number: number
  readonly segment: number
  /** End of that record. */
  readonly at: number
}

export function segmentPath(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(10, '0')}.seg`)
}

/** The segments of a folder in order, by their heads. A last one whose head was never flushed is left out. */
export function listSegments(files: FilePort, folder: string): Segment[] {
  const numbers = files
    .list(folder)
    .flatMap((name) => /^(\d{10})\.seg$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
  return numbers.flatMap((number, at) => {
    const path = segmentPath(folder, number)
    const size = files.size(path) ?? 0
    const first = readHead(files, path, number)
    if (first !== undefined) return [{ number, first, end: size }]
    if (at === numbers.length - 1) return []
    throw new StoreError('damaged', `the head of ${path} cannot be read: run \`postglass store repair\``)
  })
}

/** Running number of a segment's first record, out of its head; undefined where that cannot be read. */
export function readHead(files: FilePort, path: string, number: number): number | undefined {
  const head = Buffer.alloc(headSize)
  const handle = files.open(path, 'read')
  try {
    if (files.read(handle, head, 0) < headSize) return undefined
  } finally {
    files.close(handle)
  }
  const sound = head.toString('latin1', 0, 4) === magic && crc32(head.subarray(0, 28)) === head.readUInt32LE(28)
  return sound && head.readUIntLE(8, 6) === number ? head.readUIntLE(16, 6) : undefined
}

export function printHead(number: number, first: number): Buffer {
  const head = Buffer.alloc(headSize)
  head.write(magic, 0, 'latin1')
  head.writeUInt32LE(1, 4)
  head.writeUIntLE(number, 8, 6)
  head.writeUIntLE(first, 16, 6)
  head.writeUInt32LE(crc32(head.subarray(0, 28)), 28)
  return head
}

/**
 * Reads the records of a segment from `from` on (undefined: its first). `visit` may say that a whole record is not what
 * should stand there.
 */
export function scanSegment(
  files: FilePort,
  folder: string,
  segment: Segment,
  from: number | undefined,
  visit: (frame: Frame) => 'broken' | void,
): ScanEnd {
  const handle = files.open(segmentPath(folder, segment.number), 'read')
  try {
    const scanner = new FrameScanner(files, handle, segment.end, from ?? headSize)
    for (;;) {
      const found = scanner.next()
      if (!('type' in found)) return found
      if (visit(found) === 'broken') return { at: found.at, why: 'broken' }
    }
  } finally {
    files.close(handle)
  }
}

interface Group {
  readonly pieces: Uint8Array[]
  lastFrame: Buffer | undefined
  readonly start: number
  /** The segment that this group begins, if it does. */
  readonly made: boolean
  size: number
  count: number
  written: boolean
}

export class Journal {
  readonly #files: FilePort
  readonly #folder: string
  readonly #segments: Map<number, Segment>
  readonly #segmentSize: number
  #active: Segment
  #handle: number | undefined
  /** How far the active file is written, zeros included. */
  #ahead: number
  #next: number
  #group: Group | undefined
  /** Records were written since the last flush. */
  #dirty = false
  #sealed = false
  #broken: StoreError | undefined

  /** `segments`: as recovery left them; `next`: the next running number. */
  constructor(files: FilePort, folder: string, segments: readonly Segment[], next: number, size = segmentSize) {
    this.#segmentSize = size
    this.#files = files
    this.#folder = folder
    this.#segments = new Map(segments.map((segment) => [segment.number, segment]))
    this.#next = next
    const last = segments.at(-1)
    this.#active = last ?? { number: 0, first: 0, end: Infinity }
    this.#ahead = last ? (files.size(segmentPath(folder, last.number)) ?? 0) : 0
  }

  get segments(): ReadonlyMap<number, Segment> {
    return this.#segments
  }
  get active(): number {
    return this.#active.number
  }
  /** The next group begins another segment. */
  get sealed(): boolean {
    return this.#sealed
  }
  get dirty(): boolean {
    return this.#dirty
  }
  /** Set once a failed group could not be cut off: nothing more is written. */
  get broken(): StoreError | undefined {
    return this.#broken
  }
  /** Bytes of all records. */
  get size(): number {
    let sum = 0
    for (const { end } of this.#segments.values()) sum += end
    return sum
  }

  /** The next group begins a segment of its own. */
  seal(): void {
    this.#sealed = true
  }

  begin(): void {
    if (this.#broken) throw this.#broken
    const made = this.#active.end >= this.#segmentSize || this.#sealed
    if (made) this.#roll()
    this.#group = { pieces: [], lastFrame: undefined, start: this.#active.end, made, size: 0, count: 0, written: false }
    if (made) {
      this.#group.pieces.push(printHead(this.#active.number, this.#next))
      this.#group.size = headSize
    }
  }

  #roll(): void {
    if (this.#dirty) this.#flush()
    if (this.#handle !== undefined) {
      this.#files.cut(this.#handle, this.#active.end)
      this.#files.close(this.#handle)
    }
    this.#handle = undefined
    this.#ahead = 0
    this.#active = { number: this.#active.number + 1, first: this.#next, end: 0 }
  }

  /** Puts a record into the group and says where it will stand. */
  add(type: number, payload: readonly Uint8Array[]): Place {
    const group = this.#group
    if (!group) throw new Error('no group was begun')
    const frame = printFrame(this.#next, type, group.count === 0 && !this.#dirty, payload)
    const length = frameSize + frame.readUInt32LE(0)
    const place = { number: this.#next, segment: this.#active.number, at: group.start + group.size, length }
    group.pieces.push(frame, ...payload)
    group.lastFrame = frame
    group.size += length
    group.count++
    this.#next++
    return place
  }

  /** Number the next record will get. */
  get next(): number {
    return this.#next
  }

  /** The end of the group as it stands: what the index notes in its own transaction. */
  position(): Position {
    const end = this.#active.end + (this.#group?.size ?? 0)
    return { number: this.#next - 1, segment: this.#active.number, at: end }
  }

  /** Writes the group with one call; `safe` flushes it, else it rides on the next flush. */
  write(safe: boolean): void {
    const group = this.#group
    if (!group?.lastFrame) return
    markLast(group.lastFrame)
    const handle = this.#open(group)
    const end = group.start + group.size
    group.written = true
    if (end > this.#ahead && group.size < largeGroup) {
      this.#files.write(handle, [...group.pieces, zeros], group.start)
      this.#ahead = end + zeros.length
    } else this.#files.write(handle, group.pieces, group.start)
    this.#dirty = true
    if (safe) this.#flush()
    if (group.made) this.#files.flushFolder(this.#folder)
  }

  #open(group: Group): number {
    const path = segmentPath(this.#folder, this.#active.number)
    if (group.made) {
      group.written = true
      // a leftover of a group that never was: its head was never flushed
      this.#files.remove(path)
      this.#handle = this.#files.create(path)
    }
    this.#handle ??= this.#files.open(path, 'write')
    return this.#handle
  }

  #flush(): void {
    if (this.#handle !== undefined) this.#files.flush(this.#handle)
    this.#dirty = false
  }

  /** Makes what rode along safe. */
  flush(): void {
    if (this.#dirty) this.#flush()
  }

  /** The group stands: later groups go behind it. */
  accept(): void {
    const group = this.#group
    if (!group) return
    this.#group = undefined
    if (group.count === 0 && group.made) return this.#unroll()
    this.#active.end = group.start + group.size
    if (group.made) this.#sealed = false
    this.#segments.set(this.#active.number, this.#active)
  }

  /** Cuts the group off and makes that safe, safety.md 4. What cannot be cut off turns the journal read-only. */
  cancel(): void {
    const group = this.#group
    if (!group) return
    this.#group = undefined
    this.#next -= group.count
    try {
      if (group.made) this.#removeMade(group)
      else if (group.written) this.#cutTo(group.start)
    } catch (cause) {
      this.#broken = new StoreError(
        'read-only',
        'a change could not be written and not be taken back either: the store takes no more changes until it is opened again',
        { cause },
      )
    }
    if (group.made) this.#unroll()
  }

  #removeMade(group: Group): void {
    if (!group.written) return
    if (this.#handle !== undefined) this.#files.close(this.#handle)
    this.#handle = undefined
    this.#dirty = false
    this.#files.remove(segmentPath(this.#folder, this.#active.number))
    this.#files.flushFolder(this.#folder)
  }

  #cutTo(end: number): void {
    if (this.#handle === undefined) return
    this.#files.cut(this.#handle, end)
    this.#files.flush(this.#handle)
    this.#ahead = end
    this.#dirty = false
  }

  /** Back to the segment before, after a group that was to begin a new one. */
  #unroll(): void {
    const last = [...this.#segments.values()].at(-1)
    if (this.#handle !== undefined) this.#files.close(this.#handle)
    this.#handle = undefined
    this.#active = last ?? { number: 0, first: 0, end: Infinity }
    this.#ahead = last ? (this.#files.size(segmentPath(this.#folder, last.number)) ?? 0) : 0
  }

  /** Forgets a segment whose records were all written again, and makes its removal safe. */
  drop(number: number): void {
    this.#files.remove(segmentPath(this.#folder, number))
    this.#files.flushFolder(this.#folder)
    this.#segments.delete(number)
  }

  close(): void {
    this.flush()
    if (this.#handle !== undefined) this.#files.close(this.#handle)
    this.#handle = undefined
  }
}
