/**
 * Packets for bytes that were seen at a socket, where the real ones are unknown: a handshake, segments of at most one
 * MSS with one chunk as one burst, an acknowledgement after each, an ending. wire.md §3.3.
 */
import { otherSide } from '../talk.ts'
import type { Side } from '../talk.ts'
import { readIpAddress } from './ip-address.ts'
import type { Endpoint } from './recording.ts'
import { tcpFlag } from './tcp-segment.ts'

/** What one side sent at one moment (nanoseconds since 1970). `lost` bytes crossed and are not here. */
export type WrittenChunk = { readonly side: Side; readonly time: bigint; readonly comment?: string } & (
  | { readonly bytes: Uint8Array }
  | { readonly lost: number }
)

/** How a connection came to its end; `refused` and `unanswered` had no bytes, `open` goes on after the last. */
export type WrittenEnd = 'closed' | 'client reset' | 'server reset' | 'refused' | 'unanswered' | 'open'

/** A conversation to write. Chunks are in order of time; times that run backwards are moved forward. */
export interface WrittenConversation {
  readonly client: Endpoint
  readonly server: Endpoint
  readonly chunks: readonly WrittenChunk[]
  /** NSS key-log lines. */
  readonly keyLog?: string
  /** When it was opened and closed, if that is known. */
  readonly began?: bigint
  readonly ended?: bigint
  /** `closed` if left out. */
  readonly end?: WrittenEnd
  /** Stands at its first packet. */
  readonly comment?: string
  /** Which side the recording program was: the packets of the other side are marked as come in. */
  readonly ours?: Side
}

/** A packet to write: what is above IP. */
export interface PlannedPacket {
  readonly side: Side
  readonly flags: number
  readonly sequence: number
  readonly acknowledged: number
  readonly time: bigint
  readonly bytes: Uint8Array
  /** Index of the chunk whose bytes these are, and where in it they begin; -1 without bytes. */
  readonly chunk: number
  readonly chunkOffset: number
  readonly comment: string | undefined
}

const none: Uint8Array = new Uint8Array(0)
/** Steps between packets of one moment. */
const stepNanos = 1000n
/** Segments before an acknowledgement: less than the window, so it never looks full. */
const burstSegments = 22

/** IPv4 if both ends can be written so (`::ffff:` counts), else IPv6. */
export function ipVersionOf(client: Endpoint, server: Endpoint): 4 | 6 {
  const isLong = (end: Endpoint): boolean => readIpAddress(end.address)?.length === 16
  return isLong(client) || isLong(server) ? 6 : 4
}

/** The largest payload of a segment: what an Ethernet frame leaves beside the headers. */
export function segmentSize(version: 4 | 6): number {
  return version === 4 ? 1460 : 1440
}

/** Bytes before the payload of a data packet: Ethernet, IP, TCP without options. */
export function payloadOffset(version: 4 | 6): number {
  return 14 + (version === 4 ? 20 : 40) + 20
}

/** Plans the packets of a conversation. `index` keeps the numbers of conversations apart. */
export function planPackets(conversation: WrittenConversation, index: number): PlannedPacket[] {
  return new Planner(conversation, index).plan()
}

class Planner {
  readonly #conversation: WrittenConversation
  readonly #size: number
  readonly #packets: PlannedPacket[] = []
  /** The next sequence number of each side. */
  readonly #next: Record<Side, number>
  #time: bigint
  #comment: string | undefined

  constructor(conversation: WrittenConversation, index: number) {
    this.#conversation = conversation
    this.#size = segmentSize(ipVersionOf(conversation.client, conversation.server))
    // different numbers for each conversation: the same ends may meet again
    const shift = Math.imul(index, 0x01000193)
    this.#next = { client: (0x10000000 + shift) >>> 0, server: (0x50000000 + shift) >>> 0 }
    const first = conversation.chunks[0]?.time ?? conversation.ended ?? conversation.began ?? 0n
    const opened = first - 3n * stepNanos
    const { began } = conversation
    this.#time = (began !== undefined && began < opened ? began : opened) - stepNanos
    this.#comment = conversation.comment
  }

  plan(): PlannedPacket[] {
    const end = this.#conversation.end ?? 'closed'
    this.#add('client', tcpFlag.syn, 0n)
    if (end === 'unanswered') return this.#packets
    if (end === 'refused') {
      this.#add('server', tcpFlag.rst | tcpFlag.ack, 0n)
      return this.#packets
    }
    this.#add('server', tcpFlag.syn | tcpFlag.ack, 0n)
    this.#add('client', tcpFlag.ack, 0n)
    for (const [index, chunk] of this.#conversation.chunks.entries()) this.#addChunk(chunk, index)
    this.#close(end)
    return this.#packets
  }

  #addChunk(chunk: WrittenChunk, index: number): void {
    if ('lost' in chunk) {
      this.#next[chunk.side] = (this.#next[chunk.side] + chunk.lost) >>> 0
      return
    }
    const { bytes, side, time } = chunk
    this.#comment ??= bytes.length > 0 ? chunk.comment : undefined
    let segments = 0
    for (let at = 0; at < bytes.length; at += this.#size) {
      const piece = bytes.subarray(at, at + this.#size)
      const isLast = at + this.#size >= bytes.length
      this.#add(side, isLast ? tcpFlag.ack | tcpFlag.psh : tcpFlag.ack, time, piece, index, at)
      if (++segments % burstSegments === 0 || isLast) this.#add(otherSide(side), tcpFlag.ack, time)
    }
  }

  #close(end: WrittenEnd): void {
    const time = this.#conversation.ended ?? 0n
    switch (end) {
      case 'closed':
        this.#add('client', tcpFlag.fin | tcpFlag.ack, time)
        this.#add('server', tcpFlag.fin | tcpFlag.ack, time)
        this.#add('client', tcpFlag.ack, time)
        return
      case 'client reset':
        return this.#add('client', tcpFlag.rst | tcpFlag.ack, time)
      case 'server reset':
        return this.#add('server', tcpFlag.rst | tcpFlag.ack, time)
      case 'refused':
      case 'unanswered':
      case 'open':
        return undefined
    }
  }

  #add(side: Side, flags: number, time: bigint, bytes = none, chunk = -1, chunkOffset = 0): void {
    const least = this.#time + stepNanos
    this.#time = time > least ? time : least
    const other = otherSide(side)
    const hasAck = (flags & tcpFlag.ack) !== 0
    // before its SYN the server has no number; a refusal says 0, RFC 9293 §3.10.7.1
    const isRefusal = (flags & tcpFlag.rst) !== 0 && this.#packets.length === 1
    this.#packets.push({
      side,
      flags,
      sequence: isRefusal ? 0 : this.#next[side],
      acknowledged: hasAck ? this.#next[other] : 0,
      time: this.#time,
      bytes,
      chunk,
      chunkOffset,
      comment: this.#comment,
    })
    this.#comment = undefined
    const taken = bytes.length + ((flags & (tcpFlag.syn | tcpFlag.fin)) !== 0 ? 1 : 0)
    this.#next[side] = (this.#next[side] + taken) >>> 0
  }
}
