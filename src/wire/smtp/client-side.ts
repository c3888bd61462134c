/**
 * The client's side of SMTP: lines, answers and bodies. What comes behind DATA, AUTH, an answer and STARTTLS is what
 * the reply to these makes it; where that reply is missing, what it looks like.
 */
import type { Heard, Remark, Span } from '../talk.ts'
import { Secret } from '../talk.ts'
import type { CutLine, Cutter } from '../cutter.ts'
import { DotReader, DotWriter } from '../cutter/dots.ts'
import type { BodyPiece } from '../cutter/dots.ts'
import { byteString } from '../cutter/text.ts'
import { LineEndWatch } from '../cutter/watch.ts'
import { SignInWatch, mayBeCredential } from '../sasl/watch.ts'
import { judgeDoubtfulEnd, looksLikeCommand, peekLine } from './doubt.ts'
import { readCommand } from './grammar.ts'
import { form, order } from './rules.ts'
import type { SmtpCommand, SmtpReply } from './words.ts'

export type HeardSmtp = Heard<SmtpCommand, SmtpReply>
export type Waits = 'for bytes' | 'for the other side'

/** What the client's side needs of the conversation. */
export interface Surroundings {
  readonly client: Cutter
  readonly server: Cutter
  readonly lenient: boolean
  /** Bytes without line end. */
  readonly commandLine: number
  readonly authLine: number
  /** True until the greeting was heard or said. */
  readonly awaitsGreeting: () => boolean
  /** Something that will be replied to, in order. */
  readonly owes: (command: SmtpCommand) => void
  /** The first rule that the body breaks. */
  readonly bodyFault: (fault: Remark | undefined) => void
}

type Awaited = 'DATA' | 'AUTH' | 'STARTTLS'

const none: readonly never[] = []

export class ClientSide {
  readonly signIn = new SignInWatch()
  /** TLS was seen to begin without the server's word. */
  isSealed = false
  readonly #around: Surroundings
  readonly #cutter: Cutter
  #mode: 'commands' | 'body' | 'chunk' = 'commands'
  #awaits: Awaited | undefined
  /** The reply that is awaited may lie in a hole. */
  #mayBeLost = false
  /** The next line answers a challenge. */
  #isAnswer = false
  /** What comes now was taken for what it is without the server's word. */
  #assumed = false
  #afterHole: boolean
  #dots: DotReader
  #chunkLeft = 0
  readonly #watch = new LineEndWatch()
  #writer = new DotWriter()
  /** A dot line with bare LFs is next; how many bytes were unread when the first reply to it came. */
  #doubtful: { unread: number | undefined } | undefined

  constructor(around: Surroundings, joined: 'in commands' | 'in message' | undefined) {
    this.#around = around
    this.#cutter = around.client
    this.#afterHole = joined !== undefined
    this.#dots = new DotReader({ lenient: around.lenient, midway: true })
    this.#mode = joined === 'in message' ? 'body' : 'commands'
    this.#assumed = joined === 'in message'
  }

  /** A dot line waits for the server's replies to tell whether it ended the body. */
  get isDoubtful(): boolean {
    return this.#doubtful !== undefined
  }

