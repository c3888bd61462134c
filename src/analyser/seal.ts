/** What can be seen of TLS from outside: when it began, and who sent how many records of how many bytes. */
import type { Side } from '../wire/talk.ts'
import type { Arrival } from '../wire/packet/capture.ts'
import type { Seal } from './overhear.ts'

/** Bytes that one side sent without the other's coming between. */
export interface Flight {
  readonly side: Side
  readonly start: number
  readonly end: number
  readonly records: number
  readonly bytes: number
  readonly time: bigint
  readonly firstTime: bigint
  readonly packets: readonly number[]
}

/** Flights that are told one by one; the rest is counted in the last. */
const mostFlights = 40
const mostPackets = 64

/** The flights after TLS began. */
export function flightsAfter(arrivals: readonly Arrival[], seal: Seal): Flight[] {
  const flights: Flight[] = []
  const counters: Record<Side, RecordCounter> = { client: new RecordCounter(), server: new RecordCounter() }
  for (const arrival of arrivals) {
    if (arrival.what === 'lost') counters[arrival.side].lose()
    if (arrival.what !== 'bytes') continue
    const skip = Math.max(0, seal[arrival.side] - arrival.start)
    if (skip >= arrival.bytes.length) continue
    const bytes = arrival.bytes.subarray(skip)
    const records = counters[arrival.side].count(bytes)
    const { side, time, firstTime, packet } = arrival
    const end = arrival.start + arrival.bytes.length
    const last = flights.at(-1)
    if (last !== undefined && (last.side === side || flights.length >= mostFlights)) {
      const packets = last.packets.length < mostPackets ? [...last.packets, packet] : last.packets
      flights[flights.length - 1] = {
        ...last,
        end: last.side === side ? end : last.end,
        records: last.records + records,
        bytes: last.bytes + bytes.length,
        time,
        packets,
      }
    } else {
      flights.push({
        side,
        start: end - bytes.length,
        end,
        records,
        bytes: bytes.length,
        time,
        firstTime,
        packets: [packet],
      })
    }
  }
  return flights
}

/** Counts records by their heads: type, version, length, RFC 8446 §5.1. */
class RecordCounter {
  #left = 0
  #head: number[] = []
  #lost = false

  lose(): void {
    this.#lost = true
  }

  count(bytes: Uint8Array): number {
    let records = 0
    for (let at = 0; at < bytes.length && !this.#lost;) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, bytes.length - at)
        this.#left -= taken
        at += taken
        continue
      }
      this.#head.push(bytes[at++] ?? 0)
      if (this.#head.length < 5) continue
      const [type = 0, major = 0, , high = 0, low = 0] = this.#head
      this.#head = []
      if (type < 0x14 || type > 0x18 || major !== 3) this.#lost = true
      else records++
      this.#left = (high << 8) | low
    }
    return records
  }
}
