/** Helpers of this room's tests. */
import type { Side } from '../talk.ts'
import type { Stream } from './capture.ts'
import { join } from './lent.ts'

/** The bytes of one side that are in the capture, joined. */
export function bytesOf(stream: Stream, side: Side): Uint8Array {
  return join(
    stream.arrivals.flatMap((arrival) => (arrival.what === 'bytes' && arrival.side === side ? [arrival.bytes] : [])),
  )
}
