/**
 * Header fields with their byte spans, RFC 5322 §2.2. A line that is neither a field nor a continuation ends the
 * header, as mail servers read it (a blank line was forgotten). The reader walks each byte a fixed number of times.
 */
import type { Remark, Span } from '../talk.ts'
import { guessText, isAscii, latin1 } from './charset.ts'
import { readWords } from './encoded-words.ts'
import { defaultLimits, remark, type Limits, type MessageRule } from './rules.ts'

export interface HeaderField {
  /** As written, without the colon. */
  readonly name: string
  /** Unfolded, encoded words decoded, without the blanks before it. For people; structured fields are read from `raw`. */
  readonly value: string
  /** What stands after the colon, folds included, without the last line end; bytes beyond ASCII as UTF-8 or a guess. */
  readonly raw: string
  /** The whole field with its line ends. */
  readonly span: Span
}

export interface Headers {
  readonly fields: readonly HeaderField[]
  /** From the first byte to the end of the blank line that ends the header. */
  readonly span: Span
  readonly remarks: readonly Remark[]
}

/** Where to read in `bytes`, and which line belongs to somebody else (a boundary) and so ends the header. */
export interface HeaderBounds {
  readonly start?: number
  readonly end?: number
  readonly limits?: Limits
  readonly isDelimiter?: (lineStart: number, lineEnd: number) => boolean
}

const LF = 10
const CR = 13

declare const headerValue: unique symbol
/** Text of one header field that cannot hold CR, LF or NUL; made by `makeHeaderValue` only. */
export type HeaderValue = string & { readonly [headerValue]: true }

/** Undefined if the text holds CR, LF or NUL, RFC 5322 §2.2. */
export function makeHeaderValue(text: string): HeaderValue | undefined {
  return /[\r\n\0]/.test(text) ? undefined : (text as HeaderValue)
}

/** The first field of this name (any letter case). */
export function fieldOf(fields: readonly HeaderField[], name: string): HeaderField | undefined {
  const wanted = name.toLowerCase()
  return fields.find((field) => field.name.length === wanted.length && field.name.toLowerCase() === wanted)
}

/** Takes the line ends out of a folded value; the blanks stay, RFC 5322 §2.2.3. */
export function unfold(raw: string): string {
  return raw.includes('\n') ? raw.replace(/\r?\n(?=[ \t])/g, '') : raw
}

/** Message ids with their angle brackets; words between them, as old programs write, are left out, RFC 5322 §4.5.4. */
export function readMessageIds(raw: string): readonly string[] {
  return unfold(raw).match(/<[^<>\s]{1,998}>/g) ?? []
}

/** Folds at blanks so that lines have at most 76 columns where a blank allows it, RFC 5322 §2.2.3. */
export function foldAtBlanks(text: string, column = 0): string {
  let out = ''
  let at = column
  for (const piece of text.match(/[ \t]*[^ \t]+|[ \t]+$/g) ?? []) {
    const breaks = out !== '' && at + piece.length > 76 && /^[ \t].*\S/s.test(piece)
    out += breaks ? `\r\n${piece}` : piece
    at = (breaks ? 0 : at) + piece.length
  }
  return out
}

/** Reads the header block that begins at `start`. Never throws. */
export function readHeaders(bytes: Uint8Array, bounds: HeaderBounds = {}): Headers {
  return new HeaderReader(bytes, bounds).read()
}

class HeaderReader {
  readonly #bytes: Uint8Array
  readonly #start: number
  readonly #end: number
  readonly #limits: Limits
  readonly #isDelimiter: ((lineStart: number, lineEnd: number) => boolean) | undefined
  readonly #fields: HeaderField[] = []
  readonly #rules = new Set<MessageRule>()
  /** Of the field that is open: where it begins, its colon, and where its last line ends. */
  #open: { start: number; colon: number; end: number } | undefined

  constructor(bytes: Uint8Array, bounds: HeaderBounds) {
    this.#bytes = bytes
    this.#start = bounds.start ?? 0
    this.#end = bounds.end ?? bytes.length
    this.#limits = bounds.limits ?? defaultLimits
    this.#isDelimiter = bounds.isDelimiter
  }