  next(): HeardSmtp | Waits {
    const waits = this.#awaits && this.#goOnWithoutReply(this.#awaits)
    if (waits) return waits
    if (this.#mode === 'body') return this.#nextOfBody()
    return this.#mode === 'chunk' ? this.#nextOfChunk() : this.#nextLine()
  }

  /** What a command does to the bytes behind it, heard or said. */
  follow(command: SmtpCommand): void {
    this.#around.owes(command)
    switch (command.verb === 'malformed' ? command.word : command.verb) {
      case 'DATA':
        return this.#await('DATA')
      case 'STARTTLS':
        return this.#await('STARTTLS')
      case 'AUTH':
        if (command.verb === 'AUTH') this.signIn.begin(command.mechanism, command.initial !== undefined)
        else this.signIn.begin('', false)
        return this.#await('AUTH')
      case 'answer':
        this.signIn.answered()
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

  /** The server replied to `verb` (of a malformed line its word; undefined: to nothing). */
  replied(verb: string | undefined, reply: SmtpReply): void {
    const isAwaited = verb === this.#awaits || verb === '' || (verb === 'answer' && this.#awaits === 'AUTH')
    if (this.#awaits && isAwaited) {
      this.#awaits = undefined
      this.#assumed = false
    }
    if (reply.code === 354 && this.#mode === 'commands') {
      this.#beginBody()
      this.#assumed = verb !== 'DATA'
    } else if (reply.code === 334) {
      this.#isAnswer = true
      this.signIn.challenged(reply.lines[0] ?? '')
    } else if (verb === 'AUTH' || verb === 'answer') this.signIn.finish()
  }

  /** A hole came to light in the server's bytes. */
  mayHaveLostReply(): void {
    this.#mayBeLost = this.#awaits !== undefined
  }

  /** The bytes of a body that we say. */
  sayBody(bytes: Uint8Array, last: boolean): Uint8Array {
    if (this.#mode === 'chunk') {
      this.#chunkLeft -= bytes.length
      if (this.#chunkLeft < 0 || last !== (this.#chunkLeft === 0))
        throw new RangeError('a chunk is as long as its BDAT said')
      if (last) this.#mode = 'commands'
      return bytes
    }
    if (this.#mode !== 'body') throw new TypeError('no body may be said now: it follows a 354 or a BDAT')
    const out = this.#writer.write(bytes, last)
    if (last) this.#endBody()
    return out
  }

  // lines

  #nextLine(): HeardSmtp | Waits {
    const limit = Math.max(this.#around.commandLine, this.#around.authLine)
    const line = this.#cutter.line(limit)
    if (line) return this.#heardLine(line)
    if (!this.#cutter.isCut) return 'for bytes'
    const fragment = this.#cutter.fragment(limit)
    if (!fragment) return this.#hole(false) ?? 'for bytes'
    return this.#cutter.isEnded ? this.#unended(fragment) : this.#heardLine(fragment, [form.cut])
  }

  #heardLine(line: CutLine, more: readonly Remark[] = none): HeardSmtp {
    const text = byteString(line.bytes)
    const isFirst = this.#afterHole
    this.#afterHole = false
    if (this.#isAnswer && !(isFirst && looksLikeCommand(text))) return this.#heardAnswer(line, text)
    this.#isAnswer = false
    const isAuth = startsSignIn(text)
    const limit = isAuth ? this.#around.authLine : this.#around.commandLine
    const isNear = this.signIn.isNear() || isFirst
    const fault = line.tooLong || line.bytes.length > limit ? form.lineTooLong : faultOf(text)
    if (fault) return this.#unreadable(line, fault.rule, isAuth || mayBeCredential(text, isNear), [fault, ...more])
    const { command, parts, remarks } = readCommand(text, line.at.start)
    if (command.verb === 'unknown' && mayBeCredential(text, isNear) && !otherVerbs.test(command.word))
      return this.#unreadable(line, 'unknown-command', true, more)
    const all = this.#remarksOf(line, command, more.length > 0 ? [...remarks, ...more] : remarks)
    const assumed = this.#assumed
    this.#assumed = false
    this.follow(command)
    const heard = { what: 'command', at: line.at, command, parts, remarks: all } as const
    return assumed ? { ...heard, assumed } : heard
  }

  #remarksOf(line: CutLine, command: SmtpCommand, remarks: readonly Remark[]): readonly Remark[] {
    const isEarly = this.#around.awaitsGreeting() && !this.#around.server.isEnded
    const isLong = line.bytes.length > 510 && line.bytes.length > mostOctets(command)
    if (line.ending !== 'lf' && !isEarly && !isLong) return remarks
    const all = [...remarks]
    if (line.ending === 'lf') all.push(form.bareLf)
    if (isLong) all.push(form.lineTooLong)
    // a client waits for the greeting, RFC 5321 §4.3.1
    if (isEarly) all.push(order.beforeGreeting)
    return all
  }

  /** The stream ends in the middle of a line: nothing that was ever said. */
  #unended(line: CutLine): HeardSmtp {
    const text = byteString(line.bytes)
    const isNear = this.signIn.isNear() || this.#afterHole
    const secret = this.#isAnswer || startsSignIn(text) || mayBeCredential(text, isNear)
    return { what: 'unreadable', at: line.at, why: 'no-line-end', remarks: none, ...(secret ? { secret } : {}) }
  }

  #unreadable(line: CutLine, why: string, secret: boolean, remarks: readonly Remark[]): HeardSmtp {
    this.#around.owes({ verb: 'malformed', word: '', text: '', why })
    return { what: 'unreadable', at: line.at, why, remarks, ...(secret ? { secret } : {}) }
  }

  #heardAnswer(line: CutLine, text: string): HeardSmtp {
    this.#isAnswer = false
    if (line.tooLong) {
      this.signIn.answered()
      this.#await('AUTH')
      return this.#unreadable(line, form.lineTooLong.rule, true, [form.lineTooLong])
    }
    const response = text.trimEnd()
    const at = { start: line.at.start, end: line.at.start + line.bytes.length }
    const parts = [this.signIn.answerPart(response, at)]
    const command: SmtpCommand = { verb: 'answer', response: new Secret(response), cancel: response === '*' }
    const remarks = line.ending === 'crlf' ? none : [line.ending === 'lf' ? form.bareLf : form.cut]
    const assumed = this.#assumed
    this.follow(command)
    const heard = { what: 'command', at: line.at, command, parts, remarks } as const
    return assumed ? { ...heard, assumed } : heard
  }

  #await(reply: Awaited): void {
    this.#awaits = reply
    this.#mayBeLost = false
    this.#assumed = false
  }

  /** Where the reply will not come: what the bytes themselves look like. Undefined when that is settled. */
  #goOnWithoutReply(awaited: Awaited): Waits | undefined {
    const server = this.#around.server
    const isGone = !server.hasUnread && (server.isEnded || this.#mayBeLost)
    if (!isGone) return 'for the other side'
    const line = peekLine(this.#cutter)
    if (line === undefined) return 'for bytes'
    this.#awaits = undefined
    this.#assumed = true
    if (awaited === 'STARTTLS') this.isSealed = line.charCodeAt(0) === 0x16
    else if (!looksLikeCommand(line)) {
      if (awaited === 'DATA') this.#beginBody()
      else this.#isAnswer = true
    }
    return this.isSealed ? 'for bytes' : undefined
  }

  // bodies

  #beginBody(): void {
    this.#mode = 'body'
    this.#dots = new DotReader({ lenient: this.#around.lenient })
    this.#writer = new DotWriter()
    this.#around.bodyFault(undefined)
  }

  #endBody(): void {
    this.#mode = 'commands'
    this.#around.owes({ verb: 'message', chunk: false })
  }

