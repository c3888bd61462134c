/** Streams and captures made of C: and S: lines, for tests of the analyser. */
import { createHash } from 'node:crypto'
import type { Arrival, Capture, Direction, Stream } from '../wire/packet/capture.ts'
import type { Side } from '../wire/talk.ts'

export const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** One packet: who sent it, and its payload (a string is one character a byte). */
export interface Sent {
  readonly side: Side
  readonly bytes: Uint8Array
}

const second = 1_000_000_000n
const began = 1_790_000_000n * second

/** `C: line` and `S: line`, each one packet with CRLF; other lines go on with the side before. */
export function packetsOf(transcript: readonly string[]): Sent[] {
  let side: Side = 'client'
  return transcript.map((line) => {
    if (/^[CS]: ?/.test(line)) side = line.startsWith('C') ? 'client' : 'server'
    return { side, bytes: latin1(`${line.replace(/^[CS]: ?/, '')}\r\n`) }
  })
}

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff)
}

export interface StreamHow {
  readonly port?: number
  readonly index?: number
  readonly synSeen?: boolean
  /** Holes: before the packet of that number (from 0) so many bytes of that side are missing. */
  readonly holes?: readonly { readonly before: number; readonly side: Side; readonly size: number }[]
}

/** A stream of these packets, one every 10 ms. */
export function streamOf(sent: readonly Sent[], how: StreamHow = {}): Stream {
  const next: Record<Side, number> = { client: 0, server: 0 }
  const sizes: Record<Side, number> = { client: 0, server: 0 }
  const gaps: Record<Side, [number, number][]> = { client: [], server: [] }
  const arrivals: Arrival[] = []
  for (const [index, { side, bytes }] of sent.entries()) {
    const time = began + BigInt(index + 1) * 10_000_000n
    const packet = index + 1
    for (const hole of how.holes ?? []) {
      if (hole.before !== index) continue
      gaps[hole.side].push([next[hole.side], hole.size])
      arrivals.push({ what: 'lost', ...hole, start: next[hole.side], time, packet, why: 'not captured' })
      next[hole.side] += hole.size
    }
    arrivals.push({ what: 'bytes', side, start: next[side], bytes, time, firstTime: time, packet })
    next[side] += bytes.length
    sizes[side] += bytes.length
  }
  const direction = (side: Side): Direction => ({
    bytes: sizes[side],
    gaps: gaps[side],
    retransmittedBytes: 0,
    conflicts: [],
    placed: [],
  })
  return {
    index: how.index ?? 0,
    client: { address: '192.0.2.1', port: 50000 },
    server: { address: '192.0.2.2', port: how.port ?? 4000 },
    ip: 4,
    frames: sent.length,
    firstFrame: 1,
    lastFrame: sent.length,
    start: began,
    last: began + BigInt(sent.length) * 10_000_000n,
    synSeen: how.synSeen ?? true,
    end: ['open'],
    handshakeRtt: 1_000_000n,
    c2s: direction('client'),
    s2c: direction('server'),
    tcp: {
      retransmissions: 0,
      outOfOrder: 0,
      duplicateAcks: 0,
      duplicatePackets: 0,
      zeroWindows: 0,
      keepAlives: 0,
      overlapConflicts: 0,
      badChecksums: 0,
    },
    arrivals,
  }
}

/** A capture that holds these streams and nothing else. */
export function captureOf(...streams: readonly Stream[]): Capture {
  return {
    packets: streams.reduce((sum, stream) => sum + stream.frames, 0),
    truncatedPackets: 0,
    capturedBytes: 0,
    wireBytes: 0,
    firstTime: streams[0]?.start,
    lastTime: streams.at(-1)?.last,
    linkTypes: [{ number: 1, name: 'EN10MB' }],
    interfaces: [],
    notDecoded: new Map(),
    protocols: new Map(),
    streams,
    datagrams: [],
    keyLog: '',
    comments: [],
    names: new Map(),
    error: undefined,
  }
}

/** The same bytes in other packets: cut behind each of these places of the whole talk; talk of one side stays together. */
export function recut(sent: readonly Sent[], size: number): Sent[] {
  return sent.flatMap(({ side, bytes }) => {
    const pieces: Sent[] = []
    for (let at = 0; at < bytes.length; at += size) pieces.push({ side, bytes: bytes.subarray(at, at + size) })
    return pieces
  })
}
