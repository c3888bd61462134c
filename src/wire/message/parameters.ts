/** `value; name=value` of Content-Type and Content-Disposition, RFC 2045 §5.1 and RFC 2183 §2, with RFC 2231. */
import { decodeCharset, fromLatin1, isKnownCharset, utf8 } from './charset.ts'
import { readWords } from './encoded-words.ts'
import { unfold } from './header.ts'
import type { MessageRule } from './rules.ts'

export interface Parameterized {
  /** The word before the first semicolon, lower case, without comments. */
  readonly value: string
  /** Names in lower case; values unquoted and decoded. */
  readonly parameters: Readonly<Record<string, string>>
  readonly rules: readonly MessageRule[]
}

/**
 * Reads such a value, folded or not. Unquoted values with blanks, encoded words in quotes and pieces in any order are
 * understood; of a name given twice the first counts, but an extended value (`name*=`) is taken before a plain one.
 */
export function readParameters(text: string): Parameterized {
  const rules = new Set<MessageRule>()
  const [head, ...pieces] = splitPieces(unfold(text), rules)
  const plain = new Map<string, string>()
  for (const piece of pieces) {
    if (piece.name === '' && piece.value === '') continue
    if (piece.name === '' || !piece.assigned) rules.add('parameter-unreadable')
    else if (plain.has(piece.name)) rules.add('parameter-duplicate')
    else plain.set(piece.name, piece.value)
  }
  const parameters = new Map<string, string>()
  const continued = new Map<string, Map<number, Segment>>()
  for (const [name, value] of plain) {
    const match = /^([^*]+)\*(?:(\d{1,5})(\*)?)?$/.exec(name)
    if (!match) {
      parameters.set(name, decodeValue(value, rules))
      continue
    }
    const base = match[1] ?? ''
    const segments = continued.get(base) ?? new Map<number, Segment>()
    const number = match[2] === undefined ? -1 : Number(match[2])
    segments.set(number, { text: value, extended: match[2] === undefined || match[3] === '*' })
    continued.set(base, segments)
  }
  for (const [name, segments] of continued) {
    const value = joinSegments(segments, rules)
    if (value !== undefined) parameters.set(name, value)
  }
  return { value: head?.name ?? '', parameters: Object.fromEntries(parameters), rules: [...rules] }
}

/** Raw encoded words in a parameter are forbidden and common, RFC 2047 §5. */
function decodeValue(text: string, rules: Set<MessageRule>): string {
  const words = readWords(text)
  if (words.words > 0) rules.add('encoded-word-in-quotes')
  if (!words.sound) rules.add('encoded-word-broken')
  return words.text
}

interface Segment {
  readonly text: string
  readonly extended: boolean
}

