/** What lies in one part: its bytes, its text, its file name. */
import { canonicalCharset, decodeCharset, guessText, isKnownCharset, latin1 } from './charset.ts'
import { fieldOf } from './header.ts'
import { readParameters } from './parameters.ts'
import { decodeBase64, decodeQuotedPrintable, type Transferred } from './transfer.ts'
import type { MimePart } from './tree.ts'

/** The bytes of the part's body with the transfer encoding taken off; an unknown encoding leaves them as they are. */
export function decodeBody(bytes: Uint8Array, part: MimePart): Transferred {
  const body = bytes.subarray(part.bodySpan.start, part.bodySpan.end)
  switch (part.encoding) {
    case 'base64':
      return decodeBase64(body)
    case 'quoted-printable':
      return decodeQuotedPrintable(body)
    default:
      return { bytes: body, sound: true }
  }
}

/** Text of decoded bytes with `\n` as line end and no byte order mark, by the charset parameter, an HTML meta element, or the look of the bytes. */
export function bodyText(part: MimePart, bytes: Uint8Array): string {
  const label = charsetLabel(part, bytes)
  const text = label === undefined ? guessText(bytes).text : decodeCharset(bytes, label).text
  return text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
}

/** The label that decides; undefined where none is given. */
export function charsetLabel(part: MimePart, bytes: Uint8Array): string | undefined {
  const given = part.parameters['charset']
  const vague = given === undefined || canonicalCharset(given) === 'guess' || !isKnownCharset(given)
  if (vague && part.type === 'text/html') {
    const meta = /<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(latin1(bytes.subarray(0, 4096)))
    if (meta?.[1] && isKnownCharset(meta[1])) return meta[1]
  }
  return given
}

export interface Disposition {
  /** `inline`, `attachment` or another word in lower case; undefined without the field, RFC 2183 §2. */
  readonly disposition: string | undefined
  /** The `filename` of Content-Disposition, else the `name` of Content-Type; a name, never a path to trust, §2.3. */
  readonly filename: string | undefined
  /** Without the angle brackets, RFC 2392 §2. */
  readonly contentId: string | undefined
}

/** What the part's fields say of where it belongs. */
export function dispositionOf(part: MimePart): Disposition {
  const field = fieldOf(part.fields, 'content-disposition')
  const read = field ? readParameters(field.raw) : undefined
  const filename = read?.parameters['filename'] ?? part.parameters['name']
  const id = fieldOf(part.fields, 'content-id')?.value.replace(/^<|>$/g, '').trim()
  return {
    disposition: read && read.value !== '' ? read.value : undefined,
    filename: filename === '' ? undefined : filename,
    contentId: id === '' ? undefined : id,
  }
}

/** All parts below and with this one, in the order they stand. */
export function* walkParts(part: MimePart): Generator<MimePart> {
  yield part
  for (const child of part.parts) yield* walkParts(child)
}

/** Is this part shown as the message's text? `inside` tells that it has no file name and is no attachment. */
export function isShownText(part: MimePart, where: Disposition): boolean {
  if (where.disposition === 'attachment' || where.filename !== undefined) return false
  return part.type === 'text/plain' || part.type === 'text/html' || isOpaqueMultipart(part)
}

/** A multipart that could not be taken apart is read as text. */
export function isOpaqueMultipart(part: MimePart): boolean {
  return part.type.startsWith('multipart/') && part.parts.length === 0
}
