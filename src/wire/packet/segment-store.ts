/**
 * The payload of all streams of a capture: one row a TCP segment with payload, in columns, and the bytes themselves
 * in slabs. A row costs about fifty bytes; rows of one direction are chained by `next` in the order of capture.
 */

/** A segment with payload, on its way into the store. Offsets count from the direction's origin (see `Half`). */
export interface NewSegment {
  readonly start: number
  /** Payload bytes that were captured, and how many more the snap length cut off. */
  readonly length: number
  readonly cut: number
  /** What it acknowledges of the other direction; -Infinity if nothing. */
  readonly ack: number
  readonly packet: number
  /** Where the payload begins in the packet. */
  readonly offset: number
  readonly seconds: number
  readonly nanos: number
  readonly isBad: boolean
}

const slabBytes = 1024 * 1024
const firstSlabBytes = 64 * 1024
const notKept = -1
/** Up to here a loop copies faster than a call. */
const fewBytes = 48

const grown = <T extends { set(from: T): void; length: number }>(column: T, make: (length: number) => T): T => {
  const larger = make(Math.max(64, column.length * 2))
  larger.set(column)
  return larger
}

export class SegmentStore {
  readonly #mostBytes: number
  readonly #slabs: Uint8Array[] = []
  #slabUsed = 0
  #slab = new Uint8Array(0)
  #bytes = 0
  count = 0
  start = new Float64Array(0)
  length = new Uint32Array(0)
  cut = new Uint32Array(0)
  ack = new Float64Array(0)
  packet = new Uint32Array(0)
  offset = new Uint32Array(0)
  seconds = new Float64Array(0)
  nanos = new Uint32Array(0)
  /** The next row of the same direction, or -1. */
  next = new Int32Array(0)
  /** 1 where the TCP checksum is wrong. */
  bad = new Uint8Array(0)
  /** Slab number times slab size plus place in the slab; -1 where the bytes were not kept. */
  #address = new Float64Array(0)

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** Adds a row; the payload is copied from `bytes` at `from`. Returns its number. */
  add(segment: NewSegment, bytes: Uint8Array, from: number): number {
    const row = this.count++
    if (row === this.start.length) this.#grow()
    this.start[row] = segment.start
    this.length[row] = segment.length
    this.cut[row] = segment.cut
    this.ack[row] = segment.ack
    this.packet[row] = segment.packet
    this.offset[row] = segment.offset
    this.seconds[row] = segment.seconds
    this.nanos[row] = segment.nanos
    this.next[row] = -1
    this.bad[row] = segment.isBad ? 1 : 0
    this.#address[row] = this.#keep(bytes, from, segment.length)
    return row
  }

  #keep(bytes: Uint8Array, from: number, length: number): number {
    if (this.#bytes + length > this.#mostBytes) return notKept
    this.#bytes += length
    if (this.#slabUsed + length > this.#slab.length) {
      this.#slab = new Uint8Array(Math.max(length, this.#slabs.length === 0 ? firstSlabBytes : slabBytes))
      this.#slabs.push(this.#slab)
      this.#slabUsed = 0
    }
    if (length > fewBytes) this.#slab.set(bytes.subarray(from, from + length), this.#slabUsed)
    else for (let index = 0; index < length; index++) this.#slab[this.#slabUsed + index] = bytes[from + index] ?? 0
    const address = (this.#slabs.length - 1) * slabBytes + this.#slabUsed
    this.#slabUsed += length
    return address
  }

  /** Bytes [from, to) of a row's payload, without copying; undefined where they were not kept. */
  payload(row: number, from: number, to: number): Uint8Array | undefined {
    const address = this.#address[row] ?? notKept
    if (address < 0) return undefined
    const slab = this.#slabs[Math.floor(address / slabBytes)]
    const at = address % slabBytes
    return slab?.subarray(at + from, at + to)
  }

  #grow(): void {
    const float = (length: number): Float64Array<ArrayBuffer> => new Float64Array(length)
    const word = (length: number): Uint32Array<ArrayBuffer> => new Uint32Array(length)
    this.start = grown(this.start, float)
    this.length = grown(this.length, word)
    this.cut = grown(this.cut, word)
    this.ack = grown(this.ack, float)
    this.packet = grown(this.packet, word)
    this.offset = grown(this.offset, word)
    this.seconds = grown(this.seconds, float)
    this.nanos = grown(this.nanos, word)
    this.next = grown(this.next, (length) => new Int32Array(length))
    this.bad = grown(this.bad, (length) => new Uint8Array(length))
    this.#address = grown(this.#address, float)
  }
}
