/** What reading a capture may cost. Every bound holds whatever the file says. */
export interface ReadLimits {
  /** Longest pcapng block, in bytes. */
  readonly blockBytes: number
  /** Longest captured packet, in bytes. */
  readonly packetBytes: number
  /** Bytes that a gzip file may inflate to. */
  readonly inflatedBytes: number
  /** Inflated bytes for one compressed byte, judged once `inflateGrace` bytes came out. */
  readonly inflateRatio: number
  readonly inflateGrace: number
  /** TCP conversations; packets of further ones are counted as not decoded. */
  readonly streams: number
  /** Payload kept of all streams; what comes after is told as lost, `not kept`. */
  readonly streamBytes: number
  /** Out-of-order payload and segments waiting for a hole of one direction to be filled (wire.md §5 rule 14). */
  readonly queuedBytes: number
  readonly queuedSegments: number
  /** IP fragments waiting for their datagram: bytes, datagrams, and seconds of capture time. */
  readonly fragmentBytes: number
  readonly fragmentedDatagrams: number
  readonly fragmentSeconds: number
  /** Kept UDP datagrams (port 53): bytes and count. */
  readonly datagramBytes: number
  readonly datagrams: number
  /** Comments and names, in characters. */
  readonly textLength: number
  /** Key-log text from Decryption Secrets Blocks, in characters. */
  readonly keyLogLength: number
  /** Interface descriptions in a file. */
  readonly interfaces: number
}

const MiB = 1024 * 1024

export const defaultReadLimits: ReadLimits = {
  blockBytes: 16 * MiB,
  packetBytes: MiB,
  inflatedBytes: 16 * 1024 * MiB,
  inflateRatio: 250,
  inflateGrace: 64 * MiB,
  streams: 200_000,
  streamBytes: 2 * 1024 * MiB,
  queuedBytes: 64 * MiB,
  queuedSegments: 10_000,
  fragmentBytes: 16 * MiB,
  fragmentedDatagrams: 4096,
  fragmentSeconds: 60,
  datagramBytes: 16 * MiB,
  datagrams: 200_000,
  textLength: 16 * MiB,
  keyLogLength: 64 * MiB,
  interfaces: 10_000,
}
