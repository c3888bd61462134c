/**
 * pcapng: blocks of type, length, body, length again. Byte order and interfaces belong to a section; a file may hold
 * several. Blocks of an unknown type are passed over by their length.
 */
import type { FileSink, FormatFault, FormatReader } from './file-sink.ts'
import { printIpAddress } from './ip-address.ts'
import type { Lent } from './lent.ts'
import type { ReadLimits } from './limits.ts'
import { Timestamps } from './timestamp.ts'

export const blockType = {
  section: 0x0a0d0d0a,
  interface: 1,
  packetObsolete: 2,
  simplePacket: 3,
  names: 4,
  enhancedPacket: 6,
  secrets: 10,
} as const

export const byteOrderMagic = 0x1a2b3c4d
/** Type of the secrets in a Decryption Secrets Block: TLS key log. */
export const tlsKeyLog = 0x544c534b

/** A block is at least its type and its length twice. */
const leastBlock = 12
/** Types below this are taken for blocks that are merely unknown; what lies above and breaks the frame is garbage. */
const plausibleType = 0x1000

interface Interface {
  readonly linkType: number
  readonly snapLength: number
  readonly times: Timestamps
}

/** Finds an option's value: calls `take` for each option up to the end mark. */
function readOptions(
  view: DataView,
  from: number,
  end: number,
  little: boolean,
  take: (code: number, at: number, length: number) => void,
): void {
  let at = from
  while (at + 4 <= end) {
    const code = view.getUint16(at, little)
    const length = view.getUint16(at + 2, little)
    if (code === 0 || at + 4 + length > end) return
    take(code, at + 4, length)
    at += 4 + padded(length)
  }
}

const padded = (length: number): number => (length + 3) & ~3

export class PcapngReader implements FormatReader {
  readonly #sink: FileSink
  readonly #limits: ReadLimits
  readonly #text = new TextDecoder()
  #little = true
  #interfaces: Interface[] = []
  #described = 0
  #sections = 0
  need = leastBlock
  fault: FormatFault | undefined
  packets = 0

  constructor(sink: FileSink, limits: ReadLimits) {
    this.#sink = sink
    this.#limits = limits
  }

  read(lent: Lent, from: number, end: number): number {
    let at = from
    const { view } = lent
    while (at + leastBlock <= end && !this.fault) {
      const type = view.getUint32(at, this.#little)
      if (type === blockType.section && !this.#readByteOrder(view, at)) return at
      const length = view.getUint32(at + 4, this.#little)
      if (length < leastBlock || length % 4 !== 0 || length > this.#limits.blockBytes) {
        this.#blame(type, `the block after packet ${this.packets} claims a length of ${length} bytes`)
        return at
      }
      if (at + length > end) {
        this.need = length
        return at
      }
      const trailer = view.getUint32(at + length - 4, this.#little)
      if (trailer !== length) {
        this.#blame(type, `the lengths at both ends of a block differ: ${length} and ${trailer} bytes`)
        return at
      }
      this.#readBlock(lent, type, at + 8, at + length - 4)
      if (this.fault) return at
      at += length
    }
    this.need = leastBlock
    return at
  }

  /** The byte order is that of the section from its own first block on. */
  #readByteOrder(view: DataView, at: number): boolean {
    const magic = view.getUint32(at + 8)
    if (magic === byteOrderMagic) this.#little = false
    else if (magic === 0x4d3c2b1a) this.#little = true
    else {
      const kind = this.#sections === 0 ? 'bad-magic' : 'garbage-at-end'
      this.fault = { kind, why: 'a section without a byte-order mark' }
      return false
    }
    return true
  }

  #blame(type: number, why: string): void {
    const kind = type < plausibleType || type === blockType.section ? 'bad-block-length' : 'garbage-at-end'
    this.fault = { kind, why }
  }

  #readBlock(lent: Lent, type: number, at: number, end: number): void {
    switch (type) {
      case blockType.section:
        return this.#readSection(lent, at, end)
      case blockType.interface:
        return this.#readInterface(lent, at, end)
      case blockType.enhancedPacket:
        return this.#readPacket(lent, at, end, 4)
      case blockType.packetObsolete:
        return this.#readPacket(lent, at, end, 2)
      case blockType.simplePacket:
        return this.#readSimplePacket(lent, at, end)
      case blockType.names:
        return this.#readNames(lent, at, end)
      case blockType.secrets:
        return this.#readSecrets(lent, at, end)
      default:
        return undefined
    }
  }

  #tooShort(end: number, at: number, least: number, what: string): boolean {
    if (end - at >= least) return false
    this.fault = { kind: 'bad-block-length', why: `${what} of ${end - at} bytes is too short` }
    return true
  }

