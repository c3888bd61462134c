/** The classic pcap format: a 24-byte head, then packets with a 16-byte head each. */
import type { FileSink, FormatFault, FormatReader } from './file-sink.ts'
import type { Lent } from './lent.ts'
import type { ReadLimits } from './limits.ts'

const headLength = 24
const recordHeadLength = 16
/** Seconds that a believable packet may lie from the one before: ten years. */
const believableStep = 10 * 365 * 86400

const magics = new Map<number, { little: boolean; nanos: boolean }>([
  [0xa1b2c3d4, { little: false, nanos: false }],
  [0xd4c3b2a1, { little: true, nanos: false }],
  [0xa1b23c4d, { little: false, nanos: true }],
  [0x4d3cb2a1, { little: true, nanos: true }],
])

/** The pcap dialects by the first four bytes, read big-endian; undefined for anything else. */
export function pcapDialect(magic: number): { little: boolean; nanos: boolean } | undefined {
  return magics.get(magic)
}

export class PcapReader implements FormatReader {
  readonly #sink: FileSink
  readonly #limits: ReadLimits
  #little = true
  #nanos = false
  #linkType = -1
  #lastSeconds = -1
  need = headLength
  fault: FormatFault | undefined
  packets = 0

  constructor(sink: FileSink, limits: ReadLimits) {
    this.#sink = sink
    this.#limits = limits
  }

  read(lent: Lent, from: number, end: number): number {
    let at = from
    if (this.#linkType < 0) {
      if (end - at < headLength) return at
      this.#readHead(lent.view, at)
      at += headLength
      this.need = recordHeadLength
    }
    const { view } = lent
    while (at + recordHeadLength <= end) {
      const length = view.getUint32(at + 8, this.#little)
      if (length > this.#limits.packetBytes) {
        this.fault = this.#judgeLength(view, at, length)
        return at
      }
      if (at + recordHeadLength + length > end) {
        this.need = recordHeadLength + length
        return at
      }
      this.#readRecord(lent, at, length)
      at += recordHeadLength + length
    }
    this.need = recordHeadLength
    return at
  }

  #readHead(view: DataView, at: number): void {
    const dialect = pcapDialect(view.getUint32(at))
    this.#little = dialect?.little ?? true
    this.#nanos = dialect?.nanos ?? false
    // the upper six bits tell of a frame check sequence at the end of each packet
    this.#linkType = view.getUint32(at + 20, this.#little) & 0x03ffffff
    this.#sink.interface({ linkType: this.#linkType, name: undefined, description: undefined })
  }

  #readRecord(lent: Lent, at: number, length: number): void {
    const { view } = lent
    let seconds = view.getUint32(at, this.#little)
    const fraction = view.getUint32(at + 4, this.#little)
    const unitsPerSecond = this.#nanos ? 1_000_000_000 : 1_000_000
    let units = fraction
    if (fraction >= unitsPerSecond) {
      // some writers let the fraction run over a second
      seconds += Math.floor(fraction / unitsPerSecond)
      units = fraction % unitsPerSecond
    }
    this.packets++
    this.#lastSeconds = seconds
    const wireLength = view.getUint32(at + 12, this.#little)
    const nanos = this.#nanos ? units : units * 1000
    this.#sink.packet(lent, at + recordHeadLength, length, wireLength, this.#linkType, seconds, nanos)
  }

  /** A length that cannot be: one damaged number in a record that is otherwise believable, or no record at all? */
  #judgeLength(view: DataView, at: number, length: number): FormatFault {
    const seconds = view.getUint32(at, this.#little)
    const fraction = view.getUint32(at + 4, this.#little)
    const wireLength = view.getUint32(at + 12, this.#little)
    const believable =
      fraction < (this.#nanos ? 1_000_000_000 : 1_000_000) &&
      (wireLength <= this.#limits.packetBytes || wireLength === length) &&
      (this.#lastSeconds < 0 || Math.abs(seconds - this.#lastSeconds) < believableStep)
    return believable
      ? { kind: 'bad-caplen', why: `packet ${this.packets + 1} claims a captured length of ${length} bytes` }
      : { kind: 'garbage-at-end', why: `what follows packet ${this.packets} is not a packet` }
  }
}
