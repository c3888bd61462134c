/**
 * Tells what is spoken on a connection by what was said, never by the port alone: a port only breaks ties. Looks at
 * the first bytes of each side. Also tells whether the capture joined midway, and whether the sides must be swapped.
 */
import type { Side } from '../wire/talk.ts'
import type { Arrival, Stream } from '../wire/packet/capture.ts'
import type { SpokenProtocol } from './model.ts'
import { joined } from './tape.ts'
import { asLatin1 } from './text.ts'

export interface Detected {
  readonly protocol: SpokenProtocol
  readonly by: 'content' | 'port'
  /** The capture began in the middle of the conversation. */
  readonly joined: boolean
  /** What the packets call the client is the server. */
  readonly swapped: boolean
}

/** Bytes of each side that are looked at. */
const evidence = 2048

const smtpPorts = new Set([25, 465, 587, 2465, 2525, 2587])
const lmtpPorts = new Set([24])
const pop3Ports = new Set([110, 995, 2110, 2995])
const imapPorts = new Set([143, 993, 2143, 2993])

const smtpVerbs =
  /^\s*(?:EHLO|HELO|MAIL\s+FROM\s*:|RCPT\s+TO\s*:|DATA|BDAT \d|STARTTLS|AUTH\s+[A-Z0-9-]+|RSET|VRFY|EXPN|NOOP|QUIT|HELP|ETRN)/i
const pop3Verbs = /^\s*(?:USER|PASS|APOP|CAPA|STAT|LIST|UIDL|RETR|TOP|DELE|STLS|AUTH|NOOP|RSET|QUIT|UTF8|LANG)\b/i
const imapCommand =
  /^[A-Za-z0-9._-]{1,20} (?:UID )?(?:CAPABILITY|LOGIN|AUTHENTICATE|SELECT|EXAMINE|FETCH|STORE|SEARCH|LIST|LSUB|STATUS|NOOP|LOGOUT|STARTTLS|IDLE|APPEND|COPY|MOVE|EXPUNGE|CLOSE|ID|ENABLE|NAMESPACE|CREATE|DELETE|RENAME|COMPRESS)\b/i
const httpRequest = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|CONNECT|PATCH|TRACE|PROPFIND|PRI) \S+ HTTP\/\d/
const greetingCode = /^(?:220|421|554|521)[ -]/
const replyCode = /^[2-5]\d\d[ -]/

/** Tells what this stream speaks. Never throws; what it cannot tell is `unknown`, what said nothing `none`. */
export function detectProtocol(stream: Stream): Detected {
  const words = firstWords(stream.arrivals)
  if (!words.spoke) return { protocol: 'none', by: 'content', joined: false, swapped: false }
  const straight = tell(words.client, words.server, stream)
  if (straight.sure || stream.synSeen) return settled(straight, words, stream, false)
  const crosswise = tell(words.server, words.client, stream)
  return crosswise.sure ? settled(crosswise, words, stream, true) : settled(straight, words, stream, false)
}

interface Told {
  readonly protocol: SpokenProtocol
  readonly by: 'content' | 'port'
  /** The server's own words say so. */
  readonly sure: boolean
}

function settled(told: Told, words: FirstWords, stream: Stream, swapped: boolean): Detected {
  const server = swapped ? words.client : words.server
  const first: Side = swapped ? 'client' : 'server'
  const greeted =
    words.first === first && (told.protocol === 'pop3' ? /^(?:\+OK|-ERR)/.test(server) : greetingCode.test(server))
  return { protocol: told.protocol, by: told.by, joined: !stream.synSeen && !greeted, swapped }
}

