/** TCP headers, RFC 9293 §3.1. */
import { fold, sumPseudoHeader, sumWords } from './checksum.ts'
import type { IpLayer } from './ip-layer.ts'
import { ipProtocol } from './ip-layer.ts'
import type { Lent } from './lent.ts'

export const tcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const

/** Up to the flags: what is needed to place a segment. */
const leastCaptured = 14
const leastHeader = 20

/** One TCP segment, read into fields that the next reading overwrites. */
export class TcpSegment {
  packet = 0
  seconds = 0
  nanos = 0
  sequence = 0
  acknowledged = 0
  flags = 0
  window = -1
  checksum = -1
  ipId = 0
  /** Payload: where it stands in `lent`, how much is there, and how much more the snap length cut off. */
  payloadAt = 0
  length = 0
  cut = 0
  /** Where the payload stands in the packet of the file. */
  offset = 0
  isBad = false

  has(flag: number): boolean {
    return (this.flags & flag) !== 0
  }

  /**
   * Reads the segment at `at`: bytes up to `captured` are here, up to `wire` there were. False if it is none. `ip`
   * and `addresses` are those of the packet; a joined datagram stands in other memory.
   */
  read(lent: Lent, at: number, captured: number, wire: number, ip: IpLayer, addresses: DataView): boolean {
    const { view } = lent
    if (at + leastCaptured > captured) return false
    const headerLength = (view.getUint8(at + 12) >>> 4) * 4
    if (headerLength < leastHeader || at + headerLength > wire) return false
    this.sequence = view.getUint32(at + 4)
    this.acknowledged = view.getUint32(at + 8)
    this.flags = view.getUint8(at + 13)
    const isWhole = at + leastHeader <= captured
    this.window = isWhole ? view.getUint16(at + 14) : -1
    this.checksum = isWhole ? view.getUint16(at + 16) : -1
    this.ipId = ip.id
    this.payloadAt = at + headerLength
    this.length = Math.max(0, captured - this.payloadAt)
    this.cut = wire - Math.max(captured, this.payloadAt)
    const { addressesAt, addressLength } = ip
    this.isBad =
      captured === wire &&
      fold(
        sumPseudoHeader(addresses, addressesAt, addressLength, ipProtocol.tcp, wire - at) +
          sumWords(view, at, wire - at),
      ) !== 0xffff
    return true
  }
}
