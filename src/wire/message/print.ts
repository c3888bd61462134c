/**
 * Writing a message, the inverse of reading one: what is fixed by chance or clock (date, message id, boundary) is
 * handed in. Lines end in CRLF and have at most 998 bytes; bodies are 7bit where they are that, else 8bit if asked
 * for, else quoted-printable or base64, whichever is shorter. Drafts are our own, so a bad one throws `MessageError`.
 */
import { printAddress, type Address } from '../address.ts'
import { printAddressList, type NamedAddress, type NamedGroup } from './address-list.ts'
import { isAscii, latin1, utf8 } from './charset.ts'
import { printDate } from './date.ts'
import { encodeWords, join } from './encoded-words.ts'
import { foldAtBlanks, type HeaderValue } from './header.ts'
import { printParameters } from './parameters.ts'
import { encodeBase64, encodeQuotedPrintable } from './transfer.ts'

export interface DraftAttachment {
  readonly filename?: string
  /** `type/subtype`; message/rfc822 only of bytes that may stand unencoded, else it is sent as octets. */
  readonly contentType: string
  readonly bytes: Uint8Array
  /** Without angle brackets; with it and `inline` the part stands beside the HTML, RFC 2387. */
  readonly contentId?: string
  readonly disposition?: 'attachment' | 'inline'
}

export interface Draft {
  readonly from: readonly NamedAddress[]
  readonly sender?: NamedAddress
  readonly replyTo?: readonly (NamedAddress | NamedGroup)[]
  readonly to?: readonly (NamedAddress | NamedGroup)[]
  readonly cc?: readonly (NamedAddress | NamedGroup)[]
  /** Printed where given: leave it out of what is sent. */
  readonly bcc?: readonly (NamedAddress | NamedGroup)[]
  readonly subject?: string
  readonly date: Date
  readonly zoneMinutes?: number
  /** With angle brackets. */
  readonly messageId: string
  readonly inReplyTo?: string
  readonly references?: readonly string[]
  /** Further fields, before those of MIME. */
  readonly headers?: readonly { readonly name: string; readonly value: HeaderValue }[]
  /** Any line ends; a last one is added. Without text and HTML the body is empty. */
  readonly text?: string
  readonly html?: string
  readonly attachments?: readonly DraftAttachment[]
  /** 1 to 50 letters, digits, `.`, `_`, `-` that no other message has. */
  readonly boundary: string
  /** The receiver takes 8BITMIME, RFC 6152. */
  readonly eightBit?: boolean
  /** The receiver takes SMTPUTF8: addresses beyond ASCII are allowed and headers are raw UTF-8, RFC 6532. */
  readonly utf8?: boolean
}

export type MessageErrorCode =
  | 'address-invalid'
  | 'address-needs-smtputf8'
  | 'message-id-invalid'
  | 'field-invalid'
  | 'boundary-invalid'
  | 'content-type-invalid'
  | 'date-invalid'

/** A draft of our own that cannot be printed. */
export class MessageError extends Error {
  readonly code: MessageErrorCode
  constructor(code: MessageErrorCode, message: string) {
    super(message)
    this.name = 'MessageError'
    this.code = code
  }
}

/** The whole message. */
export function printMessage(draft: Draft): Uint8Array {
  if (!/^[A-Za-z0-9._-]{1,50}$/.test(draft.boundary))
    throw new MessageError('boundary-invalid', 'a boundary has 1 to 50 letters, digits, dots, dashes')
  if (Number.isNaN(draft.date.getTime())) throw new MessageError('date-invalid', 'the date is no moment')
  const head = [
    ...originFields(draft),
    ...(draft.headers ?? []).map((field) => extraField(field, draft)),
    'MIME-Version: 1.0\r\n',
  ]
  const body = new Body(draft).print()
  return join([utf8(head.join('') + body.head), utf8('\r\n'), ...body.pieces])
}

