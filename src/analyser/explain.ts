/**
 * The analyser's front door: a capture, or a recording of an own connection, explained.
 *
 * - Conversations are found by what is said, not by port; sides are swapped where the packets had them wrong.
 * - All conversations are walked before one is told: a secret shown in one is hidden in all.
 * - Work and memory are linear in the capture; lines, rows, lists and searches have their limits.
 */
import type { Digest } from '../wire/talk.ts'
import type { Capture, Datagram, Direction, Stream } from '../wire/packet/capture.ts'
import { detectProtocol } from './detect.ts'
import { Secrets } from './hiding.ts'
import type { OverheardConversation } from './model.ts'
import { inferGreylisting } from './outcome.ts'
import { tellConversation } from './tell.ts'
import { walkStream } from './walk.ts'
import type { Walk } from './walk.ts'

export interface ExplainOptions {
  readonly digest: Digest
  /** Key-log text; TLS is opened by a room of its own and passes unread here. */
  readonly keyLog?: string
  /** Only the conversation with this number is told (from 1); all are walked for their secrets. */
  readonly only?: number
}

/** A capture, explained: every conversation, and what was counted and not read. */
export interface Explained {
  readonly capture: Capture
  readonly conversations: readonly OverheardConversation[]
  readonly dnsMessages: number
  /** The secrets of the capture, to be kept out of whatever else is written of it. */
  readonly secrets: Secrets
}

/** Explains all conversations of a capture, or only one of them. Never throws for what stands in it. */
export function explainCapture(capture: Capture, options: ExplainOptions): Explained {
  const secrets = new Secrets()
  const walks = capture.streams.map((stream): Walk | undefined => {
    const detected = detectProtocol(stream)
    return walkStream(detected.swapped ? swapped(stream) : stream, detected, secrets)
  })
  const told: OverheardConversation[] = []
  for (const [index, walk] of walks.entries()) {
    // what was heard is let go as soon as it is told: of many conversations only the stories stay
    walks[index] = undefined
    if (walk === undefined || (options.only ?? index + 1) !== index + 1) continue
    told.push(tellConversation(walk, { id: index + 1, digest: options.digest, secrets }))
  }
  const dnsMessages = capture.datagrams.filter(isDns).length
  return { capture, conversations: inferGreylisting(told), dnsMessages, secrets }
}

/** One conversation of a capture by its number; undefined where there is none. All are walked for their secrets. */
export function explainStream(
  capture: Capture,
  id: number,
  options: ExplainOptions,
): OverheardConversation | undefined {
  return explainCapture(capture, { ...options, only: id }).conversations[0]
}

/** A stream whose sides the packets had wrong. */
function swapped(stream: Stream): Stream {
  const { client, server, c2s, s2c } = stream
  return {
    ...stream,
    client: server,
    server: client,
    c2s: s2c,
    s2c: c2s,
    end: swapEnds(stream.end),
    arrivals: stream.arrivals.map((arrival) =>
      arrival.what === 'sealed' ? arrival : { ...arrival, side: arrival.side === 'client' ? 'server' : 'client' },
    ),
  }
}

/** `client RST`, `client FIN`, `server RST`, `server FIN` in this order. */
function swapEnds(end: readonly string[]): string[] {
  const order = ['client RST', 'client FIN', 'server RST', 'server FIN', 'open']
  const other = (name: string): string =>
    name.startsWith('client') ? name.replace('client', 'server') : name.replace('server', 'client')
  return end.map(other).toSorted((one, two) => order.indexOf(one) - order.indexOf(two))
}

/** Port 53, and a header that has room for its twelve bytes, RFC 1035 §4.1.1. */
function isDns(datagram: Datagram): boolean {
  const { from, to, protocol, bytes } = datagram
  return protocol === 'udp' && (from.port === 53 || to.port === 53) && bytes.length >= 12
}

/** The payload of one direction that the capture holds, joined, in stream order. */
export function payloadOf(
  stream: Stream,
  direction: 'c2s' | 's2c',
): { readonly bytes: Uint8Array; readonly facts: Direction } {
  const side = direction === 'c2s' ? 'client' : 'server'
  const facts = stream[direction]
  const bytes = new Uint8Array(facts.bytes)
  let at = 0
  for (const arrival of stream.arrivals) {
    if (arrival.what !== 'bytes' || arrival.side !== side || at + arrival.bytes.length > bytes.length) continue
    bytes.set(arrival.bytes, at)
    at += arrival.bytes.length
  }
  return { bytes, facts }
}
