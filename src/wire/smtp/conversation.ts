/**
 * SMTP as one pure state machine for server, client and analyser. RFC 5321, RFC 2920, RFC 3030, RFC 3207, RFC 4954.
 *
 * - State moves on replies. A client's bytes are read on while replies are outstanding (pipelining), except behind
 *   DATA, AUTH, an answer and STARTTLS: there the reply decides what they are, and `next` says `for the other side`.
 *   So does `next('server')` while the client has said things that were not taken out yet.
 * - Only CRLF.CRLF ends a body. With `lenient` (captures only), lines end at a bare LF too, and where such a dot line
 *   could be the end, the number of the server's replies settles it.
 * - A reply to BDAT refers to the BDAT; one to the body behind a 354 to `message`, which exists once the body ended.
 * - Nothing is unbounded: lines by limits, bodies pass through; after `sealed` nothing is kept.
 * - A line that may hold a credential is never given as text: `answer`, or `unreadable` with `secret`.
 */
import type { Conversation, Remark, Said, Side } from '../talk.ts'
import { Cutter } from '../cutter.ts'
import { utf8Bytes } from '../cutter/text.ts'
import { plaintextBeforeTls } from '../cutter/watch.ts'
import { ClientSide } from './client-side.ts'
import type { HeardSmtp, Waits } from './client-side.ts'
import { printCommand } from './grammar.ts'
import { printReply } from './reply.ts'
import { ReplyReader } from './reply-reader.ts'
import type { ReadOfServer } from './reply-reader.ts'
import { form, order } from './rules.ts'
import { SmtpSession } from './session.ts'
import type { Transaction } from './session.ts'
import type { SmtpCommand, SmtpReply } from './words.ts'

export type { HeardSmtp } from './client-side.ts'
export type { Transaction } from './session.ts'

/** Bytes without line end, and lines. */
export interface SmtpLimits {
  /** A command line; RFC 5321 §4.5.3.1.4 asks for 510 and more with extensions. */
  readonly commandLine: number
  /** A line of a sign-in, RFC 4954 §4. */
  readonly authLine: number
  readonly replyLine: number
  readonly replyLines: number
}

export interface SmtpOptions {
  /** The capture begins in the middle; what was said before is unknown. */
  readonly joined?: 'in commands' | 'in message'
  /** For captures: take a bare LF for a line end, as the server may have done. Never for a live server. */
  readonly lenient?: boolean
  /** The conversation runs inside TLS; `starttls`: after that command, so that no greeting comes, RFC 3207 §4.2. */
  readonly inside?: 'tls' | 'starttls'
  readonly limits?: Partial<SmtpLimits>
}

const strictLimits: SmtpLimits = { commandLine: 2048, authLine: 12288, replyLine: 4096, replyLines: 1000 }
const lenientLimits: SmtpLimits = { commandLine: 65536, authLine: 65536, replyLine: 65536, replyLines: 10000 }
const none: readonly never[] = []

export class SmtpConversation implements Conversation<SmtpCommand, SmtpReply> {
  readonly #cutters: { readonly [side in Side]: Cutter }
  readonly #client: ClientSide
  readonly #replies: ReplyReader
  readonly #session: SmtpSession
  /** Commands without reply, oldest first. */
  readonly #outstanding: SmtpCommand[] = []
  #greeted: boolean
  #hadHole = false
  /** The last `next('client')` asked for bytes and none came since. */
  #clientIsDry = false
  /** Where TLS begins, by side; taken out when it was told. */
  #seals: { [side in Side]?: HeardSmtp } | undefined

