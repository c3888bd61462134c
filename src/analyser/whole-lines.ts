/**
 * A stream whose packets the snap length cut, without the server's lines that it cut: what is left of them does not
 * tell what they were. The dialogue of POP3 is built on whole lines only; the transcript shows the rest.
 */
import type { Arrival } from '../wire/packet/capture.ts'
import type { Span } from '../wire/talk.ts'

/** The beginning of a line whose rest was cut off. */
export interface CutLine {
  readonly at: Span
  readonly size: number
  readonly packet: number
}

/** Undefined where nothing of the server's was cut by the snap length. */
export function wholeLines(
  arrivals: readonly Arrival[],
): { readonly arrivals: readonly Arrival[]; readonly cut: readonly CutLine[] } | undefined {
  const cut: CutLine[] = []
  const kept: Arrival[] = []
  for (const arrival of arrivals) {
    if (arrival.what !== 'lost' || arrival.side !== 'server' || arrival.why !== 'cut by snap length') {
      kept.push(arrival)
      continue
    }
    const index = kept.findLastIndex((known) => known.what === 'bytes' && known.side === 'server')
    const before = kept[index]
    let start = arrival.start
    if (before?.what === 'bytes' && before.start + before.bytes.length === arrival.start) {
      const whole = before.bytes.lastIndexOf(0x0a) + 1
      start = before.start + whole
      kept[index] = { ...before, bytes: before.bytes.subarray(0, whole) }
    }
    cut.push({ at: { start, end: arrival.start }, size: arrival.size, packet: arrival.packet })
  }
  return cut.length === 0 ? undefined : { arrivals: kept, cut }
}
