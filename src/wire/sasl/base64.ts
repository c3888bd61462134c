/** Base64 as sign-ins carry it, RFC 4648 §4; reading is tolerant, since people and old programs write it. */
import { byteString, bytesOf } from '../cutter/text.ts'

/**
 * Decodes; padding may be missing, blanks may stand in it, the URL alphabet is read too; `=` alone is empty,
 * RFC 4954 §4. Undefined where it is not base64.
 */
export function readBase64(text: string): Uint8Array | undefined {
  if (text === '=') return new Uint8Array(0)
  const plain = text
    .replace(/[ \t\r\n]+/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) return undefined
  const letters = plain.replace(/=+$/, '')
  if (letters.length % 4 === 1) return undefined
  return bytesOf(atob(letters))
}

/** Encodes with padding and without line ends. */
export function printBase64(bytes: Uint8Array): string {
  return btoa(byteString(bytes))
}

/** True where the text is what `printBase64` would print. */
export function isCanonicalBase64(text: string): boolean {
  const bytes = readBase64(text)
  return bytes !== undefined && printBase64(bytes) === text
}

/**
 * True for one word that decodes to printable text: what someone types who was told to send base64.
 * At least 6 letters, so that a plain word is rarely taken for it.
 */
export function looksLikeCredential(text: string): boolean {
  if (text.length < 6 || text.length > 12288 || /[ \t]/.test(text)) return false
  const bytes = readBase64(text)
  if (!bytes || bytes.length < 4) return false
  return bytes.every((byte) => (byte >= 32 && byte < 127) || byte === 0 || byte === 1)
}
