/** Helpers of this room's tests: packets and files made by hand. */
import { otherSide } from '../talk.ts'
import type { Side } from '../talk.ts'
import type { Capture, Stream } from './capture.ts'
import { fold, sumPseudoHeader, sumWords } from './checksum.ts'
import { readIpAddress } from './ip-address.ts'
import { join, lend } from './lent.ts'
import { readCapture } from './read-capture.ts'
import type { ReadLimits } from './limits.ts'

/** The bytes of one side that are in the capture, joined. */
export function bytesOf(stream: Stream, side: Side): Uint8Array {
  return join(
    stream.arrivals.flatMap((arrival) => (arrival.what === 'bytes' && arrival.side === side ? [arrival.bytes] : [])),
  )
}

export const latin1 = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes)
export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

/** What happened, in one line: `C:text`, `S:text`, `C[3 lost]`, `C:syn`. */
export function told(stream: Stream): string {
  return stream.arrivals
    .map((arrival) => {
      if (arrival.what === 'sealed') return 'sealed'
      const side = arrival.side === 'client' ? 'C' : 'S'
      if (arrival.what === 'bytes') return `${side}:${latin1(arrival.bytes)}`
      if (arrival.what === 'lost') return `${side}[${arrival.size} ${arrival.why}]`
      return `${side}:<${arrival.what}>`
    })
    .join(' ')
}

/** One side's stream as text, holes as `[n]`. */
export function textOf(stream: Stream, side: Side): string {
  return stream.arrivals
    .map((arrival) => {
      if (arrival.what === 'sealed' || arrival.side !== side) return ''
      if (arrival.what === 'bytes') return latin1(arrival.bytes)
      return arrival.what === 'lost' ? `[${arrival.size}]` : ''
    })
    .join('')
}

export interface TestSegment {
  readonly from?: Side
  readonly seq: number
  readonly ack?: number
  /** Letters of S, F, R, P; ACK is set where `ack` is given. */
  readonly flags?: string
  readonly data?: string | Uint8Array
  readonly id?: number
  readonly window?: number
  readonly isBad?: boolean
  /** Seconds after the first packet. */
  readonly time?: number
  readonly ports?: readonly [number, number]
  readonly addresses?: readonly [string, string]
}

/** An IPv4 or IPv6 packet with a TCP segment. */
export function ipPacket(segment: TestSegment): Uint8Array {
  const { from = 'client', ports = [40000, 25], addresses = ['10.0.0.1', '10.0.0.2'] } = segment
  const data = typeof segment.data === 'string' ? ascii(segment.data) : (segment.data ?? new Uint8Array(0))
  const tcp = new Uint8Array(20 + data.length)
  const { view } = lend(tcp)
  const [own, other] = from === 'client' ? [0, 1] : [1, 0]
  view.setUint16(0, ports[own] ?? 0)
  view.setUint16(2, ports[other] ?? 0)
  view.setUint32(4, segment.seq >>> 0)
  view.setUint32(8, (segment.ack ?? 0) >>> 0)
  view.setUint8(12, 0x50)
  view.setUint8(13, flagsOf(segment))
  view.setUint16(14, segment.window ?? 65535)
  tcp.set(data, 20)
  return ipDatagram(6, tcp, segment.id ?? 0, addresses[own] ?? '', addresses[other] ?? '', segment.isBad ?? false)
}

function flagsOf({ flags = '', ack }: TestSegment): number {
  const bits: Record<string, number> = { F: 1, S: 2, R: 4, P: 8 }
  return flags.split('').reduce((sum, letter) => sum | (bits[letter] ?? 0), ack === undefined ? 0 : 16)
}

/** A datagram round a transport payload; the checksum of TCP (at 16) is filled in. */
export function ipDatagram(
  protocol: number,
  payload: Uint8Array,
  id = 0,
  source = '10.0.0.1',
  target = '10.0.0.2',
  isBad = false,
): Uint8Array {
  const addresses = join([readIpAddress(source)!, readIpAddress(target)!])
  const long = addresses.length === 32
  const header = new Uint8Array(long ? 8 : 12)
  const { view } = lend(header)
  view.setUint8(0, long ? 0x60 : 0x45)
  if (long) {
    view.setUint16(4, payload.length)
    view.setUint8(6, protocol)
  } else {
    view.setUint16(2, 20 + payload.length)
    view.setUint16(4, id)
    view.setUint8(8, 64)
    view.setUint8(9, protocol)
  }
  const packet = join([header, addresses, payload])
  if (protocol === 6) {
    const whole = lend(packet).view
    const at = header.length + addresses.length
    const pseudo = sumPseudoHeader(whole, header.length, addresses.length / 2, 6, payload.length)
    const sum = 0xffff - fold(pseudo + sumWords(whole, at, payload.length))
    whole.setUint16(at + 16, isBad ? sum ^ 0x5555 : sum)
  }
  return packet
}

/** IPv4 fragments of a datagram, of `size` payload bytes each (a multiple of 8). */
export function ipFragments(datagram: Uint8Array, size: number): Uint8Array[] {
  const fragments: Uint8Array[] = []
  for (let at = 0; at < datagram.length - 20; at += size) {
    const fragment = join([datagram.subarray(0, 20), datagram.subarray(20 + at, 20 + at + size)])
    const isLast = at + size >= datagram.length - 20
    const { view } = lend(fragment)
    view.setUint16(2, fragment.length)
    view.setUint16(6, (isLast ? 0 : 0x2000) | (at / 8))
    fragments.push(fragment)
  }
  return fragments
}

