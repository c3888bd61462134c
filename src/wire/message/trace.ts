/** The trace fields a server puts before a message, RFC 5321 §4.4. What a client said is made harmless first. */
import { isDomain, isIpv4, isIpv6, printAddress, printPath, type Address, type Path } from '../address.ts'
import { utf8 } from './charset.ts'
import { printDate } from './date.ts'

export interface Received {
  /** What the client called itself at EHLO; anything. */
  readonly helo: string
  /** The client's IP address, as the socket tells it. */
  readonly address: string
  /** The name that its address was proved to have. */
  readonly reverseName?: string
  /** This server's name. */
  readonly by: string
  /** `ESMTPS`, `ESMTPSA`, `UTF8SMTP`, …, RFC 3848 §3. */
  readonly protocol: string
  readonly id: string
  /** Only for a single recipient, so that blind copies stay blind, RFC 5321 §7.2. */
  readonly recipient?: Address
  /** For a comment: the TLS version and cipher suite. */
  readonly tls?: string
  readonly date: Date
  readonly zoneMinutes?: number
}

/** `Received: …` folded, with its CRLF. */
export function printReceived(received: Received): Uint8Array {
  const literal = printLiteral(received.address)
  const reverse = isName(received.reverseName ?? '') ? `${received.reverseName ?? ''} ` : ''
  const named = isName(received.helo)
  const from = named ? `${received.helo} (${reverse}${literal})` : `${literal} (HELO ${comment(received.helo)})`
  const lines = [`Received: from ${from}`]
  if (received.tls !== undefined) lines.push(` (${comment(received.tls)})`)
  lines.push(` by ${isName(received.by) ? received.by : 'localhost'} with ${atom(received.protocol)}`)
  lines.push(` id ${atom(received.id)}`)
  const recipient = received.recipient ? forClause(received.recipient, received.protocol) : ''
  if (recipient !== '') lines.push(recipient)
  return utf8(`${lines.join('\r\n')};\r\n ${printDate(received.date, received.zoneMinutes)}\r\n`)
}

/** `Return-Path: <…>` with its CRLF; empty brackets for the null path. */
export function printReturnPath(path: Path): Uint8Array {
  return utf8(`Return-Path: ${printPath(path)}\r\n`)
}

/** An address beyond ASCII may stand there only in a message sent with SMTPUTF8, RFC 6531 §3.7.3. */
function forClause(recipient: Address, protocol: string): string {
  const address = printAddress(recipient)
  if (/[^\0-\x7f]/.test(address) && !/^utf8/i.test(protocol)) return ''
  return ` for <${address}>`
}

/** A host name or a literal of ASCII alone: what a client says in other letters goes into a comment. */
function isName(text: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(text) && isDomain(text)
}

/** `[192.0.2.1]` or `[IPv6:2001:db8::1]`, RFC 5321 §4.1.3. */
function printLiteral(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (isIpv4(plain)) return `[${plain}]`
  return isIpv6(plain) ? `[IPv6:${plain}]` : '[unknown]'
}

/** Text that may stand in a comment: printable ASCII without what opens, closes or quotes, at most 100 characters. */
function comment(text: string): string {
  return text.slice(0, 100).replace(/[^\x20-\x7e]|[()\\]/g, '?')
}

function atom(text: string): string {
  const clean = text.replace(/[^A-Za-z0-9._+-]/g, '').slice(0, 100)
  return clean === '' ? 'unknown' : clean
}
