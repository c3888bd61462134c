/**
 * SMTP as one pure state machine for server, client and analyser. RFC 5321, RFC 2920, RFC 3030, RFC 3207, RFC 4954.
 *
 * - State moves on replies. A client's bytes are read on while replies are outstanding (pipelining), except behind
 *   DATA, AUTH, an answer and STARTTLS: there the reply decides what they are, and `next` says `for the other side`.
 * - Only CRLF.CRLF ends a body. With `lenient` (captures only), lines end at a bare LF too, and where such a dot line
 *   could be the end, the number of the server's replies settles it.
 * - Nothing is unbounded: lines by limits, bodies pass through; after `sealed` nothing is kept.
 * - A line that may hold a credential is never given as text: `answer`, or `unreadable` with `secret`.
 */
import type { Conversation, Heard, Part, Remark, Said, SecretKind, Side, Span } from '../talk.ts'
import { Secret } from '../talk.ts'
import { Cutter } from '../cutter.ts'
import type { CutLine } from '../cutter.ts'
import { DotReader, DotWriter } from '../cutter/dots.ts'
import type { BodyPiece } from '../cutter/dots.ts'
import { LineEndWatch } from '../cutter/watch.ts'
import { byteString, utf8Bytes } from '../cutter/text.ts'
import { mayBeCredential, secretOfAnswer, secretOfChallenge } from '../sasl/read.ts'
import { judgeDoubtfulEnd, looksLikeCommand, peekLine } from './doubt.ts'
import { printCommand, readCommand } from './grammar.ts'
import { printReply } from './reply.ts'
import { ReplyReader } from './reply-reader.ts'
import type { ReadOfServer } from './reply-reader.ts'
import { form, order } from './rules.ts'
import { SmtpSession } from './session.ts'
import type { Transaction } from './session.ts'
import type { SmtpCommand, SmtpReply } from './words.ts'

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
  /** No greeting is to come: inside TLS after STARTTLS, RFC 3207 §4.2. */
  readonly greeted?: boolean
  /** The conversation runs inside TLS. */
  readonly sealed?: boolean
  readonly limits?: Partial<SmtpLimits>
}

const strictLimits: SmtpLimits = { commandLine: 2048, authLine: 12288, replyLine: 4096, replyLines: 1000 }
const lenientLimits: SmtpLimits = { commandLine: 65536, authLine: 65536, replyLine: 65536, replyLines: 10000 }
/** So many lines after a sign-in a line that is no command may be a credential at the wrong prompt. */
const nearness = 3
const none: readonly never[] = []

type HeardSmtp = Heard<SmtpCommand, SmtpReply>
type Waits = 'for bytes' | 'for the other side'

export class SmtpConversation implements Conversation<SmtpCommand, SmtpReply> {
  readonly #client: Cutter
  readonly #server: Cutter
  readonly #replies: ReplyReader
  readonly #limits: SmtpLimits
  readonly #lenient: boolean
  readonly #session: SmtpSession
  #mode: 'commands' | 'body' | 'chunk' = 'commands'
  /** The client's next bytes are what the reply to this makes them. */
  #awaits: 'DATA' | 'AUTH' | 'STARTTLS' | undefined
  /** The reply that is awaited may lie in a hole. */
  #mayBeLost = false
  /** The client's next line answers a challenge. */
  #isAnswer = false
  #signIn: { mechanism: string; step: number; challenge: string | undefined } | undefined
  /** Lines left in which a credential may be typed at the wrong prompt. */
  #near = 0
  /** Commands without reply, oldest first. */
  #outstanding: SmtpCommand[] = []
  #dots: DotReader
  #chunkLeft = 0
  readonly #watch = new LineEndWatch()
  #writer = new DotWriter()
  #greeted: boolean
  /** What the client says now was taken for that without the server's word. */
  #assumed = false
  #afterHole: boolean
  #serverHadHole = false
  /** The last `next('client')` asked for bytes and none came since. */
  #clientIsDry = false
  /** A dot line with bare LFs is next in the client's bytes; how many there were when the first reply came. */
  #doubtful: { unread: number | undefined } | undefined
  /** Where TLS begins, by side; taken out when it was told. */
  #seals: { [side in Side]?: HeardSmtp } | undefined

