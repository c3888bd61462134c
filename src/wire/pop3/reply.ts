/** Status lines of POP3, RFC 1939 §3, response codes RFC 2449 §8, and the lines of CAPA, LIST and UIDL. */
import type { Part, Remark } from '../talk.ts'
import { oneLine, readText } from '../cutter/text.ts'
import type { Pop3Command, Pop3Reply } from './words.ts'
import { form } from './rules.ts'

export interface ReadStatus {
  /** `more` is false: that depends on the command. */
  readonly reply: Pop3Reply
  readonly parts: readonly Part[]
  readonly remarks: readonly Remark[]
}

/** Reads a server's line (no line end; byte string): `+OK`, `-ERR`, `+ `; any other is a `stray`. Never fails. */
export function readStatus(line: string, start = 0): ReadStatus {
  const part = (name: string, from: number, to: number): Part => ({
    name,
    at: { start: start + from, end: start + to },
  })
  const found = /^(\+OK|-ERR)(.?)/i.exec(line)
  if (found) return statusLine(line, found[1] ?? '', found[2] ?? '', part)
  // a continuation; the space is left out by some, RFC 5034 §4
  if (line.startsWith('+') && /^\+(?: |$|[A-Za-z0-9+/]+=*$)/.test(line)) {
    const hasSpace = line[1] === ' ' || line.length === 1
    const from = Math.min(line.length, hasSpace ? 2 : 1)
    const parts = [part('status', 0, 1)]
    if (from < line.length) parts.push(part('challenge', from, line.length))
    return {
      reply: { status: 'continue', data: readText(line.slice(from)) },
      parts,
      remarks: hasSpace ? [] : [form.noSeparator],
    }
  }
  const parts = line === '' ? [] : [part('text', 0, line.length)]
  return { reply: { status: 'stray', text: readText(line) }, parts, remarks: [] }
}

function statusLine(
  line: string,
  word: string,
  separator: string,
  part: (name: string, from: number, to: number) => Part,
): ReadStatus {
  const remarks: Remark[] = []
  if (separator !== '' && separator !== ' ') remarks.push(form.noSeparator)
  // +OK and -ERR are sent in upper case, RFC 1939 §3
  if (word !== word.toUpperCase()) remarks.push(form.notUpperCase)
  let at = word.length + (separator === ' ' ? 1 : 0)
  const parts = [part('status', 0, word.length)]
  const code = /^\[([A-Za-z0-9/._-]{1,64})\](?: |$)/.exec(line.slice(at))
  if (code) {
    parts.push(part('code', at, at + (code[1] ?? '').length + 2))
    at += code[0].length
  }
  if (at < line.length) parts.push(part('text', at, line.length))
  const reply: Pop3Reply = {
    status: word.startsWith('+') ? 'ok' : 'error',
    code: code?.[1],
    text: readText(line.slice(at)),
    more: false,
  }
  return { reply, parts, remarks }
}

/** The status line with CRLF; throws where a text holds a line end. */
export function printStatus(reply: Pop3Reply): string {
  return `${oneLine(statusText(reply))}\r\n`
}

function statusText(reply: Pop3Reply): string {
  switch (reply.status) {
    case 'ok':
    case 'error': {
      const words = [reply.status === 'ok' ? '+OK' : '-ERR']
      if (reply.code !== undefined) words.push(`[${reply.code}]`)
      if (reply.text !== '') words.push(reply.text)
      return words.join(' ')
    }
    case 'continue':
      // the space stands even before nothing, RFC 5034 §4
      return `+ ${reply.data}`
    case 'stray':
      return reply.text
  }
}

/** Whether lines up to a dot follow a `+OK` to this command, RFC 1939 §3, RFC 2449 §5, RFC 6856 §3.2. */
export function hasBody(command: Pop3Command): boolean {
  switch (command.verb) {
    case 'RETR':
    case 'TOP':
    case 'CAPA':
      return true
    case 'LIST':
    case 'UIDL':
      return command.number === undefined
    case 'AUTH':
      return command.mechanism === undefined
    case 'LANG':
      return command.tag === undefined
    case 'USER':
    case 'PASS':
    case 'APOP':
    case 'answer':
    case 'DELE':
    case 'STAT':
    case 'NOOP':
    case 'RSET':
    case 'QUIT':
    case 'STLS':
    case 'UTF8':
    case 'unknown':
    case 'malformed':
      return false
  }
}

/** One line of CAPA's list, RFC 2449 §5. */
export interface Capability {
  /** Upper case. */
  readonly tag: string
  readonly parameters: readonly string[]
}

export function capability(tag: string, ...parameters: readonly string[]): Capability {
  return { tag, parameters }
}

/** Undefined where a line has no tag. */
export function readCapability(line: string): Capability | undefined {
  const [tag = '', ...parameters] = line.split(/[ \t]+/).filter((word) => word !== '')
  return tag === '' ? undefined : { tag: tag.toUpperCase(), parameters }
}

export function printCapability({ tag, parameters }: Capability): string {
  return oneLine([tag, ...parameters].join(' '))
}

/** One line of LIST (`1 334`) or UIDL (`1 id`), RFC 1939 §5, RFC 1939 §7; undefined where it is none. */
export function readListing(line: string): { readonly number: number; readonly value: string } | undefined {
  const found = /^(\d{1,10}) +([!-~]+)/.exec(line)
  return found ? { number: Number(found[1]), value: found[2] ?? '' } : undefined
}
