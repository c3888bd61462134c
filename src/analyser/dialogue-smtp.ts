/**
 * An SMTP conversation as exchanges: each command with all that answered it, the mail transactions, the sign-ins. The
 * shape is documented in docs/explain.md.
 */
import type { Span } from '../wire/talk.ts'
import type { SmtpCommand } from '../wire/smtp/words.ts'
import type { Dialogue, DialogueReply, Measured, SignIn, Tellable, Text } from './model.ts'
import type { SmtpThing } from './smtp-hear.ts'
import type { Teller } from './teller.ts'
import type { MailSummary } from './mail-summary.ts'
import { summaryFields } from './mail-summary.ts'
import { joined } from './tape.ts'
import { asText } from './text.ts'

/** A thing being put together; frozen by its type when it is handed out. */
type Draft = { [name: string]: Tellable }

interface ExchangeDraft extends Draft {
  c: Text | string
  frame: number
}

interface Transaction {
  from: Text | string | null
  readonly to: { address: Text | string; code: number | undefined }[]
  refused?: number
  dataRefused?: number
  note?: string
  message?: Tellable
  result?: number[]
  aborted?: boolean
  chunking?: boolean
  chunks: Uint8Array[]
}

/** Builds the dialogue of one layer. `summaries` reads a mail; it is asked once for each whole mail. */
export function smtpDialogue(
  things: readonly SmtpThing[],
  answered: readonly (number | undefined)[],
  teller: Teller,
  signIns: readonly SignIn[],
  summarise: (bytes: Uint8Array) => MailSummary,
  greeted: boolean,
): Dialogue {
  const builder = new Builder(answered, teller, summarise, greeted)
  for (const [index, thing] of things.entries()) builder.take(index, thing)
  return builder.finish(signIns)
}

class Builder {
  readonly #answered: readonly (number | undefined)[]
  readonly #teller: Teller
  readonly #summarise: (bytes: Uint8Array) => MailSummary
  readonly #exchanges: ExchangeDraft[] = []
  /** By index of the command, the chunk's BDAT or the mail. */
  readonly #byThing = new Map<number, ExchangeDraft>()
  readonly #transactionOf = new Map<number, { transaction: Transaction; recipient?: Transaction['to'][number] }>()
  readonly #transactions: Transaction[] = []
  readonly #unsolicited: DialogueReply[] = []
  #greeting: DialogueReply | undefined
  #greetingMayCome: boolean
  #helo: Text | string | undefined
  #open: Transaction | undefined
  #auth: ExchangeDraft | undefined
  #data: ExchangeDraft | undefined
  #chunk: ExchangeDraft | undefined
  #chunkIndex = 0

  constructor(
    answered: readonly (number | undefined)[],
    teller: Teller,
    summarise: (bytes: Uint8Array) => MailSummary,
    greeted: boolean,
  ) {
    this.#answered = answered
    this.#teller = teller
    this.#summarise = summarise
    this.#greetingMayCome = !greeted
  }

  take(index: number, thing: SmtpThing): void {
    switch (thing.what) {
      case 'command':
        return this.#command(index, thing)
      case 'unreadable':
        if (thing.side === 'client' && thing.why !== 'no-line-end') this.#line(index, thing)
        return
      case 'reply':
        return this.#reply(index, thing)
      case 'body':
        return this.#body(index, thing)
      case 'hole':
        return
    }
  }

  finish(signIns: readonly SignIn[]): Dialogue {
    const auth = signIns.map(({ mechanism, user, code, ok }) => ({
      mechanism,
      user: user ?? null,
      code: code ?? null,
      ok: ok ?? false,
    }))
    return {
      protocol: 'smtp',
      greeting: this.#greeting,
      exchanges: this.#exchanges,
      helo: this.#helo,
      auth: auth.length === 0 ? undefined : auth,
      transactions: this.#transactions.map(printed),
      unsolicited: this.#unsolicited.length === 0 ? undefined : this.#unsolicited,
    }
  }

  #line(index: number, thing: SmtpThing): ExchangeDraft {
    const exchange: ExchangeDraft = { c: this.#text(thing), frame: thing.packet }
    if (thing.cut > 0) exchange['cut'] = thing.cut
    this.#exchanges.push(exchange)
    this.#byThing.set(index, exchange)
    return exchange
  }

