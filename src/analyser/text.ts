/** Bytes as text: UTF-8 where they are, else Latin-1, so that every byte is shown as something. */

import { byteString } from '../wire/cutter/text.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Latin-1, one character a byte. */
export const asLatin1 = byteString

/** The text of a line. */
export function asText(bytes: Uint8Array): string {
  return decoderFor(bytes)(bytes)
}

/** How a line is to be read as a whole; its parts are then read alike. */
export function decoderFor(bytes: Uint8Array): (part: Uint8Array) => string {
  return isUtf8(bytes) ? utf8OrLatin1 : asLatin1
}

export function asBytes(text: string): Uint8Array {
  return encoder.encode(text)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes)
    return true
  } catch {
    return false
  }
}

function utf8OrLatin1(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return asLatin1(bytes)
  }
}

/** Whether `bytes` holds `text` (ASCII) at that place. */
export function startsWith(bytes: Uint8Array, text: string, at = 0): boolean {
  if (bytes.length < at + text.length) return false
  for (let index = 0; index < text.length; index++) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false
  }
  return true
}

/** Lines without their ends (CRLF or LF); a last line without end counts. */
export function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  let from = 0
  while (from < bytes.length) {
    const feed = bytes.indexOf(0x0a, from)
    const end = feed === -1 ? bytes.length : feed
    const bare = end > from && bytes[end - 1] === 0x0d ? end - 1 : end
    lines.push(bytes.subarray(from, bare))
    if (feed === -1) break
    from = feed + 1
  }
  return lines
}