function originFields(draft: Draft): string[] {
  if (draft.from.length === 0) throw new MessageError('field-invalid', 'a message has an author')
  const fields = [`Date: ${printDate(draft.date, draft.zoneMinutes)}\r\n`, addressField('From', draft.from, draft)]
  const sender = draft.sender ?? (draft.from.length > 1 ? draft.from[0] : undefined)
  // several authors need one sender, RFC 5322 §3.6.2
  if (sender) fields.push(addressField('Sender', [sender], draft))
  if (draft.replyTo?.length) fields.push(addressField('Reply-To', draft.replyTo, draft))
  if (draft.to?.length) fields.push(addressField('To', draft.to, draft))
  if (draft.cc?.length) fields.push(addressField('Cc', draft.cc, draft))
  if (draft.bcc?.length) fields.push(addressField('Bcc', draft.bcc, draft))
  if (draft.subject !== undefined) fields.push(`Subject: ${unstructured(draft.subject, 9, draft)}\r\n`)
  fields.push(idsField('Message-ID', [draft.messageId]))
  if (draft.inReplyTo !== undefined) fields.push(idsField('In-Reply-To', [draft.inReplyTo]))
  if (draft.references?.length) fields.push(idsField('References', draft.references))
  return fields
}

function addressField(name: string, entries: readonly (NamedAddress | NamedGroup)[], draft: Draft): string {
  for (const entry of entries)
    for (const one of 'group' in entry ? entry.members : [entry]) checkAddress(one.mailbox, draft.utf8 ?? false)
  return `${name}: ${printAddressList(entries, name.length + 2, draft.utf8)}\r\n`
}

/** Throws if the address cannot stand in a header, or not without SMTPUTF8. */
function checkAddress(address: Address, utf8Allowed: boolean): void {
  const domain = /^(\[[^[\]\\\0-\x20\x7f]+\]|[^\s()<>@,;:\\"[\].\0-\x1f\x7f]+(\.[^\s()<>@,;:\\"[\].\0-\x1f\x7f]+)*)$/
  if (
    address.local === '' ||
    /[\0-\x1f\x7f-\x9f\u2028\u2029]|\p{Surrogate}/u.test(address.local + address.domain) ||
    !domain.test(address.domain)
  )
    throw new MessageError('address-invalid', 'an address cannot be written into a header field')
  if (!utf8Allowed && /[^\0-\x7f]/.test(printAddress(address)))
    throw new MessageError('address-needs-smtputf8', 'an address beyond ASCII needs a receiver with SMTPUTF8')
}

function idsField(name: string, ids: readonly string[]): string {
  for (const id of ids)
    if (!/^<[^<>\s\0-\x1f\x7f]{1,900}>$/.test(id))
      throw new MessageError('message-id-invalid', `${name} holds what is no message id`)
  return `${name}: ${foldAtBlanks(ids.join(' '), name.length + 2)}\r\n`
}

function unstructured(text: string, column: number, draft: Draft): string {
  const raw = draft.utf8 && !/[\0-\x1f\x7f]|=\?|^ | $|\S{200}/.test(text)
  return raw ? foldAtBlanks(text.toWellFormed(), column) : encodeWords(text, column)
}

function extraField(field: { readonly name: string; readonly value: HeaderValue }, draft: Draft): string {
  const { name, value } = field
  if (!/^[\x21-\x39\x3b-\x7e]{1,70}$/.test(name) || /[\r\n\0]/.test(value))
    throw new MessageError(
      'field-invalid',
      'a header field has a name of printable ASCII and a value without CR, LF, NUL',
    )
  const plain = /^[\t\x20-\x7e]*$/.test(value)
  const folded = plain ? foldAtBlanks(value.trim(), name.length + 2) : unstructured(value, name.length + 2, draft)
  if (folded.split('\r\n').some((line) => line.length > 900))
    throw new MessageError('field-invalid', `the value of ${name} has no blank where its line could be folded`)
  return `${name}: ${folded}\r\n`
}

/** One printed part: its fields, and its body in pieces. */
interface Printed {
  readonly head: string
  readonly pieces: readonly Uint8Array[]
}

class Body {
  readonly #draft: Draft
  #boundaries = 0

  constructor(draft: Draft) {
    this.#draft = draft
  }