  #text(thing: SmtpThing): Text {
    return this.#teller.text(thing.side, this.#teller.bare(thing.side, thing.at, thing.cut > 0))
  }

  #command(index: number, thing: SmtpThing & { what: 'command' }): void {
    const { command } = thing
    if (command.verb === 'answer') {
      if (this.#auth === undefined) return
      steps(this.#auth).push({ c: this.#text(thing), frame: thing.packet })
      this.#byThing.set(index, this.#auth)
      return
    }
    if (command.verb === 'message') return
    const exchange = this.#line(index, thing)
    switch (verbOf(command)) {
      case 'MAIL':
        this.#open = { from: this.#path(thing), to: [], chunks: [] }
        this.#transactions.push(this.#open)
        this.#transactionOf.set(index, { transaction: this.#open })
        break
      case 'RCPT':
        if (this.#open !== undefined) {
          const recipient = { address: this.#path(thing), code: undefined }
          this.#transactionOf.set(index, { transaction: this.#open, recipient })
          this.#open.to.push(recipient)
        }
        break
      case 'DATA':
        this.#data = exchange
        if (this.#open !== undefined) this.#transactionOf.set(index, { transaction: this.#open })
        break
      case 'BDAT':
        this.#chunk = exchange
        this.#chunkIndex = index
        exchange['last'] = command.verb === 'BDAT' && command.last
        break
      case 'AUTH':
        this.#auth = exchange
        break
      case 'RSET':
      case 'EHLO':
      case 'HELO':
        // what is open now is what it will end; a MAIL sent together with it opens the next
        if (this.#open !== undefined) this.#transactionOf.set(index, { transaction: this.#open })
        break
      default:
        break
    }
  }

  #reply(index: number, thing: SmtpThing & { what: 'reply' }): void {
    const reply = this.#printReply(thing)
    const of = this.#answered[index]
    const exchange = of === undefined ? undefined : this.#byThing.get(of)
    const isGreeting = exchange === undefined && this.#greetingMayCome
    this.#greetingMayCome = false
    if (isGreeting) this.#greeting = reply
    else if (exchange === undefined || of === undefined) this.#unsolicited.push(reply)
    else this.#answer(of, exchange, thing, reply)
  }

  #answer(of: number, exchange: ExchangeDraft, thing: SmtpThing & { what: 'reply' }, reply: DialogueReply): void {
    const { to } = thing
    const known = this.#transactionOf.get(of)
    if (exchange['replies'] !== undefined) {
      exchange['replies'] = [reply]
      known?.transaction.result?.push(thing.reply.code)
      return
    }
    if (thing.reply.code === 334) {
      steps(exchange).push({ s: this.#rowsOf(thing)[0] ?? '', frame: thing.packet })
      return
    }
    exchange['reply'] = reply
    if (exchange['last'] === true) known?.transaction.result?.push(thing.reply.code)
    if (to !== undefined) this.#settle(of, to, exchange, thing)
  }

  /** What a reply changes: state moves on replies. */
  #settle(of: number, to: SmtpCommand, exchange: ExchangeDraft, thing: SmtpThing & { what: 'reply' }): void {
    const { code } = thing.reply
    const fine = code >= 200 && code < 300
    const known = this.#transactionOf.get(of)
    switch (verbOf(to)) {
      case 'EHLO':
      case 'HELO':
        if (!fine) return
        this.#helo = 'domain' in to ? this.#argument(exchange) : this.#helo
        if (verbOf(to) === 'EHLO') exchange['extensions'] = this.#rowsOf(thing).slice(1)
        this.#close(known?.transaction)
        return
      case 'MAIL':
        if (fine || known === undefined) return
        known.transaction.refused = code
        this.#close(known.transaction)
        return
      case 'RCPT':
        if (known?.recipient !== undefined) known.recipient.code = code
        return
      case 'DATA':
        if (code !== 354 && known !== undefined) known.transaction.dataRefused = code
        return
      case 'RSET':
        if (!fine || known === undefined) return
        known.transaction.aborted = true
        this.#close(known.transaction)
        return
      default:
        return
    }
  }

  #close(transaction: Transaction | undefined): void {
    if (this.#open === transaction) this.#open = undefined
  }

  #body(index: number, thing: SmtpThing & { what: 'body' }): void {
    const isChunk = this.#chunk !== undefined
    if (!thing.last) {
      const wireBytes = thing.at.end - thing.at.start - thing.missing
      const owner = this.#data ?? this.#chunk
      if (owner !== undefined) {
        const secret = this.#holds(thing)
        owner['messageIncomplete'] = this.#teller.measured(secret, { wireBytes }, {})
      }
      return
    }
    if (isChunk) this.#takeChunk(thing)
    else this.#takeMessage(index, thing)
  }

  #takeChunk(thing: SmtpThing & { what: 'body' }): void {
    const exchange = this.#chunk
    if (exchange === undefined) return
    this.#chunk = undefined
    const measures = { bytes: thing.bytes.length, sha256: this.#teller.digest(thing.bytes) }
    exchange['chunk'] = this.#teller.measured(this.#holds(thing), measures, { frame: thing.packet })
    const transaction = this.#transaction()
    transaction.chunks.push(thing.bytes)
    transaction.chunking = true
    if (exchange['last'] === true) {
      const size = transaction.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
      const message = this.#message(joined(transaction.chunks, size), this.#holds(thing))
      exchange['message'] = message
      transaction.message = message
      transaction.result = []
      this.#transactionOf.set(this.#chunkIndex, { transaction })
      this.#close(transaction)
    }
  }

  #takeMessage(index: number, thing: SmtpThing & { what: 'body' }): void {
    this.#data = undefined
    const secret = this.#holds(thing)
    const message = this.#message(thing.bytes, secret)
    const wireBytes = thing.at.end - thing.at.start - thing.missing
    const exchange: ExchangeDraft = { c: '(message)', frame: thing.packet, replies: [], message }
    exchange['wireBytes'] = secret ? { onRequest: wireBytes } : wireBytes
    if (thing.missing > 0) exchange['gap'] = thing.missing
    this.#exchanges.push(exchange)
    const transaction = this.#transaction()
    transaction.message = message
    transaction.result = []
    this.#close(transaction)
    this.#byThing.set(index, exchange)
    this.#transactionOf.set(index, { transaction })
  }

  /** The open transaction; one whose envelope was not seen where there is none. */
  #transaction(): Transaction {
    if (this.#open !== undefined) return this.#open
    this.#open = { from: null, to: [], note: 'envelope not seen', chunks: [] }
    this.#transactions.push(this.#open)
    return this.#open
  }

  #message(bytes: Uint8Array, secret: boolean): Measured | { readonly [name: string]: Tellable } {
    return summaryFields(bytes, this.#summarise(bytes), this.#teller, secret)
  }

  #holds(thing: SmtpThing & { what: 'body' }): boolean {
    return this.#teller.holdsSecret(thing.side, thing.at, thing.bytes)
  }

  #printReply(thing: SmtpThing & { what: 'reply' }): DialogueReply {
    const reply: Draft = { code: thing.reply.code, lines: this.#rowsOf(thing), frame: thing.packet }
    if (thing.cut > 0) reply['cut'] = true
    return reply as DialogueReply
  }

  /** The lines of a reply without code and mark, RFC 5321 §4.2.1. */
  #rowsOf(thing: SmtpThing): Text[] {
    return this.#teller.rows(thing.side, thing.at).map((row) => this.#teller.text(thing.side, withoutCode(row)))
  }

  /** The path as it stands in MAIL or RCPT: what is between < and >, else the first word. */
  #path(thing: SmtpThing & { what: 'command' }): Text | string {
    const line = asText(this.#teller.bytes(thing.side, thing.at))
    const found = /:\s*(?:<([^>]*)>?|(\S*))/.exec(line)
    return found === null ? '' : this.#teller.decoded((found[1] ?? found[2] ?? '').trim())
  }

  #argument(exchange: ExchangeDraft): Text | string {
    if (typeof exchange.c === 'string') return exchange.c
    const line = exchange.c.pieces.map((piece) => (typeof piece === 'string' ? piece : '')).join('')
    return this.#teller.decoded(line.trim().replace(/^\S+\s*/, ''))
  }
}

