/** The lines of one layer of POP3: what each thing is, its phase, its rows and what it means. */
import type { Pop3Command, Pop3Reply } from '../wire/pop3/words.ts'
import type { CarriedMessage, Explanation, Phase, Row } from './model.ts'
import { meaningOfHole, meaningOfMessage, meaningOfUnreadable } from './meaning/message.ts'
import { meaningOfCapaRow, meaningOfListing, meaningOfPop3Command, meaningOfPop3Reply } from './meaning/pop3.ts'
import { meaningOfAnswer, meaningOfChallenge } from './meaning/sasl.ts'
import type { Layer } from './layer.ts'
import { unkeptSize } from './layer.ts'
import type { LineWriter } from './line-writer.ts'
import { mostRows, openText, row } from './line-writer.ts'
import type { MailSummary } from './mail-summary.ts'
import { countLines, shapeOf } from './mail-summary.ts'
import type { Pop3Thing } from './pop3-hear.ts'
import type { Teller } from './teller.ts'

/** Writes the lines of a layer and gathers the mails that it carries. */
export function writePop3Lines(
  layer: Layer<Pop3Command, Pop3Reply>,
  answered: readonly (number | undefined)[],
  teller: Teller,
  writer: LineWriter,
  messages: CarriedMessage[],
  summarise: (bytes: Uint8Array) => MailSummary,
): void {
  writer.beginLayer()
  const walk = new Pop3Lines(layer, answered, teller, writer, messages, summarise)
  for (const [index, thing] of layer.things.entries()) walk.take(index, thing)
}

class Pop3Lines {
  readonly #layer: Layer<Pop3Command, Pop3Reply>
  readonly #answered: readonly (number | undefined)[]
  readonly #teller: Teller
  readonly #writer: LineWriter
  readonly #messages: CarriedMessage[]
  readonly #summarise: (bytes: Uint8Array) => MailSummary
  readonly #phases: Phase[] = []
  #phase: Phase = 'greeting'
  #greeted: boolean
  #lastCommand = -1
  /** The last command has no reply yet. */
  #isOutstanding = false

  constructor(
    layer: Layer<Pop3Command, Pop3Reply>,
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
  }