  read(): Headers {
    const end = this.#readLines()
    this.#close()
    return { fields: this.#fields, span: { start: this.#start, end }, remarks: [...this.#rules].map(remark) }
  }

  /** Returns where the header ends. */
  #readLines(): number {
    let at = this.#start
    while (at < this.#end) {
      const next = this.#lineEnd(at)
      if (this.#isDelimiter?.(at, next)) return at
      if (this.#bytes[at] === LF || (this.#bytes[at] === CR && this.#bytes[at + 1] === LF)) return next
      if (next - this.#start > this.#limits.headerBytes) return this.#skip(at, 'limit-header-bytes')
      const folded = this.#bytes[at] === 0x20 || this.#bytes[at] === 9
      if (!folded && this.#fields.length + (this.#open ? 1 : 0) >= this.#limits.fields)
        return this.#skip(at, 'limit-fields')
      if (!this.#takeLine(at, next)) {
        if (at === this.#start || this.#fields.length > 0 || this.#open) this.#rules.add('missing-blank-line')
        return at
      }
      at = next
    }
    return this.#end
  }

  /** A limit is reached: the rest of the header, up to its blank line, stays unread. */
  #skip(from: number, rule: MessageRule): number {
    this.#rules.add(rule)
    for (let at = from; at < this.#end;) {
      const next = this.#lineEnd(at)
      if (this.#isDelimiter?.(at, next)) return at
      if (this.#bytes[at] === LF || (this.#bytes[at] === CR && this.#bytes[at + 1] === LF)) return next
      at = next
    }
    return this.#end
  }

  #lineEnd(from: number): number {
    const at = this.#bytes.indexOf(LF, from)
    return at < 0 || at >= this.#end ? this.#end : at + 1
  }

  /** False: this line is not of a header. */
  #takeLine(start: number, end: number): boolean {
    const first = this.#bytes[start] ?? 0
    if (first === 0x20 || first === 9) {
      if (!this.#open) return false
      this.#open.end = end
      return true
    }
    const colon = this.#colon(start, end)
    if (colon < 0) {
      // the envelope line of a mailbox file, before the first field
      if (start !== this.#start || !/^>?From /.test(latin1(this.#bytes.subarray(start, start + 6)))) return false
      this.#rules.add('mbox-from-line')
      return true
    }
    this.#close()
    this.#open = { start, colon, end }
    return true
  }

  /** Where the colon after a field name stands, or -1. */
  #colon(start: number, end: number): number {
    let at = start
    while (at < end && (this.#bytes[at] ?? 0) > 0x20 && this.#bytes[at] !== 0x3a && this.#bytes[at] !== 0x7f) at++
    if (at === start) return -1
    if (this.#bytes[at] === 0x3a && at < end) return at
    // blanks before the colon are obsolete, RFC 5322 §4.5
    let colon = at
    while (colon < end && (this.#bytes[colon] === 0x20 || this.#bytes[colon] === 9)) colon++
    if (colon === at || colon >= end || this.#bytes[colon] !== 0x3a) return -1
    this.#rules.add('space-before-colon')
    return colon
  }

  #close(): void {
    const open = this.#open
    if (!open) return
    this.#open = undefined
    let end = open.end
    if (this.#bytes[end - 1] === LF) end -= 1
    if (end > open.colon + 1 && end < open.end && this.#bytes[end - 1] === CR) end -= 1
    const raw = this.#text(this.#bytes.subarray(open.colon + 1, end))
    const words = readWords(unfold(raw))
    if (!words.sound) this.#rules.add('encoded-word-broken')
    const name = this.#text(this.#bytes.subarray(open.start, open.colon)).trimEnd()
    this.#fields.push({
      name,
      value: words.text.replace(/^[ \t]+/, ''),
      raw,
      span: { start: open.start, end: open.end },
    })
  }

  #text(bytes: Uint8Array): string {
    if (isAscii(bytes)) return latin1(bytes)
    const guessed = guessText(bytes)
    this.#rules.add(guessed.charset === 'utf-8' ? 'utf8-header' : 'eight-bit-header')
    return guessed.text
  }
}
