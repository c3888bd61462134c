/** The lines of one layer of SMTP: what each thing is, its phase, its rows and what it means. */
import type { SmtpCommand } from '../wire/smtp/words.ts'
import type { CarriedMessage, Explanation, Phase, Row } from './model.ts'
import { meaningOfHole, meaningOfMessage, meaningOfUnreadable } from './meaning/message.ts'
import { meaningOfAnswer, meaningOfChallenge } from './meaning/sasl.ts'
import { meaningOfEhloRow, meaningOfSmtpCommand, meaningOfSmtpReply } from './meaning/smtp.ts'
import type { Layer } from './layer.ts'
import { unkeptSize } from './layer.ts'
import type { LineWriter } from './line-writer.ts'
import { mostRows, openText, row } from './line-writer.ts'
import type { MailSummary } from './mail-summary.ts'
import { nothing, shapeOf } from './mail-summary.ts'
import type { SmtpThing } from './smtp-hear.ts'
import type { SmtpReply } from '../wire/smtp/words.ts'
import type { Teller } from './teller.ts'
import { joined } from './tape.ts'
import { asText } from './text.ts'

/** Writes the lines of a layer and gathers the mails that it carries. */
export function writeSmtpLines(
  layer: Layer<SmtpCommand, SmtpReply>,
  answered: readonly (number | undefined)[],
  teller: Teller,
  writer: LineWriter,
  messages: CarriedMessage[],
  summarise: (bytes: Uint8Array) => MailSummary,
): void {
  writer.beginLayer()
  const walk = new SmtpLines(layer, answered, teller, writer, messages, summarise)
  for (const [index, thing] of layer.things.entries()) walk.take(index, thing)
}

class SmtpLines {
  readonly #layer: Layer<SmtpCommand, SmtpReply>
  readonly #answered: readonly (number | undefined)[]
  readonly #teller: Teller
  readonly #writer: LineWriter
  readonly #messages: CarriedMessage[]
  readonly #summarise: (bytes: Uint8Array) => MailSummary
  readonly #phases: Phase[] = []
  /** Index of the last command that was heard, and of the last that was answered. */
  #lastCommand = -1
  #phase: Phase = 'greeting'
  #greeted = false
  #hello = false
  #from: string | undefined
  #envelope: { address: string; command: number; code: number | undefined }[] = []
  readonly #recipients = new Map<number, { address: string; command: number; code: number | undefined }>()
  /** Messages by the index of their body, to put their replies to. */
  readonly #byBody = new Map<number, number>()
  #chunks: { pieces: Uint8Array[]; size: number; wireBytes: number; missing: number } | undefined

  constructor(
    layer: Layer<SmtpCommand, SmtpReply>,
    answered: readonly (number | undefined)[],
    teller: Teller,
    writer: LineWriter,
    messages: CarriedMessage[],
    summarise: (bytes: Uint8Array) => MailSummary,
  ) {
    this.#layer = layer
    this.#answered = answered
    this.#teller = teller
    this.#writer = writer
    this.#messages = messages
    this.#summarise = summarise
    this.#greeted = layer.greeted
    this.#hello = layer.sealed
  }

  take(index: number, thing: SmtpThing): void {
    switch (thing.what) {
      case 'command':
        return this.#command(index, thing)
      case 'reply':
        return this.#reply(index, thing)
      case 'body':
        return this.#body(index, thing)
      case 'unreadable':
        return this.#unreadable(index, thing)
      case 'hole':
        return this.#hole(index, thing)
    }
  }

