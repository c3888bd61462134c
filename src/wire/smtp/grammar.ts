/**
 * One line of SMTP <-> its meaning. RFC 5321 §4.1, RFC 5321 §4.2, RFC 4954 §4 (AUTH), RFC 3030 §2 (BDAT).
 * Reading takes byte strings (one character a byte), so that every part has its place on the wire; who may say what
 * when is `conversation.ts`'s business.
 */
import type { Part, Remark } from '../talk.ts'
import { Secret } from '../talk.ts'
import { isDomain, printPath, readPath } from '../address.ts'
import { isAscii, oneLine, readText } from '../cutter/text.ts'
import { isEmptyAnswer, secretOfAnswer } from '../sasl/read.ts'
import type { Parameter, SmtpCommand } from './words.ts'
import { findParameterFault, printParameters, readParameters } from './parameters.ts'
import { form } from './rules.ts'

export { printReply, readReply, readReplyLine, smtpReply } from './reply.ts'
export type { ReplyLine } from './reply.ts'

export interface ReadCommand {
  readonly command: SmtpCommand
  readonly parts: readonly Part[]
  readonly remarks: readonly Remark[]
}

/**
 * Reads a command line (no line end; byte string), RFC 5321 §4.1.1. Never fails: what is not known is `unknown`, what
 * cannot be read is `malformed`. `start` is the line's offset in its stream. A malformed AUTH keeps no text.
 */
export function readCommand(line: string, start = 0): ReadCommand {
  return new CommandReader(line, start).read()
}

/** The line (without line end) that says a command; throws where it would be more than one line. */
export function printCommand(command: SmtpCommand): string {
  return oneLine(commandText(command))
}

function commandText(command: SmtpCommand): string {
  switch (command.verb) {
    case 'EHLO':
    case 'HELO':
      return `${command.verb} ${command.domain}`
    case 'MAIL':
      return `MAIL FROM:${printPath(command.path)}${printParameters(command.parameters)}`
    case 'RCPT':
      return `RCPT TO:${printPath(command.path)}${printParameters(command.parameters)}`
    case 'DATA':
    case 'RSET':
    case 'QUIT':
    case 'STARTTLS':
      return command.verb
    case 'BDAT':
      return `BDAT ${command.size}${command.last ? ' LAST' : ''}`
    case 'AUTH':
      return `AUTH ${command.mechanism}${command.initial ? ` ${command.initial.reveal()}` : ''}`
    case 'answer':
      return command.response.reveal()
    case 'NOOP':
    case 'HELP':
    case 'VRFY':
    case 'EXPN':
      return command.text === '' ? command.verb : `${command.verb} ${command.text}`
    case 'unknown':
    case 'malformed':
      return command.text === '' ? command.word : `${command.word} ${command.text}`
    case 'message':
      throw new TypeError('a message is said as a body, not as a command')
  }
}

const quote = 34
const backslash = 92
const closing = 62

function isBlankCode(code: number): boolean {
  return code === 32 || code === 9
}

/** A walk over one line; `#at` is always an index of it. */
class CommandReader {
  readonly #line: string
  readonly #start: number
  /** Index behind the last character that is not blank. */
  readonly #end: number
  #at = 0
  readonly #parts: Part[] = []
  readonly #remarks: Remark[] = []

  constructor(line: string, start: number) {
    this.#line = line
    this.#start = start
    let end = line.length
    while (end > 0 && isBlankCode(line.charCodeAt(end - 1))) end--
    this.#end = end
    // trailing blanks are to be tolerated, RFC 5321 §4.1.1
    if (end < line.length) this.#remark(form.extraSpace)
  }

