/**
 * Puts the segments of one direction in order, as the receiver would have: what is in order is delivered at once,
 * what lies beyond a hole waits, bytes once delivered stay, and the segment that fills a hole wins over the ones that
 * waited (they give only their tail). What is still missing at the end is a hole. wire.md §5.
 */
import type { Half, Moment } from './half.ts'
import type { ReadLimits } from './limits.ts'
import { SegmentHeap } from './segment-heap.ts'
import type { SegmentStore } from './segment-store.ts'

/** Why bytes of a stream are missing. */
export type HoleReason = 'not captured' | 'cut by snap length'

/**
 * A run of the stream, in order and without overlap. `row` is the segment whose bytes from `skip` on they are, and
 * `trigger` the one whose coming completed them; a hole has `reason`, and in `proof` when it showed.
 */
export type Run =
  | {
      readonly row: number
      readonly skip: number
      readonly at: number
      readonly length: number
      readonly trigger: number
    }
  | {
      readonly reason: HoleReason
      readonly at: number
      readonly length: number
      readonly proof: Moment
      readonly trigger: number
    }

/** Bytes that came twice and were not the same: evasion, or a broken sender. */
export interface Conflict {
  readonly at: number
  readonly length: number
  readonly packet: number
}

export interface Reassembled {
  readonly runs: readonly Run[]
  /** Payload bytes in the capture, each counted once. */
  readonly bytes: number
  /** [offset in the true stream, length], neighbours joined. */
  readonly gaps: readonly (readonly [number, number])[]
  readonly retransmittedBytes: number
  readonly conflicts: readonly Conflict[]
  readonly overlapConflicts: number
  readonly retransmissions: number
  readonly outOfOrder: number
}

/** Within this time a late segment is taken for reordered, not sent again: 3 ms, or the round trip if that is longer. */
const reorderSeconds = 0.003
const keptConflicts = 100

/** Puts one direction in order. `roundTrip` in seconds, 0 if unknown. */
export function reassemble(half: Half, store: SegmentStore, limits: ReadLimits, roundTrip: number): Reassembled {
  return new Reassembly(half, store, limits, Math.max(roundTrip, reorderSeconds)).run()
}

class Reassembly {
  readonly #half: Half
  readonly #store: SegmentStore
  readonly #limits: ReadLimits
  readonly #patience: number
  readonly #runs: Run[] = []
  readonly #heap = new SegmentHeap()
  readonly #conflicts: Conflict[] = []
  #queuedBytes = 0
  /** Offset in the true stream up to which bytes are delivered. */
  #next = 0
  #trigger = -1
  /** End of the bytes that the snap length cut off a segment at or before `#next`, and that segment. */
  #cutEnd = 0
  #cutRow = -1
  #fin: number
  #top = 0
  #topRow = -1
  #payload = 0
  #bytes = 0
  #overlapConflicts = 0
  #retransmissions = 0
  #outOfOrder = 0

  constructor(half: Half, store: SegmentStore, limits: ReadLimits, patience: number) {
    this.#half = half
    this.#store = store
    this.#limits = limits
    this.#patience = patience
    this.#fin = half.fin ? half.finAt - half.zero : Infinity
  }

  run(): Reassembled {
    if (!Number.isNaN(this.#half.zero)) {
      const spoilt = this.#half.hasBadRows ? spoiltRows(this.#half, this.#store) : undefined
      for (let row = this.#half.firstRow; row >= 0; row = this.#store.next[row] ?? -1) {
        this.#payload += this.#store.length[row] ?? 0
        if (!spoilt?.has(row)) this.#take(row)
      }
      this.#finish()
    }
    return {
      runs: this.#runs,
      bytes: this.#bytes,
      gaps: gapsOf(this.#runs),
      retransmittedBytes: this.#payload + this.#half.extraBytes - this.#bytes,
      conflicts: this.#conflicts,
      overlapConflicts: this.#overlapConflicts,
      retransmissions: this.#retransmissions,
      outOfOrder: this.#outOfOrder,
    }
  }

  #startOf(row: number): number {
    return (this.#store.start[row] ?? 0) - this.#half.zero
  }

  #take(row: number): void {
    const start = this.#startOf(row)
    const length = this.#store.length[row] ?? 0
    this.#countLate(row, start, start + length + (this.#store.cut[row] ?? 0))
    if (start <= this.#next) {
      this.#deliver(row, row)
      this.#drain(row)
      return
    }
    this.#heap.push(row, start)
    this.#queuedBytes += length
    while (this.#heap.size > this.#limits.queuedSegments || this.#queuedBytes > this.#limits.queuedBytes) {
      this.#passHole(this.#heap.first, row)
      this.#drain(row)
    }
  }

  /** Is a segment below the highest byte a repeat, or only late? */
  #countLate(row: number, start: number, end: number): void {
    if (start < this.#top && end - start > 1) {
      const isLate = end > this.#next && this.#secondsBetween(this.#topRow, row) < this.#patience
      if (isLate) this.#outOfOrder++
      else this.#retransmissions++
    }
    if (end <= this.#top) return
    this.#top = end
    this.#topRow = row
  }

  #secondsBetween(one: number, other: number): number {
    const { seconds, nanos } = this.#store
    return (seconds[other] ?? 0) - (seconds[one] ?? 0) + ((nanos[other] ?? 0) - (nanos[one] ?? 0)) / 1e9
  }

