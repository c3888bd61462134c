/** Cuts a capture file, given in chunks of any size, into its records; finds out which format it is. */
import type { CaptureError, CaptureErrorKind } from './capture.ts'
import type { FileSink, FormatReader } from './file-sink.ts'
import { join, lend } from './lent.ts'
import type { ReadLimits } from './limits.ts'
import { PcapReader, pcapDialect } from './pcap.ts'
import { PcapngReader, blockType } from './pcapng.ts'

/** A pcap dialect with longer packet heads, named for its magic number. */
const modifiedPcap = new Set([0xa1b2cd34, 0x34cdb2a1])

export class CaptureFile {
  readonly #sink: FileSink
  readonly #limits: ReadLimits
  #reader: FormatReader | undefined
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
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

  /** Takes the next bytes of the file. The chunk must not change until the next call. */
  push(chunk: Uint8Array): void {
    if (this.#error || chunk.length === 0) return
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    // what must be joined is never longer than one record and one chunk
    if (this.#waitingBytes < this.#need) return
    const lent = lend(join(this.#waiting))
    this.#reader ??= this.#choose(lent.view.getUint32(0))
    if (!this.#reader) return
    const stopped = this.#reader.read(lent, 0)
    this.#offset += stopped
    this.#need = this.#reader.need
    this.#waiting = stopped < lent.bytes.length ? [lent.bytes.slice(stopped)] : []
    this.#waitingBytes = lent.bytes.length - stopped
    if (this.#reader.fault) this.#fail(this.#reader.fault.kind, this.#reader.fault.why)
  }

  /** The file is over; tells what was left half. */
  end(): void {
    if (this.#error) return
    if (this.#offset + this.#waitingBytes === 0) this.#fail('empty', 'the file has no bytes')
    else if (!this.#reader) this.#fail('bad-magic', 'the file is too short for a capture')
    else if (this.#waitingBytes > 0)
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
    this.#waiting = []
  }
}
