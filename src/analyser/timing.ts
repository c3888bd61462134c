/**
 * Splits the time of a conversation into what the path, the server and the client took. The path's share is one round
 * trip of the TCP handshake for each time the word went over; what is left of a wait is the speaker's own.
 */
import type { Stream } from '../wire/packet/capture.ts'
import type { Line, Timing } from './model.ts'

/** From the first line to the last. Shares are undefined without a measured round trip, or with one side only. */
export function timingOf(stream: Stream, lines: readonly Line[]): Timing {
  const [first] = lines
  const last = lines.at(-1)
  const begin = stream.synSeen ? stream.start : first?.time
  const total = last === undefined || begin === undefined || last.time < begin ? 0n : last.time - begin
  const rtt = stream.handshakeRtt
  if (rtt === undefined || stream.c2s.bytes === 0 || stream.s2c.bytes === 0 || begin === undefined) {
    return { total, path: undefined, server: undefined, client: undefined }
  }
  let path = 0n
  let server = 0n
  let client = 0n
  let side: Line['side'] = 'client'
  let since = begin
  for (const line of lines) {
    if (line.time < since) continue
    const waited = line.time - since
    since = line.time
    // the word goes over once for each change of speaker: both ways together are one round trip
    const over = line.side === 'server' && side === 'client' ? (waited < rtt ? waited : rtt) : 0n
    path += over
    if (line.side === 'server') server += waited - over
    else client += waited
    side = line.side
  }
  return { total, path, server, client }
}