  #rows(thing: SmtpThing, means?: (text: string, index: number) => Explanation | undefined): Row[] {
    const spans = this.#teller.rows(thing.side, thing.at, mostRows)
    return spans.map((span, index) => {
      const pieces = this.#teller.pieces(thing.side, span)
      return row(pieces, means?.(openText(pieces), index))
    })
  }

  #command(index: number, thing: SmtpThing & { what: 'command' }): void {
    const { command } = thing
    if (command.verb === 'message') return
    // sent together with others it stays with them; its reply begins its own phase
    const own = this.#phaseOf(command)
    const phase = this.#outstanding() ? this.#phase : own
    this.#phases[index] = own
    this.#phase = phase
    this.#lastCommand = index
    const step = this.#layer.signIn.steps.get(index)
    const answers = this.#answered[index]
    const context = { sealed: this.#layer.sealed, answers: this.#writer.numberOf(answers), again: this.#hello }
    const hidden = this.#teller.hiding.holdsSecret('client', thing.at)
    const suspect = hidden && command.verb === 'unknown'
    const isAnswer = command.verb === 'answer'
    const means = suspect
      ? meaningOfUnreadable('smtp', true)
      : isAnswer && step !== undefined
        ? meaningOfAnswer({ ...step, sealed: context.sealed, answers: context.answers })
        : meaningOfSmtpCommand(command, context)
    const verb = isAnswer ? 'AUTH' : verbOf(command)
    this.#writer.write(
      index,
      thing,
      {
        kind: isAnswer ? 'answer' : 'command',
        phase,
        means,
        rows: this.#rows(thing),
        verb: suspect ? undefined : verb,
        answers,
      },
      this.#teller,
      this.#layer.sealed,
    )
    this.#keepEnvelope(index, thing)
  }

  #keepEnvelope(index: number, thing: SmtpThing & { what: 'command' }): void {
    const verb = verbOf(thing.command)
    if (verb === 'MAIL') {
      this.#from = this.#path(thing)
      this.#envelope = []
    } else if (verb === 'RCPT') {
      const recipient = { address: this.#path(thing), command: index, code: undefined }
      this.#envelope.push(recipient)
      this.#recipients.set(index, recipient)
    }
  }

  /** What is between < and > in MAIL and RCPT, as it stands. */
  #path(thing: SmtpThing): string {
    const line = asText(this.#teller.bytes(thing.side, thing.at))
    const found = /:\s*(?:<([^>]*)>?|(\S*))/.exec(line)
    return (found?.[1] ?? found?.[2] ?? '').trim()
  }

  #phaseOf(command: SmtpCommand): Phase {
    switch (verbOf(command)) {
      case 'EHLO':
      case 'HELO':
        return 'extensions'
      case 'STARTTLS':
        return 'sealing'
      case 'AUTH':
      case 'answer':
        return 'sign-in'
      case 'MAIL':
      case 'RCPT':
      case 'RSET':
        return 'envelope'
      case 'DATA':
      case 'BDAT':
        return 'message'
      case 'QUIT':
        return 'goodbye'
      case 'NOOP':
      case 'HELP':
      case 'VRFY':
      case 'EXPN':
        return 'other'
      default:
        return this.#phase
    }
  }

  /** The last command has no reply yet. */
  #outstanding(): boolean {
    return this.#lastCommand >= 0 && !this.#answeredOnes.has(this.#lastCommand)
  }

  readonly #answeredOnes = new Set<number>()

  #reply(index: number, thing: SmtpThing & { what: 'reply' }): void {
    const { reply, to } = thing
    const answers = this.#answered[index]
    if (answers !== undefined) this.#answeredOnes.add(answers)
    const isGreeting = to === undefined && !this.#greeted
    this.#greeted = true
    const phase = isGreeting ? 'greeting' : this.#replyPhase(answers)
    this.#phase = phase
    const step = this.#layer.signIn.steps.get(index)
    const context = { sealed: this.#layer.sealed, answers: this.#writer.numberOf(answers), again: this.#hello }
    const isHello = to?.verb === 'EHLO' || to?.verb === 'HELO'
    const fine = reply.code >= 200 && reply.code < 300
    const means =
      reply.code === 334 && step !== undefined
        ? meaningOfChallenge({ ...step, sealed: context.sealed, answers: context.answers })
        : meaningOfSmtpReply(reply, to, context)
    const rowMeans = (text: string, at: number): Explanation | undefined => meaningOfEhloRow(text.slice(4), at)
    this.#writer.write(
      index,
      thing,
      {
        kind: reply.code === 334 ? 'challenge' : 'reply',
        phase,
        means,
        rows: this.#rows(thing, to?.verb === 'EHLO' && fine ? rowMeans : undefined),
        verb: to === undefined ? undefined : verbOf(to),
        code: reply.code,
        answers,
      },
      this.#teller,
      this.#layer.sealed,
    )
    if (isHello && fine) this.#hello = true
    this.#keepResult(answers, reply.code)
  }

  #replyPhase(answers: number | undefined): Phase {
    if (answers === undefined) return this.#phase === 'greeting' ? 'other' : this.#phase
    return this.#phases[answers] ?? this.#phase
  }

  #keepResult(answers: number | undefined, code: number): void {
    if (answers === undefined) return
    const recipient = this.#recipients.get(answers)
    if (recipient !== undefined) recipient.code = code
    const at = this.#byBody.get(answers)
    const message = at === undefined ? undefined : this.#messages[at]
    if (at !== undefined && message !== undefined)
      this.#messages[at] = { ...message, result: [...message.result, code] }
  }

  #body(index: number, thing: SmtpThing & { what: 'body' }): void {
    const chunkOf = this.#answered[index]
    const wireBytes = thing.at.end - thing.at.start - thing.missing
    const phase = chunkOf === undefined ? 'message' : this.#phase
    this.#phases[index] = 'message'
    this.#phase = phase
    this.#lastCommand = chunkOf ?? index
    const last = chunkOf === undefined ? thing.last : thing.last && this.#isLastChunk(chunkOf)
    if (chunkOf !== undefined) this.#addChunk(thing, wireBytes)
    const message = chunkOf === undefined || last ? this.#messages.length : undefined
    const bytes = this.#chunks === undefined || !last ? thing.bytes : joined(this.#chunks.pieces, this.#chunks.size)
    const shape = message === undefined ? { ...nothing, size: bytes.length } : shapeOf(this.#summarise(bytes))
    const size = thing.unkept > 0 ? unkeptSize(thing, this.#teller.tapes[thing.side]) : thing.bytes.length
    const line = this.#writer.write(
      index,
      thing,
      {
        kind: 'message',
        phase,
        means:
          thing.unkept > 0
            ? meaningOfHole(size, 'not kept')
            : meaningOfMessage({ ...shape, cut: thing.missing > 0 || !thing.last }),
        rows: [],
        verb: chunkOf === undefined ? 'DATA' : 'BDAT',
        answers: chunkOf,
        message,
        size,
      },
      this.#teller,
      this.#layer.sealed,
    )
    if (message !== undefined) this.#keepMessage(line, index, chunkOf, thing, bytes, wireBytes)
  }

  #isLastChunk(index: number): boolean {
    const thing = this.#layer.things[index]
    return thing?.what === 'command' && thing.command.verb === 'BDAT' && thing.command.last
  }

  #addChunk(thing: SmtpThing & { what: 'body' }, wireBytes: number): void {
    this.#chunks ??= { pieces: [], size: 0, wireBytes: 0, missing: 0 }
    this.#chunks.pieces.push(thing.bytes)
    this.#chunks.size += thing.bytes.length
    this.#chunks.wireBytes += wireBytes
    this.#chunks.missing += thing.missing
  }

  #keepMessage(
    line: number,
    index: number,
    chunkOf: number | undefined,
    thing: SmtpThing & { what: 'body' },
    bytes: Uint8Array,
    wireBytes: number,
  ): void {
    const whole = this.#chunks ?? { wireBytes, missing: thing.missing }
    this.#byBody.set(chunkOf ?? index, this.#messages.length)
    this.#messages.push({
      line,
      side: 'client',
      by: chunkOf === undefined ? 'DATA' : 'BDAT',
      bytes,
      wireBytes: whole.wireBytes,
      missing: whole.missing,
      whole: thing.last && whole.missing === 0,
      envelope: { from: this.#from, to: this.#envelope },
      result: [],
    })
    this.#chunks = undefined
    this.#from = undefined
    this.#envelope = []
  }

  #unreadable(index: number, thing: SmtpThing & { what: 'unreadable' }): void {
    const secret = thing.secret || this.#teller.hiding.holdsSecret(thing.side, thing.at)
    const means = thing.cut > 0 ? meaningOfHole(thing.cut, 'not captured') : meaningOfUnreadable('smtp', secret)
    this.#phases[index] = this.#phase
    if (thing.side === 'client') this.#lastCommand = index
    const rows = this.#rows(thing)
    this.#writer.write(
      index,
      thing,
      { kind: 'unreadable', phase: this.#phase, means, rows },
      this.#teller,
      this.#layer.sealed,
    )
  }

  #hole(index: number, thing: SmtpThing & { what: 'hole' }): void {
    if (thing.inBody && thing.why === 'not kept') return
    const means = meaningOfHole(thing.size, thing.why)
    const sketch = { kind: 'hole' as const, phase: this.#phase, means, rows: [], size: thing.size }
    this.#writer.write(index, thing, sketch, this.#teller, this.#layer.sealed)
  }
}

function verbOf(command: SmtpCommand): string {
  return command.verb === 'malformed' || command.verb === 'unknown' ? command.word : command.verb
}