export function ethernet(payload: Uint8Array, etherType = payload[0]! >> 4 === 6 ? 0x86dd : 0x0800): Uint8Array {
  const head = new Uint8Array(14)
  lend(head).view.setUint16(12, etherType)
  return join([head, payload])
}

export interface TestPacket {
  readonly bytes: Uint8Array
  readonly seconds?: number
  /** Of the file's unit. */
  readonly fraction?: number
  readonly wireLength?: number
}

export interface PcapStyle {
  readonly little?: boolean
  readonly nanos?: boolean
  readonly linkType?: number
}

export function pcapFile(packets: readonly TestPacket[], style: PcapStyle = {}): Uint8Array {
  const { little = true, nanos = false, linkType = 1 } = style
  const words = (...values: number[]): Uint8Array => wordBytes(values, little)
  const head = [words(nanos ? 0xa1b23c4d : 0xa1b2c3d4), pair(2, 4, little), words(0, 0, 262144, linkType)]
  const records = packets.flatMap(({ bytes, seconds = 0, fraction = 0, wireLength = bytes.length }) => [
    words(seconds, fraction, bytes.length, wireLength),
    bytes,
  ])
  return join([...head, ...records])
}

export function wordBytes(values: readonly number[], little: boolean): Uint8Array {
  const bytes = new Uint8Array(4 * values.length)
  const { view } = lend(bytes)
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value >>> 0, little)
  return bytes
}

function pair(first: number, second: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(4)
  const { view } = lend(bytes)
  view.setUint16(0, first, little)
  view.setUint16(2, second, little)
  return bytes
}

const padded = (bytes: Uint8Array): Uint8Array => join([bytes, new Uint8Array((4 - (bytes.length % 4)) % 4)])

/** Blocks of pcapng in one byte order. */
export class TestPcapng {
  readonly #little: boolean
  readonly blocks: Uint8Array[] = []

  constructor(little = true) {
    this.#little = little
  }

  words(...values: number[]): Uint8Array {
    return wordBytes(values, this.#little)
  }

  option(code: number, value: Uint8Array): Uint8Array {
    return join([pair(code, value.length, this.#little), padded(value)])
  }

  block(type: number, ...parts: Uint8Array[]): this {
    const body = padded(join(parts))
    const length = this.words(12 + body.length)
    this.blocks.push(join([this.words(type), length, body, length]))
    return this
  }

  section(...options: Uint8Array[]): this {
    return this.block(0x0a0d0d0a, this.words(0x1a2b3c4d), pair(1, 0, this.#little), this.words(~0, ~0), ...options)
  }

  interface(linkType = 1, ...options: Uint8Array[]): this {
    return this.block(1, pair(linkType, 0, this.#little), this.words(0), ...options)
  }

  packet(from: number, time: bigint, bytes: Uint8Array, ...options: Uint8Array[]): this {
    const [high, low] = [Number(time >> 32n), Number(time & 0xffffffffn)]
    return this.block(6, this.words(from, high, low, bytes.length, bytes.length), padded(bytes), ...options)
  }

  obsoletePacket(from: number, time: bigint, bytes: Uint8Array): this {
    const [high, low] = [Number(time >> 32n), Number(time & 0xffffffffn)]
    const { length } = bytes
    return this.block(2, pair(from, 7, this.#little), this.words(high, low, length, length), padded(bytes))
  }

  simplePacket(bytes: Uint8Array, wireLength = bytes.length): this {
    return this.block(3, this.words(wireLength), padded(bytes))
  }

  file(): Uint8Array {
    return join(this.blocks)
  }
}

/** A pcap file of these segments, one packet each, in this order; `snap` cuts the frames. */
export function fileOf(segments: readonly TestSegment[], snap = Infinity): Uint8Array {
  const packets = segments.map((segment, index): TestPacket => {
    const whole = ethernet(ipPacket(segment))
    const time = segment.time ?? index / 100
    return {
      bytes: whole.subarray(0, snap),
      wireLength: whole.length,
      seconds: 1_000_000_000 + Math.floor(time),
      fraction: Math.round((time % 1) * 1e6),
    }
  })
  return pcapFile(packets)
}

/** A capture of these segments. */
export function captureOf(
  segments: readonly TestSegment[],
  how: { snap?: number; limits?: Partial<ReadLimits> } = {},
): Promise<Capture> {
  return readCapture([fileOf(segments, how.snap)], how.limits ? { limits: how.limits } : {})
}

export const client = (seq: number, data: string, more: Partial<TestSegment> = {}): TestSegment => ({
  from: 'client',
  seq,
  ack: 501,
  data,
  ...more,
})

export const server = (seq: number, data: string, more: Partial<TestSegment> = {}): TestSegment => ({
  from: 'server',
  seq,
  ack: 101,
  data,
  ...more,
})

/** SYN, SYN-ACK, ACK; first bytes are 101 of the client and 501 of the server. */
export const handshake: readonly TestSegment[] = [
  { from: 'client', seq: 100, flags: 'S' },
  { from: 'server', seq: 500, ack: 101, flags: 'S' },
  { from: 'client', seq: 101, ack: 501 },
]

/** The other end of a segment, for tests that turn a conversation round. */
export const turned = (segment: TestSegment): TestSegment => ({ ...segment, from: otherSide(segment.from ?? 'client') })
