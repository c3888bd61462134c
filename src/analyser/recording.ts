/** An own connection, explained by the same walk as a captured one. */
import type { Digest, Side } from '../wire/talk.ts'
import type { Arrival, Capture, Stream } from '../wire/packet/capture.ts'
import { streamOfRecording } from '../wire/packet/from-recording.ts'
import type { MarkedSecret, Recording, TlsFacts } from '../wire/packet/recording.ts'
import type { Detected } from './detect.ts'
import type { Explained } from './explain.ts'
import { kindOfPassword, Secrets } from './hiding.ts'
import type { HiddenKind, SpokenProtocol } from './model.ts'
import { tellConversation } from './tell.ts'
import { asLatin1 } from './text.ts'
import { walkStream } from './walk.ts'
import type { Walk } from './walk.ts'

/**
 * Explains the bytes or the facts of an own connection; the one conversation has the number 1. What our own end marked
 * as a credential is hidden whatever the bytes look like.
 */
export function overhearRecording(recording: Recording, options: { readonly digest: Digest }): Explained {
  const secrets = new Secrets()
  const stream = streamOfRecording(recording)
  const walk = walkStream(stream, spokenIn(recording, stream), secrets)
  for (const mark of recording.secrets) hideMarked(walk, mark)
  const tls = tlsOf(recording)
  const told = tellConversation(walk, { id: 1, digest: options.digest, secrets, asked: true, tls })
  return { capture: captureOf(stream), conversations: [told], dnsMessages: 0, secrets }
}

/** Ciphertext only, where TLS began with the first byte and what is inside was not kept. */
function spokenIn(recording: Recording, stream: Stream): Detected {
  const isInside = recording.kept.some((kept) => kept.what === 'sealed')
  const protocol: SpokenProtocol = recording.implicitTls && !isInside ? 'tls' : recording.protocol
  return { protocol, by: 'content', joined: beginsMidway(stream.arrivals), swapped: false }
}

/** The facts of a later message on a connection begin with its MAIL: no greeting stands before it. */
function beginsMidway(arrivals: readonly Arrival[]): boolean {
  const spoken = arrivals.filter((arrival) => arrival.what === 'bytes')
  const first = spoken[0]
  if (first?.side !== 'client') return false
  const answer = spoken.find(({ side }) => side === 'server')
  return answer === undefined || !/^(?:220|421|554|\+OK)/.test(asLatin1(answer.bytes.subarray(0, 4)))
}

function hideMarked(walk: Walk, { side, epoch, start, end, kind }: MarkedSecret): void {
  const layer = walk.layers[epoch]
  if (layer === undefined) return
  const named: HiddenKind =
    kind === 'password' ? kindOfPassword(asLatin1(layer.tapes[side].read({ start, end }))) : kind
  layer.hiding.add(side, { start, end }, named)
}

function tlsOf(recording: Recording): TlsFacts | undefined {
  const sealed = recording.kept.find((kept) => kept.what === 'sealed')
  return sealed?.what === 'sealed' ? sealed.tls : undefined
}

/** A capture that holds this one connection. */
function captureOf(stream: Stream): Capture {
  const size = (side: Side): number => (side === 'client' ? stream.c2s.bytes : stream.s2c.bytes)
  const bytes = size('client') + size('server')
  return {
    packets: stream.frames,
    truncatedPackets: 0,
    capturedBytes: bytes,
    wireBytes: bytes,
    firstTime: stream.start,
    lastTime: stream.last,
    linkTypes: [],
    interfaces: [],
    notDecoded: new Map(),
    protocols: new Map(),
    streams: [stream],
    datagrams: [],
    keyLog: '',
    comments: [],
    names: new Map(),
    error: undefined,
  }
}
