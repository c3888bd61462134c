/** Takes packets apart down to TCP and UDP and gathers what a capture holds. */
import type { Capture, CaptureError, Datagram } from './capture.ts'
import type { FileSink, InterfaceFacts } from './file-sink.ts'
import { FlowTable } from './flow-table.ts'
import { Fragments } from './fragments.ts'
import type { Joined, Part } from './fragments.ts'
import { printIpAddress } from './ip-address.ts'
import { IpLayer, ipProtocol, ipProtocolName } from './ip-layer.ts'
import type { Lent } from './lent.ts'
import type { ReadLimits } from './limits.ts'
import { findNetworkLayer, nameNotIp } from './link-layer.ts'
import { linkTypeName } from './link-type.ts'
import { RepeatFilter } from './repeat-filter.ts'
import { SegmentStore } from './segment-store.ts'
import { StreamView } from './stream-view.ts'
import { TcpSegment } from './tcp-segment.ts'
import { nanoseconds } from './timestamp.ts'

const dnsPort = 53

export class Dissector implements FileSink {
  readonly #limits: ReadLimits
  readonly #ip = new IpLayer()
  readonly #segment = new TcpSegment()
  readonly #fragments: Fragments
  readonly #flows: FlowTable
  readonly #store: SegmentStore
  readonly #repeats = new RepeatFilter()
  readonly #parts = new Map<number, readonly Part[]>()
  readonly #notDecoded = new Map<string, number>()
  readonly #protocols = new Map<string, number>()
  readonly #linkTypes = new Set<number>()
  readonly #interfaces: InterfaceFacts[] = []
  readonly #comments: { text: string; packet: number | undefined }[] = []
  readonly #names = new Map<string, string[]>()
  readonly #datagrams: Datagram[] = []
  #keyLog: string[] = []
  #keyLogLength = 0
  #textLength = 0
  #datagramBytes = 0
  #tcpPackets = 0
  #udpPackets = 0
  #packets = 0
  #truncated = 0
  #capturedBytes = 0
  #wireBytes = 0
  #first: { seconds: number; nanos: number } | undefined
  #lastSeconds = 0
  #lastNanos = 0
  #packetStart = 0

  constructor(limits: ReadLimits) {
    this.#limits = limits
    this.#fragments = new Fragments(limits)
    this.#flows = new FlowTable(limits.streams)
    this.#store = new SegmentStore(limits.streamBytes)
  }

