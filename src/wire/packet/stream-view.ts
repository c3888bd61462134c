/** A conversation as callers see it. What costs memory (arrivals, places) is made when it is asked for. */
import type { Arrival, Direction, Placed, Stream, TcpRemarks } from './capture.ts'
import type { End, Flow } from './flow.ts'
import type { Part } from './fragments.ts'
import type { Half } from './half.ts'
import type { ReadLimits } from './limits.ts'
import { mergeArrivals } from './merge.ts'
import { reassemble } from './reassemble.ts'
import type { Reassembled } from './reassemble.ts'
import type { Endpoint } from './recording.ts'
import type { SegmentStore } from './segment-store.ts'
import { nanoseconds } from './timestamp.ts'

/** What all conversations of one capture share. */
export interface StreamGround {
  readonly store: SegmentStore
  readonly limits: ReadLimits
  /** Rows whose payload came in IP fragments: where its parts stood. */
  readonly parts: ReadonlyMap<number, readonly Part[]>
}

/** Holds what was made last for as long as somebody uses it. */
class Remade<T extends object> {
  readonly #make: () => T
  #last: WeakRef<T> | undefined
  constructor(make: () => T) {
    this.#make = make
  }
  get(): T {
    const last = this.#last?.deref()
    if (last) return last
    const made = this.#make()
    this.#last = new WeakRef(made)
    return made
  }
}

class DirectionView implements Direction {
  readonly bytes: number
  readonly gaps: readonly (readonly [number, number])[]
  readonly retransmittedBytes: number
  readonly conflicts: Direction['conflicts']
  readonly #placed: Remade<Placed[]>

  constructor(made: Reassembled, placed: () => Placed[]) {
    this.bytes = made.bytes
    this.gaps = made.gaps
    this.retransmittedBytes = made.retransmittedBytes
    this.conflicts = made.conflicts
    this.#placed = new Remade(placed)
  }

  get placed(): readonly Placed[] {
    return this.#placed.get()
  }
}

export class StreamView implements Stream {
  readonly index: number
  readonly client: Endpoint
  readonly server: Endpoint
  readonly ip: 4 | 6
  readonly frames: number
  readonly firstFrame: number
  readonly lastFrame: number
  readonly synSeen: boolean
  readonly end: readonly string[]
  readonly #flow: Flow
  readonly #ground: StreamGround
  readonly #client: Half
  readonly #server: Half
  readonly #arrivals = new Remade<Arrival[]>(() => this.#merge())
  readonly #both = new Remade<{ c2s: Reassembled; s2c: Reassembled }>(() => this.#reassemble())
  #c2s: DirectionView | undefined
  #s2c: DirectionView | undefined

  constructor(flow: Flow, ground: StreamGround) {
    const client = clientEnd(flow)
    const server = client === 0 ? 1 : 0
    this.index = flow.index
    this.client = { address: flow.addresses[client], port: flow.ports[client] }
    this.server = { address: flow.addresses[server], port: flow.ports[server] }
    this.ip = flow.ip
    this.frames = flow.frames
    this.firstFrame = flow.firstFrame
    this.lastFrame = flow.lastFrame
    this.synSeen = flow.halves[client].opened
    this.end = endsOf(flow.halves[client], flow.halves[server])
    this.#flow = flow
    this.#ground = ground
    this.#client = flow.halves[client]
    this.#server = flow.halves[server]
  }

  get start(): bigint {
    return nanoseconds(this.#flow.startSeconds, this.#flow.startNanos)
  }

  get last(): bigint {
    return nanoseconds(this.#flow.lastSeconds, this.#flow.lastNanos)
  }

  get handshakeRtt(): bigint | undefined {
    const { syn } = this.#client
    const { established } = this.#flow
    if (!syn || !established) return undefined
    return nanoseconds(established.seconds, established.nanos) - nanoseconds(syn.seconds, syn.nanos)
  }

  get c2s(): Direction {
    return (this.#c2s ??= this.#view('c2s'))
  }

  get s2c(): Direction {
    return (this.#s2c ??= this.#view('s2c'))
  }

  get arrivals(): readonly Arrival[] {
    return this.#arrivals.get()
  }

  get tcp(): TcpRemarks {
    const { c2s, s2c } = this.#both.get()
    const both = (count: (half: Half) => number): number => count(this.#client) + count(this.#server)
    return {
      retransmissions: c2s.retransmissions + s2c.retransmissions + both((half) => half.repeats),
      outOfOrder: c2s.outOfOrder + s2c.outOfOrder,
      duplicateAcks: both((half) => half.duplicateAcks),
      duplicatePackets: both((half) => half.duplicatePackets),
      zeroWindows: both((half) => half.zeroWindows),
      keepAlives: both((half) => half.keepAlives),
      overlapConflicts: c2s.overlapConflicts + s2c.overlapConflicts,
      badChecksums: both((half) => half.badChecksums),
    }
  }

  #view(which: 'c2s' | 's2c'): DirectionView {
    return new DirectionView(this.#both.get()[which], () => this.#place(this.#both.get()[which]))
  }

  #reassemble(): { c2s: Reassembled; s2c: Reassembled } {
    const { store, limits } = this.#ground
    const roundTrip = Number(this.handshakeRtt ?? 0n) / 1e9
    return {
      c2s: reassemble(this.#client, store, limits, roundTrip),
      s2c: reassemble(this.#server, store, limits, roundTrip),
    }
  }

  #merge(): Arrival[] {
    const { c2s, s2c } = this.#both.get()
    return mergeArrivals(
      { half: this.#client, reassembled: c2s },
      { half: this.#server, reassembled: s2c },
      this.#ground.store,
    )
  }

  #place(made: Reassembled): Placed[] {
    const { store, parts } = this.#ground
    const placed: Placed[] = []
    for (const run of made.runs) {
      if (!('row' in run)) continue
      const split = parts.get(run.row)
      if (split) placed.push(...placeParts(split, run.skip, run.length, run.at))
      else {
        const offset = (store.offset[run.row] ?? 0) + run.skip
        placed.push({ at: run.at, length: run.length, packet: store.packet[run.row] ?? 0, offset })
      }
    }
    return placed
  }
}

/** Where payload bytes [skip, skip + length) of a joined datagram stood. Parts count from the payload's first byte. */
function placeParts(parts: readonly Part[], skip: number, length: number, at: number): Placed[] {
  return parts.flatMap((part) => {
    const from = Math.max(part.at, skip)
    const to = Math.min(part.at + part.length, skip + length)
    if (from >= to) return []
    return [{ at: at + from - skip, length: to - from, packet: part.packet, offset: part.offset + from - part.at }]
  })
}

/** Ports below are given to services, RFC 6335 §6; from `ephemeral` on systems take them for clients. */
const wellKnown = 1024
const ephemeral = 32768

/** The sender of the SYN; without one the end without the well-known port, else the sender of the first packet. */
function clientEnd(flow: Flow): End {
  const [first, second] = flow.halves
  if (first.opened || second.answered) return 0
  if (second.opened || first.answered) return 1
  const [one, other] = flow.ports
  if (one < wellKnown !== other < wellKnown) return one < wellKnown ? 1 : 0
  if (one >= ephemeral !== other >= ephemeral) return one >= ephemeral ? 0 : 1
  return 0
}

function endsOf(client: Half, server: Half): string[] {
  const ends = [
    client.rst ? 'client RST' : '',
    client.fin ? 'client FIN' : '',
    server.rst ? 'server RST' : '',
    server.fin ? 'server FIN' : '',
  ].filter((end) => end !== '')
  return ends.length > 0 ? ends : ['open']
}
