/** Ethernet, IPv4 or IPv6 and TCP headers round planned packets, with valid checksums. */
import { fold, sumPseudoHeader, sumWords } from './checksum.ts'
import { readIpAddress } from './ip-address.ts'
import { ipProtocol } from './ip-layer.ts'
import { lend } from './lent.ts'
import type { PlannedPacket, WrittenConversation } from './synthesise.ts'
import { ipVersionOf, segmentSize } from './synthesise.ts'
import { tcpFlag } from './tcp-segment.ts'
import type { Side } from '../talk.ts'

const ethernetLength = 14
/** Locally administered addresses: they belong to no maker. */
const stations: Record<Side, number> = { client: 1, server: 2 }
const timeToLive = 64
const window = 65535

/** An address that cannot be written into a packet. */
export class CaptureWriteError extends Error {
  readonly code = 'bad-address'
}

/** Makes the frames of one conversation, in the order of its packets. */
export class EthernetWriter {
  readonly #version: 4 | 6
  readonly #addresses: Record<Side, Uint8Array>
  readonly #ports: Record<Side, number>
  /** IPv4 identification, counted per direction. */
  readonly #ids: Record<Side, number> = { client: 0, server: 0 }

  constructor({ client, server }: Pick<WrittenConversation, 'client' | 'server'>) {
    this.#version = ipVersionOf(client, server)
    this.#addresses = {
      client: addressBytes(client.address, this.#version),
      server: addressBytes(server.address, this.#version),
    }
    this.#ports = { client: client.port, server: server.port }
  }

  /** The frame of a packet. */
  frame(packet: PlannedPacket): Uint8Array {
    const { bytes, side } = packet
    const isSyn = (packet.flags & tcpFlag.syn) !== 0
    const tcpLength = (isSyn ? 24 : 20) + bytes.length
    const ipLength = this.#version === 4 ? 20 : 40
    const frame = new Uint8Array(ethernetLength + ipLength + tcpLength)
    const { view } = lend(frame)
    view.setUint16(0, 0x0200)
    view.setUint8(5, stations[side === 'client' ? 'server' : 'client'])
    view.setUint16(6, 0x0200)
    view.setUint8(11, stations[side])
    view.setUint16(12, this.#version === 4 ? 0x0800 : 0x86dd)
    if (this.#version === 4) this.#writeIpv4(frame, view, side, ipLength + tcpLength)
    else this.#writeIpv6(frame, view, side, tcpLength)
    this.#writeTcp(frame, view, packet, ethernetLength + ipLength)
    return frame
  }

  /** RFC 791 §3.1. */
  #writeIpv4(frame: Uint8Array, view: DataView, side: Side, length: number): void {
    const at = ethernetLength
    this.#ids[side] = (this.#ids[side] + 1) & 0xffff
    view.setUint8(at, 0x45)
    view.setUint16(at + 2, length)
    view.setUint16(at + 4, this.#ids[side])
    view.setUint16(at + 6, 0x4000)
    view.setUint8(at + 8, timeToLive)
    view.setUint8(at + 9, ipProtocol.tcp)
    this.#writeAddresses(frame, side, at + 12)
    view.setUint16(at + 10, 0xffff - sumWords(view, at, 20))
  }

  /** RFC 8200 §3. */
  #writeIpv6(frame: Uint8Array, view: DataView, side: Side, length: number): void {
    const at = ethernetLength
    view.setUint32(at, 0x60000000)
    view.setUint16(at + 4, length)
    view.setUint8(at + 6, ipProtocol.tcp)
    view.setUint8(at + 7, timeToLive)
    this.#writeAddresses(frame, side, at + 8)
  }

  #writeAddresses(frame: Uint8Array, side: Side, at: number): void {
    const source = this.#addresses[side]
    frame.set(source, at)
    frame.set(this.#addresses[side === 'client' ? 'server' : 'client'], at + source.length)
  }

  /** RFC 9293 §3.1. */
  #writeTcp(frame: Uint8Array, view: DataView, packet: PlannedPacket, at: number): void {
    const { side, flags, bytes } = packet
    const isSyn = (flags & tcpFlag.syn) !== 0
    const headerLength = isSyn ? 24 : 20
    const isReset = (flags & tcpFlag.rst) !== 0
    view.setUint16(at, this.#ports[side])
    view.setUint16(at + 2, this.#ports[side === 'client' ? 'server' : 'client'])
    view.setUint32(at + 4, packet.sequence)
    view.setUint32(at + 8, packet.acknowledged)
    view.setUint8(at + 12, (headerLength / 4) << 4)
    view.setUint8(at + 13, flags)
    view.setUint16(at + 14, isReset ? 0 : window)
    if (isSyn) {
      view.setUint16(at + 20, 0x0204) // maximum segment size, RFC 9293 §3.7.1
      view.setUint16(at + 22, segmentSize(this.#version))
    }
    frame.set(bytes, at + headerLength)
    const addressLength = this.#version === 4 ? 4 : 16
    const length = headerLength + bytes.length
    const pseudo = sumPseudoHeader(view, at - 2 * addressLength, addressLength, ipProtocol.tcp, length)
    view.setUint16(at + 16, 0xffff - fold(pseudo + sumWords(view, at, length)))
  }
}

function addressBytes(text: string, version: 4 | 6): Uint8Array {
  const bytes = readIpAddress(text)
  if (!bytes) throw new CaptureWriteError(`cannot write a packet: ${JSON.stringify(text)} is no IP address`)
  if (version === 4 || bytes.length === 16) return bytes
  // an IPv4 end of an IPv6 conversation, RFC 4291 §2.5.5.2
  return Uint8Array.from([...Array<number>(10).fill(0), 0xff, 0xff, ...bytes])
}
