import type { CaptureErrorKind } from './capture.ts'
import type { Lent } from './lent.ts'

/** What an interface of a capture file says of itself. */
export interface InterfaceFacts {
  readonly linkType: number
  readonly name: string | undefined
  readonly description: string | undefined
}

/** Takes what stands in a capture file, in its order. */
export interface FileSink {
  /**
   * A packet: `length` bytes at `start` of memory that is lent for this call. Time since 1970 as whole seconds and
   * nanoseconds; both 0 where the block has no time.
   */
  packet(
    lent: Lent,
    start: number,
    length: number,
    wireLength: number,
    linkType: number,
    seconds: number,
    nanos: number,
  ): void
  interface(facts: InterfaceFacts): void
  secrets(text: string): void
  comment(text: string, packet: number | undefined): void
  names(address: string, names: readonly string[]): void
}

/** Why a format cannot be read on. */
export interface FormatFault {
  readonly kind: CaptureErrorKind
  readonly why: string
}

/** Reads whole records of one file format off the front of what it is shown. */
export interface FormatReader {
  /** Reads every record that stands whole in bytes [at, end); returns where the first that does not begins. */
  read(lent: Lent, at: number, end: number): number
  /** How many bytes must stand there before reading on makes sense. */
  readonly need: number
  /** Set once nothing more can be read. */
  readonly fault: FormatFault | undefined
  /** Whole packets so far. */
  readonly packets: number
}
