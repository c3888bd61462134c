/** Findings about the mails that crossed: what their header lacks, and whether it agrees with the envelope. */
import type { CarriedMessage, Finding } from '../model.ts'
import { readAddressList } from '../../wire/message/address-list.ts'
import { fieldOf, readHeaders, type HeaderField } from '../../wire/message/header.ts'
import type { Reading } from './reading.ts'

/** More of a header is not looked at. */
const mostHeaderBytes = 262_144

/** All findings about mails that were sent here. Fetched ones are the past's business. */
export function mailFindings(reading: Reading): Finding[] {
  if (reading.protocol !== 'smtp') return []
  return reading.conversation.messages.flatMap((message) => {
    if (message.envelope === undefined || !message.whole || message.missing > 0 || message.bytes.length === 0) return []
    const { fields } = readHeaders(message.bytes.subarray(0, mostHeaderBytes))
    return [...missing(message, fields, reading), ...authors(message, fields), ...eightBit(message, reading)]
  })
}

/** A submission server completes what is missing, RFC 6409 §8: after a sign-in only From counts. */
function missing(message: CarriedMessage, fields: readonly HeaderField[], reading: Reading): Finding[] {
  const isSubmission = reading.conversation.signIns.some((signIn) => signIn.ok === true)
  const found = (name: string, severity: 'note' | 'caution'): Finding[] =>
    fieldOf(fields, name) !== undefined
      ? []
      : [{ id: `missing-${name}`, severity, lines: [message.line], certain: true }]
  return [
    ...found('from', 'caution'),
    ...(isSubmission ? [] : [...found('date', 'note'), ...found('message-id', 'note')]),
  ]
}

function authors(message: CarriedMessage, fields: readonly HeaderField[]): Finding[] {
  const from = fieldOf(fields, 'from')
  if (from === undefined) return []
  const addresses = readAddressList(from.raw).mailboxes.map(({ address }) => address)
  if (addresses.length === 0) return [{ id: 'empty-from', severity: 'caution', lines: [message.line], certain: true }]
  const sender = message.envelope?.from?.toLowerCase()
  if (sender === undefined || sender === '') return []
  if (addresses.some((one) => one.toLowerCase() === sender)) return []
  return [{ id: 'envelope-differs', severity: 'note', lines: [message.line], certain: true }]
}

/** Bytes beyond ASCII where the server did not say it takes them, RFC 6152 §3. */
function eightBit(message: CarriedMessage, reading: Reading): Finding[] {
  const line = reading.lineAt(message.line)
  const offer = line === undefined ? undefined : reading.offerAt(line)
  if (offer === undefined || offer.keywords.has('8BITMIME') || offer.keywords.has('BINARYMIME')) return []
  if (!message.bytes.some((byte) => byte > 0x7f)) return []
  return [{ id: 'eight-bit-not-offered', severity: 'note', lines: [message.line], certain: true }]
}
