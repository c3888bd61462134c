/**
 * One line of POP3 <-> its meaning. RFC 1939, RFC 2449 (CAPA), RFC 2595 (STLS), RFC 5034 (AUTH), RFC 6856 (UTF8, LANG).
 * Reading takes byte strings (one character a byte), so that every part has its place on the wire.
 */
import type { Part, Remark, SecretKind } from '../talk.ts'
import { Secret } from '../talk.ts'
import { oneLine, readText } from '../cutter/text.ts'
import { isEmptyAnswer, secretOfAnswer } from '../sasl/read.ts'
import type { Pop3Command } from './words.ts'
import { form } from './rules.ts'

export { capability, printCapability, printStatus, readCapability, readListing, readStatus } from './reply.ts'
export type { Capability, ReadStatus } from './reply.ts'

export interface ReadCommand {
  readonly command: Pop3Command
  readonly parts: readonly Part[]
  readonly remarks: readonly Remark[]
}

/**
 * Reads a command line (no line end; byte string). Never fails: what is not known is `unknown`, what cannot be read is
 * `malformed`; of PASS, APOP and AUTH that keeps no text. `start` is the line's offset in its stream.
 */
export function readCommand(line: string, start = 0): ReadCommand {
  return new CommandReader(line, start).read()
}

/** The line (without line end) that says a command; throws where it would be more than one line. */
export function printCommand(command: Pop3Command): string {
  return oneLine(commandText(command))
}

function commandText(command: Pop3Command): string {
  switch (command.verb) {
    case 'USER':
      return `USER ${command.name}`
    case 'PASS':
      return `PASS ${command.password.reveal()}`
    case 'APOP':
      return `APOP ${command.name} ${command.digest.reveal()}`
    case 'AUTH':
      return ['AUTH', command.mechanism, command.initial?.reveal()].filter((word) => word !== undefined).join(' ')
    case 'answer':
      return command.response.reveal()
    case 'LIST':
    case 'UIDL':
      return command.number === undefined ? command.verb : `${command.verb} ${command.number}`
    case 'RETR':
    case 'DELE':
      return `${command.verb} ${command.number}`
    case 'TOP':
      return `TOP ${command.number} ${command.lines}`
    case 'STAT':
    case 'NOOP':
    case 'RSET':
    case 'QUIT':
    case 'CAPA':
    case 'STLS':
    case 'UTF8':
      return command.verb
    case 'LANG':
      return command.tag === undefined ? 'LANG' : `LANG ${command.tag}`
    case 'unknown':
    case 'malformed':
      return command.text === '' ? command.word : `${command.word} ${command.text}`
  }
}

const blank = (character: string | undefined): boolean => character === ' ' || character === '\t'

class CommandReader {
  readonly #line: string
  readonly #start: number
  readonly #end: number
  #at = 0
  readonly #parts: Part[] = []
  readonly #remarks: Remark[] = []

  constructor(line: string, start: number) {
    this.#line = line
    this.#start = start
    let end = line.length
    while (end > 0 && blank(line[end - 1])) end--
    this.#end = end
  }