  #nextOfBody(): HeardSmtp | Waits {
    for (;;) {
      const piece = this.#dots.read(this.#cutter)
      if (piece === 'doubtful') {
        const verdict = this.#judge()
        if (verdict === 'wait') return 'for the other side'
        const end = this.#dots.decide(this.#cutter, verdict === 'end')
        if (end) return this.#heardPiece(end)
      } else if (piece) return this.#heardPiece(piece)
      else if (!this.#cutter.isCut) return 'for bytes'
      else {
        const left = this.#dots.flush(this.#cutter)
        if (left) return this.#heardPiece(left)
        this.#dots.skip()
        return this.#hole(true) ?? 'for bytes'
      }
    }
  }

  #judge(): 'end' | 'text' | 'wait' {
    const doubtful = (this.#doubtful ??= { unread: undefined })
    const size = this.#cutter.size
    const hasSpoken = doubtful.unread !== undefined && size > doubtful.unread
    const verdict = judgeDoubtfulEnd(this.#cutter, this.#around.server, hasSpoken)
    if (verdict !== 'wait') this.#doubtful = undefined
    else if (doubtful.unread === undefined && this.#around.server.size > 0) doubtful.unread = size
    return verdict
  }

  #heardPiece(piece: BodyPiece): HeardSmtp {
    let remarks: readonly Remark[] = none
    if (piece.endedByBareLf) remarks = [form.endOfDataBareLf]
    if (piece.hasBareLf) remarks = [...remarks, form.bareLf]
    if (piece.hasBareCr) remarks = [...remarks, form.bareCr]
    return this.#body(piece.at, piece.bytes, piece.last, remarks)
  }

  #body(at: Span, bytes: Uint8Array, last: boolean, remarks: readonly Remark[]): HeardSmtp {
    if (remarks.length > 0) this.#around.bodyFault(remarks[0])
    const assumed = this.#assumed
    if (last) {
      this.#assumed = false
      if (this.#mode === 'body') this.#endBody()
      this.#mode = 'commands'
    }
    const heard = { what: 'body', at, bytes, last, remarks } as const
    return assumed ? { ...heard, assumed } : heard
  }

  /** A chunk's bytes are counted, not searched, RFC 3030 §2; the reply refers to its BDAT. */
  #nextOfChunk(): HeardSmtp | Waits {
    const ready = Math.min(this.#chunkLeft, this.#cutter.size)
    if (ready > 0 || this.#chunkLeft === 0) {
      const start = this.#cutter.offset
      const bytes = this.#cutter.take(ready)
      this.#chunkLeft -= ready
      const { hasBareCr, hasBareLf } = this.#watch.see(bytes)
      const remarks = [...(hasBareLf ? [form.bareLf] : []), ...(hasBareCr ? [form.bareCr] : [])]
      return this.#body({ start, end: start + ready }, bytes, this.#chunkLeft === 0, remarks)
    }
    if (!this.#cutter.isCut) return 'for bytes'
    const hole = this.#hole(true)
    if (!hole) return 'for bytes'
    const size = hole.at.end - hole.at.start
    this.#afterHole = size > this.#chunkLeft
    this.#chunkLeft = Math.max(0, this.#chunkLeft - size)
    this.#assumed = true
    return hole
  }

  #hole(inBody: boolean): HeardSmtp | undefined {
    const at = this.#cutter.hole()
    if (!at) return undefined
    this.#afterHole = !inBody
    return { what: 'hole', at, size: at.end - at.start, inBody, remarks: none }
  }
}

/** Commands of other standards and other servers: not known here, and no credentials. */
const otherVerbs = /^(?:LHLO|ETRN|ATRN|TURN|SEND|SOML|SAML|XCLIENT|XFORWARD|X-EXPS|XEXCH50)$/

function startsSignIn(text: string): boolean {
  return /^[ \t]*AUTH(?:[ \t]|$)/i.test(text)
}

function faultOf(text: string): Remark | undefined {
  const found = /[\0\r\n]/.exec(text)?.[0]
  if (found === undefined) return undefined
  return found === '\n' ? form.bareLf : found === '\r' ? form.bareCr : form.nul
}

/** RFC 5321 §4.5.3.1.4, and what extensions add to it: RFC 1870 §3, RFC 6152 §2, RFC 6531 §3.1, RFC 4954 §3, RFC 4954 §4, RFC 3461 §5.4. */
function mostOctets(command: SmtpCommand): number {
  if (command.verb === 'MAIL') return 510 + 26 + 17 + 10 + 500 + 116
  if (command.verb === 'RCPT') return 1034
  return command.verb === 'AUTH' ? 12286 : 510
}
