/** An own connection in the shape of a captured one, so that both are explained by the same walk. */
import type { Side } from '../talk.ts'
import type { Arrival, Direction, Placed, Stream } from './capture.ts'
import type { Kept, Recording } from './recording.ts'
import { ipVersionOf, payloadOffset, planPackets } from './synthesise.ts'
import type { PlannedPacket, WrittenChunk, WrittenConversation } from './synthesise.ts'
import { tcpFlag } from './tcp-segment.ts'

/** A recording in the shape that `writeCapture` takes. What follows `sealed` in facts is written in clear. */
export function conversationOfRecording(recording: Recording): WrittenConversation {
  return {
    client: recording.client,
    server: recording.server,
    chunks: recording.kept.flatMap(chunkOf),
    keyLog: recording.keyLog.join(''),
    began: recording.began,
    ...(recording.ended === undefined ? {} : { ended: recording.ended }),
    end: recording.ended === undefined ? 'open' : 'closed',
    ours: recording.ours,
  }
}

function chunkOf(kept: Kept): WrittenChunk[] {
  switch (kept.what) {
    case 'bytes':
      return [{ side: kept.side, time: kept.time, bytes: kept.bytes }]
    case 'lost':
      return [{ side: kept.side, time: kept.time, lost: kept.size }]
    case 'sealed':
      return []
  }
}

/**
 * The stream of a recording: each kept chunk is one arrival at its own time, packets are numbered as `writeCapture`
 * numbers them when it writes this recording alone. After `sealed` (facts only) `start` counts from 0 again, while
 * `placed` goes on counting. What only packets could tell (round trip, retransmissions) is not there.
 */
export function streamOfRecording(recording: Recording): Stream {
  const conversation = conversationOfRecording(recording)
  const packets = planPackets(conversation, 0)
  const ip = ipVersionOf(recording.client, recording.server)
  return {
    index: 0,
    client: recording.client,
    server: recording.server,
    ip,
    frames: packets.length,
    firstFrame: 1,
    lastFrame: packets.length,
    start: packets[0]?.time ?? recording.began,
    last: packets.at(-1)?.time ?? recording.began,
    synSeen: true,
    end: recording.ended === undefined ? ['open'] : ['client FIN', 'server FIN'],
    handshakeRtt: undefined,
    c2s: directionOf('client', conversation, packets, ip),
    s2c: directionOf('server', conversation, packets, ip),
    tcp: quiet,
    arrivals: arrivalsOf(recording, packets),
  }
}

const quiet = {
  retransmissions: 0,
  outOfOrder: 0,
  duplicateAcks: 0,
  duplicatePackets: 0,
  zeroWindows: 0,
  keepAlives: 0,
  overlapConflicts: 0,
  badChecksums: 0,
} as const

/** Offset of each chunk in its side's stream; lost bytes count. */
function offsetsOf(chunks: readonly WrittenChunk[]): number[] {
  const next: Record<Side, number> = { client: 0, server: 0 }
  return chunks.map((chunk) => {
    const at = next[chunk.side]
    next[chunk.side] += 'bytes' in chunk ? chunk.bytes.length : chunk.lost
    return at
  })
}

function directionOf(
  side: Side,
  { chunks }: WrittenConversation,
  packets: readonly PlannedPacket[],
  ip: 4 | 6,
): Direction {
  const offsets = offsetsOf(chunks)
  const placed: Placed[] = []
  for (const [index, packet] of packets.entries()) {
    if (packet.side !== side || packet.chunk < 0) continue
    const at = (offsets[packet.chunk] ?? 0) + packet.chunkOffset
    placed.push({ at, length: packet.bytes.length, packet: index + 1, offset: payloadOffset(ip) })
  }
  const gaps: [number, number][] = []
  for (const [index, chunk] of chunks.entries()) {
    if (chunk.side !== side || !('lost' in chunk) || chunk.lost === 0) continue
    const at = offsets[index] ?? 0
    const last = gaps.at(-1)
    if (last && last[0] + last[1] === at) last[1] += chunk.lost
    else gaps.push([at, chunk.lost])
  }
  const bytes = placed.reduce((sum, { length }) => sum + length, 0)
  return { bytes, gaps, retransmittedBytes: 0, conflicts: [], placed }
}

function arrivalsOf(recording: Recording, packets: readonly PlannedPacket[]): Arrival[] {
  const arrivals: Arrival[] = []
  const mark = (what: 'syn' | 'fin', flag: number): void => {
    for (const [index, { side, flags, time }] of packets.entries())
      if ((flags & flag) !== 0) arrivals.push({ what, side, time, packet: index + 1 })
  }
  mark('syn', tcpFlag.syn)
  /** Number of the last packet of each chunk. */
  const lastPackets = new Map<number, number>()
  for (const [index, packet] of packets.entries()) if (packet.chunk >= 0) lastPackets.set(packet.chunk, index + 1)
  const next: Record<Side, number> = { client: 0, server: 0 }
  let chunk = 0
  let packet = Math.min(3, packets.length)
  for (const kept of recording.kept) {
    if (kept.what === 'sealed') {
      next.client = 0
      next.server = 0
      arrivals.push({ what: 'sealed', time: kept.time, packet })
      continue
    }
    packet = lastPackets.get(chunk++) ?? packet
    const { side, time } = kept
    const start = next[side]
    if (kept.what === 'lost') {
      next[side] += kept.size
      arrivals.push({ what: 'lost', side, start, size: kept.size, time, packet, why: 'not kept' })
    } else if (kept.bytes.length > 0) {
      next[side] += kept.bytes.length
      arrivals.push({ what: 'bytes', side, start, bytes: kept.bytes, time, firstTime: time, packet })
    }
  }
  mark('fin', tcpFlag.fin)
  return arrivals
}
