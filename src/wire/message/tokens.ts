/**
 * The lexical tokens of structured fields, RFC 5322 §3.2: atoms, quoted strings, domain literals, comments and
 * specials. One pass, no recursion: comments nest by counting.
 */

export interface Token {
  readonly kind: 'atom' | 'quoted' | 'literal' | 'special'
  /** Unquoted; of a literal what stands between the brackets; of a special the character. */
  readonly text: string
  /** White space or a comment stands before it. */
  readonly spaced: boolean
}

export interface Tokens {
  readonly tokens: readonly Token[]
  /** Comments on the top level with the number of tokens before each; content without the outer parentheses. */
  readonly comments: readonly { readonly text: string; readonly before: number }[]
  /** A quoted string, a literal or a comment that does not end. */
  readonly open: boolean
}

/** Characters of an atom: those of RFC 5322 §3.2.3 and everything beyond ASCII, RFC 6532 §3.2. */
const notAtom = /[ ()<>@,;:\\"[\].\0-\x1f\x7f]/g

/** Cuts an unfolded value into tokens; in `specials` stand the characters that are tokens of their own. */
export function readTokens(text: string): Tokens {
  const tokens: Token[] = []
  const comments: { text: string; before: number }[] = []
  let open = false
  let spaced = false
  const add = (kind: Token['kind'], value: string): void => {
    tokens.push({ kind, text: value, spaced })
    spaced = false
  }
  for (let at = 0; at < text.length;) {
    const character = text[at] ?? ''
    if (character === ' ' || character === '\t' || character === '\r' || character === '\n') {
      spaced = true
      at += 1
    } else if (character === '(') {
      const comment = readComment(text, at)
      comments.push({ text: comment.text, before: tokens.length })
      open ||= comment.open
      spaced = true
      at = comment.end
    } else if (character === '"' || character === '[') {
      const quoted = readQuoted(text, at, character === '"' ? '"' : ']')
      add(character === '"' ? 'quoted' : 'literal', quoted.text)
      open ||= quoted.open
      at = quoted.end
    } else {
      notAtom.lastIndex = at
      const end = notAtom.exec(text)?.index ?? text.length
      if (end > at) add('atom', text.slice(at, end))
      else add('special', character)
      at = Math.max(end, at + 1)
    }
  }
  return { tokens, comments, open }
}

interface Piece {
  readonly text: string
  readonly end: number
  readonly open: boolean
}

/** From the opening character to its end; a backslash makes the next character stand for itself, RFC 5322 §3.2.1. */
function readQuoted(text: string, start: number, last: string): Piece {
  const pieces: string[] = []
  let from = start + 1
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '\\') {
      pieces.push(text.slice(from, at))
      from = at + 1
      at += 1
    } else if (character === last) {
      pieces.push(text.slice(from, at))
      return { text: pieces.join(''), end: at + 1, open: false }
    }
  }
  pieces.push(text.slice(from))
  return { text: pieces.join(''), end: text.length, open: true }
}

function readComment(text: string, start: number): Piece {
  const pieces: string[] = []
  let depth = 0
  let from = start + 1
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    else if (character === '\\') {
      pieces.push(text.slice(from, at))
      from = at + 1
      at += 1
    }
    if (depth === 0) {
      pieces.push(text.slice(from, at))
      return { text: pieces.join(''), end: at + 1, open: false }
    }
  }
  pieces.push(text.slice(from))
  return { text: pieces.join(''), end: text.length, open: true }
}
