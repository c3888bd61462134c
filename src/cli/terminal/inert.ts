/** What comes from outside is printed inert: nothing a peer, a file or a message says can steer the terminal. safety.md 15. */

/** C0, C1 and DEL; bidi, zero-width and other format characters; line separators; halves of surrogate pairs. */
const active = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

function escaped(character: string): string {
  if (character === '\t') return '\\t'
  const code = character.codePointAt(0) ?? 0
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`
}

/** The text with every active character written as `\x1b`-like text; what is harmless stays as it is. */
export function inert(text: string): string {
  return text.replace(active, escaped)
}
