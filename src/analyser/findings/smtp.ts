/** Findings about the order and habits of SMTP. RFC 5321. */
import type { Finding, Line } from '../model.ts'
import { textOf, type Reading } from './reading.ts'
import { roundSize } from '../meaning/smtp.ts'

/** All findings of this kind. */
export function smtpFindings(reading: Reading): Finding[] {
  if (reading.protocol !== 'smtp') return []
  return [
    ...helo(reading),
    ...pipelining(reading),
    ...tellsNames(reading),
    ...relay(reading),
    ...tooLarge(reading),
    ...duplicates(reading),
    ...unfinished(reading),
    ...(unfinished(reading).length === 0 ? noQuit(reading) : []),
    ...greylisting(reading),
    ...webClient(reading),
  ]
}

function helo(reading: Reading): Finding[] {
  const old = reading.commands.find((line) => line.verb === 'HELO')
  if (old === undefined || reading.commands.some((line) => line.verb === 'EHLO')) return []
  return [{ id: 'helo', severity: 'note', lines: [old.number], certain: true }]
}

/** Commands that came before the answer to the one before, in a session where that was not agreed on, RFC 2920 §3.1. */
function pipelining(reading: Reading): Finding[] {
  const said = reading.lines.filter(
    (line) => line.side === 'client' && (line.kind === 'command' || line.kind === 'message'),
  )
  for (const [index, line] of said.entries()) {
    const next = said[index + 1]
    const reply = reading.replyTo(line)
    if (next === undefined || reply === undefined || next.number > reply.number || next.kind === 'message') continue
    const offer = reading.offerAt(line)
    if (line.sealed !== next.sealed || offer === undefined || offer.keywords.has('PIPELINING')) continue
    return [{ id: 'pipelining-not-offered', severity: 'note', lines: [next.number], certain: true }]
  }
  return []
}

function tellsNames(reading: Reading): Finding[] {
  const told = (verb: string, codes: readonly number[]) =>
    reading.commands.filter((line) => line.verb === verb && codes.includes(reading.replyTo(line)?.code ?? 0))
  const found = (id: string, lines: readonly Line[]): Finding[] =>
    lines.length === 0 ? [] : [{ id, severity: 'caution', lines: lines.map((line) => line.number), certain: true }]
  return [...found('vrfy-tells', told('VRFY', [250, 251])), ...found('expn-tells', told('EXPN', [250]))]
}

/**
 * Mail without sign-in for a domain that is not the server's by its name. Told only of a server that offers sign-in (so
 * it serves people, who send elsewhere) and only as likely: many domains may live on one server.
 */
function relay(reading: Reading): Finding[] {
  const { conversation } = reading
  if (conversation.signIns.some((signIn) => signIn.ok !== false)) return []
  const own = ownNames(reading)
  const offersAuth = reading.offers.some(({ keywords }) => keywords.has('AUTH'))
  if (own.length === 0 || !offersAuth) return []
  const lines = reading.commands.filter((line) => {
    if (line.verb !== 'RCPT' || !reading.isAccepted(line)) return false
    const domain = domainOf(textOf(line))
    return domain !== undefined && !own.some((name) => belongs(domain, name))
  })
  if (lines.length === 0) return []
  return [{ id: 'relay-without-auth', severity: 'caution', lines: lines.map((line) => line.number), certain: false }]
}

/** Behind the last @ of the path, so that a source route is read over, RFC 5321 §4.1.1.3. */
function domainOf(command: string): string | undefined {
  const path = /:\s*(?:<([^>]*)>|(\S+))/.exec(command)
  const text = path?.[1] ?? path?.[2] ?? ''
  return text.includes('@') ? text.slice(text.lastIndexOf('@') + 1).toLowerCase() : undefined
}