  print(): Printed {
    const attachments = this.#draft.attachments ?? []
    const { text, html } = this.#draft
    const beside = attachments.filter(
      (one) => html !== undefined && one.contentId !== undefined && one.disposition === 'inline',
    )
    const behind = attachments.filter((one) => !beside.includes(one))
    const shown: Printed[] = []
    if (text !== undefined || html === undefined) shown.push(this.#text(text, 'text/plain'))
    if (html !== undefined) {
      const page = this.#text(html, 'text/html')
      const parts = [page, ...beside.map((one) => this.#attachment(one))]
      shown.push(parts.length === 1 ? page : this.#multipart('related', parts, { type: 'text/html' }))
    }
    const [first, ...rest] = shown
    const main = rest.length === 0 && first ? first : this.#multipart('alternative', shown)
    return behind.length === 0 ? main : this.#multipart('mixed', [main, ...behind.map((one) => this.#attachment(one))])
  }

  #multipart(subtype: string, parts: readonly Printed[], parameters: Record<string, string> = {}): Printed {
    this.#boundaries += 1
    // `=_` never stands in quoted-printable or base64, RFC 2045 §6.7
    const boundary = `=_${this.#draft.boundary}_${this.#boundaries}`
    const pieces: Uint8Array[] = []
    for (const part of parts) pieces.push(utf8(`--${boundary}\r\n${part.head}\r\n`), ...part.pieces, utf8('\r\n'))
    pieces.push(utf8(`--${boundary}--\r\n`))
    return { head: contentType(`multipart/${subtype}`, { ...parameters, boundary }), pieces }
  }

  #text(text: string | undefined, type: string): Printed {
    const lines = (text ?? '').toWellFormed().replace(/\r\n?|\n/g, '\r\n')
    const whole = text === undefined || lines.endsWith('\r\n') ? lines : `${lines}\r\n`
    const bytes = utf8(whole)
    const encoding = this.#identity(bytes) ?? shorter(bytes)
    const head = contentType(type, { charset: 'utf-8' }) + `Content-Transfer-Encoding: ${encoding}\r\n`
    return { head, pieces: [encode(bytes, encoding)] }
  }

  #attachment(one: DraftAttachment): Printed {
    if (!/^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}$/.test(one.contentType) || /^multipart\//i.test(one.contentType))
      throw new MessageError('content-type-invalid', 'an attachment has a content type of the form type/subtype')
    if (one.contentId !== undefined && !/^[^<>\s\0-\x1f\x7f]{1,900}$/.test(one.contentId))
      throw new MessageError('message-id-invalid', 'a content id cannot be written into a header field')
    // a message inside must not be encoded, RFC 2046 §5.2.1
    const message = /^message\//i.test(one.contentType)
    const identity = message ? this.#identity(one.bytes) : undefined
    const type = message && !identity ? 'application/octet-stream' : one.contentType
    const encoding = identity ?? 'base64'
    const filename: Record<string, string> = one.filename ? { filename: one.filename } : {}
    const disposition = printParameters(one.disposition ?? 'attachment', filename, 'Content-Disposition: '.length)
    const id = one.contentId === undefined ? '' : `Content-ID: <${one.contentId}>\r\n`
    return {
      head: `${contentType(type, {})}Content-Transfer-Encoding: ${encoding}\r\n${id}Content-Disposition: ${disposition}\r\n`,
      pieces: [encode(one.bytes, encoding)],
    }
  }

  /** `7bit` or `8bit` where the bytes may stand as they are: CRLF lines of at most 998 bytes, no NUL, no boundary. */
  #identity(bytes: Uint8Array): '7bit' | '8bit' | undefined {
    const ascii = isAscii(bytes)
    if (!ascii && !this.#draft.eightBit) return undefined
    if (!hasMailLines(bytes) || latin1(bytes).includes(`--=_${this.#draft.boundary}_`)) return undefined
    return ascii ? '7bit' : '8bit'
  }
}

/** Only CRLF ends lines, none is longer than 998 bytes, and there is no NUL, RFC 2045 §2.7. */
function hasMailLines(bytes: Uint8Array): boolean {
  let start = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0 || (at - start >= 998 && byte !== 13 && byte !== 10)) return false
    if (byte === 13 && bytes[at + 1] !== 10) return false
    if (byte !== 10) continue
    if (bytes[at - 1] !== 13) return false
    start = at + 1
  }
  return true
}

function contentType(type: string, parameters: Readonly<Record<string, string>>): string {
  return `Content-Type: ${printParameters(type, parameters, 'Content-Type: '.length)}\r\n`
}

type Encoding = '7bit' | '8bit' | 'base64' | 'quoted-printable'

function encode(bytes: Uint8Array, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case 'base64':
      return encodeBase64(bytes)
    case 'quoted-printable':
      return encodeQuotedPrintable(bytes)
    case '7bit':
    case '8bit':
      return bytes
  }
}

function shorter(bytes: Uint8Array): 'base64' | 'quoted-printable' {
  let escaped = 0
  for (const byte of bytes)
    if (byte > 0x7e || byte === 0x3d || (byte < 0x20 && byte !== 13 && byte !== 10)) escaped += 1
  return escaped * 6 > bytes.length ? 'base64' : 'quoted-printable'
}
