/** Makes the model of one conversation from what was heard: lines, mails, sign-ins, dialogues, outcome, time. */
import type { Digest, Side } from '../wire/talk.ts'
import type {
  CarriedMessage,
  Dialogue,
  HiddenCount,
  HiddenKind,
  Line,
  OverheardConversation,
  Sealing,
  SecretSpan,
  SignIn,
} from './model.ts'
import { smtpDialogue } from './dialogue-smtp.ts'
import { pop3Dialogue } from './dialogue-pop3.ts'
import { findingsOf } from './findings/findings.ts'
import type { Secrets } from './hiding.ts'
import { hideAgain } from './layer.ts'
import type { Layer } from './layer.ts'
import { LineWriter } from './line-writer.ts'
import { summariseMail } from './mail-summary.ts'
import type { MailSummary } from './mail-summary.ts'
import { meaningOfSealed, meaningOfSealing } from './meaning/message.ts'
import type { TlsFacts } from '../wire/packet/recording.ts'
import { outcomeOf } from './outcome.ts'
import type { Seal } from './overhear.ts'
import { writePop3Lines } from './pop3-lines.ts'
import { flightsAfter } from './seal.ts'
import { writeSmtpLines } from './smtp-lines.ts'
import { Teller } from './teller.ts'
import { timingOf } from './timing.ts'
import type { Walk } from './walk.ts'

export interface TellOptions {
  readonly id: number
  readonly digest: Digest
  readonly secrets: Secrets
  readonly asked?: boolean
  /** TLS as our own end knew it: the inside follows as a layer of its own. */
  readonly tls?: TlsFacts | undefined
}

/** The model of a conversation. All conversations of a capture must have been walked before: secrets are shared. */
export function tellConversation(walk: Walk, options: TellOptions): OverheardConversation {
  for (const layer of walk.layers) hideAgain(layer, options.secrets)
  const writer = new LineWriter()
  const messages: CarriedMessage[] = []
  const signIns: SignIn[] = []
  const dialogues: Dialogue[] = []
  const summarise = remembering(summariseMail)
  const tellers = walk.layers.map((layer) => new Teller(layer.tapes, layer.hiding, options.secrets, options.digest))
  let sealing: Sealing | undefined
  let sealedFrom: number | undefined
  for (const [depth, layer] of walk.layers.entries()) {
    const teller = tellers[depth]
    if (teller === undefined) break
    writeLayer(walk, depth, teller, writer, messages, summarise)
    const own = signInsOf(layer, writer)
    signIns.push(...own)
    dialogues.push(dialogueOf(walk, depth, teller, own, summarise))
    if (depth + 1 < walk.layers.length) {
      writeSealing(writer, layer.seal?.server ?? layer.tapes.server.end, walk.stream.start, options.tls, true)
    }
    if (depth + 1 === walk.layers.length && layer.seal !== undefined) {
      sealedFrom = writer.next - 1
      sealing = writeSealed(walk, layer.seal, writer)
    }
  }
  if (walk.detected.protocol === 'tls' && options.asked === true) {
    sealedFrom = 1
    sealing = writeSealed(walk, { client: 0, server: 0, injected: { client: 0, server: 0 } }, writer)
  }
  return finish(walk, options, { lines: writer.lines, messages, signIns, dialogues, sealing, sealedFrom })
}

interface Told {
  readonly lines: readonly Line[]
  readonly messages: readonly CarriedMessage[]
  readonly signIns: readonly SignIn[]
  readonly dialogues: readonly Dialogue[]
  readonly sealing: Sealing | undefined
  readonly sealedFrom: number | undefined
}

function finish(walk: Walk, options: TellOptions, told: Told): OverheardConversation {
  const { stream, detected } = walk
  const conversation = {
    id: options.id,
    stream,
    protocol: detected.protocol,
    detectedBy: options.asked === true ? ('asked' as const) : detected.by,
    joined: detected.joined,
    ...told,
    outcome: outcomeOf({ protocol: detected.protocol, ...told }),
    timing: timingOf(stream, told.lines),
    hidden: hiddenCounts(told.lines),
    secretSpans: spansOf(walk),
  }
  return { ...conversation, findings: findingsOf(conversation) }
}

