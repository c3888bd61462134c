/** Cuts a capture file, given in chunks of any size, into its records; finds out which format it is. */
import type { CaptureError, CaptureErrorKind } from './capture.ts'
import type { FileSink, FormatReader } from './file-sink.ts'
import { lend } from './lent.ts'
import type { Lent } from './lent.ts'
import type { ReadLimits } from './limits.ts'
import { PcapReader, pcapDialect } from './pcap.ts'
import { PcapngReader, blockType } from './pcapng.ts'

/** A pcap dialect with longer packet heads, named for its magic number. */
const modifiedPcap = new Set([0xa1b2cd34, 0x34cdb2a1])

export class CaptureFile {
  readonly #sink: FileSink
  readonly #limits: ReadLimits
  #reader: FormatReader | undefined
  /** The front of a record whose rest has not come; only records that straddle chunks are copied. */
  #rest = lend(new Uint8Array(4096))
  #restBytes = 0
  /** How many bytes a record must have before the reader looks at it. */
  #need = 4
  /** Bytes that were read whole. */
  #offset = 0
  #error: CaptureError | undefined

  constructor(sink: FileSink, limits: ReadLimits) {
    this.#sink = sink
    this.#limits = limits
  }

  /** Why reading stopped; undefined while it goes on. */
  get error(): CaptureError | undefined {
    return this.#error
  }

  /** Takes the next bytes of the file; nothing keeps them after the call. */
  push(chunk: Uint8Array): void {
    let at = 0
    while (this.#restBytes > 0 || chunk.length < this.#need) {
      if (this.#error || at === chunk.length) return
      at = this.#fillRest(chunk, at)
      if (this.#restBytes < this.#need) return
      const stopped = this.#read(this.#rest, 0, this.#restBytes)
      this.#rest.bytes.copyWithin(0, stopped, this.#restBytes)
      this.#restBytes -= stopped
    }
    if (this.#error || at === chunk.length) return
    const stopped = this.#read(lend(chunk), at, chunk.length)
    if (!this.#error) this.#fillRest(chunk, stopped, chunk.length)
  }

  /** Adds bytes of a chunk to the rest, by default what the record still needs; returns the place in the chunk. */
  #fillRest(chunk: Uint8Array, from: number, to = from + this.#need - this.#restBytes): number {
    const end = Math.min(to, chunk.length)
    const length = this.#restBytes + end - from
    if (length > this.#rest.bytes.length) {
      const larger = new Uint8Array(2 * length)
      larger.set(this.#rest.bytes.subarray(0, this.#restBytes))
      this.#rest = lend(larger)
    }
    this.#rest.bytes.set(chunk.subarray(from, end), this.#restBytes)
    this.#restBytes = length
    return end
  }

  /** Reads what stands whole in [at, end); returns where that stopped. */
  #read(lent: Lent, at: number, end: number): number {
    this.#reader ??= this.#choose(lent.view.getUint32(at))
    if (!this.#reader) return at
    const stopped = this.#reader.read(lent, at, end)
    this.#offset += stopped - at
    this.#need = this.#reader.need
    if (this.#reader.fault) this.#fail(this.#reader.fault.kind, this.#reader.fault.why)
    return stopped
  }

  /** The file is over; tells what was left half. */
  end(): void {
    if (this.#error) return
    if (this.#offset + this.#restBytes === 0) this.#fail('empty', 'the file has no bytes')
    else if (!this.#reader) this.#fail('bad-magic', 'the file is too short for a capture')
    else if (this.#restBytes > 0)
      this.#fail('truncated', `the file ends in the middle of a record, after packet ${this.#reader.packets}`)
    else if (this.#offset === 0) this.#fail('truncated', 'the file ends in its head')
  }

  /** Stops reading for a reason that lies outside the format. */
  stop(kind: CaptureErrorKind, why: string): void {
    this.#error ??= { kind, offset: this.#offset, packets: this.#reader?.packets ?? 0, why }
  }

  #choose(magic: number): FormatReader | undefined {
    if (magic === blockType.section) return new PcapngReader(this.#sink, this.#limits)
    if (pcapDialect(magic)) return new PcapReader(this.#sink, this.#limits)
    if (modifiedPcap.has(magic)) this.#fail('unsupported', 'a modified pcap with longer packet heads')
    else this.#fail('bad-magic', 'neither pcap nor pcapng')
    return undefined
  }

  #fail(kind: CaptureErrorKind, why: string): void {
    this.stop(kind, why)
  }
}
