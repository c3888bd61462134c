/** The shapes between the packet room's own floors: file -> packets -> segments -> streams -> arrivals. Times are nanoseconds since 1970. */
import type { Side } from '../talk.ts'
import type { Endpoint } from './recording.ts'

/** One packet of a capture file. `number` counts from 1, blocks that are no packets do not count. */
export interface Packet {
  readonly number: number
  readonly time: bigint
  readonly linkType: number
  readonly bytes: Uint8Array
  /** Length on the wire; more than `bytes.length` where the snap length cut it. */
  readonly wireLength: number
}

export type CaptureItem =
  | { readonly what: 'packet'; readonly packet: Packet }
  /** A Decryption Secrets Block with key-log text. */
  | { readonly what: 'secrets'; readonly text: string }
  | { readonly what: 'comment'; readonly text: string; readonly packet: number | undefined }
  | { readonly what: 'names'; readonly address: string; readonly names: readonly string[] }

export type CaptureErrorKind =
  | 'empty'
  | 'bad-magic'
  | 'truncated'
  | 'bad-caplen'
  | 'bad-block-length'
  | 'garbage-at-end'
  | 'bad-gzip'
  | 'unsupported'

/** Why reading stopped before the end. `offset` counts bytes of the (inflated) file; `packets` whole packets before it. */
export interface CaptureError {
  readonly kind: CaptureErrorKind
  readonly offset: number
  readonly packets: number
  /** One sentence for a log or a developer; the catalogue has the words for people. */
  readonly why: string
}

/** Where bytes of a stream came from: `length` bytes at stream offset `at` stand in packet `packet` from its byte `offset` on. */
export interface Placed {
  readonly at: number
  readonly length: number
  readonly packet: number
  readonly offset: number
}

/**
 * What happened next on a stream, both sides merged so that a reply never comes before what it answers (merged by TCP
 * acknowledgement, then by time). `start` is the offset in that side's true stream, gaps included.
 */
export type Arrival =
  | {
      readonly what: 'bytes'
      readonly side: Side
      readonly start: number
      readonly bytes: Uint8Array
      readonly time: bigint
      readonly firstTime: bigint
      readonly packet: number
    }
  | {
      readonly what: 'lost'
      readonly side: Side
      readonly start: number
      readonly size: number
      readonly time: bigint
      readonly packet: number
      readonly why: 'not captured' | 'cut by snap length' | 'not kept'
    }
  | { readonly what: 'syn' | 'fin' | 'rst'; readonly side: Side; readonly time: bigint; readonly packet: number }
  /** Only from facts of an own connection: what follows is the inside of TLS. */
  | { readonly what: 'sealed'; readonly time: bigint; readonly packet: number }

export interface Direction {
  /** Payload bytes that are in the capture, each counted once. */
  readonly bytes: number
  /** [offset in the true stream, length] of each hole. */
  readonly gaps: readonly (readonly [number, number])[]
  readonly retransmittedBytes: number
  /** Copies of delivered bytes that were not the same, the first hundred: evasion, or a broken sender. */
  readonly conflicts: readonly { readonly at: number; readonly length: number; readonly packet: number }[]
  /** In order of `at`. Made when asked for: hold it while you use it. */
  readonly placed: readonly Placed[]
}

/** What TCP itself did, counted; rules of thumb as in the field, for people. */
export interface TcpRemarks {
  readonly retransmissions: number
  readonly outOfOrder: number
  readonly duplicateAcks: number
  readonly duplicatePackets: number
  readonly zeroWindows: number
  readonly keepAlives: number
  readonly overlapConflicts: number
  readonly badChecksums: number
}

/** One TCP conversation. `index` is tshark's `tcp.stream`. */
export interface Stream {
  readonly index: number
  readonly client: Endpoint
  readonly server: Endpoint
  readonly ip: 4 | 6
  readonly frames: number
  readonly firstFrame: number
  readonly lastFrame: number
  readonly start: bigint
  readonly last: bigint
  readonly synSeen: boolean
  /** `client RST`, `client FIN`, `server RST`, `server FIN` in this order; `open` alone if none. */
  readonly end: readonly string[]
  /** Round trip of the TCP handshake in nanoseconds, where SYN, SYN-ACK and ACK were seen. */
  readonly handshakeRtt: bigint | undefined
  readonly c2s: Direction
  readonly s2c: Direction
  readonly tcp: TcpRemarks
  /** Made when asked for: hold it while you use it. */
  readonly arrivals: readonly Arrival[]
}

/** A datagram that is not TCP. Only UDP of port 53 is kept; the others are counted in `Capture.protocols`. */
export interface Datagram {
  readonly packet: number
  readonly time: bigint
  readonly protocol: 'udp' | 'icmp' | 'other'
  readonly from: Endpoint
  readonly to: Endpoint
  readonly bytes: Uint8Array
}

/** A whole capture, read. */
export interface Capture {
  readonly packets: number
  readonly truncatedPackets: number
  readonly capturedBytes: number
  readonly wireBytes: number
  readonly firstTime: bigint | undefined
  readonly lastTime: bigint | undefined
  readonly linkTypes: readonly { readonly number: number; readonly name: string }[]
  /** What each interface of the file says of itself, in order. */
  readonly interfaces: readonly {
    readonly linkType: number
    readonly name: string | undefined
    readonly description: string | undefined
  }[]
  /** Packets whose link type or network layer is not read, or that are damaged, by name. */
  readonly notDecoded: ReadonlyMap<string, number>
  /** Packets over IP by what they carry: `TCP`, `UDP`, `ICMP` …; `IP fragment` for those that completed nothing. */
  readonly protocols: ReadonlyMap<string, number>
  readonly streams: readonly Stream[]
  readonly datagrams: readonly Datagram[]
  readonly keyLog: string
  readonly comments: readonly { readonly text: string; readonly packet: number | undefined }[]
  readonly names: ReadonlyMap<string, readonly string[]>
  readonly error: CaptureError | undefined
}
