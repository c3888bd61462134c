/**
 * Encoded words, RFC 2047. Neighbours of one charset are joined before they are decoded, since many senders split
 * them inside a character. Reading looks at each character a fixed number of times.
 */
import { canonicalCharset, decodeCharset, fromLatin1, isKnownCharset, utf8 } from './charset.ts'
import { base64Text, decodeBase64 } from './transfer.ts'

interface Word {
  readonly charset: string
  readonly encoding: 'b' | 'q'
  readonly text: string
  /** Where the text after the word begins. */
  readonly end: number
}

export interface DecodedWords {
  readonly text: string
  /** How many encoded words were read. */
  readonly words: number
  /** False: a charset is not known, or base64 or an `=XX` is broken. */
  readonly sound: boolean
}

/** The text with its encoded words decoded; what cannot be read stays as it is. */
export function decodeWords(text: string): string {
  return readWords(text).text
}

/** As `decodeWords`, and whether all was well. Blanks between two encoded words vanish, RFC 2047 §6.2. */
export function readWords(text: string): DecodedWords {
  if (!text.includes('=?')) return { text, words: 0, sound: true }
  const out: string[] = []
  let words = 0
  let sound = true
  let run: Word[] = []
  let from = 0
  const endRun = (): void => {
    if (run.length === 0) return
    const decoded = decodeRun(run)
    words += run.length
    sound &&= decoded.sound
    out.push(decoded.text)
    run = []
  }
  for (;;) {
    const start = text.indexOf('=?', from)
    const word = start < 0 ? undefined : readWord(text, start)
    const between = text.slice(from, start < 0 ? undefined : word ? start : start + 2)
    if (between !== '' && (run.length === 0 || !word || between.trim() !== '')) {
      endRun()
      out.push(between)
    }
    if (start < 0) break
    if (word) {
      const first = run[0]
      if (first && !joins(first, word)) endRun()
      run.push(word)
      from = word.end
    } else from = start + 2
  }
  endRun()
  return { text: out.join(''), words, sound }
}

/** Charset, encoding and text between question marks; the text holds none, so that the next one must end it. */
function readWord(text: string, start: number): Word | undefined {
  const first = text.indexOf('?', start + 2)
  if (first < 0 || text[first + 2] !== '?') return undefined
  const end = text.indexOf('?', first + 3)
  if (end < 0 || text[end + 1] !== '=') return undefined
  const encoding = text[first + 1]?.toLowerCase()
  if (encoding !== 'b' && encoding !== 'q') return undefined
  const label = text.slice(start + 2, first)
  if (!/^[\w.:()+*'-]{1,80}$/.test(label)) return undefined
  // a language may stand behind the charset, RFC 2231 §5
  const star = label.indexOf('*')
  return { charset: star < 0 ? label : label.slice(0, star), encoding, text: text.slice(first + 3, end), end: end + 2 }
}

/** UTF-7 has a state that ends with the word, so its words are never joined. */
function joins(left: Word, right: Word): boolean {
  const charset = canonicalCharset(left.charset)
  return charset !== 'utf-7' && charset === canonicalCharset(right.charset)
}

function decodeRun(run: readonly Word[]): { readonly text: string; readonly sound: boolean } {
  const pieces: Uint8Array[] = []
  let sound = true
  for (let at = 0; at < run.length;) {
    const word = run[at]
    if (!word) break
    let text = word.text
    at += 1
    if (word.encoding === 'b') {
      // base64 may be cut between neighbours inside a quantum too
      while (text.length % 4 !== 0 && run[at]?.encoding === 'b') text += run[at++]?.text ?? ''
      const decoded = decodeBase64(fromLatin1(text))
      sound &&= decoded.sound
      pieces.push(decoded.bytes)
    } else {
      const decoded = decodeQ(text)
      sound &&= decoded.sound
      pieces.push(decoded.bytes)
    }
  }
  const charset = run[0]?.charset ?? ''
  const decoded = decodeCharset(join(pieces), charset)
  // what was hidden in an encoded word must not end a line of anything
  return { text: decoded.text.replace(/[\r\n\0]+/g, ' '), sound: sound && isKnownCharset(charset) }
}

function decodeQ(text: string): { readonly bytes: Uint8Array; readonly sound: boolean } {
  let sound = true
  const plain = text.replace(/_/g, ' ')
  // raw characters beyond ASCII have no place here; where they stand they are taken as UTF-8
  const bytes = /^[\0-\x7f]*$/.test(plain) ? fromLatin1(plain) : utf8(plain)
  const out = new Uint8Array(bytes.length)
  let size = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    const code = byte === 0x3d ? Number.parseInt(String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0), 16) : -1
    if (byte !== 0x3d) out[size++] = byte
    else if (/^[0-9a-f]{2}$/i.test(String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0))) {
      out[size++] = code
      at += 2
    } else {
      sound = false
      out[size++] = byte
    }
  }
  return { bytes: out.subarray(0, size), sound }
}

