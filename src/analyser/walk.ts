/** The walk over one conversation: its layers heard, sign-ins followed. What it makes is told by `tell.ts`. */
import type { Arrival, Stream } from '../wire/packet/capture.ts'
import { SmtpConversation } from '../wire/smtp/conversation.ts'
import type { SmtpCommand, SmtpReply } from '../wire/smtp/words.ts'
import { Pop3Conversation } from '../wire/pop3/conversation.ts'
import type { Pop3Command, Pop3Reply } from '../wire/pop3/words.ts'
import type { Detected } from './detect.ts'
import type { Secrets } from './hiding.ts'
import { Hiding } from './hiding.ts'
import { pop3JoinedIn, smtpJoinedIn } from './joined.ts'
import type { Layer } from './layer.ts'
import type { Overheard } from './overhear.ts'
import { overhear } from './overhear.ts'
import { pairPop3, readPop3SignIns } from './pop3-hear.ts'
import type { Pop3Thing } from './pop3-hear.ts'
import { SignInReader } from './sign-in.ts'
import { pairSmtp, readSmtpSignIns } from './smtp-hear.ts'
import type { CutLine } from './whole-lines.ts'
import { wholeLines } from './whole-lines.ts'

type Answered = readonly (number | undefined)[]

export type SmtpLayer = Layer<SmtpCommand, SmtpReply> & { readonly answered: Answered }
export type Pop3Layer = Layer<Pop3Command, Pop3Reply> & {
  readonly answered: Answered
  /** What the dialogue is built on: the same, but for packets that the snap length cut. */
  readonly whole: WholeLines
}

export interface WholeLines {
  readonly things: readonly Pop3Thing[]
  readonly answered: Answered
  readonly signIn: SignInReader
  readonly cut: readonly CutLine[]
}

/** A conversation as it was heard. One that speaks what is not read here has no layers. */
export type Walk = { readonly detected: Detected; readonly stream: Stream } & (
  | { readonly spoken: 'smtp'; readonly layers: readonly SmtpLayer[] }
  | { readonly spoken: 'pop3'; readonly layers: readonly Pop3Layer[] }
  | { readonly spoken: undefined; readonly layers: readonly [] }
)

/** Hears a stream; `secrets` learns what is hidden in it. */
export function walkStream(stream: Stream, detected: Detected, secrets: Secrets): Walk {
  const parts = splitAtSeals(stream.arrivals)
  switch (detected.protocol) {
    case 'smtp':
      return {
        detected,
        stream,
        spoken: 'smtp',
        layers: parts.map((arrivals, depth) => smtpLayer(stream, arrivals, depth, detected.joined, secrets)),
      }
    case 'pop3':
      return {
        detected,
        stream,
        spoken: 'pop3',
        layers: parts.map((arrivals, depth) => pop3Layer(stream, arrivals, depth, detected.joined, secrets)),
      }
    case 'lmtp':
    case 'imap':
    case 'http':
    case 'tls':
    case 'none':
    case 'unknown':
      return { detected, stream, spoken: undefined, layers: [] }
  }
}

/** Each layer's arrivals; only facts of an own connection have more than one. */
function splitAtSeals(arrivals: readonly Arrival[]): (readonly Arrival[])[] {
  const parts: Arrival[][] = [[]]
  for (const arrival of arrivals) {
    if (arrival.what === 'sealed') parts.push([])
    else parts.at(-1)?.push(arrival)
  }
  return parts
}

function smtpLayer(
  stream: Stream,
  arrivals: readonly Arrival[],
  depth: number,
  joined: boolean,
  secrets: Secrets,
): SmtpLayer {
  const midway = joined && depth === firstDepth(stream)
  const inside = beganSealed(stream) ? 'tls' : 'starttls'
  const conversation = new SmtpConversation({
    lenient: true,
    ...(depth > 0 ? { inside } : {}),
    ...(midway ? { joined: smtpJoinedIn(stream) } : {}),
  })
  const heard = overhear(conversation, arrivals)
  const answered = pairSmtp(heard.things)
  const layer = { ...layerOf(heard, depth, midway, beganSealed(stream), secrets), answered }
  readSmtpSignIns(layer.things, answered, layer.tapes, layer.signIn, layer.hiding)
  return layer
}

function pop3Layer(
  stream: Stream,
  arrivals: readonly Arrival[],
  depth: number,
  joined: boolean,
  secrets: Secrets,
): Pop3Layer {
  const midway = joined && depth === firstDepth(stream)
  const inside = beganSealed(stream) ? 'tls' : 'stls'
  const conversation = (): Pop3Conversation =>
    new Pop3Conversation({
      lenient: true,
      ...(depth > 0 ? { inside } : {}),
      ...(midway ? { joined: pop3JoinedIn(stream) } : {}),
    })
  const heard = overhear(conversation(), arrivals)
  const answered = pairPop3(heard.things)
  const layer = { ...layerOf(heard, depth, midway, beganSealed(stream), secrets), answered }
  readPop3SignIns(layer.things, answered, layer.tapes, layer.signIn, layer.hiding)
  const whole = wholeLines(arrivals)
  if (whole === undefined) return { ...layer, whole: { ...layer, cut: [] } }
  const { things } = overhear(conversation(), whole.arrivals)
  const signIn = new SignInReader((side, at) => heard.tapes[side].read(at), layer.hiding, secrets)
  const paired = pairPop3(things)
  readPop3SignIns(things, paired, layer.tapes, signIn, layer.hiding)
  return { ...layer, whole: { things, answered: paired, signIn, cut: whole.cut } }
}

function layerOf<Command, Reply>(
  heard: Overheard<Command, Reply>,
  depth: number,
  joined: boolean,
  implicit: boolean,
  secrets: Secrets,
): Layer<Command, Reply> {
  const hiding = new Hiding()
  const signIn = new SignInReader((side, at) => heard.tapes[side].read(at), hiding, secrets)
  const sealed = depth > 0
  return { ...heard, hiding, signIn, sealed, joined, greeted: joined || (sealed && !implicit) }
}

/** TLS from the first byte: then the greeting comes inside it. */
function beganSealed(stream: Stream): boolean {
  return stream.arrivals.find(({ what }) => what !== 'syn')?.what === 'sealed'
}

/** The layer that the first bytes are in. */
function firstDepth(stream: Stream): number {
  return beganSealed(stream) ? 1 : 0
}
