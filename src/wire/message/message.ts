/**
 * One message, read: addresses, date, texts, attachments, the tree of parts with their spans, and what bends the
 * rules. Header and tree are read when first asked for, bodies are decoded only for what needs them. Bytes are kept
 * by reference and must not change. Nothing here throws for what a sender wrote.
 */
import type { Digest, Remark, Span } from '../talk.ts'
import { readAddressList, type AddressList, type Mailbox } from './address-list.ts'
import { checkMessage } from './checks.ts'
import { readDate, type MailDate } from './date.ts'
import { fieldOf, readMessageIds, unfold, type HeaderField } from './header.ts'
import { bodyText, decodeBody, dispositionOf, isOpaqueMultipart, isShownText } from './part.ts'
import { defaultLimits, type Limits } from './rules.ts'
import { readTree, type MimePart, type MimeTree } from './tree.ts'

export interface ReadOptions {
  /** SHA-256 for attachments; without it they have none. */
  readonly digest?: Digest
  readonly limits?: Partial<Limits>
}

/** A part that is not shown as text. `size` and `sha256` are of the decoded bytes, made when asked for. */
export interface Attachment {
  readonly filename: string | undefined
  readonly contentType: string
  readonly size: number
  /** Lower-case hex; undefined if no digest was given. */
  readonly sha256: string | undefined
  readonly contentId: string | undefined
  readonly disposition: string | undefined
  readonly part: MimePart
}

/** Reads a message. Work is done when a property is first asked for. Never throws. */
export function readMessage(bytes: Uint8Array, options: ReadOptions = {}): MailMessage {
  return new MailMessage(bytes, options)
}

export class MailMessage {
  readonly bytes: Uint8Array
  readonly #limits: Limits
  readonly #digest: Digest | undefined
  #tree: MimeTree | undefined
  #texts: { text: string | undefined; html: string | undefined } | undefined
  #attachments: readonly Attachment[] | undefined
  #remarks: readonly Remark[] | undefined
  readonly #lists = new Map<string, AddressList>()

  constructor(bytes: Uint8Array, options: ReadOptions) {
    this.bytes = bytes
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#digest = options.digest
  }

  /** Bytes in all. */
  get size(): number {
    return this.bytes.length
  }

  get #read(): MimeTree {
    return (this.#tree ??= readTree(this.bytes, this.#limits))
  }

  /** The message itself as a part; its bodySpan is all behind the header. */
  get part(): MimePart {
    return this.#read.root
  }

  get headers(): readonly HeaderField[] {
    return this.part.fields
  }

  /** The first field of this name, any letter case. */
  header(name: string): HeaderField | undefined {
    return fieldOf(this.headers, name)
  }

  /** Decoded; undefined if there is none. */
  get subject(): string | undefined {
    return this.header('subject')?.value
  }

  get from(): readonly Mailbox[] {
    return this.addresses('from').mailboxes
  }

  get to(): readonly Mailbox[] {
    return this.addresses('to').mailboxes
  }

  get cc(): readonly Mailbox[] {
    return this.addresses('cc').mailboxes
  }

  get bcc(): readonly Mailbox[] {
    return this.addresses('bcc').mailboxes
  }

  get replyTo(): readonly Mailbox[] {
    return this.addresses('reply-to').mailboxes
  }

  /** The list in the first field of this name, with groups and with what could not be read. */
  addresses(name: string): AddressList {
    const known = this.#lists.get(name)
    if (known) return known
    const list = readAddressList(this.header(name)?.raw ?? '')
    this.#lists.set(name, list)
    return list
  }

  /** The moment; undefined if there is no date or it cannot be read. */
  get date(): Date | undefined {
    return this.mailDate?.at
  }

  /** The moment and the sender's zone. */
  get mailDate(): MailDate | undefined {
    const field = this.header('date')
    return field && readDate(unfold(field.raw))
  }

  /** With its angle brackets, as it is written, RFC 5322 §3.6.4. */
  get messageId(): string | undefined {
    return (
      readMessageIds(this.header('message-id')?.raw ?? '')[0] ?? (this.header('message-id')?.value.trim() || undefined)
    )
  }

  get inReplyTo(): string | undefined {
    return readMessageIds(this.header('in-reply-to')?.raw ?? '')[0]
  }

  get references(): readonly string[] {
    return readMessageIds(this.header('references')?.raw ?? '')
  }

  /** All text/plain that is shown, in order, with `\n`; undefined if there is none. */
  get text(): string | undefined {
    return this.#shown.text
  }

  /** All text/html that is shown, as it was sent: never to be put into a page as it is. */
  get html(): string | undefined {
    return this.#shown.html
  }