/** Pieces are numbered from 0 without holes, RFC 2231 §3; what stands behind a hole is lost. */
function joinSegments(segments: Map<number, Segment>, rules: Set<MessageRule>): string | undefined {
  const single = segments.get(-1)
  const ordered: Segment[] = single ? [single] : []
  if (!single) for (let at = 0, segment = segments.get(0); segment; segment = segments.get(++at)) ordered.push(segment)
  if (ordered.length < segments.size) rules.add('parameter-continuation-broken')
  const first = ordered[0]
  if (!first) return undefined
  if (!ordered.some((segment) => segment.extended))
    return decodeValue(ordered.map((segment) => segment.text).join(''), rules)
  // charset'language'text stands at the head of the first piece, RFC 2231 §4
  const head = first.extended ? /^([^']*)'[^']*'/.exec(first.text) : null
  if (!head) rules.add('parameter-continuation-broken')
  const charset = head?.[1] ?? ''
  if (charset !== '' && !isKnownCharset(charset)) rules.add('charset-unknown')
  const bytes = ordered.map((segment, index) => {
    const text = index === 0 && head ? segment.text.slice(head[0].length) : segment.text
    return segment.extended ? percentDecoded(text) : utf8(text)
  })
  const all = new Uint8Array(bytes.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of bytes) {
    all.set(piece, at)
    at += piece.length
  }
  const decoded = decodeCharset(all, charset === '' ? 'utf-8' : charset).text.replace(/[\r\n\0]+/g, ' ')
  return decoded.includes('=?') && !head ? decodeValue(decoded, rules) : decoded
}

function percentDecoded(text: string): Uint8Array {
  return fromLatin1(
    latinOfUtf8(text).replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  )
}

function latinOfUtf8(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text
  let out = ''
  for (const byte of utf8(text)) out += String.fromCharCode(byte)
  return out
}

interface Assignment {
  /** Lower case; of the first piece the value itself. */
  readonly name: string
  readonly assigned: boolean
  readonly value: string
}

/** Cuts at semicolons outside quotes and comments, in one pass. */
function splitPieces(text: string, rules: Set<MessageRule>): Assignment[] {
  const splitter = new Splitter(text, rules)
  return splitter.split()
}

class Splitter {
  readonly #text: string
  readonly #rules: Set<MessageRule>
  readonly #found: Assignment[] = []
  #name = ''
  #value: string[] = []
  /** The value has nothing but blanks yet. */
  #blank = true
  #assigned = false
  #quoted = false
  #comments = true

  constructor(text: string, rules: Set<MessageRule>) {
    this.#text = text
    this.#rules = rules
  }

  split(): Assignment[] {
    for (let at = 0; at < this.#text.length; at = this.#take(at));
    this.#end()
    return this.#found
  }

  /** Takes what begins here and returns where the next begins. */
  #take(at: number): number {
    switch (this.#text.charAt(at)) {
      case ';':
        this.#end()
        return at + 1
      case '=':
        if (this.#assigned || this.#found.length === 0) break
        this.#name = this.#value.join('')
        this.#value = []
        this.#blank = true
        this.#assigned = true
        return at + 1
      case '"':
        if (!this.#blank) break
        return this.#quote(at)
      case '(': {
        const close = this.#commentEnd(at)
        if (close > 0) return close
        break
      }
      default:
    }
    const next = nextSpecial(this.#text, at)
    const piece = this.#text.slice(at, next)
    const blank = piece.trim() === ''
    // behind a closing quote nothing may follow but a semicolon
    if (this.#quoted && !blank) this.#rules.add('parameter-unreadable')
    if (!this.#quoted) {
      this.#value.push(piece)
      this.#blank &&= blank
    }
    return next
  }

  #end(): void {
    const value = this.#quoted ? this.#value.join('') : this.#value.join('').trim()
    const name = (this.#assigned ? this.#name : value).trim().toLowerCase()
    this.#found.push({ name, assigned: this.#assigned, value: this.#assigned ? value : '' })
    this.#name = ''
    this.#value = []
    this.#blank = true
    this.#assigned = false
    this.#quoted = false
  }

  #quote(start: number): number {
    const read = readQuotedValue(this.#text, start)
    if (read.open) this.#rules.add('parameter-unreadable')
    this.#value = [read.text]
    this.#blank = false
    this.#quoted = true
    return read.end
  }

  /** Where a comment that begins here ends, or -1 if this parenthesis is meant as it is: `report(1).pdf`, or never closed. */
  #commentEnd(start: number): number {
    if (!this.#comments || (!this.#blank && !this.#quoted && !/\s/.test(this.#text[start - 1] ?? ''))) return -1
    let depth = 0
    for (let at = start; at < this.#text.length; at++) {
      const character = this.#text[at]
      if (character === '\\') at += 1
      else if (character === '(') depth += 1
      else if (character === ')' && --depth === 0) return at + 1
    }
    // so that the rest is not searched again and again
    this.#comments = false
    return -1
  }
}

const special = /[;="(]/g

function nextSpecial(text: string, at: number): number {
  special.lastIndex = at + 1
  return special.exec(text)?.index ?? text.length
}

function readQuotedValue(
  text: string,
  start: number,
): { readonly text: string; readonly end: number; readonly open: boolean } {
  const pieces: string[] = []
  let from = start + 1
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      pieces.push(text.slice(from, at))
      return { text: pieces.join(''), end: at + 1, open: false }
    }
    // a backslash quotes only what needs it: `"C:\dir\name"` is meant as written
    if (character === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) {
      pieces.push(text.slice(from, at))
      from = at + 1
      at += 1
    }
  }
  pieces.push(text.slice(from))
  return { text: pieces.join(''), end: text.length, open: true }
}

/**
 * Prints what `readParameters` gives back, each parameter on a line of its own where it does not fit: as a token, a
 * quoted string, or by RFC 2231 in pieces that end at character borders. Names must be tokens.
 */
export function printParameters(value: string, parameters: Readonly<Record<string, string>>, column = 0): string {
  let out = value
  let at = column + value.length
  for (const [name, text] of Object.entries(parameters))
    for (const piece of printParameter(name, text.toWellFormed())) {
      out += at + 2 + piece.length > 75 ? `;\r\n ${piece}` : `; ${piece}`
      at = at + 2 + piece.length > 75 ? 1 + piece.length : at + 2 + piece.length
    }
  return out
}

function printParameter(name: string, text: string): string[] {
  if (/^[A-Za-z0-9!#$%&'*+\-.^_`{|}~]{1,60}$/.test(text)) return [`${name}=${text}`]
  if (/^[\x20-\x7e]*$/.test(text) && text.length + name.length <= 70 && !text.includes('=?') && text.trim() === text)
    return [`${name}="${text.replace(/["\\]/g, '\\$&')}"`]
  const encoded = Array.from(text, percentEncoded)
  const whole = encoded.join('')
  if (name.length + whole.length + 10 <= 74) return [`${name}*=utf-8''${whole}`]
  const lines: string[] = []
  let line = `${name}*0*=utf-8''`
  for (const character of encoded) {
    if (line.length + character.length > 73) {
      lines.push(line)
      line = `${name}*${lines.length}*=`
    }
    line += character
  }
  return [...lines, line]
}

function percentEncoded(character: string): string {
  if (/^[A-Za-z0-9!#$&+\-.^_`{|}~]$/.test(character)) return character
  let out = ''
  for (const byte of utf8(character)) out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return out
}