/** The verb, also of a command whose argument cannot be read. */
function verbOf(command: SmtpCommand): string {
  return command.verb === 'malformed' ? command.word : command.verb
}

function steps(exchange: ExchangeDraft): Tellable[] {
  exchange['steps'] ??= []
  return exchange['steps'] as Tellable[]
}

function withoutCode(row: Span): Span {
  return { start: Math.min(row.end, row.start + 4), end: row.end }
}

function printed(transaction: Transaction): { readonly [name: string]: Tellable } {
  const { from, to, refused, dataRefused, aborted, note, message, result, chunking } = transaction
  const accepted = result === undefined ? undefined : result.some((code) => code >= 200 && code < 300)
  return { from, to, refused, dataRefused, aborted, note, message, result, accepted, chunking }
}

/** The greeting, then the replies of each exchange, every challenge of a sign-in, and at last what nobody asked for. */
export function replyCodesOf(dialogue: Dialogue): number[] {
  const codes: number[] = dialogue.greeting?.code === undefined ? [] : [dialogue.greeting.code]
  const put = (reply: Tellable): void => {
    const code = (reply as DialogueReply | undefined)?.code
    if (code !== undefined) codes.push(code)
  }
  for (const exchange of dialogue.exchanges) {
    for (const step of (exchange['steps'] ?? []) as readonly Draft[]) if ('s' in step) codes.push(334)
    put(exchange.reply)
    for (const reply of (exchange['replies'] ?? []) as readonly Tellable[]) put(reply)
  }
  for (const reply of (dialogue['unsolicited'] ?? []) as readonly Tellable[]) put(reply)
  return codes
}
