/** A POP3 conversation as exchanges: each command with its status line and the lines after it. Shape: docs/explain.md. */
import type { Pop3Command } from '../wire/pop3/words.ts'
import type { Dialogue, DialogueReply, Tellable, Text } from './model.ts'
import type { MailSummary } from './mail-summary.ts'
import { countLines, summaryFields } from './mail-summary.ts'
import type { Pop3Thing } from './pop3-hear.ts'
import type { Teller } from './teller.ts'
import type { WholeLines } from './walk.ts'
import type { CutLine } from './whole-lines.ts'

type Draft = { [name: string]: Tellable }

interface ExchangeDraft extends Draft {
  c: Text
  frame: number
}

/** Lines of a listing that are told. */
const mostText = 60

/** Builds the dialogue of one layer. */
export function pop3Dialogue(
  heard: WholeLines,
  teller: Teller,
  summarise: (bytes: Uint8Array) => MailSummary,
  greeted: boolean,
): Dialogue {
  const builder = new Builder(heard, teller, summarise, greeted)
  for (const [index, thing] of heard.things.entries()) builder.take(index, thing)
  return builder.finish()
}

class Builder {
  readonly #heard: WholeLines
  readonly #teller: Teller
  readonly #summarise: (bytes: Uint8Array) => MailSummary
  readonly #exchanges: ExchangeDraft[] = []
  readonly #byThing = new Map<number, ExchangeDraft>()
  readonly #unsolicited: { readonly start: number; readonly line: Draft }[] = []
  readonly #retrieved: Tellable[] = []
  readonly #marked: string[] = []
  #deleted: string[] = []
  #greeting: DialogueReply | undefined
  #greetingMayCome: boolean
  #auth: ExchangeDraft | undefined

  constructor(heard: WholeLines, teller: Teller, summarise: (bytes: Uint8Array) => MailSummary, greeted: boolean) {
    this.#heard = heard
    this.#teller = teller
    this.#summarise = summarise
    this.#greetingMayCome = !greeted
  }

  take(index: number, thing: Pop3Thing): void {
    switch (thing.what) {
      case 'command':
        return this.#command(index, thing)
      case 'unreadable':
        if (thing.side === 'client') this.#line(index, thing)
        else this.#stray(thing)
        return
      case 'reply':
        return this.#reply(index, thing)
      case 'body':
        return this.#body(index, thing)
      case 'hole':
        return
    }
  }

