/**
 * The client's side of POP3: lines and answers. What comes behind AUTH, an answer and STLS is what the reply to these
 * makes it; where that reply is missing, what it looks like.
 */
import type { Heard, Remark } from '../talk.ts'
import { Secret } from '../talk.ts'
import type { CutLine, Cutter } from '../cutter.ts'
import { byteString } from '../cutter/text.ts'
import { SignInWatch, mayBeCredential } from '../sasl/watch.ts'
import { readCommand } from './grammar.ts'
import { form, order } from './rules.ts'
import type { Pop3Command, Pop3Reply } from './words.ts'

export type HeardPop3 = Heard<Pop3Command, Pop3Reply>
export type Waits = 'for bytes' | 'for the other side'

/** What the client's side needs of the conversation. */
export interface Surroundings {
  readonly client: Cutter
  readonly server: Cutter
  /** Bytes without line end. */
  readonly commandLine: number
  readonly authLine: number
  /** True until the greeting was heard or said. */
  readonly awaitsGreeting: () => boolean
  /** Something that will be replied to, in order. */
  readonly owes: (command: Pop3Command) => void
}

const none: readonly never[] = []

export class ClientSide {
  readonly signIn = new SignInWatch()
  /** TLS was seen to begin without the server's word. */
  isSealed = false
  readonly #around: Surroundings
  readonly #cutter: Cutter
  #awaits: 'AUTH' | 'STLS' | undefined
  /** The reply that is awaited may lie in a hole. */
  #mayBeLost = false
  /** The next line answers a challenge. */
  #isAnswer = false
  /** What comes now was taken for what it is without the server's word. */
  #assumed = false
  #afterHole: boolean

  constructor(around: Surroundings, isJoined: boolean) {
    this.#around = around
    this.#cutter = around.client
    this.#afterHole = isJoined
  }

  next(): HeardPop3 | Waits {
    const waits = this.#awaits && this.#goOnWithoutReply(this.#awaits)
    if (waits) return waits
    const limit = Math.max(this.#around.commandLine, this.#around.authLine)
    const line = this.#cutter.line(limit)
    if (line) return this.#heardLine(line)
    if (!this.#cutter.isCut) return 'for bytes'
    const fragment = this.#cutter.fragment(limit)
    if (fragment) return this.#cutter.isEnded ? this.#unended(fragment) : this.#heardLine(fragment, [form.cut])
    const at = this.#cutter.hole()
    if (!at) return 'for bytes'
    this.#afterHole = true
    return { what: 'hole', at, size: at.end - at.start, inBody: false, remarks: none }
  }

  /** What a command does to the bytes behind it, heard or said. */
  follow(command: Pop3Command): void {
    this.#around.owes(command)
    switch (command.verb === 'malformed' ? command.word : command.verb) {
      case 'USER':
      case 'PASS':
      case 'APOP':
        return this.signIn.near()
      case 'STLS':
        return this.#await('STLS')
      case 'AUTH':
        // without a mechanism it asks for the list, which changes nothing
        if (command.verb === 'AUTH' && command.mechanism === undefined) return
        if (command.verb === 'AUTH') this.signIn.begin(command.mechanism ?? '', command.initial !== undefined)
        else this.signIn.begin('', false)
        return this.#await('AUTH')
      case 'answer':
        this.signIn.answered()
        return this.#await('AUTH')
      default:
    }
  }

  /** The server replied to `verb` (of a malformed line its word; undefined: to nothing). */
  replied(verb: string | undefined, reply: Pop3Reply): void {
    const isAwaited = verb === this.#awaits || verb === '' || (verb === 'answer' && this.#awaits === 'AUTH')
    if (this.#awaits && isAwaited) {
      this.#awaits = undefined
      this.#assumed = false
    }
    if (reply.status === 'continue') {
      this.#isAnswer = true
      this.signIn.challenged(reply.data)
    } else if (verb === 'AUTH' || verb === 'answer') this.signIn.finish()
  }

  /** A hole came to light in the server's bytes. */
  mayHaveLostReply(): void {
    this.#mayBeLost = this.#awaits !== undefined
  }

  #heardLine(line: CutLine, more: readonly Remark[] = none): HeardPop3 {
    const text = byteString(line.bytes)
    const isFirst = this.#afterHole
    this.#afterHole = false
    if (this.#isAnswer && !(isFirst && looksLikeCommand(text))) return this.#heardAnswer(line, text)
    this.#isAnswer = false
    const isSignIn = startsSignIn(text)
    const limit = /^[ \t]*AUTH/i.test(text) ? this.#around.authLine : this.#around.commandLine
    const isSecret = mayBeCredential(text, this.signIn.isNear() || isFirst) || isSignIn
    const fault = line.tooLong || line.bytes.length > limit ? form.lineTooLong : faultOf(text)
    if (fault) return this.#unreadable(line, fault.rule, isSecret, [fault, ...more])
    const { command, parts, remarks } = readCommand(text, line.at.start)
    if (command.verb === 'unknown' && isSecret) return this.#unreadable(line, 'unknown-command', true, more)
    const all = [...remarks, ...more]
    if (line.ending === 'lf') all.push(form.bareLf)
    // 255 octets with the line end, RFC 2449 §4; sign-ins may be longer, RFC 5034 §4
    if (line.bytes.length > 253 && command.verb !== 'AUTH') all.push(form.lineTooLong)
    if (this.#around.awaitsGreeting() && !this.#around.server.isEnded) all.push(order.beforeGreeting)
    const assumed = this.#assumed
    this.#assumed = false
    this.follow(command)
    const heard = { what: 'command', at: line.at, command, parts, remarks: all } as const
    return assumed ? { ...heard, assumed } : heard
  }

  #heardAnswer(line: CutLine, text: string): HeardPop3 {
    this.#isAnswer = false
    if (line.tooLong) {
      this.signIn.answered()
      this.#await('AUTH')
      return this.#unreadable(line, form.lineTooLong.rule, true, [form.lineTooLong])
    }
    const response = text.trimEnd()
    const at = { start: line.at.start, end: line.at.start + line.bytes.length }
    const parts = [this.signIn.answerPart(response, at)]
    const command: Pop3Command = { verb: 'answer', response: new Secret(response), cancel: response === '*' }
    const remarks = line.ending === 'crlf' ? none : [line.ending === 'lf' ? form.bareLf : form.cut]
    const assumed = this.#assumed
    this.follow(command)
    const heard = { what: 'command', at: line.at, command, parts, remarks } as const
    return assumed ? { ...heard, assumed } : heard
  }

  /** The stream ends in the middle of a line: nothing that was ever said. */
  #unended(line: CutLine): HeardPop3 {
    const text = byteString(line.bytes)
    const isNear = this.signIn.isNear() || this.#afterHole
    const secret = this.#isAnswer || startsSignIn(text) || mayBeCredential(text, isNear)
    return { what: 'unreadable', at: line.at, why: 'no-line-end', remarks: none, ...(secret ? { secret } : {}) }
  }

  #unreadable(line: CutLine, why: string, secret: boolean, remarks: readonly Remark[]): HeardPop3 {
    this.#around.owes({ verb: 'malformed', word: '', text: '', why })
    return { what: 'unreadable', at: line.at, why, remarks, ...(secret ? { secret } : {}) }
  }

