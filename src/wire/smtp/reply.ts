/** Replies of SMTP and what EHLO's lists: RFC 5321 §4.2, RFC 5321 §4.1.1.1, enhanced codes RFC 2034 and RFC 3463. */
import { oneLine, readText } from '../cutter/text.ts'
import type { SmtpReply } from './words.ts'

export interface ReplyLine {
  readonly code: number
  /** More lines follow. */
  readonly more: boolean
  readonly text: string
  /** Where the text begins in the line. */
  readonly textAt: number
  readonly hasSeparator: boolean
}

/** Reads one reply line (no line end; byte string), RFC 5321 §4.2. Undefined if it has no three-digit code. */
export function readReplyLine(line: string): ReplyLine | undefined {
  const [one, two, three] = [digit(line, 0), digit(line, 1), digit(line, 2)]
  if (one < 1 || two < 0 || three < 0 || digit(line, 3) >= 0) return undefined
  const code = one * 100 + two * 10 + three
  const separator = line[3]
  // "250" alone is a reply too: the text may be left out, RFC 5321 §4.2
  const hasSeparator = separator === undefined || separator === ' ' || separator === '-'
  const textAt = separator !== undefined && hasSeparator ? 4 : 3
  return { code, more: separator === '-', text: readText(line.slice(textAt)), textAt, hasSeparator }
}

/** A reply of its lines; undefined where one is no reply line, the codes differ or the last is not the last. */
export function readReply(lines: readonly string[]): SmtpReply | undefined {
  const read = lines.map(readReplyLine)
  const first = read[0]
  if (!first) return undefined
  const texts: string[] = []
  for (const [index, line] of read.entries()) {
    if (!line || line.code !== first.code || line.more !== index < read.length - 1) return undefined
    texts.push(line.text)
  }
  return { code: first.code, enhanced: enhancedOf(first.code, first.text), lines: texts }
}

/** All lines of a reply, each with CRLF, RFC 5321 §4.2.1. Throws where a text holds a line end or the code is none. */
export function printReply(reply: SmtpReply): string {
  const { code, lines } = reply
  if (!(code >= 200 && code <= 599)) throw new RangeError(`not a reply code: ${code}`)
  const last = lines.length - 1
  let out = ''
  for (let i = 0; i < last; i++) out += `${code}-${oneLine(lines[i] ?? '')}\r\n`
  const text = oneLine(lines[last] ?? '')
  return out + (text === '' ? `${code}\r\n` : `${code} ${text}\r\n`)
}

/** A reply whose every line begins with its enhanced code, RFC 2034 §4. */
export function smtpReply(code: number, enhanced: string | undefined, ...texts: readonly string[]): SmtpReply {
  const lines = enhanced === undefined ? texts : texts.map((text) => (text === '' ? enhanced : `${enhanced} ${text}`))
  return { code, enhanced, lines }
}

/** The enhanced code at the head of a reply's text, where its class is that of the code, RFC 2034 §4. */
export function enhancedOf(code: number, text: string): string | undefined {
  if (text.charCodeAt(1) !== 46) return undefined
  const found = /^[245]\.\d{1,3}\.\d{1,3}(?= |$)/.exec(text)?.[0]
  return found !== undefined && found.charCodeAt(0) - 48 === Math.floor(code / 100) ? found : undefined
}

/** What EHLO's answer offers. */
export interface Extension {
  /** Upper case. */
  readonly keyword: string
  readonly parameters: readonly string[]
  /** `AUTH=LOGIN`, the form before the standard, for old clients. */
  readonly isOldForm: boolean
}

/** Reads one line of EHLO's answer (the first line, the server's name, is none), RFC 5321 §4.1.1.1. */
export function readExtension(text: string): Extension | undefined {
  const words = text.trim().split(/[ \t]+/)
  const first = words[0] ?? ''
  const equals = first.indexOf('=')
  const keyword = (equals < 0 ? first : first.slice(0, equals)).toUpperCase()
  if (!/^[A-Z0-9][A-Z0-9-]*$/.test(keyword)) return undefined
  const more = equals < 0 || equals === first.length - 1 ? [] : [first.slice(equals + 1)]
  return { keyword, parameters: [...more, ...words.slice(1)], isOldForm: equals >= 0 }
}

export function printExtension(extension: Extension): string {
  const [first, ...more] = extension.parameters
  if (!extension.isOldForm) return [extension.keyword, ...extension.parameters].join(' ')
  return [`${extension.keyword}=${first ?? ''}`, ...more].join(' ')
}

/** All that an EHLO answer offers, by keyword; both forms of AUTH together. */
export function readExtensions(reply: SmtpReply): ReadonlyMap<string, readonly string[]> {
  const offered = new Map<string, readonly string[]>()
  for (const line of reply.lines.slice(1)) {
    const read = readExtension(line)
    if (read) offered.set(read.keyword, [...new Set([...(offered.get(read.keyword) ?? []), ...read.parameters])])
  }
  return offered
}

/** -1 for anything else, also behind the end. */
function digit(line: string, at: number): number {
  const value = line.charCodeAt(at) - 48
  return value >= 0 && value <= 9 ? value : -1
}
