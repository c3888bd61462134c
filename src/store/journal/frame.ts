/**
 * How a record stands in a segment: sixteen bytes, then the payload.
 *
 *     0  length of the payload, 32 bits
 *     4  CRC-32 of number, type and payload
 *     8  running number, 48 bits
 *    14  type
 *    15  marks: 1: all records before this one were flushed when it was written; 2: the last one of its group; the upper
 *        four bits say the contrary of the lower ones
 *
 * All little-endian. Segments are written ahead with zeros (an overwrite is flushed in half the time of an append), so
 * sixteen zeros end a segment.
 */
import { crc32 } from 'node:zlib'
import type { FilePort } from '../disk/port.ts'

export const frameSize = 16
/** No payload is larger: bodies above 1 MiB have a file of their own. */
export const largestPayload = 16 * 2 ** 20

export interface Frame {
  readonly number: number
  readonly type: number
  /** All records before it were flushed when it was written: a fault before it is damage, no torn tail. */
  readonly afterFlush: boolean
  /** The last record of its group: a group counts when all of it is there. */
  readonly last: boolean
  /** Offset of the frame in its segment. */
  readonly at: number
  /** Frame and payload. */
  readonly length: number
  /** A view that is valid until the next frame is read. */
  readonly payload: Uint8Array
}

const markedAfterFlush = 1
const markedLast = 2

function printMarks(marks: number): number {
  return marks | ((~marks & 15) << 4)
}

/** Undefined where the two halves do not fit. */
function readMarks(byte: number | undefined): number | undefined {
  const marks = (byte ?? 0) & 3
  return byte === printMarks(marks) ? marks : undefined
}

/** Marks a printed frame as the last of its group. The sum does not cover the marks, so it stays. */
export function markLast(frame: Buffer): void {
  frame[15] = printMarks((readMarks(frame[15]) ?? 0) | markedLast)
}

/** The sixteen bytes before a payload that is given in pieces. */
export function printFrame(number: number, type: number, afterFlush: boolean, pieces: readonly Uint8Array[]): Buffer {
  const frame = Buffer.allocUnsafe(frameSize)
  let length = 0
  frame.writeUIntLE(number, 8, 6)
  frame[14] = type
  frame[15] = printMarks(afterFlush ? markedAfterFlush : 0)
  let sum = crc32(frame.subarray(8, 15))
  for (const piece of pieces) {
    length += piece.length
    sum = crc32(piece, sum)
  }
  frame.writeUInt32LE(length, 0)
  frame.writeUInt32LE(sum, 4)
  return frame
}

/** Where reading ended: at the end of what was written, or at bytes that are no record. */
export interface ScanEnd {
  readonly at: number
  readonly why: 'end' | 'broken'
}

const windowSize = 2 ** 20

/** Reads frames one after the other through a window; `next` gives a frame, or where and why there is none. */
export class FrameScanner {
  readonly #files: FilePort
  readonly #handle: number
  readonly #size: number
  #window: Buffer = Buffer.alloc(0)
  /** Offset in the file of the window's first byte. */
  #start: number
  #at: number

  constructor(files: FilePort, handle: number, size: number, from: number) {
    this.#files = files
    this.#handle = handle
    this.#size = size
    this.#start = from
    this.#at = from
  }

  get at(): number {
    return this.#at
  }

  next(): Frame | ScanEnd {
    const head = this.#bytes(frameSize)
    if (isZero(head)) return { at: this.#at, why: 'end' }
    const length = head.length < frameSize ? Infinity : head.readUInt32LE(0)
    if (length > largestPayload || this.#at + frameSize + length > this.#size) return { at: this.#at, why: 'broken' }
    const whole = this.#bytes(frameSize + length)
    const marks = readMarks(whole[15])
    if (marks === undefined || whole.length < frameSize + length || sumOf(whole) !== whole.readUInt32LE(4))
      return { at: this.#at, why: 'broken' }
    const frame: Frame = {
      number: whole.readUIntLE(8, 6),
      type: whole[14] ?? 0,
      afterFlush: (marks & markedAfterFlush) !== 0,
      last: (marks & markedLast) !== 0,
      at: this.#at,
      length: frameSize + length,
      payload: whole.subarray(frameSize),
    }
    this.#at += frame.length
    return frame
  }

  /** Looks for the next place that holds a whole record, byte by byte. False when there is none. */
  seek(): boolean {
    if (this.#at >= this.#size) return false
    for (this.#at++; this.#at + frameSize <= this.#size; this.#at++) {
      const head = this.#bytes(frameSize)
      // cheap refusals first: the sum over a wrong guess is dear
      if (readMarks(head[15]) === undefined || head[14] === 0 || head.readUInt32LE(0) > largestPayload) continue
      const before = this.#at
      const found = this.next()
      this.#at = before
      if ('type' in found) return true
    }
    return false
  }

  /** Up to `size` bytes from where it stands. */
  #bytes(size: number): Buffer {
    const from = this.#at - this.#start
    if (from + size > this.#window.length && this.#start + this.#window.length < this.#size) {
      const room = Buffer.allocUnsafe(Math.min(Math.max(windowSize, size), this.#size - this.#at))
      this.#window = room.subarray(0, this.#files.read(this.#handle, room, this.#at))
      this.#start = this.#at
      return this.#window.subarray(0, size)
    }
    return this.#window.subarray(from, from + size)
  }
}

function sumOf(frame: Buffer): number {
  return crc32(frame.subarray(frameSize), crc32(frame.subarray(8, 15)))
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}