  get attachments(): readonly Attachment[] {
    return (this.#attachments ??= leavesOf(this.part)
      .filter((part) => !isShownText(part, dispositionOf(part)))
      .map((part) => new LazyAttachment(this.bytes, part, this.#digest)))
  }

  /** Every rule the bytes bend, each once; looks at all bytes. */
  get remarks(): readonly Remark[] {
    return (this.#remarks ??= checkMessage(this.bytes, this.#read))
  }

  get #shown(): { text: string | undefined; html: string | undefined } {
    return (this.#texts ??= shownTexts(this))
  }
}

class LazyAttachment implements Attachment {
  readonly filename: string | undefined
  readonly contentType: string
  readonly contentId: string | undefined
  readonly disposition: string | undefined
  readonly part: MimePart
  readonly #bytes: Uint8Array
  readonly #digest: Digest | undefined
  #made: { size: number; sha256: string | undefined } | undefined

  constructor(bytes: Uint8Array, part: MimePart, digest: Digest | undefined) {
    const where = dispositionOf(part)
    this.filename = where.filename
    this.contentType = part.type
    this.contentId = where.contentId
    this.disposition = where.disposition
    this.part = part
    this.#bytes = bytes
    this.#digest = digest
  }

  get size(): number {
    return this.#facts.size
  }

  get sha256(): string | undefined {
    return this.#facts.sha256
  }

  get #facts(): { size: number; sha256: string | undefined } {
    if (!this.#made) {
      const decoded = decodeBody(this.#bytes, this.part).bytes
      this.#made = { size: decoded.length, sha256: this.#digest?.(decoded) }
    }
    return this.#made
  }
}

/** The decoded bytes of a part of this message. */
export function decodePart(message: MailMessage, part: MimePart): Uint8Array {
  return decodeBody(message.bytes, part).bytes
}

/** The text of a part of this message, with `\n` as line end; whatever its type. */
export function partText(message: MailMessage, part: MimePart): string {
  return bodyText(part, decodePart(message, part))
}

/** The leaves of this message's own tree in order; a message inside it counts as one leaf. */
function leavesOf(part: MimePart): MimePart[] {
  if (!part.type.startsWith('multipart/') || isOpaqueMultipart(part)) return [part]
  return part.parts.flatMap(leavesOf)
}

function shownTexts(message: MailMessage): { text: string | undefined; html: string | undefined } {
  const texts: string[] = []
  const htmls: string[] = []
  for (const part of leavesOf(message.part)) {
    if (!isShownText(part, dispositionOf(part))) continue
    const text = partText(message, part)
    if (part.type === 'text/html') htmls.push(text)
    else texts.push(text)
  }
  return { text: joined(texts), html: joined(htmls) }
}

/** Several texts follow each other on lines of their own. */
function joined(texts: readonly string[]): string | undefined {
  return texts.length === 0
    ? undefined
    : texts.reduce((all, text) => (all.endsWith('\n') ? all + text : `${all}\n${text}`))
}

/** The shape `message` of the command line's JSON; what is absent is left out. */
export interface MessageDocument {
  readonly schema: 'postglass/message/1'
  readonly size: number
  readonly headers: readonly {
    readonly name: string
    readonly value: string
    readonly raw: string
    readonly span: Span
  }[]
  readonly subject?: string
  readonly from: readonly NameAndAddress[]
  readonly to: readonly NameAndAddress[]
  readonly cc: readonly NameAndAddress[]
  readonly bcc: readonly NameAndAddress[]
  readonly replyTo: readonly NameAndAddress[]
  /** ISO 8601 UTC. */
  readonly date?: string
  readonly messageId?: string
  readonly inReplyTo?: string
  readonly references: readonly string[]
  readonly text?: string
  readonly html?: string
  readonly attachments: readonly AttachmentDocument[]
  readonly part: PartDocument
  readonly remarks: readonly Remark[]
}

export interface NameAndAddress {
  readonly name: string
  readonly address: string
}

export interface AttachmentDocument {
  readonly filename?: string
  readonly contentType: string
  readonly size: number
  readonly sha256?: string
  readonly contentId?: string
  readonly disposition?: string
}

export interface PartDocument {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
  readonly encoding: string
  readonly headerSpan: Span
  readonly bodySpan: Span
  readonly parts: readonly PartDocument[]
}

/** Everything of a message as one JSON document; decodes all bodies. */
export function messageDocument(message: MailMessage): MessageDocument {
  return {
    schema: 'postglass/message/1',
    size: message.size,
    headers: message.headers.map(({ name, value, raw, span }) => ({ name, value, raw, span })),
    ...present('subject', message.subject),
    from: message.from.map(nameAndAddress),
    to: message.to.map(nameAndAddress),
    cc: message.cc.map(nameAndAddress),
    bcc: message.bcc.map(nameAndAddress),
    replyTo: message.replyTo.map(nameAndAddress),
    ...present('date', message.date?.toISOString()),
    ...present('messageId', message.messageId),
    ...present('inReplyTo', message.inReplyTo),
    references: message.references,
    ...present('text', message.text),
    ...present('html', message.html),
    attachments: message.attachments.map(attachmentDocument),
    part: partDocument(message.part),
    remarks: message.remarks,
  }
}

function present<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, string>)
}

function nameAndAddress({ name, address }: Mailbox): NameAndAddress {
  return { name, address }
}

function attachmentDocument(attachment: Attachment): AttachmentDocument {
  return {
    ...present('filename', attachment.filename),
    contentType: attachment.contentType,
    size: attachment.size,
    ...present('sha256', attachment.sha256),
    ...present('contentId', attachment.contentId),
    ...present('disposition', attachment.disposition),
  }
}

function partDocument(part: MimePart): PartDocument {
  const { type, parameters, encoding, headerSpan, bodySpan } = part
  return { type, parameters, encoding, headerSpan, bodySpan, parts: part.parts.map(partDocument) }
}
