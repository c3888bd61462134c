/**
 * What takes the place of a credential in facts and recordings: as many bytes, still base64 where it was that, so that
 * all offsets and the shape of the exchange stay. User names are marked and left: who may see them is decided later.
 */
import type { SecretKind, Span } from '../wire/talk.ts'
import { isCanonicalBase64, printBase64, readBase64 } from '../wire/sasl/base64.ts'
import { isEmptyAnswer, readAnswer } from '../wire/sasl/read.ts'

/** Bytes [start, end) of the client's stream are a credential; `filler` has that many bytes. */
export interface Cover extends Span {
  readonly kind: SecretKind
  readonly filler: Uint8Array
}

/** A credential in plain text at this offset (POP3's PASS, a line that may be one); the filler of a code is 16 letters too. */
export function coverText(text: string, start: number, kind: SecretKind): Cover {
  const length = Buffer.byteLength(text, 'latin1')
  const filler = kind === 'user' ? Buffer.from(text, 'latin1') : fillerOf(length, /^[A-Za-z]{16}$/.test(text))
  return { start, end: start + length, kind, filler }
}

/**
 * The credentials in a sign-in's answer (base64 text at this offset): the password of PLAIN alone, its user name marked
 * beside it. Where the pieces cannot be told, all of it.
 */
export function coverAnswer(mechanism: string, step: number, text: string, start: number, challenge?: string): Cover[] {
  if (isEmptyAnswer(text)) return []
  const { parts, whole } = readAnswer(mechanism, step, text, challenge)
  const decoded = whole === undefined && isCanonicalBase64(text) ? readBase64(text) : undefined
  if (!decoded) {
    const gravest = whole ?? parts.find(({ secret }) => secret !== undefined)?.secret
    return gravest === undefined ? [] : [{ start, end: start + text.length, kind: gravest, filler: blotted(text) }]
  }
  const filled = Uint8Array.from(decoded)
  for (const { at, secret } of parts)
    if (secret !== undefined && secret !== 'user') {
      const isCode = /^[A-Za-z]{16}$/.test(Buffer.from(decoded.subarray(at.start, at.end)).toString('latin1'))
      filled.set(fillerOf(at.end - at.start, isCode), at.start)
    }
  const letters = Buffer.from(printBase64(filled), 'latin1')
  return parts.flatMap(({ at, secret }) => {
    if (secret === undefined || at.end <= at.start) return []
    // each letter carries six bits
    const from = Math.floor((at.start * 8) / 6)
    const to = Math.min(letters.length, Math.ceil((at.end * 8) / 6))
    return [{ start: start + from, end: start + to, kind: secret, filler: letters.subarray(from, to) }]
  })
}

function fillerOf(length: number, isCode: boolean): Uint8Array {
  const word = isCode ? 'redacted' : '[redacted]'
  return Buffer.from(word.repeat(Math.ceil(length / word.length)).slice(0, length), 'latin1')
}

/** Still what it was by its alphabet, and nothing of what it said. */
function blotted(text: string): Uint8Array {
  return Buffer.from(text.replace(/[A-Za-z0-9+/_-]/g, 'x').replace(/[^x= \t]/g, 'x'), 'latin1')
}