  finish(): Dialogue {
    for (const cut of this.#heard.cut) this.#cutLine(cut)
    const unsolicited = this.#unsolicited.toSorted((one, two) => one.start - two.start).map(({ line }) => line)
    const auth = this.#heard.signIn.signIns.map(({ mechanism, user, ok, cancelled }) => ({
      mechanism,
      // the user of a SASL exchange is told by `signIns`
      user: mechanism === 'USER/PASS' || mechanism === 'APOP' ? user : undefined,
      ok: ok ?? false,
      cancelled: cancelled ? true : undefined,
    }))
    return {
      protocol: 'pop3',
      greeting: this.#greeting,
      exchanges: this.#exchanges,
      auth: auth.length === 0 ? undefined : auth,
      retrieved: this.#retrieved,
      deleted: this.#deleted,
      unsolicited: unsolicited.length === 0 ? undefined : unsolicited,
    }
  }

  #text(thing: Pop3Thing): Text {
    return this.#teller.text(thing.side, this.#teller.bare(thing.side, thing.at))
  }

  #line(index: number, thing: Pop3Thing): ExchangeDraft {
    const exchange: ExchangeDraft = { c: this.#text(thing), frame: thing.packet }
    if (thing.cut > 0) exchange['gap'] = thing.cut
    this.#exchanges.push(exchange)
    this.#byThing.set(index, exchange)
    return exchange
  }

  #command(index: number, thing: Pop3Thing & { what: 'command' }): void {
    if (thing.command.verb === 'answer' && this.#auth !== undefined) {
      steps(this.#auth).push({ c: this.#text(thing), frame: thing.packet })
      this.#byThing.set(index, this.#auth)
      return
    }
    const exchange = this.#line(index, thing)
    if (thing.command.verb === 'AUTH') this.#auth = exchange
  }

  #reply(index: number, thing: Pop3Thing & { what: 'reply' }): void {
    const of = this.#heard.answered[index]
    const exchange = of === undefined ? undefined : this.#byThing.get(of)
    if (exchange === undefined) {
      const isGreeting = this.#greetingMayCome && thing.reply.status !== 'stray'
      if (isGreeting) this.#greeting = { line: this.#text(thing), frame: thing.packet }
      else this.#stray(thing)
      this.#greetingMayCome = this.#greetingMayCome && !isGreeting
      return
    }
    this.#greetingMayCome = false
    if (thing.reply.status === 'continue') {
      steps(exchange).push({ s: this.#text(thing), frame: thing.packet })
      return
    }
    const ok = thing.reply.status === 'ok'
    exchange['reply'] = { ok, line: this.#text(thing), frame: thing.packet }
    const asked = of === undefined ? undefined : this.#heard.things[of]
    if (ok && asked?.what === 'command') this.#settle(asked.command)
  }

  #settle(command: Pop3Command): void {
    if (command.verb === 'DELE') this.#marked.push(String(command.number))
    if (command.verb === 'RSET') this.#marked.length = 0
    if (command.verb === 'QUIT') this.#deleted = [...this.#marked]
  }

  #body(index: number, thing: Pop3Thing & { what: 'body' }): void {
    const of = this.#heard.answered[index]
    const exchange = of === undefined ? undefined : this.#byThing.get(of)
    const asked = of === undefined ? undefined : this.#heard.things[of]
    const command = asked?.what === 'command' ? asked.command : undefined
    const secret = this.#teller.holdsSecret(thing.side, thing.at, thing.bytes)
    const isMail = command === undefined || command.verb === 'RETR' || command.verb === 'TOP'
    const summary = isMail ? this.#summarise(thing.bytes) : undefined
    const measures = {
      wireBytes: thing.at.end - thing.at.start - thing.missing - (thing.last ? this.#endMark(thing) : 0),
      bytes: thing.bytes.length,
      sha256: this.#teller.digest(thing.bytes),
      lines: countLines(thing.bytes) + this.#tornLines(thing),
    }
    const open = {
      frame: thing.packet,
      gap: thing.missing > 0 ? thing.missing : undefined,
      text: isMail ? undefined : this.#listed(thing),
      message: summary === undefined ? undefined : summaryFields(thing.bytes, summary, this.#teller, secret),
    }
    if (exchange !== undefined) exchange['multi'] = this.#teller.measured(secret, measures, open)
    if (command?.verb === 'RETR' && summary !== undefined) {
      const subject = summary.subject === undefined ? null : this.#teller.decoded(summary.subject)
      const { bytes, sha256 } = measures
      this.#retrieved.push(this.#teller.measured(secret, { bytes, sha256 }, { n: String(command.number), subject }))
    }
  }

  #listed(thing: Pop3Thing & { what: 'body' }): Text[] {
    const rows = this.#teller.rows(thing.side, thing.at, mostText + 1)
    const told = rows.map((row) => this.#teller.text(thing.side, row))
    const lines = countLines(thing.bytes)
    return told.slice(0, Math.min(mostText, lines))
  }

  /** The line with only a dot. */
  #endMark(thing: Pop3Thing): number {
    const tail = this.#teller.bytes(thing.side, { start: thing.at.end - 3, end: thing.at.end })
    return tail.at(-2) === 0x0d ? 3 : 2
  }

  /** A hole inside a line leaves a piece that ends in none. */
  #tornLines(thing: Pop3Thing): number {
    const runs = this.#teller.tapes[thing.side].runs(thing.at)
    return runs.slice(0, -1).filter(({ end }) => this.#teller.bytes(thing.side, { start: end - 1, end })[0] !== 0x0a)
      .length
  }

  #stray(thing: Pop3Thing): void {
    const line: Draft = { line: this.#text(thing), frame: thing.packet }
    if (thing.cut > 0) line['cut'] = true
    this.#unsolicited.push({ start: thing.at.start, line })
  }

  #cutLine({ at, size, packet }: CutLine): void {
    const line: Draft = { gap: size, before: this.#teller.text('server', at), frame: packet }
    this.#unsolicited.push({ start: at.start, line })
  }
}

function steps(exchange: ExchangeDraft): Tellable[] {
  exchange['steps'] ??= []
  return exchange['steps'] as Tellable[]
}