  #readSection(lent: Lent, at: number, end: number): void {
    if (this.#tooShort(end, at, 16, 'a section header')) return
    const major = lent.view.getUint16(at + 4, this.#little)
    if (major !== 1) {
      this.fault = { kind: 'unsupported', why: `pcapng version ${major} is not known` }
      return
    }
    this.#sections++
    this.#interfaces = []
    this.#readComments(lent, at + 16, end, undefined)
  }

  #readInterface(lent: Lent, at: number, end: number): void {
    if (this.#tooShort(end, at, 8, 'an interface description')) return
    if (++this.#described > this.#limits.interfaces) {
      this.fault = { kind: 'unsupported', why: `more than ${this.#limits.interfaces} interfaces` }
      return
    }
    const { view } = lent
    const linkType = view.getUint16(at, this.#little)
    let resolution = 6
    let offsetSeconds = 0
    let name: string | undefined
    let description: string | undefined
    readOptions(view, at + 8, end, this.#little, (code, start, length) => {
      if (code === 1) this.#sink.comment(this.#textAt(lent, start, length), undefined)
      if (code === 2) name = this.#textAt(lent, start, length)
      if (code === 3) description = this.#textAt(lent, start, length)
      if (code === 9 && length >= 1) resolution = view.getUint8(start)
      if (code === 14 && length >= 8) offsetSeconds = Number(view.getBigInt64(start, this.#little))
    })
    const snapLength = view.getUint32(at + 4, this.#little)
    this.#interfaces.push({ linkType, snapLength, times: new Timestamps(resolution, offsetSeconds) })
    this.#sink.interface({ linkType, name, description })
  }

  /** Enhanced and obsolete Packet Blocks differ in the width of the interface number only. */
  #readPacket(lent: Lent, at: number, end: number, width: 4 | 2): void {
    if (this.#tooShort(end, at, 20, 'a packet block')) return
    const { view } = lent
    const little = this.#little
    const length = view.getUint32(at + 12, little)
    if (length > end - at - 20 || length > this.#limits.packetBytes) {
      const why = `packet ${this.packets + 1} claims ${length} bytes in a block with room for ${end - at - 20}`
      this.fault = { kind: 'bad-caplen', why }
      return
    }
    this.packets++
    const from = this.#interfaces[width === 4 ? view.getUint32(at, little) : view.getUint16(at, little)]
    from?.times.read(view.getUint32(at + 4, little), view.getUint32(at + 8, little))
    const wireLength = view.getUint32(at + 16, little)
    const { seconds, nanos } = from?.times ?? { seconds: 0, nanos: 0 }
    this.#sink.packet(lent, at + 20, length, wireLength, from?.linkType ?? -1, seconds, nanos)
    const options = at + 20 + padded(length)
    if (options + 4 <= end) this.#readComments(lent, options, end, this.packets)
  }

  /** A Simple Packet Block belongs to the first interface and has no time. */
  #readSimplePacket(lent: Lent, at: number, end: number): void {
    if (this.#tooShort(end, at, 4, 'a simple packet block')) return
    const wireLength = lent.view.getUint32(at, this.#little)
    const from = this.#interfaces[0]
    const snapLength = from?.snapLength || Number.MAX_SAFE_INTEGER
    const length = Math.min(wireLength, snapLength, end - at - 4)
    if (length > this.#limits.packetBytes) {
      this.fault = { kind: 'bad-caplen', why: `packet ${this.packets + 1} has ${length} bytes` }
      return
    }
    this.packets++
    this.#sink.packet(lent, at + 4, length, wireLength, from?.linkType ?? -1, 0, 0)
  }

  #readNames(lent: Lent, from: number, end: number): void {
    let at = from
    while (at + 4 <= end) {
      const type = lent.view.getUint16(at, this.#little)
      const length = lent.view.getUint16(at + 2, this.#little)
      if (type === 0 || at + 4 + length > end) return
      const addressLength = type === 1 ? 4 : 16
      if ((type === 1 || type === 2) && length > addressLength) {
        const text = this.#textAt(lent, at + 4 + addressLength, length - addressLength)
        const names = text.split('\0').filter((name) => name !== '')
        this.#sink.names(printIpAddress(lent.view, at + 4, addressLength), names)
      }
      at += 4 + padded(length)
    }
  }

  #readSecrets(lent: Lent, at: number, end: number): void {
    if (this.#tooShort(end, at, 8, 'a secrets block')) return
    const length = lent.view.getUint32(at + 4, this.#little)
    if (length > end - at - 8) {
      this.fault = { kind: 'bad-block-length', why: `secrets of ${length} bytes in a block that ends before` }
      return
    }
    if (lent.view.getUint32(at, this.#little) === tlsKeyLog) this.#sink.secrets(this.#textAt(lent, at + 8, length))
    this.#readComments(lent, at + 8 + padded(length), end, undefined)
  }

  #readComments(lent: Lent, at: number, end: number, packet: number | undefined): void {
    readOptions(lent.view, at, end, this.#little, (code, start, length) => {
      if (code === 1) this.#sink.comment(this.#textAt(lent, start, length), packet)
    })
  }

  #textAt(lent: Lent, at: number, length: number): string {
    return this.#text.decode(lent.bytes.subarray(at, at + length)).replace(/\0+$/, '')
  }
}
