/** A TCP conversation while the capture is read: takes its segments in the order of capture. */
import { Half } from './half.ts'
import type { Moment } from './half.ts'
import type { SegmentStore } from './segment-store.ts'
import { tcpFlag } from './tcp-segment.ts'
import type { TcpSegment } from './tcp-segment.ts'

/** Which of the two ends: 0 sent the first packet that was captured. */
export type End = 0 | 1

export class Flow {
  readonly index: number
  readonly ip: 4 | 6
  readonly addresses: readonly [string, string]
  readonly ports: readonly [number, number]
  readonly halves: readonly [Half, Half] = [new Half(), new Half()]
  frames = 0
  firstFrame = 0
  lastFrame = 0
  startSeconds = 0
  startNanos = 0
  lastSeconds = 0
  lastNanos = 0
  /** The third packet of the handshake. */
  established: Moment | undefined

  constructor(index: number, ip: 4 | 6, addresses: readonly [string, string], ports: readonly [number, number]) {
    this.index = index
    this.ip = ip
    this.addresses = addresses
    this.ports = ports
  }

  /** Takes a segment that `from` sent; payload stands in `bytes`. `isRepeat`: the very packet was seen just before. */
  take(segment: TcpSegment, from: End, bytes: Uint8Array, store: SegmentStore, isRepeat: boolean): void {
    this.#countFrame(segment)
    const own = this.halves[from]
    const other = this.halves[from === 0 ? 1 : 0]
    const isSyn = segment.has(tcpFlag.syn)
    const first = own.offsetOf(segment.sequence)
    if (isSyn) noteSyn(own, segment, first)
    const start = isSyn ? first + 1 : first
    const ack = this.#acknowledge(segment, other)
    if (isSyn) own.reach(start)
    if (segment.isBad) own.badChecksums++
    if (isRepeat) {
      own.duplicatePackets++
      own.extraBytes += segment.length
      return
    }
    this.#countSigns(segment, own, other, start, ack)
    if (segment.has(tcpFlag.rst)) {
      own.rst ??= momentOf(segment)
      return
    }
    if (!own.isNear(start)) {
      own.extraBytes += segment.length
      return
    }
    if (segment.length + segment.cut > 0) takePayload(own, segment, start, ack, bytes, store)
    noteEnd(own, segment, start, ack)
  }

  #countFrame(segment: TcpSegment): void {
    if (this.frames++ === 0) {
      this.firstFrame = segment.packet
      this.startSeconds = segment.seconds
      this.startNanos = segment.nanos
    }
    this.lastFrame = segment.packet
    this.lastSeconds = segment.seconds
    this.lastNanos = segment.nanos
  }

  /** What the segment acknowledges of the other direction; -Infinity if nothing that can be true. */
  #acknowledge(segment: TcpSegment, other: Half): number {
    if (!segment.has(tcpFlag.ack)) return -Infinity
    const ack = other.offsetOf(segment.acknowledged)
    if (!other.isNear(ack)) return -Infinity
    other.reach(ack)
    other.noteAcknowledged(ack, segment.packet, segment.seconds, segment.nanos)
    return ack
  }

  /** Counts what TCP did, by the field's rules of thumb; sees the end of the handshake. */
  #countSigns(segment: TcpSegment, own: Half, other: Half, start: number, ack: number): void {
    const isPlain = !segment.has(tcpFlag.syn | tcpFlag.fin | tcpFlag.rst)
    const length = segment.length + segment.cut
    if (isPlain && segment.window === 0) own.zeroWindows++
    const isKeepAlive = isPlain && length <= 1 && start === own.end - 1
    if (isKeepAlive) own.keepAlives++
    else if (isPlain && length === 0 && ack === own.lastAck && segment.window === own.lastWindow && other.end > ack)
      own.duplicateAcks++
    if (ack > own.lastAck) own.lastAck = ack
    own.lastWindow = segment.window
    if (!this.established && isPlain && own.opened && other.answered && ack > -Infinity)
      this.established = momentOf(segment)
  }
}

function momentOf(segment: TcpSegment): Moment {
  return { packet: segment.packet, seconds: segment.seconds, nanos: segment.nanos }
}

function noteSyn(own: Half, segment: TcpSegment, offset: number): void {
  if (own.syn) own.repeats++
  own.syn ??= momentOf(segment)
  own.synSequence = segment.sequence
  if (segment.has(tcpFlag.ack)) own.answered = true
  else own.opened = true
  own.zero = offset + 1
  own.isZeroGuessed = false
  own.end = Math.max(own.end, offset + 1)
}

function takePayload(
  own: Half,
  segment: TcpSegment,
  start: number,
  ack: number,
  bytes: Uint8Array,
  store: SegmentStore,
): void {
  const { length, cut, packet, offset, seconds, nanos, isBad } = segment
  if (Number.isNaN(own.zero) && length + cut === 1 && own.acked > start) {
    // a keep-alive before the first byte: its byte stands for one that went before the capture
    own.extraBytes += length
    return
  }
  own.noteFirstByte(start)
  const row = store.add({ start, length, cut, ack, packet, offset, seconds, nanos, isBad }, bytes, segment.payloadAt)
  own.append(store, row)
  if (isBad) own.hasBadRows = true
}

function noteEnd(own: Half, segment: TcpSegment, start: number, ack: number): void {
  let end = start + segment.length + segment.cut
  if (segment.has(tcpFlag.fin)) {
    if (own.fin && own.finAt === end && segment.length === 0) own.repeats++
    if (!own.fin) {
      own.fin = momentOf(segment)
      own.finAt = end
      own.finAck = ack
    }
    end++ // FIN takes one number, RFC 9293 §3.4
  }
  if (end > own.end) own.end = end
  own.reach(end)
}