  take(index: number, thing: Pop3Thing): void {
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

  #rows(thing: Pop3Thing, means?: (text: string) => Explanation | undefined): Row[] {
    return this.#teller.rows(thing.side, thing.at, mostRows).map((span) => {
      const pieces = this.#teller.pieces(thing.side, span)
      return row(pieces, means?.(openText(pieces)))
    })
  }

  #command(index: number, thing: Pop3Thing & { what: 'command' }): void {
    const { command } = thing
    // sent together with others it stays with them; its reply begins its own phase
    const own = this.#phaseOf(command)
    const phase = this.#isOutstanding ? this.#phase : own
    this.#phases[index] = own
    this.#phase = phase
    this.#lastCommand = index
    this.#isOutstanding = true
    const answers = this.#answered[index]
    const context = { sealed: this.#layer.sealed, answers: this.#writer.numberOf(answers) }
    const suspect = command.verb === 'unknown' && this.#teller.hiding.holdsSecret('client', thing.at)
    const step = this.#layer.signIn.steps.get(index)
    const isAnswer = command.verb === 'answer'
    const means = suspect
      ? meaningOfUnreadable('pop3', true)
      : isAnswer && step !== undefined
        ? meaningOfAnswer({ ...step, ...context })
        : meaningOfPop3Command(command, context)
    const verb = suspect ? undefined : isAnswer ? 'AUTH' : verbOf(command)
    const kind = isAnswer ? 'answer' : 'command'
    this.#write(index, thing, { kind, phase, means, rows: this.#rows(thing), verb, answers })
  }

  #write(index: number, thing: Pop3Thing, sketch: Parameters<LineWriter['write']>[2]): number {
    return this.#writer.write(index, thing, sketch, this.#teller, this.#layer.sealed)
  }

  #phaseOf(command: Pop3Command): Phase {
    switch (verbOf(command)) {
      case 'CAPA':
      case 'LANG':
      case 'UTF8':
        return 'extensions'
      case 'STLS':
        return 'sealing'
      case 'USER':
      case 'PASS':
      case 'APOP':
      case 'AUTH':
      case 'answer':
        return 'sign-in'
      case 'STAT':
      case 'LIST':
      case 'UIDL':
      case 'RETR':
      case 'TOP':
      case 'DELE':
      case 'RSET':
        return 'mailbox'
      case 'NOOP':
        return this.#phase
      case 'QUIT':
        return 'goodbye'
      default:
        return this.#phase
    }
  }

  #reply(index: number, thing: Pop3Thing & { what: 'reply' }): void {
    const { reply, to } = thing
    const answers = this.#answered[index]
    const isGreeting = to === undefined && !this.#greeted
    this.#greeted = true
    if (answers === this.#lastCommand) this.#isOutstanding = false
    const phase = isGreeting ? 'greeting' : answers === undefined ? this.#phase : (this.#phases[answers] ?? this.#phase)
    this.#phase = phase
    const step = this.#layer.signIn.steps.get(index)
    const context = { sealed: this.#layer.sealed, answers: this.#writer.numberOf(answers) }
    const isChallenge = reply.status === 'continue'
    const means =
      isChallenge && step !== undefined
        ? meaningOfChallenge({ ...step, ...context })
        : meaningOfPop3Reply(reply, to, context)
    const verb = to === undefined ? undefined : to.verb === 'answer' ? 'AUTH' : verbOf(to)
    this.#write(index, thing, {
      kind: isChallenge ? 'challenge' : 'reply',
      phase,
      means,
      rows: this.#rows(thing),
      verb,
      answers,
    })
  }

  #body(index: number, thing: Pop3Thing & { what: 'body' }): void {
    const of = this.#answered[index]
    const asked = of === undefined ? undefined : this.#layer.things[of]
    const command = asked?.what === 'command' ? asked.command : undefined
    const phase = of === undefined ? this.#phase : (this.#phases[of] ?? this.#phase)
    this.#phase = phase
    if (command === undefined || command.verb === 'RETR' || command.verb === 'TOP') {
      this.#mail(index, thing, of, command?.verb === 'TOP' ? 'TOP' : 'RETR', phase)
      return
    }
    const size = thing.unkept > 0 ? unkeptSize(thing, this.#teller.tapes[thing.side]) : thing.bytes.length
    const means =
      thing.unkept > 0 ? meaningOfHole(size, 'not kept') : meaningOfListing(command, countLines(thing.bytes))
    const rows = this.#rows(thing, command.verb === 'CAPA' ? meaningOfCapaRow : undefined)
    const dotless = thing.last && rows.length > 0 ? rows.slice(0, -1) : rows
    this.#write(index, thing, {
      kind: 'listing',
      phase,
      means,
      rows: dotless,
      verb: command.verb,
      answers: of,
      size,
    })
  }

  #mail(
    index: number,
    thing: Pop3Thing & { what: 'body' },
    of: number | undefined,
    by: 'RETR' | 'TOP',
    phase: Phase,
  ): void {
    const shape = shapeOf(this.#summarise(thing.bytes))
    const cut = thing.missing > 0 || !thing.last
    const size = thing.unkept > 0 ? unkeptSize(thing, this.#teller.tapes[thing.side]) : thing.bytes.length
    const means =
      thing.unkept > 0 ? meaningOfHole(size, 'not kept') : meaningOfMessage({ ...shape, headOnly: by === 'TOP', cut })
    const message = this.#messages.length
    const line = this.#write(index, thing, {
      kind: 'message',
      phase,
      means,
      rows: [],
      verb: by,
      answers: of,
      message,
      size,
    })
    this.#messages.push({
      line,
      side: 'server',
      by,
      bytes: thing.bytes,
      wireBytes: thing.at.end - thing.at.start - thing.missing,
      missing: thing.missing,
      whole: thing.last && thing.missing === 0,
      envelope: undefined,
      result: [],
    })
  }

  #unreadable(index: number, thing: Pop3Thing & { what: 'unreadable' }): void {
    const secret = thing.secret || this.#teller.hiding.holdsSecret(thing.side, thing.at)
    const means = thing.cut > 0 ? meaningOfHole(thing.cut, 'not captured') : meaningOfUnreadable('pop3', secret)
    this.#phases[index] = this.#phase
    this.#write(index, thing, { kind: 'unreadable', phase: this.#phase, means, rows: this.#rows(thing) })
  }

  #hole(index: number, thing: Pop3Thing & { what: 'hole' }): void {
    if (thing.inBody && thing.why === 'not kept') return
    const rows = thing.at.end > thing.at.start ? this.#rows(thing) : []
    const means = meaningOfHole(thing.size, thing.why)
    this.#write(index, thing, { kind: 'hole', phase: this.#phase, means, rows, size: thing.size })
  }
}

function verbOf(command: Pop3Command): string {
  return command.verb === 'malformed' || command.verb === 'unknown' ? command.word : command.verb
}
