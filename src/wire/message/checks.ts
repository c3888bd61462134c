/** The rules a whole message bends: its lines, its singleton fields, its bodies' encodings. */
import type { Remark } from '../talk.ts'
import { isKnownCharset } from './charset.ts'
import { fieldOf, readMessageIds, unfold, type HeaderField } from './header.ts'
import { readAddressList } from './address-list.ts'
import { readDate } from './date.ts'
import { readParameters } from './parameters.ts'
import { walkParts } from './part.ts'
import { remark, type MessageRule } from './rules.ts'
import { decodeBase64, decodeQuotedPrintable } from './transfer.ts'
import type { MimePart, MimeTree } from './tree.ts'

/** Fields that may stand once at most, RFC 5322 §3.6 and RFC 2045 §3. */
const singletons = [
  'date',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'message-id',
  'in-reply-to',
  'references',
  'subject',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
]

/** Every rule the message bends, each once. Looks at all bytes once or twice; decodes no text. */
export function checkMessage(bytes: Uint8Array, tree: MimeTree): readonly Remark[] {
  const found = new Map<string, Remark>(tree.remarks.map((one) => [one.rule, one]))
  const add = (rule: MessageRule): void => void found.set(rule, remark(rule))
  checkFields(tree.root.fields, add)
  checkLines(bytes, add)
  for (const part of walkParts(tree.root)) checkPart(bytes, part, add)
  if (tree.root.type.startsWith('multipart/') && !fieldOf(tree.root.fields, 'mime-version')) add('missing-mime-version')
  return [...found.values()]
}

function checkFields(fields: readonly HeaderField[], add: (rule: MessageRule) => void): void {
  const counts = new Map<string, number>()
  for (const field of fields) {
    const name = field.name.toLowerCase()
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  for (const name of singletons) if ((counts.get(name) ?? 0) > 1) add('duplicate-field')
  const date = fieldOf(fields, 'date')
  if (!date) add('missing-date')
  else if (!readDate(unfold(date.raw))) add('date-unreadable')
  const id = fieldOf(fields, 'message-id')
  if (!id) add('missing-message-id')
  else if (readMessageIds(id.raw).length !== 1) add('message-id-unreadable')
  const from = fieldOf(fields, 'from')
  if (!from) add('missing-from')
  // several authors need one sender, RFC 5322 §3.6.2
  else if (readAddressList(from.raw).mailboxes.length > 1 && !fieldOf(fields, 'sender')) add('missing-sender')
  for (const name of ['from', 'sender', 'reply-to', 'to', 'cc', 'bcc'])
    for (const fault of readAddressList(fieldOf(fields, name)?.raw ?? '').faults)
      add(fault.what === 'words-in-quotes' ? 'encoded-word-in-quotes' : 'address-unreadable')
}

/** Line ends, lengths and NUL of the whole message, RFC 5322 §2.1.1 and §2.3. */
function checkLines(bytes: Uint8Array, add: (rule: MessageRule) => void): void {
  let start = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte > 13) continue
    if (byte === 0) add('nul')
    else if (byte === 13 && bytes[at + 1] !== 10) add('bare-cr')
    else if (byte === 10) {
      const bare = bytes[at - 1] !== 13
      if (bare) add('bare-lf')
      if (at - start - (bare ? 0 : 1) > 998) add('line-too-long')
      start = at + 1
    }
  }
  if (bytes.length - start > 998) add('line-too-long')
}

function checkPart(bytes: Uint8Array, part: MimePart, add: (rule: MessageRule) => void): void {
  const disposition = fieldOf(part.fields, 'content-disposition')
  if (disposition) readParameters(disposition.raw).rules.forEach(add)
  const charset = part.parameters['charset']
  if (charset !== undefined && part.type.startsWith('text/') && !isKnownCharset(charset)) add('charset-unknown')
  if (part.parts.length > 0) return
  const body = bytes.subarray(part.bodySpan.start, part.bodySpan.end)
  if (part.encoding === 'base64' && !decodeBase64(body).sound) add('base64-broken')
  if (part.encoding === 'quoted-printable' && !decodeQuotedPrintable(body).sound) add('quoted-printable-broken')
  if (part.encoding === '7bit' && body.some((byte) => byte > 0x7f)) add('eight-bit-body')
}