  read(): ReadCommand {
    if (this.#skipBlanks() > 0) this.#remark(form.extraSpace)
    const word = this.#word('verb').toUpperCase()
    // blanks at the end are part of a password
    if (this.#end < this.#line.length && word !== 'PASS') this.#remark(form.extraSpace)
    return { command: this.#command(word), parts: this.#parts, remarks: this.#remarks }
  }

  #command(word: string): Pop3Command {
    switch (word) {
      case 'USER':
        return this.#user()
      case 'PASS':
        return this.#pass()
      case 'APOP':
        return this.#apop()
      case 'AUTH':
        return this.#auth()
      case 'LIST':
      case 'UIDL':
        return this.#at === this.#end ? { verb: word, number: undefined } : this.#numbered(word)
      case 'RETR':
      case 'DELE':
        return this.#numbered(word)
      case 'TOP':
        return this.#top()
      case 'STAT':
      case 'NOOP':
      case 'RSET':
      case 'QUIT':
      case 'CAPA':
      case 'STLS':
      case 'UTF8':
        return this.#at === this.#end ? { verb: word } : this.#malformed(word, 'takes-no-argument')
      case 'LANG':
        return this.#lang()
      default:
        return { verb: 'unknown', word: readText(word), text: readText(this.#rest()) }
    }
  }

  /** A name may hold blanks: it is all that follows. */
  #user(): Pop3Command {
    this.#gap()
    const from = this.#at
    if (from === this.#end) return this.#malformed('USER', 'no-argument')
    this.#at = this.#end
    this.#part('user', from, this.#end, 'user')
    return { verb: 'USER', name: readText(this.#line.slice(from, this.#end)) }
  }

  /** All behind one space, blanks included: PASS has one argument only, RFC 1939 §7. */
  #pass(): Pop3Command {
    const from = this.#at + 1
    const password = this.#line.slice(from)
    if (password === '') return this.#malformed('PASS', 'no-argument')
    this.#part('password', from, this.#line.length, 'password')
    return { verb: 'PASS', password: new Secret(readText(password)) }
  }

  #apop(): Pop3Command {
    this.#gap()
    const name = this.#word('user', 'user')
    this.#gap()
    const from = this.#at
    const digest = this.#line.slice(from, this.#end)
    if (digest !== '') this.#part('digest', from, this.#end, 'proof')
    // 16 octets in hexadecimal, RFC 1939 §7
    if (!/^[0-9A-Fa-f]{32}$/.test(digest)) return this.#noText('APOP', 'no-digest')
    return { verb: 'APOP', name: readText(name), digest: new Secret(digest) }
  }

  #auth(): Pop3Command {
    this.#gap()
    if (this.#at === this.#end) return { verb: 'AUTH', mechanism: undefined, initial: undefined }
    const mechanism = this.#word('mechanism').toUpperCase()
    const isMechanism = /^[A-Z0-9_-]{1,20}$/.test(mechanism)
    if (this.#at === this.#end) {
      return isMechanism ? { verb: 'AUTH', mechanism, initial: undefined } : this.#noText('AUTH', 'no-mechanism')
    }
    this.#gap()
    const from = this.#at
    const initial = this.#line.slice(from, this.#end)
    const kind = isEmptyAnswer(initial) ? undefined : (secretOfAnswer(mechanism, 0, initial) ?? 'password')
    this.#part('initial', from, this.#end, kind)
    if (!isMechanism) return this.#noText('AUTH', 'no-mechanism')
    if (/[ \t]/.test(initial)) return this.#noText('AUTH', 'two-arguments')
    if (mechanism === 'LOGIN') this.#remark(form.inlineUserName)
    return { verb: 'AUTH', mechanism, initial: new Secret(initial) }
  }

  #numbered(verb: 'LIST' | 'UIDL' | 'RETR' | 'DELE'): Pop3Command {
    this.#gap()
    const number = this.#number('number')
    if (number === undefined) return this.#malformed(verb, 'no-number')
    if (this.#at < this.#end) return this.#malformed(verb, 'one-argument')
    return { verb, number }
  }

  #top(): Pop3Command {
    this.#gap()
    const number = this.#number('number')
    this.#gap()
    const lines = this.#number('lines')
    if (number === undefined || lines === undefined) return this.#malformed('TOP', 'no-number')
    if (this.#at < this.#end) return this.#malformed('TOP', 'two-arguments')
    return { verb: 'TOP', number, lines }
  }

  #lang(): Pop3Command {
    this.#gap()
    if (this.#at === this.#end) return { verb: 'LANG', tag: undefined }
    const tag = this.#word('language')
    // a language tag or `*`, RFC 6856 §3.2
    if (this.#at < this.#end || !/^(?:\*|[A-Za-z0-9-]+)$/.test(tag)) return this.#malformed('LANG', 'no-language')
    return { verb: 'LANG', tag }
  }

  /** What a number counts exactly; nobody has more messages. */
  #number(name: string): number | undefined {
    const word = this.#word(name)
    return /^\d{1,10}$/.test(word) ? Number(word) : undefined
  }

  #rest(): string {
    this.#gap()
    const from = this.#at
    this.#at = this.#end
    if (from < this.#end) this.#part('text', from, this.#end)
    return this.#line.slice(from, this.#end)
  }

  #malformed(word: string, why: string): Pop3Command {
    const from = (this.#parts[0]?.at.end ?? this.#start) - this.#start
    return { verb: 'malformed', word, text: readText(this.#line.slice(from, this.#end)).trimStart(), why }
  }

  #noText(word: string, why: string): Pop3Command {
    return { verb: 'malformed', word, text: '', why }
  }

  #gap(): void {
    const count = this.#skipBlanks()
    if (count > 1 || (count === 1 && this.#line[this.#at - 1] === '\t')) this.#remark(form.extraSpace)
  }

  #skipBlanks(): number {
    const from = this.#at
    while (this.#at < this.#end && blank(this.#line[this.#at])) this.#at++
    return this.#at - from
  }

  #word(name: string, secret?: SecretKind): string {
    const from = this.#at
    while (this.#at < this.#end && !blank(this.#line[this.#at])) this.#at++
    if (this.#at > from) this.#part(name, from, this.#at, secret)
    return this.#line.slice(from, this.#at)
  }

  #part(name: string, from: number, to: number, secret?: SecretKind): void {
    const at = { start: this.#start + from, end: this.#start + to }
    this.#parts.push(secret ? { name, at, secret } : { name, at })
  }

  #remark(remark: Remark): void {
    if (!this.#remarks.includes(remark)) this.#remarks.push(remark)
  }
}