  read(): ReadCommand {
    if (this.#skipBlanks() > 0) this.#remark(form.extraSpace)
    const word = this.#word('verb')
    const command = this.#command(word.toUpperCase())
    return { command, parts: this.#parts, remarks: this.#remarks }
  }

  #command(word: string): SmtpCommand {
    switch (word) {
      case 'EHLO':
      case 'HELO':
        return this.#hello(word)
      case 'MAIL':
        return this.#envelope('MAIL', 'FROM')
      case 'RCPT':
        return this.#envelope('RCPT', 'TO')
      case 'DATA':
      case 'RSET':
      case 'QUIT':
      case 'STARTTLS':
        return this.#at === this.#end ? { verb: word } : this.#malformed(word, 'takes-no-argument')
      case 'BDAT':
        return this.#chunk()
      case 'AUTH':
        return this.#auth()
      case 'NOOP':
      case 'HELP':
      case 'VRFY':
      case 'EXPN':
        return this.#free(word)
      default:
        return { verb: 'unknown', word: readText(word), text: this.#rest() }
    }
  }

  #hello(verb: 'EHLO' | 'HELO'): SmtpCommand {
    this.#gap()
    const domain = this.#word('domain')
    if (domain === '') return this.#malformed(verb, 'no-domain')
    if (this.#at < this.#end) return this.#malformed(verb, 'one-argument')
    const text = readText(domain)
    if (!isDomain(text)) this.#remark(form.heloNotADomain)
    return { verb, domain: text }
  }

  #envelope(verb: 'MAIL' | 'RCPT', keyword: 'FROM' | 'TO'): SmtpCommand {
    this.#gap()
    const from = this.#at
    if (this.#line.slice(from, from + keyword.length).toUpperCase() !== keyword)
      return this.#malformed(verb, 'no-keyword')
    this.#at += keyword.length
    // no blank stands beside the colon, RFC 5321 §3.3
    const before = this.#skipBlanks()
    if (this.#line[this.#at] !== ':') return this.#malformed(verb, 'no-colon')
    this.#at++
    if (before + this.#skipBlanks() > 0) this.#remark(form.spaceBeforePath)
    const path = this.#path()
    if (typeof path === 'string' && path.startsWith('!')) return this.#malformed(verb, path.slice(1))
    return this.#withParameters(verb, path as string)
  }

  /** The raw path (brackets left out, byte string), or `!why`. */
  #path(): string {
    const line = this.#line
    const isBracketed = line[this.#at] === '<'
    if (isBracketed) this.#at++
    else this.#remark(form.noAngleBrackets)
    const from = this.#at
    let isQuoted = false
    let at = from
    for (; at < this.#end; at++) {
      const code = line.charCodeAt(at)
      if (code === quote) isQuoted = !isQuoted
      else if (isQuoted) at += code === backslash ? 1 : 0
      else if (isBracketed ? code === closing : isBlankCode(code)) break
    }
    const to = Math.min(at, this.#end)
    this.#part('path', from, to)
    this.#at = to
    if (!isBracketed) return to > from ? line.slice(from, to) : '!no-path'
    if (line[to] !== '>') return '!no-closing-bracket'
    this.#at = to + 1
    return line.slice(from, to)
  }

  #withParameters(verb: 'MAIL' | 'RCPT', raw: string): SmtpCommand {
    const text = readText(raw)
    const read = readPath(text)
    if ('why' in read) return this.#malformed(verb, read.why)
    for (const remark of read.remarks) this.#remark(remark)
    // a forward path is never empty, a reverse path has a domain, RFC 5321 §4.1.1.2, RFC 5321 §4.1.1.3
    if (verb === 'RCPT' ? read.path === 'null' : read.path === 'postmaster')
      return this.#malformed(verb, verb === 'RCPT' ? 'no-path' : 'no-domain')
    let parameters: readonly Parameter[] = []
    if (this.#at < this.#end) {
      if (!isBlankCode(this.#line.charCodeAt(this.#at))) return this.#malformed(verb, 'no-space-before-parameter')
      const list = readParameters(this.#line, this.#at, this.#end, this.#start)
      this.#parts.push(...list.parts)
      this.#remarks.push(...list.remarks)
      parameters = list.parameters
      const why = list.why ?? findParameterFault(verb, parameters)
      if (why !== undefined) return this.#malformed(verb, why)
    }
    return { verb, path: read.path, parameters }
  }

  #chunk(): SmtpCommand {
    this.#gap()
    const size = this.#word('size')
    // up to what a number counts exactly, RFC 3030 §2
    if (!/^\d{1,15}$/.test(size)) return this.#malformed('BDAT', 'no-size')
    if (this.#at === this.#end) return { verb: 'BDAT', size: Number(size), last: false }
    this.#gap()
    const last = this.#word('last')
    if (last.toUpperCase() !== 'LAST' || this.#at < this.#end) return this.#malformed('BDAT', 'not-last')
    return { verb: 'BDAT', size: Number(size), last: true }
  }

  #auth(): SmtpCommand {
    this.#gap()
    const mechanism = this.#word('mechanism').toUpperCase()
    if (this.#at === this.#end) {
      return isMechanism(mechanism) ? { verb: 'AUTH', mechanism, initial: undefined } : this.#noSecret('no-mechanism')
    }
    this.#gap()
    const from = this.#at
    const initial = this.#line.slice(from, this.#end)
    const kind = isEmptyAnswer(initial) ? undefined : (secretOfAnswer(mechanism, 0, initial) ?? 'password')
    this.#parts.push({ name: 'initial', at: this.#span(from, this.#end), ...(kind ? { secret: kind } : {}) })
    if (!isMechanism(mechanism)) return this.#noSecret('no-mechanism')
    if (/[ \t]/.test(initial)) return this.#noSecret('two-arguments')
    if (mechanism === 'LOGIN') this.#remark(form.inlineUserName)
    return { verb: 'AUTH', mechanism, initial: new Secret(initial) }
  }

  #free(verb: 'NOOP' | 'HELP' | 'VRFY' | 'EXPN'): SmtpCommand {
    const text = this.#rest()
    if (text === '' && (verb === 'VRFY' || verb === 'EXPN')) return this.#malformed(verb, 'no-argument')
    return { verb, text }
  }

  /** All that follows, as text. */
  #rest(): string {
    this.#gap()
    const from = this.#at
    this.#at = this.#end
    if (from < this.#end) this.#part('text', from, this.#end)
    return readText(this.#line.slice(from, this.#end))
  }

  #malformed(word: string, why: string): SmtpCommand {
    const text = this.#line.slice(
      Math.min(this.#end, this.#parts[0] ? this.#parts[0].at.end - this.#start : 0),
      this.#end,
    )
    return { verb: 'malformed', word, text: readText(text).trimStart(), why }
  }

  #noSecret(why: string): SmtpCommand {
    return { verb: 'malformed', word: 'AUTH', text: '', why }
  }

  /** Between words stands one space. */
  #gap(): void {
    const count = this.#skipBlanks()
    if (count > 1 || (count === 1 && this.#line[this.#at - 1] === '\t')) this.#remark(form.extraSpace)
  }

  #skipBlanks(): number {
    const from = this.#at
    while (this.#at < this.#end && isBlankCode(this.#line.charCodeAt(this.#at))) this.#at++
    return this.#at - from
  }

  #word(name: string): string {
    const from = this.#at
    while (this.#at < this.#end && !isBlankCode(this.#line.charCodeAt(this.#at))) this.#at++
    if (this.#at > from) this.#part(name, from, this.#at)
    return this.#line.slice(from, this.#at)
  }

  #part(name: string, from: number, to: number): void {
    this.#parts.push({ name, at: this.#span(from, to) })
  }

  #span(from: number, to: number): { start: number; end: number } {
    return { start: this.#start + from, end: this.#start + to }
  }

  #remark(remark: Remark): void {
    if (!this.#remarks.includes(remark)) this.#remarks.push(remark)
  }
}

/** RFC 4422 §3.1: 1 to 20 letters, digits, `-` and `_`. */
function isMechanism(text: string): boolean {
  return /^[A-Z0-9_-]{1,20}$/.test(text)
}

/** True where a path needs SMTPUTF8, RFC 6531 §3.3. */
export function needsSmtpUtf8(command: SmtpCommand): boolean {
  if (command.verb !== 'MAIL' && command.verb !== 'RCPT') return false
  const path = command.path
  return typeof path === 'object' && !(isAscii(path.local) && isAscii(path.domain))
}