  #await(reply: 'AUTH' | 'STLS'): void {
    this.#awaits = reply
    this.#mayBeLost = false
    this.#assumed = false
  }

  /** Where the reply will not come: what the bytes themselves look like. Undefined when that is settled. */
  #goOnWithoutReply(awaited: 'AUTH' | 'STLS'): Waits | undefined {
    const server = this.#around.server
    const isGone = !server.hasUnread && (server.isEnded || this.#mayBeLost)
    if (!isGone) return 'for the other side'
    if (!this.#cutter.hasUnread) return 'for bytes'
    const { bytes, isWhole } = this.#cutter.peek()
    if (!isWhole && bytes.length < 200 && !this.#cutter.isCut) return 'for bytes'
    this.#awaits = undefined
    this.#assumed = true
    if (awaited === 'STLS') this.isSealed = bytes[0] === 0x16
    else this.#isAnswer = !looksLikeCommand(byteString(bytes.subarray(0, 200)))
    return this.isSealed ? 'for bytes' : undefined
  }
}

/** True for a line that is a POP3 command beyond doubt; an answer in base64 rarely looks so. */
function looksLikeCommand(line: string): boolean {
  return /^(?:(?:USER|PASS|APOP|RETR|DELE|TOP|AUTH) +\S|(?:LIST|UIDL)(?: +\d+)? *$|(?:STAT|NOOP|RSET|QUIT|CAPA|STLS|UTF8|LANG) *$)/i.test(
    line,
  )
}

function startsSignIn(text: string): boolean {
  return /^[ \t]*(?:AUTH|PASS|APOP)(?:[ \t]|$)/i.test(text)
}

function faultOf(text: string): Remark | undefined {
  const found = /[\0\r\n]/.exec(text)?.[0]
  if (found === undefined) return undefined
  return found === '\n' ? form.bareLf : found === '\r' ? form.bareCr : form.nul
}
