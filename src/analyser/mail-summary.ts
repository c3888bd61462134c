/** What a mail is, in a few facts, as it stands in an explanation. */
import type { Mailbox } from '../wire/message/address-list.ts'
import type { HeaderField } from '../wire/message/header.ts'
import { readMessage } from '../wire/message/message.ts'
import type { MailMessage } from '../wire/message/message.ts'
import { dispositionOf, isShownText } from '../wire/message/part.ts'
import type { MimePart } from '../wire/message/tree.ts'
import type { MessageShape } from './meaning/message.ts'
import type { Measured, Tellable, Text } from './model.ts'
import type { Teller } from './teller.ts'
import { asLatin1 } from './text.ts'

export interface MailSummary {
  readonly subject: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly messageId: string | undefined
  readonly contentType: string
  /** Media types of the leaves in order; only of a multipart. */
  readonly parts: readonly string[]
  readonly attachments: readonly string[]
  /** For the sentence beside its line. */
  readonly fields: readonly string[]
  readonly texts: number
  readonly htmls: number
  readonly size: number
}

/** The shape of bytes that are no whole message. */
export const nothing: MessageShape = { fields: [], texts: 0, htmls: 0, attachments: 0, size: 0 }

export function shapeOf(summary: MailSummary): MessageShape {
  const { fields, texts, htmls, attachments, size } = summary
  return { fields, texts, htmls, attachments: attachments.length, size }
}

/** Fields worth naming beside a message. */
const named = ['From', 'To', 'Subject', 'Date', 'Message-ID']

/** Reads a mail for its summary. Never throws, whatever the bytes. */
export function summariseMail(bytes: Uint8Array): MailSummary {
  const message = readMessage(bytes)
  const { part } = message
  const leaves = leavesOf(part)
  const isText = (leaf: MimePart): boolean => isShownText(leaf, dispositionOf(leaf))
  const isMultipart = part.type.startsWith('multipart/') && part.parts.length > 0
  const texts = leaves.filter(isText)
  return {
    subject: plainField(message, 'subject')?.value,
    from: addressesOf(message, 'from'),
    to: addressesOf(message, 'to'),
    messageId: plainField(message, 'message-id')?.value,
    contentType: part.type,
    parts: isMultipart ? leaves.flatMap((leaf) => typesOf(leaf, bytes)) : [],
    attachments: isMultipart ? leaves.flatMap((leaf) => dispositionOf(leaf).filename ?? []) : [],
    fields: named.filter((name) => message.header(name) !== undefined),
    texts: texts.filter((leaf) => leaf.type !== 'text/html').length,
    htmls: texts.filter((leaf) => leaf.type === 'text/html').length,
    size: bytes.length,
  }
}

/** A field in today's form: a blank before the colon is an old one that many readers take for text, RFC 5322 §4.5. */
function plainField(message: MailMessage, name: string): HeaderField | undefined {
  const field = message.header(name)
  if (field === undefined) return undefined
  const colon = message.bytes[field.span.start + field.name.length]
  return colon === 0x3a ? field : undefined
}

/** `Name <address>` of each, or the field as it stands where it is more than plain addresses. */
function addressesOf(message: MailMessage, name: string): string | undefined {
  const field = plainField(message, name)
  if (field === undefined) return undefined
  const { entries, mailboxes, faults } = message.addresses(name)
  if (mailboxes.length === 0 || faults.length > 0 || entries.some((entry) => 'members' in entry)) return field.value
  return mailboxes.map(printMailbox).join(', ')
}

function printMailbox({ name, address }: Mailbox): string {
  if (name === undefined || name === '') return address
  const shown = /[()<>@,:;.\\"[\]]/.test(name) ? `"${name.replace(/[\\"]/g, '\\$&')}"` : name
  return `${shown} <${address}>`
}

/** A delivery report is as many texts as it has groups of fields, RFC 3464 §2.1. */
function typesOf(leaf: MimePart, bytes: Uint8Array): string[] {
  if (leaf.type !== 'message/delivery-status') return [leaf.type]
  const text = asLatin1(bytes.subarray(leaf.bodySpan.start, leaf.bodySpan.end)).trim()
  return text.split(/\r?\n\s*\r?\n/).map(() => 'text/plain')
}

/** The parts that hold no others, in order. */
function leavesOf(part: MimePart): MimePart[] {
  const leaves: MimePart[] = []
  const open = [part]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.parts.length === 0) leaves.push(next)
    else open.push(...next.parts.toReversed())
  }
  return leaves
}

/** Number of LF bytes. */
export function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) lines++
  return lines
}

/** The facts of a mail for the documented JSON. */
export function summaryFields(
  bytes: Uint8Array,
  summary: MailSummary,
  teller: Teller,
  secret: boolean,
): Measured | { readonly [name: string]: Tellable } {
  const text = (value: string | undefined): Text | string | undefined =>
    value === undefined ? undefined : teller.decoded(value)
  return teller.measured(
    secret,
    { bytes: bytes.length, sha256: teller.digest(bytes), lines: countLines(bytes) },
    {
      subject: text(summary.subject),
      from: text(summary.from),
      to: text(summary.to),
      messageId: text(summary.messageId),
      contentType: summary.contentType,
      parts: summary.parts.length === 0 ? undefined : summary.parts,
      attachments:
        summary.attachments.length === 0 ? undefined : summary.attachments.map((name) => teller.decoded(name)),
    },
  )
}
