/**
 * Sees packets that were captured twice (by `any`, a mirror port, two interfaces): the same IP identification,
 * sequence number, length and checksum within a millisecond. They are no retransmissions.
 */
import type { TcpSegment } from './tcp-segment.ts'

const slots = 4096
const withinNanos = 1_000_000

export class RepeatFilter {
  readonly #ways = new Int32Array(slots).fill(-1)
  readonly #ids = new Uint32Array(slots)
  readonly #sequences = new Uint32Array(slots)
  readonly #acks = new Uint32Array(slots)
  readonly #sizes = new Uint32Array(slots)
  readonly #seconds = new Float64Array(slots)
  readonly #nanos = new Float64Array(slots)

  /** True if the very packet was seen just before on the same way of a conversation. */
  isRepeat(segment: TcpSegment, way: number): boolean {
    // IPv6 has no identification, and 0 is what systems send that give none: then a copy cannot be told
    if (segment.ipId === 0 || segment.checksum < 0) return false
    const id = (segment.ipId << 16) | segment.checksum
    const size = (segment.length << 8) | (segment.flags & 0xff)
    const slot = (Math.imul(id ^ way, 0x9e3779b1) >>> 16) & (slots - 1)
    const isSame =
      this.#ways[slot] === way &&
      this.#ids[slot] === id >>> 0 &&
      this.#sequences[slot] === segment.sequence &&
      this.#acks[slot] === segment.acknowledged &&
      this.#sizes[slot] === size >>> 0
    const since = (segment.seconds - (this.#seconds[slot] ?? 0)) * 1e9 + segment.nanos - (this.#nanos[slot] ?? 0)
    if (isSame && Math.abs(since) <= withinNanos) return true
    this.#ways[slot] = way
    this.#ids[slot] = id
    this.#sequences[slot] = segment.sequence
    this.#acks[slot] = segment.acknowledged
    this.#sizes[slot] = size
    this.#seconds[slot] = segment.seconds
    this.#nanos[slot] = segment.nanos
    return false
  }
}
