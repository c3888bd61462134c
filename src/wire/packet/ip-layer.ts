/** IPv4 and IPv6 headers. */

export const ipProtocol = { icmp: 1, igmp: 2, tcp: 6, udp: 17, icmp6: 58, none: 59 } as const

const protocolNames = new Map<number, string>([
  [1, 'ICMP'],
  [2, 'IGMP'],
  [4, 'IPv4 in IP'],
  [6, 'TCP'],
  [17, 'UDP'],
  [41, 'IPv6 in IP'],
  [47, 'GRE'],
  [50, 'ESP'],
  [58, 'ICMPv6'],
  [59, 'no next header'],
  [89, 'OSPF'],
  [103, 'PIM'],
  [112, 'VRRP'],
  [132, 'SCTP'],
])

/** The name of an IP protocol number. */
export function ipProtocolName(protocol: number): string {
  return protocolNames.get(protocol) ?? `IP protocol ${protocol}`
}

/** Extension headers that are passed over: next header, then a length in units of eight bytes, RFC 8200 §4. */
const extensions = new Set([0, 43, 60, 135, 139, 140])
const authentication = 51
const fragment = 44
const mostExtensions = 16

/** One IP header, read into fields that the next reading overwrites: a packet costs no memory. */
export class IpLayer {
  version: 4 | 6 = 4
  /** Where source and destination stand, one after the other. */
  addressesAt = 0
  addressLength = 4
  protocol = 0
  payloadAt = 0
  /** End of the payload that was captured, and of that on the wire. */
  capturedEnd = 0
  wireEnd = 0
  /** IPv4: the identification; IPv6: 0. */
  id = 0
  isFragment = false
  fragmentId = 0
  /** Offset of this fragment's payload in the datagram's, in bytes. */
  fragmentAt = 0
  moreFragments = false

  /** Reads the header at `at`; bytes up to `captured` are here, up to `wire` there were. False if it is none. */
  read(view: DataView, at: number, captured: number, wire: number): boolean {
    const version = view.getUint8(at) >>> 4
    this.isFragment = false
    if (version === 4) return this.#readIpv4(view, at, captured, wire)
    if (version === 6) return this.#readIpv6(view, at, captured, wire)
    return false
  }

  #readIpv4(view: DataView, at: number, captured: number, wire: number): boolean {
    if (at + 20 > captured) return false
    const headerLength = (view.getUint8(at) & 15) * 4
    const totalLength = view.getUint16(at + 2)
    if (headerLength < 20 || at + headerLength > captured) return false
    // segmentation offload leaves the length 0: then the packet ends where the frame does
    if (totalLength !== 0 && totalLength < headerLength) return false
    this.version = 4
    this.addressesAt = at + 12
    this.addressLength = 4
    this.protocol = view.getUint8(at + 9)
    this.id = view.getUint16(at + 4)
    this.payloadAt = at + headerLength
    this.#setEnds(totalLength === 0 ? wire : at + totalLength, captured, wire)
    const fragmentation = view.getUint16(at + 6)
    this.moreFragments = (fragmentation & 0x2000) !== 0
    this.fragmentAt = (fragmentation & 0x1fff) * 8
    this.isFragment = this.moreFragments || this.fragmentAt > 0
    this.fragmentId = this.id
    return true
  }

  #readIpv6(view: DataView, at: number, captured: number, wire: number): boolean {
    if (at + 40 > captured) return false
    const payloadLength = view.getUint16(at + 4)
    this.version = 6
    this.addressesAt = at + 8
    this.addressLength = 16
    this.id = 0
    // 0 is a jumbogram or segmentation offload, RFC 2675 §2
    this.#setEnds(payloadLength === 0 ? wire : at + 40 + payloadLength, captured, wire)
    return this.#passExtensions(view, at + 40, view.getUint8(at + 6))
  }

  #setEnds(end: number, captured: number, wire: number): void {
    this.wireEnd = Math.min(end, Math.max(wire, captured))
    this.capturedEnd = Math.min(this.wireEnd, captured)
  }

  #passExtensions(view: DataView, from: number, first: number): boolean {
    let next = first
    let at = from
    for (let passed = 0; passed < mostExtensions; passed++) {
      const isKnown = extensions.has(next) || next === authentication || next === fragment
      if (!isKnown) break
      if (at + 8 > this.capturedEnd) return false
      const following = view.getUint8(at)
      const units = view.getUint8(at + 1)
      if (next === fragment) {
        this.#readFragment(view, at)
        at += 8
      } else at += next === authentication ? (units + 2) * 4 : (units + 1) * 8 // RFC 4302 §2.2
      next = following
      if (this.isFragment) break
    }
    this.protocol = next
    this.payloadAt = at
    return at <= this.capturedEnd
  }

  /** RFC 8200 §4.5. A datagram in one fragment is no fragment, RFC 6946 §4. */
  #readFragment(view: DataView, at: number): void {
    const fragmentation = view.getUint16(at + 2)
    this.moreFragments = (fragmentation & 1) !== 0
    this.fragmentAt = fragmentation & 0xfff8
    this.fragmentId = view.getUint32(at + 4)
    this.isFragment = this.moreFragments || this.fragmentAt > 0
  }
}
