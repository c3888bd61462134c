/** The forms in which a value may stand again somewhere: as it is, or coded in a way that anyone can turn back. */
import { stableMiddles } from '../hiding.ts'

/** A form of a value, one character a byte; `name` may be told where the value may not. */
export interface Form {
  readonly name: string
  readonly text: string
}

/** Below this a coded form says too little to be searched for. */
const leastLength = 6

/** All forms of a value (one character a byte), the value itself first; none twice. */
export function formsOf(value: string): Form[] {
  const bytes = Uint8Array.from(value, (char) => char.charCodeAt(0))
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
  const each = (write: (byte: number) => string): string => Array.from(bytes, write).join('')
  const middles = [...stableMiddles(bytes), ...stableMiddles(wide(bytes))]
  const forms: Form[] = [
    { name: 'as it is', text: value },
    { name: 'reversed', text: Array.from(value).toReversed().join('') },
    ...middles.map((text) => ({ name: 'base64', text })),
    ...middles.map((text) => ({ name: 'base64url', text: text.replaceAll('+', '-').replaceAll('/', '_') })),
    { name: 'hex', text: each(hex) },
    { name: 'hex', text: each(hex).toUpperCase() },
    { name: 'percent', text: each((byte) => `%${hex(byte).toUpperCase()}`) },
    { name: 'percent', text: each((byte) => `%${hex(byte)}`) },
    { name: 'percent', text: percentWhereNeeded(value) },
    { name: 'quoted-printable', text: each((byte) => `=${hex(byte).toUpperCase()}`) },
    { name: 'quoted-printable', text: quotedWhereNeeded(value) },
    { name: 'UTF-16LE', text: Array.from(value, (char) => `${char}\0`).join('') },
    { name: 'UTF-16BE', text: Array.from(value, (char) => `\0${char}`).join('') },
    { name: 'JSON', text: JSON.stringify(value).slice(1, -1) },
    { name: 'HTML', text: value.replace(/[&<>"']/g, (char) => entities[char] ?? char) },
  ]
  const seen = new Set<string>()
  return forms.filter(({ text }) => {
    if (text.length < leastLength || seen.has(text)) return false
    seen.add(text)
    return true
  })
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function wide(bytes: Uint8Array): Uint8Array {
  const doubled = new Uint8Array(bytes.length * 2)
  for (const [index, byte] of bytes.entries()) doubled[index * 2] = byte
  return doubled
}

/** As in URLs: letters, digits and `-._~` stay, RFC 3986 §2.3. */
function percentWhereNeeded(value: string): string {
  return value.replace(/[^A-Za-z0-9\-._~]/g, (char) => `%${escaped(char)}`)
}

/** As in mail bodies: `=` and what is not printable ASCII, RFC 2045 §6.7. */
function quotedWhereNeeded(value: string): string {
  return value.replace(/[^\x20-\x3c\x3e-\x7e]/g, (char) => `=${escaped(char)}`)
}

function escaped(char: string): string {
  return char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')
}
