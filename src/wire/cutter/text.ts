/**
 * Byte strings: text with one character (U+0000..U+00FF) a byte, so that a position in it is a position on the wire.
 * Grammars read byte strings; what they find is turned into real text with `readText`.
 */

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()
/** `apply` takes its arguments on the stack. */
const chunk = 4096

/** Bytes as a byte string. */
export function byteString(bytes: Uint8Array): string {
  if (bytes.length <= chunk) return characters(bytes)
  let text = ''
  for (let i = 0; i < bytes.length; i += chunk) text += characters(bytes.subarray(i, i + chunk))
  return text
}

function characters(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[])
}

/** The bytes of a byte string; a character above U+00FF is our own fault and throws. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0xff) throw new RangeError('not a byte string: it has a character above U+00FF')
    bytes[i] = code
  }
  return bytes
}

/** Text as UTF-8 bytes. Short ASCII, which is nearly all that protocols say, is not worth a call of the encoder. */
export function utf8Bytes(text: string): Uint8Array {
  if (text.length > chunk) return encoder.encode(text)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) return encoder.encode(text)
    bytes[i] = code
  }
  return bytes
}

/** Real text of a byte string: UTF-8 where the bytes are UTF-8, else Latin-1, so that nothing is lost. */
export function readText(text: string): string {
  if (isAscii(text)) return text
  try {
    return utf8.decode(bytesOf(text))
  } catch {
    return text
  }
}

/** Strict: undefined where the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** Throws where a line of a protocol would hold CR, LF or NUL: nothing that we print may grow a second line. */
export function oneLine(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 13 || code === 10 || code === 0) throw new RangeError('a line of a protocol cannot hold CR, LF or NUL')
  }
  return text
}