  /** Delivers what of a segment that begins at or before `#next` is new. */
  #deliver(row: number, trigger: number): void {
    const start = this.#startOf(row)
    const captured = start + (this.#store.length[row] ?? 0)
    const end = Math.min(captured, this.#fin) // bytes behind a FIN are no part of the stream
    const from = Math.max(start, 0)
    if (from < this.#next) this.#compare(row, from, Math.min(captured, this.#next))
    if (end > this.#next) {
      this.#trigger = Math.max(this.#trigger, trigger)
      const length = end - this.#next
      this.#runs.push({ row, skip: this.#next - start, at: this.#next, length, trigger: this.#trigger })
      this.#bytes += length
      this.#next = end
    }
    const cut = this.#store.cut[row] ?? 0
    if (cut > 0 && captured + cut > this.#cutEnd) {
      this.#cutEnd = captured + cut
      this.#cutRow = row
    }
  }

  /** Delivers what waited and is no longer beyond a hole. */
  #drain(trigger: number): void {
    while (this.#heap.first <= this.#next) {
      const row = this.#heap.pop()
      this.#queuedBytes -= this.#store.length[row] ?? 0
      this.#deliver(row, trigger)
    }
  }

  /** Gives up the bytes before `to`: they are lost. `proofRow` is the segment that lies beyond. */
  #passHole(to: number, proofRow: number): void {
    const end = Math.min(to, this.#fin)
    if (this.#cutEnd > this.#next) this.#lose(Math.min(end, this.#cutEnd), 'cut by snap length', this.#cutRow)
    this.#lose(end, 'not captured', proofRow)
  }

  #lose(to: number, reason: HoleReason, proofRow: number, proof = this.#momentOf(proofRow)): void {
    if (to <= this.#next) return
    this.#trigger = Math.max(this.#trigger, proofRow)
    this.#runs.push({ reason, at: this.#next, length: to - this.#next, proof, trigger: this.#trigger })
    this.#next = to
  }

  #finish(): void {
    while (this.#heap.size > 0 && this.#next < this.#fin) {
      const row = this.#heap.pop()
      if (this.#startOf(row) > this.#next) this.#passHole(this.#startOf(row), row)
      this.#deliver(row, row)
    }
    const acked = this.#half.acked - this.#half.zero
    const end = this.#fin < Infinity ? this.#fin : Math.max(this.#next, this.#cutEnd, acked)
    if (this.#cutEnd > this.#next) this.#lose(Math.min(end, this.#cutEnd), 'cut by snap length', this.#cutRow)
    const proof = this.#half.ackBeyond ?? this.#half.fin
    if (proof) this.#lose(end, 'not captured', -1, proof)
  }

  #momentOf(row: number): Moment {
    const { packet, seconds, nanos } = this.#store
    return { packet: packet[row] ?? 0, seconds: seconds[row] ?? 0, nanos: nanos[row] ?? 0 }
  }

  /** Bytes [from, to) were delivered already: does the copy in `row` say the same? */
  #compare(row: number, from: number, to: number): void {
    if ((this.#store.length[row] ?? 0) <= 1) return // a keep-alive's byte means nothing
    const start = this.#startOf(row)
    for (let index = lastRunFrom(this.#runs, from); index < this.#runs.length; index++) {
      const run = this.#runs[index]
      if (!run || run.at >= to) return
      if (!('row' in run)) continue
      const first = Math.max(run.at, from)
      const end = Math.min(run.at + run.length, to)
      const delivered = this.#store.payload(run.row, run.skip + first - run.at, run.skip + end - run.at)
      const copy = this.#store.payload(row, first - start, end - start)
      if (!delivered || !copy || isEqual(delivered, copy)) continue
      this.#overlapConflicts++
      const packet = this.#store.packet[row] ?? 0
      if (this.#conflicts.length < keptConflicts) this.#conflicts.push({ at: first, length: end - first, packet })
      return
    }
  }
}

/** Index of the last run that begins at or before `at`. */
function lastRunFrom(runs: readonly Run[], at: number): number {
  let low = 0
  let high = runs.length
  while (low + 1 < high) {
    const middle = (low + high) >> 1
    if ((runs[middle]?.at ?? Infinity) <= at) low = middle
    else high = middle
  }
  return low
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}

/** Rows with a wrong checksum of which a copy with a right one and the same sequence number exists. */
function spoiltRows(half: Half, store: SegmentStore): Set<number> {
  const good = new Set<number>()
  for (const row of rowsOf(half, store)) if (store.bad[row] === 0) good.add(store.start[row] ?? 0)
  const spoilt = new Set<number>()
  for (const row of rowsOf(half, store)) if (store.bad[row] === 1 && good.has(store.start[row] ?? 0)) spoilt.add(row)
  return spoilt
}

function* rowsOf(half: Half, store: SegmentStore): Generator<number> {
  for (let row = half.firstRow; row >= 0; row = store.next[row] ?? -1) yield row
}

function gapsOf(runs: readonly Run[]): (readonly [number, number])[] {
  const gaps: [number, number][] = []
  for (const run of runs) {
    if ('row' in run) continue
    const last = gaps.at(-1)
    if (last && last[0] + last[1] === run.at) last[1] += run.length
    else gaps.push([run.at, run.length])
  }
  return gaps
}