function tell(client: string, server: string, stream: Stream): Told {
  const sure = (protocol: SpokenProtocol): Told => ({ protocol, by: 'content', sure: true })
  if (isTls(client, 1) || isTls(server, 2)) return sure('tls')
  if (/^\* (?:OK|PREAUTH|BYE)\b/i.test(server)) return sure('imap')
  if (/^(?:\+OK|-ERR)(?:[ \r\n[]|$)/.test(server)) return sure('pop3')
  if (/^HTTP\/\d/.test(server)) return sure('http')
  if (replyCode.test(server)) return tellNumbered(client, server, stream)
  return tellByClient(client, server, stream)
}

/** Three digits lead SMTP's replies, and those of others. */
function tellNumbered(client: string, server: string, stream: Stream): Told {
  const lines = client.split(/\r?\n/)
  if (lines.some((line) => /^LHLO\b/i.test(line))) return { protocol: 'lmtp', by: 'content', sure: true }
  const answered = lines.some((line) => smtpVerbs.test(line))
  const looks = /^\d{3}[ -].*\b(?:E?SMTP|MAIL)\b/i.test(server) || /^\d{3}[ -]\d\.\d{1,3}\.\d{1,3} /m.test(server)
  if (/^\d{3}[ -].*\bLMTP\b/i.test(server)) return { protocol: 'lmtp', by: 'content', sure: true }
  if (answered || looks) return { protocol: 'smtp', by: 'content', sure: true }
  if (smtpPorts.has(stream.server.port) || lmtpPorts.has(stream.server.port)) {
    return { protocol: 'smtp', by: 'port', sure: true }
  }
  const foreign = lines.some((line) => /^(?:USER|PASS|FEAT|MODE READER|GROUP|ARTICLE)\b/i.test(line))
  if (greetingCode.test(server) && !foreign) return { protocol: 'smtp', by: 'content', sure: false }
  return { protocol: 'unknown', by: 'content', sure: false }
}

/** The server's words say nothing: it was not captured, or the capture joined midway. */
function tellByClient(client: string, server: string, stream: Stream): Told {
  const told = (protocol: SpokenProtocol, by: 'content' | 'port' = 'content'): Told => ({ protocol, by, sure: false })
  if (httpRequest.test(client)) return told('http')
  if (imapCommand.test(client) || /^[A-Za-z0-9._-]{1,20} (?:OK|NO|BAD) /m.test(server)) return told('imap')
  if (/^\* \d+ (?:EXISTS|RECENT|FETCH|EXPUNGE)\b/im.test(server)) return told('imap')
  if (/^\s*LHLO\b/i.test(client)) return told('lmtp')
  const { port } = stream.server
  const smtp = smtpVerbs.test(client)
  const pop3 = pop3Verbs.test(client)
  if (smtp && !(pop3 && pop3Ports.has(port))) return told('smtp')
  if (pop3) return told('pop3')
  if (/^(?:\+OK|-ERR)/m.test(server) && pop3Ports.has(port)) return told('pop3')
  if (isText(client + server)) {
    if (smtpPorts.has(port)) return told('smtp', 'port')
    if (pop3Ports.has(port)) return told('pop3', 'port')
    if (lmtpPorts.has(port)) return told('lmtp', 'port')
    if (imapPorts.has(port)) return told('imap', 'port')
  }
  if (isTlsRecord(client) || isTlsRecord(server)) return told('tls')
  return told('unknown')
}

/** A handshake record that holds a message of this type first, RFC 8446 §5.1. */
function isTls(text: string, handshake: number): boolean {
  return (
    text.length >= 6 &&
    text.charCodeAt(0) === 0x16 &&
    text.charCodeAt(1) === 3 &&
    text.charCodeAt(2) <= 4 &&
    text.charCodeAt(5) === handshake
  )
}

/** Any record: a capture that joined midway sees only these. */
function isTlsRecord(text: string): boolean {
  const type = text.charCodeAt(0)
  return text.length >= 5 && type >= 0x14 && type <= 0x17 && text.charCodeAt(1) === 3 && text.charCodeAt(2) <= 4
}

function isText(text: string): boolean {
  let odd = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 && code !== 0x0d && code !== 0x0a && code !== 0x09 && code !== 0x08) odd++
  }
  return text.length > 0 && odd * 20 <= text.length
}

interface FirstWords {
  readonly client: string
  readonly server: string
  readonly spoke: boolean
  readonly first: Side | undefined
}

function firstWords(arrivals: readonly Arrival[]): FirstWords {
  const pieces: Record<Side, Uint8Array[]> = { client: [], server: [] }
  const sizes: Record<Side, number> = { client: 0, server: 0 }
  let first: Side | undefined
  let spoke = false
  for (const arrival of arrivals) {
    if (arrival.what === 'lost') spoke = true
    if (arrival.what !== 'bytes') continue
    spoke = true
    first ??= arrival.side
    if (sizes[arrival.side] >= evidence) {
      if (sizes.client >= evidence && sizes.server >= evidence) break
      continue
    }
    pieces[arrival.side].push(arrival.bytes)
    sizes[arrival.side] += arrival.bytes.length
  }
  const text = (side: Side): string => asLatin1(joined(pieces[side], sizes[side]).subarray(0, evidence))
  return { client: text('client'), server: text('server'), spoke, first }
}
