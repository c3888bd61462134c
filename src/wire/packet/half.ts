/**
 * One direction of a TCP conversation while the capture is read: its numbering, and what must be remembered beside the
 * payload. Offsets count from `origin`, the first number that was seen of this direction, and do not wrap.
 */
import type { SegmentStore } from './segment-store.ts'

/** A moment in the capture. */
export interface Moment {
  readonly packet: number
  readonly seconds: number
  readonly nanos: number
}

/** No window is larger, RFC 7323 §2.3: what lies farther off belongs to another connection or is damaged. */
export const widest = 2 ** 30

export class Half {
  #isNumbered = false
  #origin = 0
  /** The highest offset spoken of; numbers are unwrapped around it. */
  #top = 0
  /** Offset of the stream's first byte: after the SYN, or the first byte seen. NaN while unknown. */
  zero = Number.NaN
  /** True while `zero` is the first byte seen, not known from a SYN. */
  isZeroGuessed = true
  synSequence = -1
  syn: Moment | undefined
  /** True if a SYN without ACK was seen: this side opened the connection. */
  opened = false
  /** True if a SYN with ACK was seen: this side answered. */
  answered = false
  fin: Moment | undefined
  finAt = Number.NaN
  finAck = -Infinity
  rst: Moment | undefined
  /** End of what was captured or is known to be cut, FIN included. */
  end = -Infinity
  /** Highest acknowledgement of this direction's bytes by the other side. */
  acked = -Infinity
  /** The first packet that acknowledged bytes beyond `end`, and those bytes. */
  ackBeyond: Moment | undefined
  ackBeyondAt = -Infinity
  /** What this side's segments said last. */
  lastAck = -Infinity
  lastWindow = -1
  firstRow = -1
  lastRow = -1
  hasBadRows = false
  /** Payload that is in the capture and not in a row: doubled packets, keep-alive bytes before the first byte. */
  extraBytes = 0
  duplicatePackets = 0
  duplicateAcks = 0
  zeroWindows = 0
  keepAlives = 0
  badChecksums = 0
  repeats = 0

  get isNumbered(): boolean {
    return this.#isNumbered
  }

  /** The offset of a sequence number: the one nearest to what was spoken of last, so it never wraps. */
  offsetOf(sequence: number): number {
    if (!this.#isNumbered) {
      this.#isNumbered = true
      this.#origin = sequence
    }
    // differences are modulo 2^32, RFC 9293 §3.4
    return this.#top + ((sequence - this.#origin - this.#top) | 0)
  }

  isNear(offset: number): boolean {
    return Math.abs(offset - this.#top) <= widest
  }

  reach(offset: number): void {
    if (offset > this.#top) this.#top = offset
  }

  /** True if a SYN with this number can belong to what was seen of this direction. */
  takesSyn(sequence: number): boolean {
    if (this.synSequence >= 0) return this.synSequence === sequence
    if (!this.#isNumbered) return true
    const first = Number.isNaN(this.zero) ? this.offsetOf(this.#origin) : this.zero
    const before = first - (this.offsetOf(sequence) + 1)
    return before >= 0 && before < 0x10000 && !this.fin && !this.rst
  }

  /** The other side acknowledged everything before `offset`. */
  noteAcknowledged(offset: number, packet: number, seconds: number, nanos: number): void {
    if (offset > this.acked) this.acked = offset
    if (offset > this.end && !(this.ackBeyondAt > this.end)) {
      this.ackBeyondAt = offset
      this.ackBeyond = { packet, seconds, nanos }
    }
  }

  /** Without a SYN the stream begins at the first byte seen, or at one before it that was still on its way. */
  noteFirstByte(start: number): void {
    if (Number.isNaN(this.zero)) this.zero = start
    else if (this.isZeroGuessed && start < this.zero && start >= this.acked) this.zero = start
  }

  append(store: SegmentStore, row: number): void {
    if (this.firstRow < 0) this.firstRow = row
    else store.next[this.lastRow] = row
    this.lastRow = row
  }
}