  packet(
    lent: Lent,
    start: number,
    length: number,
    wireLength: number,
    linkType: number,
    seconds: number,
    nanos: number,
  ): void {
    this.#packets++
    this.#capturedBytes += length
    this.#wireBytes += wireLength
    if (length < wireLength) this.#truncated++
    if (seconds !== 0 || nanos !== 0) {
      this.#first ??= { seconds, nanos }
      this.#lastSeconds = seconds
      this.#lastNanos = nanos
    }
    this.#segment.seconds = seconds
    this.#segment.nanos = nanos
    this.#packetStart = start
    const captured = start + length
    const at = findNetworkLayer(lent.view, start, captured, linkType)
    if (at < 0) count(this.#notDecoded, nameNotIp(at, linkType))
    else if (!this.#ip.read(lent.view, at, captured, start + Math.max(length, wireLength)))
      count(this.#notDecoded, 'damaged IP header')
    else if (this.#ip.isFragment) this.#takeFragment(lent)
    else this.#takeTransport(lent, this.#ip.payloadAt, this.#ip.capturedEnd, this.#ip.wireEnd, lent, undefined)
  }

  #takeFragment(lent: Lent): void {
    const joined = this.#fragments.add(this.#ip, lent, this.#packets, this.#packetStart, this.#segment.seconds)
    if (!joined) return count(this.#protocols, 'IP fragment')
    const { length } = joined.lent.bytes
    this.#takeTransport(joined.lent, 0, length, length, lent, joined)
  }

  /** `lent` holds the payload of the datagram, `packet` its addresses: the same memory unless it came in fragments. */
  #takeTransport(
    lent: Lent,
    at: number,
    captured: number,
    wire: number,
    packet: Lent,
    joined: Joined | undefined,
  ): void {
    switch (this.#ip.protocol) {
      case ipProtocol.tcp:
        return this.#takeTcp(lent, at, captured, wire, packet, joined)
      case ipProtocol.udp:
        return this.#takeUdp(lent, at, captured, packet)
      default:
        return count(this.#protocols, ipProtocolName(this.#ip.protocol))
    }
  }

  #takeTcp(lent: Lent, at: number, captured: number, wire: number, packet: Lent, joined: Joined | undefined): void {
    const segment = this.#segment
    segment.packet = this.#packets
    if (!segment.read(lent, at, captured, wire, this.#ip, packet.view))
      return count(this.#notDecoded, 'damaged TCP header')
    segment.offset = joined ? 0 : segment.payloadAt - this.#packetStart
    this.#tcpPackets++
    const flow = this.#flows.find(this.#ip, packet.view, lent.view, at, segment)
    if (!flow) return count(this.#notDecoded, 'TCP beyond the limit of conversations')
    const isRepeat = this.#repeats.isRepeat(segment, flow.index * 2 + this.#flows.from)
    const before = this.#store.count
    flow.take(segment, this.#flows.from, lent.bytes, this.#store, isRepeat)
    if (joined && this.#store.count > before) this.#parts.set(before, payloadParts(joined.parts, segment.payloadAt))
  }

  /** UDP, RFC 768. Only what may be DNS is kept. */
  #takeUdp(lent: Lent, at: number, captured: number, packet: Lent): void {
    if (at + 8 > captured) return count(this.#notDecoded, 'damaged UDP header')
    this.#udpPackets++
    const source = lent.view.getUint16(at)
    const target = lent.view.getUint16(at + 2)
    if (source !== dnsPort && target !== dnsPort) return
    const length = lent.view.getUint16(at + 4)
    const end = length < 8 ? captured : Math.min(at + length, captured)
    const { addressesAt, addressLength } = this.#ip
    this.#datagramBytes += end - at
    if (this.#datagramBytes > this.#limits.datagramBytes || this.#datagrams.length >= this.#limits.datagrams) return
    this.#datagrams.push({
      packet: this.#packets,
      time: nanoseconds(this.#segment.seconds, this.#segment.nanos),
      protocol: 'udp',
      from: { address: printIpAddress(packet.view, addressesAt, addressLength), port: source },
      to: { address: printIpAddress(packet.view, addressesAt + addressLength, addressLength), port: target },
      bytes: lent.bytes.slice(at + 8, end),
    })
  }

  interface(facts: InterfaceFacts): void {
    this.#interfaces.push(facts)
    this.#linkTypes.add(facts.linkType)
  }

  secrets(text: string): void {
    if (this.#keyLogLength + text.length > this.#limits.keyLogLength) return
    this.#keyLogLength += text.length
    this.#keyLog.push(text.endsWith('\n') || text === '' ? text : `${text}\n`)
  }

  comment(text: string, packet: number | undefined): void {
    if (!this.#hasRoom(text)) return
    this.#comments.push({ text, packet })
  }

  names(address: string, names: readonly string[]): void {
    const known = this.#names.get(address) ?? []
    for (const name of names) if (!known.includes(name) && known.length < 100 && this.#hasRoom(name)) known.push(name)
    if (known.length > 0) this.#names.set(address, known)
  }

  /** Each text is counted with what it costs to hold it. */
  #hasRoom(text: string): boolean {
    this.#textLength += text.length + 64
    return this.#textLength <= this.#limits.textLength
  }

  /** The capture as far as it was read. */
  finish(error: CaptureError | undefined): Capture {
    const ground = { store: this.#store, limits: this.#limits, parts: this.#parts }
    const protocols = new Map(this.#protocols)
    if (this.#tcpPackets > 0) protocols.set('TCP', this.#tcpPackets)
    if (this.#udpPackets > 0) protocols.set('UDP', this.#udpPackets)
    return {
      packets: this.#packets,
      truncatedPackets: this.#truncated,
      capturedBytes: this.#capturedBytes,
      wireBytes: this.#wireBytes,
      firstTime: this.#first && nanoseconds(this.#first.seconds, this.#first.nanos),
      lastTime: this.#first && nanoseconds(this.#lastSeconds, this.#lastNanos),
      linkTypes: [...this.#linkTypes].map((number) => ({ number, name: linkTypeName(number) })),
      interfaces: this.#interfaces,
      notDecoded: this.#notDecoded,
      protocols,
      streams: this.#flows.flows.map((flow) => new StreamView(flow, ground)),
      datagrams: this.#datagrams,
      keyLog: this.#keyLog.join(''),
      comments: this.#comments,
      names: this.#names,
      error,
    }
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** The parts of a joined datagram, counted from the first payload byte behind its TCP header. */
function payloadParts(parts: readonly Part[], headerLength: number): Part[] {
  return parts
    .map((part) => ({ ...part, at: part.at - headerLength }))
    .map((part) => {
      if (part.at >= 0) return part
      return { at: 0, length: Math.max(0, part.length + part.at), packet: part.packet, offset: part.offset - part.at }
    })
}