  constructor(options: SmtpOptions = {}) {
    this.#lenient = options.lenient ?? false
    this.#limits = { ...(this.#lenient ? lenientLimits : strictLimits), ...options.limits }
    this.#client = new Cutter({ lenient: this.#lenient })
    this.#server = new Cutter({ lenient: this.#lenient })
    this.#replies = new ReplyReader(this.#limits.replyLine, this.#limits.replyLines)
    this.#session = new SmtpSession(options.joined === undefined)
    this.#session.isSealed = options.sealed ?? false
    this.#greeted = options.greeted ?? options.joined !== undefined
    this.#afterHole = options.joined !== undefined
    this.#dots = new DotReader({ lenient: this.#lenient, midway: true })
    if (options.joined === 'in message') {
      this.#mode = 'body'
      this.#assumed = true
    }
  }

  /** What the client called itself, once it was accepted. */
  get helo(): string | undefined {
    return this.#session.helo
  }

  /** By keyword in upper case; undefined before an EHLO was accepted. */
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

  /** Bytes of that side that are not read yet: after an accepted STARTTLS an attack, RFC 3207 §4.2. */
  hasBuffered(side: Side): boolean {
    return this.#cutter(side).hasUnread
  }

  hear(side: Side, bytes: Uint8Array): void {
    if (this.#seals) return
    if (side === 'client') this.#clientIsDry = false
    this.#cutter(side).push(bytes)
  }

  lose(side: Side, size: number): void {
    if (this.#seals) return
    if (side === 'client') this.#clientIsDry = false
    this.#cutter(side).lose(size)
    this.#session.doubt()
  }

  end(side: Side): void {
    if (side === 'client') this.#clientIsDry = false
    this.#cutter(side).end()
  }

  next(side: Side): HeardSmtp | Waits {
    if (this.#seals) return this.#sealedOf(side)
    if (side === 'server') return this.#nextOfServer()
    const heard = this.#nextOfClient()
    this.#clientIsDry = heard === 'for bytes'
    return heard
  }

  say(said: Said<SmtpCommand, SmtpReply>): Uint8Array {
    switch (said.what) {
      case 'command': {
        const bytes = utf8Bytes(`${printCommand(said.command)}\r\n`)
        this.#follow(said.command)
        if (said.command.verb === 'BDAT') this.#mode = 'chunk'
        return bytes
      }
      case 'reply': {
        const bytes = utf8Bytes(printReply(said.reply))
        this.#replied(said.reply)
        return bytes
      }
      case 'body':
        return this.#sayBody(said.bytes, said.last)
    }
  }

  objection(command: SmtpCommand): Remark | undefined {
    // what stands behind STARTTLS in clear is an injection, RFC 3207 §4.2
    if (command.verb === 'STARTTLS' && this.#client.hasUnread) return order.plaintextAfterStartTls
    return this.#session.objection(command)
  }

  #cutter(side: Side): Cutter {
    return side === 'client' ? this.#client : this.#server
  }

  // ------------------------------------------------------------------ the client's side

  #nextOfClient(): HeardSmtp | Waits {
    if (this.#mode === 'body') return this.#nextOfBody()
    if (this.#mode === 'chunk') return this.#nextOfChunk()
    if (this.#awaits) {
      const waits = this.#goOnWithoutReply(this.#awaits)
      if (waits) return waits
      return this.next('client')
    }
    const limit = this.#isAnswer ? this.#limits.authLine : Math.max(this.#limits.commandLine, this.#limits.authLine)
    const line = this.#client.line(limit)
    if (line) return this.#heardLine(line)
    if (!this.#client.isCut) return 'for bytes'
    const fragment = this.#client.fragment(limit)
    if (fragment) return this.#heardFragment(fragment)
    return this.#hole(false) ?? 'for bytes'
  }

  #heardLine(line: CutLine, more: readonly Remark[] = none): HeardSmtp {
    const text = byteString(line.bytes)
    const isFirst = this.#afterHole
    this.#afterHole = false
    if (this.#isAnswer && !(isFirst && looksLikeCommand(text))) return this.#heardAnswer(line, text)
    this.#isAnswer = false
    const near = this.#near > 0
    if (near) this.#near--
    const isAuth = /^[ \t]*AUTH\b/i.test(text)
    const limit = isAuth ? this.#limits.authLine : this.#limits.commandLine
    const fault = line.tooLong || line.bytes.length > limit ? form.lineTooLong : faultOf(text)
    const isSecret = isAuth || mayBeCredential(text, near || isFirst)
    if (fault) return this.#unreadable(line, fault.rule, isSecret, [fault, ...more])
    const { command, parts, remarks } = readCommand(text, line.at.start)
    if (command.verb === 'unknown' && isSecret && !otherVerbs.test(command.word))
      return this.#unreadable(line, 'unknown-command', true, more)
    const all = this.#remarksOf(line, command, [...remarks, ...more])
    const assumed = this.#assumed
    this.#assumed = false
    this.#follow(command)
    return { what: 'command', at: line.at, command, parts, remarks: all, ...(assumed ? { assumed } : {}) }
  }

  #remarksOf(line: CutLine, command: SmtpCommand, remarks: readonly Remark[]): readonly Remark[] {
    const isEarly = !this.#greeted && !this.#server.isEnded
    const isLong = line.bytes.length > 510 && line.bytes.length > mostOctets(command)
    if (line.ending !== 'lf' && !isEarly && !isLong) return remarks
    const all = [...remarks]
    if (line.ending === 'lf') all.push(form.bareLf)
    if (isLong) all.push(form.lineTooLong)
    // a client waits for the greeting, RFC 5321 §4.3.1
    if (isEarly) all.push(order.beforeGreeting)
    return all
  }

  /** A line that a hole or the end cuts off: a command that may lack its tail, or nothing that was ever said. */
  #heardFragment(line: CutLine): HeardSmtp {
    if (!this.#client.isEnded) return this.#heardLine(line, [form.cut])
    const text = byteString(line.bytes)
    const isSecret =
      this.#isAnswer || /^[ \t]*AUTH\b/i.test(text) || mayBeCredential(text, this.#near > 0 || this.#afterHole)
    return this.#unreadable(line, 'no-line-end', isSecret, none, false)
  }

  #unreadable(line: CutLine, why: string, secret: boolean, remarks: readonly Remark[], isAnswered = true): HeardSmtp {
    if (isAnswered) this.#outstanding.push({ verb: 'malformed', word: '', text: '', why })
    return { what: 'unreadable', at: line.at, why, remarks, ...(secret ? { secret } : {}) }
  }

  #heardAnswer(line: CutLine, text: string): HeardSmtp {
    const signIn = (this.#signIn ??= { mechanism: '', step: 0, challenge: undefined })
    this.#isAnswer = false
    this.#near = nearness
    if (line.tooLong) {
      this.#await('AUTH')
      return this.#unreadable(line, form.lineTooLong.rule, true, [form.lineTooLong])
    }
    const response = text.trimEnd()
    const secret = secretOfAnswer(signIn.mechanism, signIn.step, response, signIn.challenge)
    const command: SmtpCommand = { verb: 'answer', response: new Secret(response), cancel: response === '*' }
    const at = { start: line.at.start, end: line.at.start + line.bytes.length }
    const remarks = line.ending === 'lf' ? [form.bareLf] : line.ending === 'none' ? [form.cut] : none
    const assumed = this.#assumed
    this.#follow(command)
    const parts = [secretPart('response', at, secret)]
    return { what: 'command', at: line.at, command, parts, remarks, ...(assumed ? { assumed } : {}) }
  }

  /** What a command does to the bytes behind it, heard or said. */
  #follow(command: SmtpCommand): void {
    if (!(this.#server.isEnded && !this.#server.hasUnread)) this.#outstanding.push(command)
    switch (command.verb === 'malformed' ? command.word : command.verb) {
      case 'DATA':
        return this.#await('DATA')
      case 'STARTTLS':
        return this.#await('STARTTLS')
      case 'AUTH': {
        const isRead = command.verb === 'AUTH'
        const step = isRead && command.initial ? 1 : 0
        this.#signIn = { mechanism: isRead ? command.mechanism : '', step, challenge: undefined }
        this.#near = nearness
        return this.#await('AUTH')
      }
      case 'answer':
        if (this.#signIn) this.#signIn.step++
        return this.#await('AUTH')
      case 'BDAT':
        if (command.verb !== 'BDAT') return
        // the bytes follow at once, whatever the server will say, RFC 3030 §2
        this.#mode = 'chunk'
        this.#chunkLeft = command.size
        return
      default:
    }
  }

  #await(reply: 'DATA' | 'AUTH' | 'STARTTLS'): void {
    this.#awaits = reply
    this.#mayBeLost = false
    this.#assumed = false
  }

  /** Where the reply will not come: what the bytes themselves look like. Undefined when that is settled. */
  #goOnWithoutReply(awaited: 'DATA' | 'AUTH' | 'STARTTLS'): Waits | undefined {
    const isGone = !this.#server.hasUnread && (this.#server.isEnded || this.#mayBeLost)
    if (!isGone) return 'for the other side'
    if (!this.#client.hasUnread) return 'for bytes'
    const line = peekLine(this.#client)
    this.#awaits = undefined
    this.#assumed = true
    this.#outstanding = []
    if (awaited === 'STARTTLS') {
      if (line.charCodeAt(0) === 0x16) this.#seal()
    } else if (!looksLikeCommand(line)) {
      if (awaited === 'DATA') this.#beginBody()
      else this.#isAnswer = true
    }
    return undefined
  }

  // ------------------------------------------------------------------ bodies

  #beginBody(): void {
    this.#mode = 'body'
    this.#dots = new DotReader({ lenient: this.#lenient })
    this.#writer = new DotWriter()
    this.#session.bodyFault = undefined
  }

  #nextOfBody(): HeardSmtp | Waits {
    for (;;) {
      const piece = this.#dots.read(this.#client)
      if (piece === 'doubtful') {
        const verdict = this.#judge()
        if (verdict === 'wait') return 'for the other side'
        const end = this.#dots.decide(this.#client, verdict === 'end')
        if (end) return this.#heardPiece(end)
      } else if (piece) return this.#heardPiece(piece)
      else if (!this.#client.isCut) return 'for bytes'
      else {
        const left = this.#dots.flush(this.#client)
        if (left) return this.#heardPiece(left)
        this.#dots.skip()
        return this.#hole(true) ?? 'for bytes'
      }
    }
  }

  #judge(): 'end' | 'text' | 'wait' {
    const doubtful = (this.#doubtful ??= { unread: undefined })
    const size = this.#client.size
    const hasSpoken = doubtful.unread !== undefined && size > doubtful.unread
    const verdict = judgeDoubtfulEnd(this.#client, this.#server, hasSpoken)
    if (verdict !== 'wait') this.#doubtful = undefined
    else if (doubtful.unread === undefined && this.#server.size > 0) doubtful.unread = size
    return verdict
  }

  #heardPiece(piece: BodyPiece): HeardSmtp {
    const remarks: Remark[] = []
    if (piece.endedByBareLf) remarks.push(form.endOfDataBareLf)
    if (piece.hasBareLf) remarks.push(form.bareLf)
    if (piece.hasBareCr) remarks.push(form.bareCr)
    return this.#body(piece.at, piece.bytes, piece.last, remarks, { verb: 'message', chunk: false })
  }

  #body(
    at: Span,
    bytes: Uint8Array,
    last: boolean,
    remarks: readonly Remark[],
    ended: SmtpCommand | undefined,
  ): HeardSmtp {
    this.#session.bodyFault ??= remarks[0]
    const assumed = this.#assumed
    if (last) {
      this.#mode = 'commands'
      this.#assumed = false
      if (ended) this.#outstanding.push(ended)
    }
    return assumed ? { what: 'body', at, bytes, last, remarks, assumed } : { what: 'body', at, bytes, last, remarks }
  }

  /** A chunk's bytes are counted, not searched, RFC 3030 §2; the reply refers to its BDAT. */
  #nextOfChunk(): HeardSmtp | Waits {
    const start = this.#client.offset
    const size = Math.min(this.#chunkLeft, this.#client.size)
    if (size > 0 || this.#chunkLeft === 0) {
      const bytes = this.#client.take(size)
      this.#chunkLeft -= size
      const { hasBareCr, hasBareLf } = this.#watch.see(bytes)
      const remarks = [...(hasBareLf ? [form.bareLf] : []), ...(hasBareCr ? [form.bareCr] : [])]
      return this.#body({ start, end: start + size }, bytes, this.#chunkLeft === 0, remarks, undefined)
    }
    if (!this.#client.isCut) return 'for bytes'
    const hole = this.#hole(true)
    if (!hole) return 'for bytes'
    this.#chunkLeft = Math.max(0, this.#chunkLeft - (hole.at.end - hole.at.start))
    this.#assumed = true
    return hole
  }

  #hole(inBody: boolean): HeardSmtp | undefined {
    const at = this.#client.hole()
    if (!at) return undefined
    this.#afterHole = true
    return { what: 'hole', at, size: at.end - at.start, inBody, remarks: none }
  }

  #sayBody(bytes: Uint8Array, last: boolean): Uint8Array {
    if (this.#mode === 'chunk') {
      this.#chunkLeft -= bytes.length
      if (this.#chunkLeft < 0 || last !== (this.#chunkLeft === 0))
        throw new RangeError('a chunk is as long as its BDAT said')
      if (last) this.#mode = 'commands'
      return bytes
    }
    if (this.#mode !== 'body') throw new TypeError('no body may be said now: it follows a 354 or a BDAT')
    const out = this.#writer.write(bytes, last)
    if (last) {
      this.#mode = 'commands'
      this.#outstanding.push({ verb: 'message', chunk: false })
    }
    return out
  }

  // ------------------------------------------------------------------ the server's side

  #nextOfServer(): HeardSmtp | Waits {
    // what the client has said must be known before a reply can be tied to it
    if (
      this.#doubtful ||
      (this.#greeted && this.#outstanding.length === 0 && this.#client.hasUnread && !this.#clientIsDry)
    )
      return 'for the other side'
    const read = this.#replies.read(this.#server)
    if (!read) return 'for bytes'
    switch (read.what) {
      case 'hole':
        this.#serverHadHole = true
        if (this.#awaits) this.#mayBeLost = true
        return { what: 'hole', at: read.at, size: read.at.end - read.at.start, inBody: false, remarks: none }
      case 'unreadable':
        return read
      case 'reply':
        return this.#heardReply(read)
    }
  }

  #heardReply(read: Extract<ReadOfServer, { what: 'reply' }>): HeardSmtp {
    if (read.remarks.includes(form.cut)) this.#session.doubt()
    const challenged = this.#signIn
    const { to, objection } = this.#replied(read.reply)
    const remarks = objection ? [...read.remarks, objection] : read.remarks
    const parts = read.reply.code === 334 ? challengeParts(read, challenged?.mechanism ?? '') : read.parts
    return { what: 'reply', at: read.at, reply: read.reply, to, parts, remarks }
  }

  /** Ties a reply to its command and moves, whether it was heard or said. */
  #replied(reply: SmtpReply): { readonly to: SmtpCommand | undefined; readonly objection: Remark | undefined } {
    const to = this.#commandFor(reply.code)
    // order is judged when the reply comes, or pipelined commands would draw false remarks
    const objection = to && to.verb !== 'message' ? this.#session.objection(to) : undefined
    const verb = to?.verb === 'malformed' ? to.word : to?.verb
    if (this.#awaits && (verb === this.#awaits || (verb === 'answer' && this.#awaits === 'AUTH') || verb === '')) {
      this.#awaits = undefined
      this.#assumed = false
    }
    if (reply.code === 354 && this.#mode === 'commands') {
      this.#beginBody()
      this.#assumed = verb !== 'DATA'
    } else if (reply.code === 334) this.#challenged(reply)
    else if (verb === 'AUTH' || verb === 'answer') this.#signIn = undefined
    if (to?.verb === 'STARTTLS' && reply.code === 220) this.#seal()
    if (to) this.#session.accept(to, reply)
    return { to, objection }
  }

  #challenged(reply: SmtpReply): void {
    this.#isAnswer = true
    this.#near = nearness
    this.#signIn ??= { mechanism: '', step: 0, challenge: undefined }
    this.#signIn.challenge = reply.lines[0]
  }

  #commandFor(code: number): SmtpCommand | undefined {
    if (!this.#greeted) {
      this.#greeted = true
      // 220, or a refusal to serve at all, RFC 5321 §3.1
      if (this.#outstanding.length === 0 || code === 220 || code === 554 || code === 521 || code === 421)
        return undefined
    }
    if (this.#serverHadHole) {
      // replies may lie in the hole: those that fit one command only tell where we are
      const fits = this.#outstanding.findIndex((command) => onlyFits(code, command))
      if (fits > 0) this.#outstanding.splice(0, fits)
    }
    return this.#outstanding.shift()
  }

  // ------------------------------------------------------------------ TLS

  #seal(): void {
    const client = sealedHere(this.#client)
    const server = sealedHere(this.#server)
    this.#seals = { client, server }
    // the server must see that something was there: hasBuffered still tells
  }

  #sealedOf(side: Side): HeardSmtp | Waits {
    const seal = this.#seals?.[side]
    if (!seal || !this.#seals) return 'for bytes'
    delete this.#seals[side]
    return seal
  }
}

/** Commands of other standards and other servers: not known here, and no credentials. */
const otherVerbs = /^(?:LHLO|ETRN|ATRN|TURN|SEND|SOML|SAML|XCLIENT|XFORWARD|X-EXPS|XEXCH50)$/

function faultOf(text: string): Remark | undefined {
  const found = /[\0\r\n]/.exec(text)?.[0]
  if (found === undefined) return undefined
  return found === '\n' ? form.bareLf : found === '\r' ? form.bareCr : form.nul
}

/** RFC 5321 §4.5.3.1.4, and what extensions add to it: RFC 1870 §3, RFC 6152 §3, RFC 6531 §3.4, RFC 4954 §3 and §4, RFC 3461 §4. */
function mostOctets(command: SmtpCommand): number {
  if (command.verb === 'MAIL') return 510 + 26 + 17 + 10 + 500 + 100
  if (command.verb === 'RCPT') return 510 + 500
  return command.verb === 'AUTH' ? 12286 : 510
}

function secretPart(name: string, at: Span, secret: SecretKind | undefined): Part {
  return secret ? { name, at, secret } : { name, at }
}

/** The text of a 334 is a challenge; some allow guessing. */
function challengeParts(read: Extract<ReadOfServer, { what: 'reply' }>, mechanism: string): readonly Part[] {
  const secret = secretOfChallenge(mechanism, read.reply.lines[0] ?? '')
  return read.parts.map((part) => (part.name === 'text' ? secretPart('challenge', part.at, secret) : part))
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

/** Where TLS begins on a side: behind what was said in clear, a record's first byte excepted, RFC 3207 §4.2. */
function sealedHere(cutter: Cutter): HeardSmtp {
  const unread = cutter.rest()
  const start = cutter.offset
  const record = unread.findIndex((byte, index) => byte === 0x16 && (unread[index + 1] ?? 3) === 3)
  const end = start + (record < 0 ? unread.length : record)
  const remarks = end > start ? [order.plaintextAfterStartTls] : none
  return { what: 'sealed', at: { start, end }, remarks }
}
