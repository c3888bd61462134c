/**
 * Merges both directions of a conversation to one story: before bytes whose segment acknowledges N, the other side is
 * told up to N, so no reply stands before what it answers; where that leaves a choice, time decides.
 */
import type { Side } from '../talk.ts'
import type { Arrival } from './capture.ts'
import type { Half, Moment } from './half.ts'
import type { Reassembled, Run } from './reassemble.ts'
import type { SegmentStore } from './segment-store.ts'
import { nanoseconds } from './timestamp.ts'

/** One direction: what happened on it in order, with what orders it against the other. */
interface Lane {
  readonly arrivals: Arrival[]
  /** The packet at whose coming it was complete. */
  readonly orders: number[]
  /** Up to where the other side must have been told before. */
  readonly needs: number[]
  /** Up to where this side is told before it. */
  readonly positions: number[]
}

export interface MergeInput {
  readonly half: Half
  readonly reassembled: Reassembled
}

/** The arrivals of a conversation, made from its two directions. */
export function mergeArrivals(client: MergeInput, server: MergeInput, store: SegmentStore): Arrival[] {
  const one = makeLane('client', client, server.half.zero, store)
  const other = makeLane('server', server, client.half.zero, store)
  const merged: Arrival[] = []
  let i = 0
  let j = 0
  while (i < one.arrivals.length && j < other.arrivals.length) {
    const first = isFirst(one, i, other, j)
    const arrival = first ? one.arrivals[i++] : other.arrivals[j++]
    if (arrival) merged.push(arrival)
  }
  for (; i < one.arrivals.length; i++) merged.push(one.arrivals[i] as Arrival)
  for (; j < other.arrivals.length; j++) merged.push(other.arrivals[j] as Arrival)
  return merged
}

function isFirst(one: Lane, i: number, other: Lane, j: number): boolean {
  const mayOne = (other.positions[j] ?? Infinity) >= (one.needs[i] ?? 0)
  const mayOther = (one.positions[i] ?? Infinity) >= (other.needs[j] ?? 0)
  if (mayOne !== mayOther) return mayOne
  return (one.orders[i] ?? 0) <= (other.orders[j] ?? 0)
}

function makeLane(side: Side, input: MergeInput, otherZero: number, store: SegmentStore): Lane {
  const { half, reassembled } = input
  const lane: Lane = { arrivals: [], orders: [], needs: [], positions: [] }
  const add = (arrival: Arrival, order: number, need: number, position: number): void => {
    lane.arrivals.push(arrival)
    lane.orders.push(order)
    // a need that cannot be told (the other side's numbering is unknown) is none
    lane.needs.push(Number.isNaN(need) ? -Infinity : need)
    lane.positions.push(position)
  }
  if (half.syn) add(mark('syn', side, half.syn), half.syn.packet, -Infinity, 0)
  let { rst } = half
  let position = 0
  for (const run of reassembled.runs) {
    const order = orderOf(run, store)
    if (rst && order > rst.packet) {
      add(mark('rst', side, rst), rst.packet, -Infinity, position)
      rst = undefined
    }
    const need = 'row' in run ? (store.ack[run.row] ?? -Infinity) - otherZero : -Infinity
    add(arrivalOf(side, run, store), order, need, position)
    position = run.at + run.length
  }
  const { fin } = half
  if (rst && fin && rst.packet < fin.packet) {
    add(mark('rst', side, rst), rst.packet, -Infinity, position)
    rst = undefined
  }
  if (fin) {
    const order = Math.max(fin.packet, lane.orders.at(-1) ?? 0)
    add(mark('fin', side, fin), order, half.finAck - otherZero, position)
  }
  if (rst) add(mark('rst', side, rst), rst.packet, -Infinity, position)
  return lane
}

function mark(what: 'syn' | 'fin' | 'rst', side: Side, moment: Moment): Arrival {
  return { what, side, time: nanoseconds(moment.seconds, moment.nanos), packet: moment.packet }
}

function orderOf(run: Run, store: SegmentStore): number {
  if (run.trigger >= 0) return store.packet[run.trigger] ?? 0
  return 'row' in run ? 0 : run.proof.packet
}

function arrivalOf(side: Side, run: Run, store: SegmentStore): Arrival {
  const start = run.at
  if (!('row' in run)) {
    const { proof, reason: why, length: size } = run
    return { what: 'lost', side, start, size, time: nanoseconds(proof.seconds, proof.nanos), packet: proof.packet, why }
  }
  const { row, skip, length, trigger } = run
  const packet = store.packet[row] ?? 0
  const time = timeOf(trigger, store)
  const bytes = store.payload(row, skip, skip + length)
  if (!bytes) return { what: 'lost', side, start, size: length, time, packet, why: 'not kept' }
  return { what: 'bytes', side, start, bytes, time, firstTime: timeOf(row, store), packet }
}

function timeOf(row: number, store: SegmentStore): bigint {
  return nanoseconds(store.seconds[row] ?? 0, store.nanos[row] ?? 0)
}
