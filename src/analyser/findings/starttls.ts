/** Findings about switching to TLS: offered and not used, refused, perhaps taken out of the list. RFC 3207, RFC 2595. */
import type { Finding, Line } from '../model.ts'
import { clearSignIns, credentialIn, offeredFinding } from './sign-in.ts'
import type { Offer, Reading } from './reading.ts'

const switches = new Set(['STARTTLS', 'STLS'])

/** All findings about switching to TLS. */
export function starttlsFindings(reading: Reading): Finding[] {
  // where something was shown, or TLS left, the worse is said already
  const isExposed = unusedOffer(reading) !== undefined || clearSignIns(reading).length > 0
  return [
    ...notUsed(reading),
    ...(isExposed ? [] : offeredFinding(reading)),
    ...notOffered(reading),
    ...refused(reading),
    ...noSecondEhlo(reading),
    ...injected(reading),
  ]
}

/** The first thing worth sealing that passed in clear: a sign-in, an envelope, a mailbox command. */
function firstExposed(reading: Reading): Line | undefined {
  return reading.commands.find((line) => !line.sealed && isWorthSealing(line))
}

function isWorthSealing(line: Line): boolean {
  return line.phase === 'sign-in' || line.verb === 'MAIL' || line.verb === 'RETR' || credentialIn(line) !== undefined
}

/** Where TLS could have been had and was not asked for: the offer, and the line that should have waited. */
export function unusedOffer(reading: Reading): { readonly offer: Offer; readonly line: Line } | undefined {
  const line = firstExposed(reading)
  if (line === undefined) return undefined
  const offer = reading.offers.find((one) => one.line.number < line.number && offersTls(one))
  const asked = reading.commands.some((one) => switches.has(one.verb ?? '') && one.number < line.number)
  return offer === undefined || asked ? undefined : { offer, line }
}

function offersTls({ line, keywords }: Offer): boolean {
  return !line.sealed && (keywords.has('STARTTLS') || keywords.has('STLS'))
}

/** A credential in clear says it already, with the same cure. */
function notUsed(reading: Reading): Finding[] {
  const unused = unusedOffer(reading)
  if (unused === undefined || clearSignIns(reading).length > 0) return []
  const lines = [unused.offer.line.number, unused.line.number]
  const finding: Finding = { id: 'starttls-offered-not-used', severity: 'caution', lines, certain: true }
  return [reading.protocol === 'pop3' ? { ...finding, params: { variant: 'pop3' } } : finding]
}

function notOffered(reading: Reading): Finding[] {
  const line = firstExposed(reading)
  const offer = line === undefined ? undefined : reading.offers.find((one) => one.line.number < line.number)
  const isCut = reading.conversation.stream.s2c.gaps.length > 0
  if (line === undefined || offer === undefined || isCut || reading.offers.some(offersTls)) return []
  const severity = clearSignIns(reading).length > 0 ? 'caution' : 'note'
  return [{ id: 'starttls-not-offered', severity, lines: [offer.line.number], certain: false }]
}

function refused(reading: Reading): Finding[] {
  const ask = reading.commands.find((line) => switches.has(line.verb ?? '') && reading.isRefused(line))
  if (ask === undefined) return []
  const next = reading.commands.find((line) => line.number > ask.number && !line.sealed && isWorthSealing(line))
  if (next === undefined) return []
  const reply = reading.replyTo(ask)
  const lines = [ask.number, ...(reply === undefined ? [] : [reply.number]), next.number]
  return [{ id: 'starttls-refused-clear', severity: 'caution', lines, certain: true }]
}

/** The first word inside TLS must be EHLO again, RFC 3207 §4.2. */
function noSecondEhlo(reading: Reading): Finding[] {
  if (reading.protocol !== 'smtp' || !reading.commands.some((line) => line.verb === 'STARTTLS')) return []
  const first = reading.commands.find((line) => line.sealed)
  if (first === undefined || first.verb === 'EHLO' || first.verb === 'HELO' || first.verb === 'QUIT') return []
  return [{ id: 'starttls-no-second-ehlo', severity: 'note', lines: [first.number], certain: true }]
}

const injections = { smtp: 'plaintext-after-starttls', pop3: 'plaintext-after-stls' }

/** Bytes in clear between the agreement and the handshake, RFC 3207 §4.2; where no remark of an engine says so already. */
function injected(reading: Reading): Finding[] {
  const { sealing } = reading.conversation
  if (sealing === undefined || sealing.injected.client + sealing.injected.server === 0) return []
  const id = reading.protocol === 'pop3' ? injections.pop3 : injections.smtp
  if (reading.lines.some((line) => line.remarks.some((remark) => remark.rule === id))) return []
  const ask = reading.commands.find((line) => switches.has(line.verb ?? ''))
  const lines = ask === undefined ? [] : [ask.number]
  return [{ id, severity: 'danger', lines, certain: true, params: { verb: ask?.verb ?? '' } }]
}
