/** Content-Transfer-Encoding, RFC 2045 §6: read tolerantly with what was wrong, written strictly. */
import { fromLatin1, latin1 } from './charset.ts'

export interface Transferred {
  readonly bytes: Uint8Array
  /** False: the bytes bend the rules of their encoding; what could be read is there. */
  readonly sound: boolean
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const CR = 13
const LF = 10
const EQUALS = 0x3d

/** Values of the alphabet; 64 pads, 65 is white space, 66 is none of it. */
const values = new Uint8Array(256).fill(66)
for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value
values[EQUALS] = 64
for (const space of [9, 10, 13, 32]) values[space] = 65

/**
 * Decodes base64, RFC 2045 §6.8. Characters outside the alphabet are skipped, and padding in the middle begins a new
 * quantum (senders join separately encoded lines); both, and a last quantum that is short, leave it not sound.
 */
export function decodeBase64(bytes: Uint8Array): Transferred {
  const out = new Uint8Array(Math.ceil(bytes.length / 4) * 3)
  let size = 0
  let bits = 0
  let count = 0
  let sound = true
  let padded = false
  for (const byte of bytes) {
    const value = values[byte] ?? 66
    if (value < 64) {
      if (padded && count === 0) sound = false
      padded = false
      bits = ((bits << 6) | value) & 0xffffff
      if (++count === 4) {
        out[size++] = bits >> 16
        out[size++] = bits >> 8
        out[size++] = bits
        count = 0
      }
    } else if (value === 64) {
      size = flush(out, size, bits, count)
      if (count === 1) sound = false
      count = 0
      padded = true
    } else if (value === 66) sound = false
  }
  if (count > 0) sound = false
  size = flush(out, size, bits, count)
  return { bytes: out.subarray(0, size), sound }
}

/** Writes the whole bytes of a quantum of `count` characters; returns the new size. */
function flush(out: Uint8Array, size: number, bits: number, count: number): number {
  if (count === 2) out[size++] = bits >> 4
  if (count === 3) {
    out[size++] = bits >> 10
    out[size++] = bits >> 2
  }
  return size
}

function hex(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57
  return -1
}

/**
 * Decodes quoted-printable, RFC 2045 §6.7: soft line ends vanish, white space at a line's end is dropped, an `=` that
 * means nothing stands for itself (not sound).
 */
export function decodeQuotedPrintable(bytes: Uint8Array): Transferred {
  const out = new Uint8Array(bytes.length)
  let size = 0
  let sound = true
  /** Size before white space that may turn out to end its line. */
  let solid = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === LF || (byte === CR && bytes[at + 1] === LF)) {
      size = solid // white space before a line end was added on the way, RFC 2045 §6.7
      out[size++] = byte
      solid = size
    } else if (byte === 0x20 || byte === 9) out[size++] = byte
    else if (byte !== EQUALS) {
      if (byte > 0x7e) sound = false
      out[size++] = byte
      solid = size
    } else {
      const high = hex(bytes[at + 1] ?? 0)
      const low = hex(bytes[at + 2] ?? 0)
      if (high >= 0 && low >= 0) {
        out[size++] = (high << 4) | low
        at += 2
      } else {
        const end = softEnd(bytes, at + 1)
        if (end > 0) at = end - 1
        else {
          sound = false
          out[size++] = byte
        }
      }
      solid = size
    }
  }
  return { bytes: out.subarray(0, solid), sound }
}

/** Where the line after a soft line end begins, or -1; blanks between `=` and the line end are dropped. */
function softEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 9) at++
  if (at >= bytes.length) return bytes.length
  if (bytes[at] === LF) return at + 1
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1
}

/** Base64 in one line, RFC 4648 §4. */
export function base64Text(bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4)
  let size = 0
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    out[size++] = alphabet.charCodeAt(bits >> 18)
    out[size++] = alphabet.charCodeAt((bits >> 12) & 63)
    out[size++] = left > 1 ? alphabet.charCodeAt((bits >> 6) & 63) : EQUALS
    out[size++] = left > 2 ? alphabet.charCodeAt(bits & 63) : EQUALS
  }
  return latin1(out)
}

/** Base64 in lines of 76 characters, the last ended too, RFC 2045 §6.8. */
export function encodeBase64(bytes: Uint8Array): Uint8Array {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 57) lines.push(`${base64Text(bytes.subarray(at, at + 57))}\r\n`)
  return fromLatin1(lines.join(''))
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'))

/** Quoted-printable of text bytes whose lines end in CRLF, in lines of at most 76 characters, RFC 2045 §6.7. */
export function encodeQuotedPrintable(bytes: Uint8Array): Uint8Array {
  const lines: string[] = []
  let line = ''
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === CR && bytes[at + 1] === LF) {
      lines.push(`${line}\r\n`)
      line = ''
      at += 1
      continue
    }
    const atEnd = at + 1 === bytes.length || (bytes[at + 1] === CR && bytes[at + 2] === LF)
    const piece = isPlain(byte, atEnd, line) ? String.fromCharCode(byte) : `=${hexOf[byte] ?? ''}`
    if (line.length + piece.length > (atEnd ? 76 : 75)) {
      lines.push(`${line}=\r\n`)
      line = ''
    }
    line += piece
  }
  lines.push(line)
  return fromLatin1(lines.join(''))
}

/** May this byte stand for itself? Blanks not at a line's end; no dot and no `From` at its beginning, RFC 2049 §3. */
function isPlain(byte: number, atEnd: boolean, line: string): boolean {
  if (byte === 0x20 || byte === 9) return !atEnd
  if (line === '' && (byte === 0x2e || byte === 0x46)) return false
  return byte > 0x20 && byte < 0x7f && byte !== EQUALS
}