  constructor(options: SmtpOptions = {}) {
    const lenient = options.lenient ?? false
    const limits = { ...(lenient ? lenientLimits : strictLimits), ...options.limits }
    const [client, server] = [new Cutter({ lenient }), new Cutter({ lenient })]
    this.#cutters = { client, server }
    this.#replies = new ReplyReader(limits.replyLine, limits.replyLines)
    this.#session = new SmtpSession(options.joined === undefined)
    this.#session.isSealed = options.inside !== undefined
    this.#greeted = options.inside === 'starttls' || options.joined !== undefined
    const around = {
      client,
      server,
      lenient,
      ...limits,
      awaitsGreeting: () => !this.#greeted,
      owes: (command: SmtpCommand) => this.#owes(command),
      bodyFault: (fault: Remark | undefined) => {
        if (!fault || !this.#session.bodyFault) this.#session.bodyFault = fault
      },
    }
    this.#client = new ClientSide(around, options.joined)
  }

  /** What the client called itself, once that was accepted. */
  get helo(): string | undefined {
    return this.#session.helo
  }

  /** What the accepted EHLO offered, by keyword in upper case; undefined before it and after HELO. */
  get extensions(): ReadonlyMap<string, readonly string[]> | undefined {
    return this.#session.extensions
  }

  get isAuthenticated(): boolean {
    return this.#session.isAuthenticated
  }

  /** The open transaction with the recipients that were accepted; undefined outside one. */
  get transaction(): Transaction | undefined {
    return this.#session.transaction
  }

  /** That side has bytes that are not read yet: right after an accepted STARTTLS an attack, RFC 3207 §4.2. */
  hasBuffered(side: Side): boolean {
    return this.#cutters[side].hasUnread
  }

  hear(side: Side, bytes: Uint8Array): void {
    if (this.#seals) return
    this.#cutters[side].push(bytes)
    if (side === 'client') this.#clientIsDry = false
  }

  lose(side: Side, size: number): void {
    if (this.#seals) return
    this.#cutters[side].lose(size)
    this.#session.doubt()
    this.#hadHole = true
    if (side === 'client') this.#clientIsDry = false
  }

  end(side: Side): void {
    this.#cutters[side].end()
    if (side === 'client') this.#clientIsDry = false
  }

  next(side: Side): HeardSmtp | Waits {
    if (this.#seals) return this.#sealedOf(side)
    if (side === 'server') return this.#nextOfServer()
    const heard = this.#client.next()
    this.#clientIsDry = heard === 'for bytes'
    if (!this.#client.isSealed) return heard
    this.#seal(true)
    return this.#sealedOf(side)
  }

  say(said: Said<SmtpCommand, SmtpReply>): Uint8Array {
    switch (said.what) {
      case 'command': {
        const bytes = utf8Bytes(`${printCommand(said.command)}\r\n`)
        this.#client.follow(said.command)
        return bytes
      }
      case 'reply': {
        const bytes = utf8Bytes(printReply(said.reply))
        const to = this.#commandFor(said.reply.code)
        this.#move(to, said.reply)
        return bytes
      }
      case 'body':
        return this.#client.sayBody(said.bytes, said.last)
    }
  }

  /** Of a `message`: the first rule of form that its body broke, so that a server refuses it. */
  objection(command: SmtpCommand): Remark | undefined {
    // what stands behind STARTTLS in clear is an injection, RFC 3207 §4.2
    if (command.verb === 'STARTTLS' && this.#cutters.client.hasUnread) return order.plaintextAfterStartTls
    return this.#session.objection(command)
  }

  #owes(command: SmtpCommand): void {
    const server = this.#cutters.server
    if (!server.isEnded || server.hasUnread) this.#outstanding.push(command)
  }

  #nextOfServer(): HeardSmtp | Waits {
    // what the client has said must be known before a reply can be tied to it
    const mustHearClient =
      this.#greeted && this.#outstanding.length === 0 && !this.#clientIsDry && this.#cutters.client.hasUnread
    if (mustHearClient || this.#client.isDoubtful) return 'for the other side'
    const read = this.#replies.read(this.#cutters.server)
    if (!read) return 'for bytes'
    switch (read.what) {
      case 'hole':
        this.#client.mayHaveLostReply()
        return { what: 'hole', at: read.at, size: read.at.end - read.at.start, inBody: false, remarks: none }
      case 'unreadable':
        return read
      case 'reply':
        return this.#heardReply(read)
    }
  }

  #heardReply(read: Extract<ReadOfServer, { what: 'reply' }>): HeardSmtp {
    const { at, reply } = read
    if (read.remarks.includes(form.cut)) this.#session.doubt()
    const to = this.#commandFor(reply.code)
    // order is judged when the reply comes, or pipelined commands would draw false remarks
    const objection = to && to.verb !== 'message' ? this.#session.objection(to) : undefined
    const remarks = objection ? [...read.remarks, objection] : read.remarks
    const signIn = this.#client.signIn
    const parts =
      reply.code === 334
        ? read.parts.map((part) => (part.name === 'text' ? signIn.challengePart(reply.lines[0] ?? '', part.at) : part))
        : read.parts
    this.#move(to, reply)
    return { what: 'reply', at, reply, to, parts, remarks }
  }

  /** What a reply does, heard or said. */
  #move(to: SmtpCommand | undefined, reply: SmtpReply): void {
    this.#client.replied(to?.verb === 'malformed' ? to.word : to?.verb, reply)
    if (!to) return
    this.#session.accept(to, reply)
    if (to.verb === 'STARTTLS' && reply.code === 220) this.#seal(false)
  }

  /** The command that a reply answers; undefined for a greeting and for what nobody asked. */
  #commandFor(code: number): SmtpCommand | undefined {
    if (!this.#greeted) {
      this.#greeted = true
      // 220, or a refusal to serve at all, RFC 5321 §3.1
      if (code === 220 || code === 554 || code === 521 || code === 421) return undefined
    }
    if (this.#hadHole) {
      // commands or replies may lie in it: a code that fits one command only tells where we are
      const fits = this.#outstanding.findIndex((command) => onlyFits(code, command))
      if (fits > 0) this.#outstanding.splice(0, fits)
    }
    return this.#outstanding.shift()
  }

  /** From here on both sides speak TLS: what they have said in clear beyond it is told as a remark. */
  #seal(assumed: boolean): void {
    const sealOf = (side: Side): HeardSmtp => {
      const at = plaintextBeforeTls(this.#cutters[side])
      const remarks = at.end > at.start ? [order.plaintextAfterStartTls] : none
      return { what: 'sealed', at, remarks, ...(assumed ? { assumed } : {}) }
    }
    this.#seals = { client: sealOf('client'), server: sealOf('server') }
  }

  #sealedOf(side: Side): HeardSmtp | Waits {
    const seal = this.#seals?.[side]
    if (!seal || !this.#seals) return 'for bytes'
    delete this.#seals[side]
    return seal
  }
}

/** Codes that answer one kind of command only. */
function onlyFits(code: number, command: SmtpCommand): boolean {
  switch (code) {
    case 354:
      return command.verb === 'DATA'
    case 334:
    case 235:
    case 535:
      return command.verb === 'AUTH' || command.verb === 'answer'
    case 220:
      return command.verb === 'STARTTLS'
    case 221:
      return command.verb === 'QUIT'
    default:
      return false
  }
}
