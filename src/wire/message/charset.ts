/**
 * Bytes to text. The only file of this room that touches a library: the platform's TextDecoder where it knows the
 * charset, iconv-lite for the rest; HZ and ISO-2022-KR, which neither knows, are turned into their 8-bit forms first.
 * Labels are read as the field uses them: `gb2312` means GB 18030, `us-ascii` and no label mean "look at the bytes".
 */
import iconv from 'iconv-lite'

/** Text of bytes, and whether the charset was known and the bytes fitted it. */
export interface Decoded {
  readonly text: string
  /** False: the label is not known, and the bytes were read as `guessText` would. */
  readonly known: boolean
}

/** Labels that TextDecoder does not know or means otherwise. Keys without punctuation, lower case. */
const aliases: Readonly<Record<string, string>> = {
  gb2312: 'gb18030',
  gb231280: 'gb18030',
  gb23121980: 'gb18030',
  csgb2312: 'gb18030',
  gbk: 'gb18030',
  xgbk: 'gb18030',
  cp936: 'gb18030',
  ms936: 'gb18030',
  windows936: 'gb18030',
  euccn: 'gb18030',
  xeuccn: 'gb18030',
  chinese: 'gb18030',
  cngb: 'gb18030',
  gb18030: 'gb18030',
  cp950: 'big5',
  ms950: 'big5',
  xxbig5: 'big5',
  big5eten: 'big5',
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  windows31j: 'shift_jis',
  sjis: 'shift_jis',
  iso2022jp1: 'iso-2022-jp',
  iso2022jp2: 'iso-2022-jp',
  iso2022jp3: 'iso-2022-jp',
  iso2022jpms: 'iso-2022-jp',
  jis: 'iso-2022-jp',
  ksc5601: 'euc-kr',
  ksc56011987: 'euc-kr',
  ksx1001: 'euc-kr',
  cp949: 'euc-kr',
  ms949: 'euc-kr',
  uhc: 'euc-kr',
  utf8: 'utf-8',
  utf8sig: 'utf-8',
  cp65001: 'utf-8',
  utf8mb4: 'utf-8',
  utf7: 'utf-7',
  unicode11utf7: 'utf-7',
  csunicode11utf7: 'utf-7',
  hz: 'hz',
  hzgb2312: 'hz',
  iso2022kr: 'iso-2022-kr',
  csiso2022kr: 'iso-2022-kr',
  utf16: 'utf-16',
  ucs2: 'utf-16',
  iso10646ucs2: 'utf-16',
  utf32: 'utf-32',
  usascii: 'guess',
  ascii: 'guess',
  ansix341968: 'guess',
  unknown: 'guess',
  unknown8bit: 'guess',
  xunknown: 'guess',
  default: 'guess',
  '8bit': 'guess',
  '7bit': 'guess',
  none: 'guess',
}

type Decode = (bytes: Uint8Array) => string

const decoders = new Map<string, Decode | undefined>()
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const strictGb18030 = new TextDecoder('gb18030', { fatal: true })
const encoder = new TextEncoder()

/** Bytes of text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** One character a byte, U+0000 to U+00FF; the inverse of `fromLatin1`. */
export function latin1(bytes: Uint8Array): string {
  // short pieces are many, and cheaper so
  if (bytes.length <= 128) return String.fromCharCode(...bytes)
  return iconv.decode(bytes, 'binary')
}

/** One byte a character; what lies above U+00FF loses its upper bits. */
export function fromLatin1(text: string): Uint8Array {
  return iconv.encode(text, 'binary')
}

/** No byte above 0x7F. */
export function isAscii(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if ((bytes[at] ?? 0) > 0x7f) return false
  return true
}

/** True where this label names a charset that can be read. */
export function isKnownCharset(label: string): boolean {
  return decoderOf(label) !== undefined
}

/** Two labels that mean the same charset give the same word. */
export function canonicalCharset(label: string): string {
  const name = label.trim().toLowerCase()
  return aliases[name.replace(/[^a-z0-9]/g, '')] ?? name
}

/** Decodes by the label; an unknown one, or none, falls back on `guessText`. A byte order mark stays. Never throws. */
export function decodeCharset(bytes: Uint8Array, label: string): Decoded {
  const decode = decoderOf(label)
  return decode ? { text: decode(bytes), known: true } : { text: guessText(bytes).text, known: false }
}