function writeLayer(
  walk: Walk,
  depth: number,
  teller: Teller,
  writer: LineWriter,
  messages: CarriedMessage[],
  summarise: (bytes: Uint8Array) => MailSummary,
): void {
  if (walk.spoken === 'smtp') {
    const layer = walk.layers[depth]
    if (layer !== undefined) writeSmtpLines(layer, layer.answered, teller, writer, messages, summarise)
  } else if (walk.spoken === 'pop3') {
    const layer = walk.layers[depth]
    if (layer !== undefined) writePop3Lines(layer, layer.answered, teller, writer, messages, summarise)
  }
}

function dialogueOf(
  walk: Walk,
  depth: number,
  teller: Teller,
  signIns: readonly SignIn[],
  summarise: (bytes: Uint8Array) => MailSummary,
): Dialogue {
  if (walk.spoken === 'smtp') {
    const layer = walk.layers[depth]
    if (layer !== undefined)
      return smtpDialogue(layer.things, layer.answered, teller, signIns, summarise, layer.greeted)
  }
  if (walk.spoken === 'pop3') {
    const layer = walk.layers[depth]
    if (layer !== undefined) return pop3Dialogue(layer.whole, teller, summarise, layer.greeted)
  }
  return { protocol: 'smtp', exchanges: [] }
}

function signInsOf(layer: Layer<unknown, unknown>, writer: LineWriter): SignIn[] {
  return layer.signIn.signIns.map(({ mechanism, user, ok, code, cancelled, things }) => ({
    mechanism,
    user,
    ok,
    code,
    cancelled,
    sealed: layer.sealed,
    lines: things.flatMap((index) => writer.numberOf(index) ?? []),
  }))
}

/** The moment of sealing, at the time and place of the line before it. */
function writeSealing(
  writer: LineWriter,
  at: number,
  start: bigint,
  tls: TlsFacts | undefined,
  readable: boolean,
): bigint {
  const time = writer.lastTime ?? start
  writer.writeSeal({
    side: 'server',
    kind: 'sealing',
    means: meaningOfSealing(readable, tls),
    time,
    firstTime: time,
    at: { start: at, end: at },
    frames: writer.lines.at(-1)?.frames.slice(-1) ?? [],
  })
  return time
}

function writeSealed(walk: Walk, seal: Seal, writer: LineWriter): Sealing {
  const time = writeSealing(writer, seal.server, walk.stream.start, undefined, false)
  const records: Record<Side, number> = { client: 0, server: 0 }
  const bytes: Record<Side, number> = { client: 0, server: 0 }
  for (const flight of flightsAfter(walk.stream.arrivals, seal)) {
    records[flight.side] += flight.records
    bytes[flight.side] += flight.bytes
    writer.writeSeal({
      side: flight.side,
      kind: 'sealed',
      means: meaningOfSealed(flight.records, flight.bytes),
      time: flight.time,
      firstTime: flight.firstTime,
      at: { start: flight.start, end: flight.end },
      frames: flight.packets,
      size: flight.bytes,
    })
  }
  return { client: seal.client, server: seal.server, injected: seal.injected, time, records, bytes }
}

function spansOf(walk: Walk): SecretSpan[] {
  return [...walk.layers.entries()].flatMap(([layer, { hiding }]) =>
    (['client', 'server'] as const).flatMap((side) => hiding.of(side).map((span) => ({ ...span, side, layer }))),
  )
}

/** How often something of each kind stands hidden in the lines. */
function hiddenCounts(lines: readonly Line[]): HiddenCount[] {
  const counts = new Map<HiddenKind, number>()
  for (const line of lines) {
    for (const row of line.rows) {
      for (const piece of row.pieces) {
        if (typeof piece !== 'string') counts.set(piece.hidden, (counts.get(piece.hidden) ?? 0) + 1)
      }
    }
  }
  return (['user', 'code', 'password', 'token', 'proof'] as const).flatMap((kind) => {
    const count = counts.get(kind)
    return count === undefined ? [] : [{ kind, count }]
  })
}

/** Reads each mail once, though lines and dialogue both ask. */
function remembering(read: (bytes: Uint8Array) => MailSummary): (bytes: Uint8Array) => MailSummary {
  const known = new WeakMap<Uint8Array, MailSummary>()
  return (bytes) => {
    const summary = known.get(bytes) ?? read(bytes)
    known.set(bytes, summary)
    return summary
  }
}