/** Names the server gives itself, in the greeting and after EHLO. */
function ownNames(reading: Reading): string[] {
  const greeting = reading.lines.find(
    (line) => line.side === 'server' && line.code === 220 && line.answers === undefined,
  )
  const hello = reading.offers.map(({ line }) => line)
  return [greeting, ...hello].flatMap((line) => {
    const name = line === undefined ? undefined : /^\d{3}[- ](\S+\.\S+)/.exec(textOf(line))?.[1]?.toLowerCase()
    return name === undefined ? [] : [name]
  })
}

/** The host is the domain, or lies in it, or both lie in one domain of two labels or more. */
function belongs(domain: string, host: string): boolean {
  const parent = host.split('.').slice(1).join('.')
  return (
    host === domain ||
    host.endsWith(`.${domain}`) ||
    (parent.includes('.') && (domain === parent || domain.endsWith(`.${parent}`)))
  )
}

function tooLarge(reading: Reading): Finding[] {
  return reading.conversation.messages.flatMap((message): Finding[] => {
    const line = reading.lineAt(message.line)
    const stated = line === undefined ? undefined : reading.offerAt(line)?.keywords.get('SIZE')
    const limit = Number(/^\d{1,15}$/.exec(stated ?? '')?.[0] ?? 0)
    const size = message.bytes.length + message.missing
    if (limit === 0 || size <= limit) return []
    const params = { limit: roundSize(limit), size: roundSize(size) }
    return [{ id: 'size-exceeded', severity: 'note', lines: [message.line], certain: true, params }]
  })
}

function duplicates(reading: Reading): Finding[] {
  return reading.conversation.messages.flatMap((message): Finding[] => {
    const seen = new Set<string>()
    const twice = (message.envelope?.to ?? []).some(({ address }) => {
      const known = seen.has(address)
      seen.add(address)
      return known
    })
    return twice ? [{ id: 'duplicate-recipients', severity: 'note', lines: [message.line], certain: true }] : []
  })
}

/** A mail without its end, or one whose answer never came: the sender cannot know what became of it. */
function unfinished(reading: Reading): Finding[] {
  if (!reading.hasEnded) return []
  return reading.conversation.messages.flatMap((message): Finding[] => {
    if (message.envelope === undefined || message.missing > 0 || message.result.length > 0) return []
    const id = message.whole ? 'no-answer-after-mail' : 'dropped-in-data'
    return [
      { id, severity: 'caution', lines: [message.line], certain: reading.conversation.stream.s2c.gaps.length === 0 },
    ]
  })
}

function noQuit(reading: Reading): Finding[] {
  const { conversation, commands } = reading
  const last = commands.at(-1)
  const broken = conversation.stream.end.some((end) => end.endsWith('RST'))
  const closed = reading.lines.some((line) => line.side === 'server' && (line.code === 421 || line.code === 221))
  if (!reading.hasEnded || broken || last === undefined || closed || conversation.sealedFrom !== undefined) return []
  if (commands.some((line) => line.verb === 'QUIT') || conversation.stream.c2s.gaps.length > 0) return []
  return [{ id: 'no-quit', severity: 'note', lines: [last.number], certain: true }]
}

/** 450 or 451 and words that say so, RFC 6647 §2: an inference. */
function greylisting(reading: Reading): Finding[] {
  const line = reading.lines.find((one) => {
    if (one.kind !== 'reply' || (one.code !== 450 && one.code !== 451)) return false
    return /gr[ae]y|postgrey|try again|again later|retry|4\.7\.[01]/i.test(textOf(one)) && one.verb !== 'STARTTLS'
  })
  return line === undefined ? [] : [{ id: 'greylisting', severity: 'note', lines: [line.number], certain: false }]
}

const webVerbs = new Set(['GET', 'POST', 'HEAD', 'OPTIONS', 'CONNECT', 'PUT'])

function webClient(reading: Reading): Finding[] {
  const line = reading.commands.find((one) => webVerbs.has(one.verb ?? ''))
  return line === undefined ? [] : [{ id: 'http-client', severity: 'caution', lines: [line.number], certain: true }]
}