/** Text that says nothing of its charset: UTF-8 where it is that, else GB 18030 where it looks Chinese, else Latin-1. */
export function guessText(bytes: Uint8Array): {
  readonly text: string
  readonly charset: 'utf-8' | 'gb18030' | 'latin1'
} {
  try {
    return { text: strictUtf8.decode(bytes), charset: 'utf-8' }
  } catch {
    if (looksChinese(bytes))
      try {
        return { text: strictGb18030.decode(bytes), charset: 'gb18030' }
      } catch {
        // not whole; Latin-1 takes anything
      }
    return { text: windows1252(bytes), charset: 'latin1' }
  }
}

function decoderOf(label: string): Decode | undefined {
  const name = canonicalCharset(label)
  // the cache is small however many labels a sender makes up
  if (decoders.has(name)) return decoders.get(name)
  const decode = name.length <= 64 ? makeDecoder(name) : undefined
  if (decode && decoders.size < 500) decoders.set(name, decode)
  return decode
}

function makeDecoder(name: string): Decode | undefined {
  switch (name) {
    case '':
      return undefined
    case 'guess':
      return (bytes) => guessText(bytes).text
    case 'hz':
      return (bytes) => new TextDecoder('gb18030').decode(fromHz(bytes))
    case 'iso-2022-kr':
      return (bytes) => new TextDecoder('euc-kr').decode(fromIso2022Kr(bytes))
    default:
      return platformDecoder(name) ?? libraryDecoder(name)
  }
}

function platformDecoder(name: string): Decode | undefined {
  // UTF-16 without a mark is big-endian, RFC 2781 §4.3; TextDecoder takes it for little-endian
  if (name === 'utf-16' || name === 'utf-7' || name === 'utf-32') return undefined
  try {
    const decoder = new TextDecoder(name, { ignoreBOM: true })
    return (bytes) => decoder.decode(bytes)
  } catch {
    return undefined
  }
}

function libraryDecoder(name: string): Decode | undefined {
  if (!iconv.encodingExists(name)) return undefined
  // a codec that is no charset (`base64`, `hex`) must not answer to a charset's name
  if (/^(base64|hex|binary|internal|ucs2|cesu8)/.test(name)) return undefined
  if (name === 'utf-16') return (bytes) => iconv.decode(bytes, name, { defaultEncoding: 'utf16be' })
  return (bytes) => iconv.decode(bytes, name)
}

function windows1252(bytes: Uint8Array): string {
  return new TextDecoder('windows-1252').decode(bytes)
}

/** Most high bytes stand in pairs of common Chinese characters (GB 2312, rows 16 to 87). */
function looksChinese(bytes: Uint8Array): boolean {
  let high = 0
  let common = 0
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] ?? 0
    if (lead < 0x80) continue
    const trail = bytes[at + 1] ?? 0
    if (trail < 0x40) {
      high += 1
      continue
    }
    high += 2
    if (lead >= 0xb0 && lead <= 0xf7 && trail >= 0xa1) common += 2
    at += 1
  }
  return common * 2 > high
}

/** HZ to GB 2312 in 8 bits: between `~{` and `~}` each byte stands for itself with the top bit, RFC 1843 §2. */
function fromHz(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  let size = 0
  let chinese = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x0a) chinese = false
    if (byte === 0x7e) {
      const next = bytes[at + 1]
      if (next === 0x7b || next === 0x7d) chinese = next === 0x7b
      else if (next === 0x7e) out[size++] = byte
      else if (next !== 0x0a) {
        out[size++] = byte
        continue
      }
      at += 1
    } else out[size++] = chinese && byte > 0x20 ? byte | 0x80 : byte
  }
  return out.subarray(0, size)
}

/** ISO-2022-KR to EUC-KR: between SO and SI each byte stands for itself with the top bit, RFC 1557 §2. */
function fromIso2022Kr(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  let size = 0
  let korean = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x1b && bytes[at + 1] === 0x24 && bytes[at + 2] === 0x29 && bytes[at + 3] === 0x43) at += 3
    else if (byte === 0x0e || byte === 0x0f) korean = byte === 0x0e
    else {
      if (byte === 0x0a) korean = false
      out[size++] = korean && byte > 0x20 ? byte | 0x80 : byte
    }
  }
  return out.subarray(0, size)
}
