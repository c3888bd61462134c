/** Choosing the nearest text the catalogue has, and making words of the wire fit to stand in a sentence. */
import { entryOf } from '../catalogue/say.ts'

/** The first of these ids that has an entry; the last one if none has. */
export function firstKnown(...ids: readonly string[]): string {
  return ids.find((id) => entryOf(id) !== undefined) ?? ids.at(-1) ?? ''
}

/** Text of a peer, cut to `most` characters, with controls and direction marks shown as `\x1b`. */
export function inert(text: string, most = 40): string {
  const characters = Array.from(text)
  const shown = characters.slice(0, most).map(showCharacter).join('')
  return characters.length > most ? `${shown}..` : shown
}

function showCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f)
  if (isControl) return `\\x${code.toString(16).padStart(2, '0')}`
  const turns =
    (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f)
  if (turns || code === 0x61c || code === 0xfeff || (code >= 0xd800 && code <= 0xdfff))
    return `\\u{${code.toString(16)}}`
  return character
}

/** First word in upper case, as keywords are looked up. */
export function firstWord(row: string): string {
  return (row.trim().split(/[ \t]/, 1)[0] ?? '').toUpperCase()
}