/** The bytes one after the other. */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1 && pieces[0]) return pieces[0]
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}

/** Must a reader be told that this word is more than its letters? */
function needsEncoding(word: string): boolean {
  return word.length > 74 || word.includes('=?') || /[^\x21-\x7e]/.test(word)
}

/**
 * Encodes what needs it (UTF-8, B or Q, whichever is shorter) and folds at 76 columns with CRLF and a blank; plain
 * words stay. `column` is where the first line stands already. Lone surrogates become U+FFFD. In a `phrase` every
 * word with a character that is special there is encoded too, RFC 2047 §5.
 */
export function encodeWords(text: string, column = 0, phrase = false): string {
  const words = text.toWellFormed().split(' ')
  const runs: { text: string; encode: boolean }[] = []
  words.forEach((word, index) => {
    const atEdge = word === '' && (index === 0 || index === words.length - 1)
    const encode = (text !== '' && atEdge) || needsEncoding(word) || (phrase && !/^[A-Za-z0-9!*+\-/=_]+$/.test(word))
    const last = runs.at(-1)
    // blanks between two encoded words would vanish, so they go inside, RFC 2047 §6.2
    if (last?.encode && (encode || word === '')) last.text += ` ${word}`
    else runs.push({ text: word, encode })
  })
  const folder = new Folder(column)
  runs.forEach((run, index) => {
    if (run.encode) folder.encoded(run.text, index > 0)
    else folder.plain(run.text, index > 0)
  })
  return folder.text
}

/** Puts words on lines of at most 76 columns. */
class Folder {
  text = ''
  #column: number
  constructor(column: number) {
    this.#column = column
  }

  plain(word: string, spaced: boolean): void {
    this.#put(word, spaced)
  }

  /** Splits at character borders so that each word fits, RFC 2047 §5. */
  encoded(text: string, spaced: boolean): void {
    const bytes = utf8(text)
    const q = [...bytes].reduce((sum, byte) => sum + (isQ(byte) ? 1 : 3), 0) <= Math.ceil(bytes.length / 3) * 4
    const room = (): number => Math.max(76 - this.#column - (spaced ? 1 : 0), 0) - overhead
    let chunk = ''
    let used = 0
    let left = room() < 12 ? 75 - overhead : Math.min(room(), 75 - overhead)
    let before = spaced
    const end = (): void => {
      this.#put(q ? `=?UTF-8?Q?${encodeQ(chunk)}?=` : `=?UTF-8?B?${base64Text(utf8(chunk))}?=`, before)
      before = true
      chunk = ''
      used = 0
      left = 75 - overhead - 1
    }
    for (const character of text) {
      const raw = utf8(character)
      const size = q ? encodeQ(character).length : raw.length
      if (chunk !== '' && (q ? used + size > left : Math.ceil((used + size) / 3) * 4 > left)) end()
      chunk += character
      used += size
    }
    end()
  }

  #put(word: string, spaced: boolean): void {
    // a line of blanks alone is no folding white space, so a fold comes only before a word, RFC 5322 §3.2.2
    const fold = spaced && word !== '' && this.#column + 1 + word.length > 76 && this.text !== ''
    if (fold) {
      this.text += `\r\n ${word}`
      this.#column = 1 + word.length
    } else {
      this.text += (spaced ? ' ' : '') + word
      this.#column += (spaced ? 1 : 0) + word.length
    }
  }
}

/** `=?UTF-8?B?` and `?=`. */
const overhead = 12

/** Characters that stand for themselves in every place an encoded word may stand, RFC 2047 §5 (3). */
function isQ(byte: number): boolean {
  return byte === 0x20 || /[A-Za-z0-9!*+\-/]/.test(String.fromCharCode(byte))
}

function encodeQ(text: string): string {
  let out = ''
  for (const byte of utf8(text))
    out +=
      byte === 0x20
        ? '_'
        : isQ(byte)
          ? String.fromCharCode(byte)
          : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return out
}
