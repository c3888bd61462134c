/** Link layers: where the network layer begins in a packet. */
import { linkType, linkTypeName } from './link-type.ts'

const etherType = { ipv4: 0x0800, ipv6: 0x86dd } as const
const vlanTags = new Set([0x8100, 0x88a8, 0x9100, 0x9200])
const mostTags = 8

const etherTypeNames = new Map<number, string>([
  [0x0806, 'ARP'],
  [0x8035, 'RARP'],
  [0x8137, 'IPX'],
  [0x8808, 'Ethernet flow control'],
  [0x8809, 'slow protocols'],
  [0x8847, 'MPLS'],
  [0x8848, 'MPLS'],
  [0x8863, 'PPPoE discovery'],
  [0x8864, 'PPPoE session'],
  [0x888e, 'EAPOL'],
  [0x88cc, 'LLDP'],
  [0x88e5, 'MACsec'],
])

const tooShort = -0x100000
const unknownLink = -0x100001
const unknownFamily = -0x100002

/** Offset of the IP header in `view`, or a negative number that `nameNotIp` puts into words. */
export function findNetworkLayer(view: DataView, start: number, end: number, type: number): number {
  switch (type) {
    case linkType.ethernet:
      return end - start < 14 ? tooShort : afterEtherType(view, view.getUint16(start + 12), start + 14, end)
    case linkType.cooked:
      return end - start < 16 ? tooShort : afterEtherType(view, view.getUint16(start + 14), start + 16, end)
    case linkType.cooked2:
      return end - start < 20 ? tooShort : afterEtherType(view, view.getUint16(start), start + 20, end)
    case linkType.raw:
    case linkType.rawBsd:
    case linkType.rawOpenBsd:
    case linkType.ipv4:
    case linkType.ipv6:
      return end - start < 1 ? tooShort : start
    case linkType.loopbackHostOrder:
    case linkType.loopback:
      return end - start < 4 ? tooShort : afterFamily(view, start)
    default:
      return unknownLink
  }
}

function afterEtherType(view: DataView, first: number, from: number, end: number): number {
  let type = first
  let at = from
  for (let tags = 0; vlanTags.has(type) && tags < mostTags; tags++) {
    if (at + 4 > end) return tooShort
    type = view.getUint16(at + 2)
    at += 4
  }
  if (type === etherType.ipv4 || type === etherType.ipv6) return at < end ? at : tooShort
  return -1 - type
}

/** The address family, in the byte order of the machine that captured: AF_INET is 2, AF_INET6 differs by system. */
function afterFamily(view: DataView, start: number): number {
  const family = view.getUint32(start) > 0xffff ? view.getUint32(start, true) : view.getUint32(start)
  const isIp = family === 2 || family === 10 || family === 24 || family === 28 || family === 30
  return isIp ? start + 4 : unknownFamily
}

/** What a packet is that `findNetworkLayer` found no IP in. */
export function nameNotIp(found: number, type: number): string {
  if (found === tooShort) return 'cut before the network layer'
  if (found === unknownLink) return type < 0 ? 'interface not described' : `link type ${linkTypeName(type)}`
  if (found === unknownFamily) return 'other address family'
  const ether = -1 - found
  if (ether < 0x600) return 'LLC'
  return etherTypeNames.get(ether) ?? `EtherType 0x${ether.toString(16).padStart(4, '0')}`
}
