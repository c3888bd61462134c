/**
 * Address lists of header fields: the full grammar of RFC 5322 §3.4 with groups, comments and the obsolete forms of
 * §4.4, and UTF-8 by RFC 6532. In time linear to the text. What two readers could take for different addresses is
 * refused and named (`faults`), never guessed; an address is never cut at its `@` by searching.
 */
import { isSameAddress, printAddress, type Address } from '../address.ts'
import { encodeWords, readWords } from './encoded-words.ts'
import { unfold } from './header.ts'
import { readTokens, type Token, type Tokens } from './tokens.ts'

export interface Mailbox {
  /** Decoded display name, or the comment that stands for one in old messages; empty if there is none. */
  readonly name: string
  /** As printed: local part (quoted where it must be), `@`, domain. */
  readonly address: string
  readonly mailbox: Address
}

export interface Group {
  readonly group: string
  readonly members: readonly Mailbox[]
}

export interface AddressFault {
  readonly what: 'unreadable' | 'ambiguous' | 'not-closed' | 'semicolon' | 'dots' | 'words-in-quotes'
  /** The piece of the list it is about. */
  readonly text: string
}

export interface AddressList {
  readonly entries: readonly (Mailbox | Group)[]
  /** All mailboxes in order, those of groups too. */
  readonly mailboxes: readonly Mailbox[]
  readonly faults: readonly AddressFault[]
}

/** Reads the value of From, To, Cc and their like, folded or not. Never throws. */
export function readAddressList(text: string): AddressList {
  return new ListReader(readTokens(unfold(text))).read()
}

class ListReader {
  readonly #tokens: readonly Token[]
  readonly #comments: Tokens['comments']
  readonly #entries: (Mailbox | Group)[] = []
  readonly #mailboxes: Mailbox[] = []
  readonly #faults: AddressFault[] = []
  #group: { name: string; members: Mailbox[] } | undefined
  #comment = 0

  constructor(read: Tokens) {
    this.#tokens = read.tokens
    this.#comments = read.comments
    if (read.open) this.#faults.push({ what: 'not-closed', text: '' })
  }

  read(): AddressList {
    let from = 0
    let angle: 'none' | 'open' | 'route' = 'none'
    for (let at = 0; at < this.#tokens.length; at++) {
      const token = this.#tokens[at]
      if (token?.kind !== 'special') continue
      if (token.text === '<') angle = isSpecial(this.#tokens[at + 1], '@') ? 'route' : 'open'
      else if (token.text === '>') angle = 'none'
      // a route holds commas and ends with a colon, RFC 5322 §4.4
      else if (token.text === ':' && angle === 'route') angle = 'open'
      else if (token.text === ':' && angle === 'none' && !this.#group) {
        this.#group = { name: phrase(this.#tokens.slice(from, at)).text, members: [] }
        this.#skipComments(at)
        from = at + 1
      } else if (token.text === ';' || (token.text === ',' && angle !== 'route')) {
        this.#mailbox(from, at)
        if (token.text === ';') this.#endGroup(from, at)
        from = at + 1
        angle = 'none'
      }
    }
    this.#mailbox(from, this.#tokens.length)
    if (this.#group) {
      this.#faults.push({ what: 'not-closed', text: this.#group.name })
      this.#endGroup(from, from)
    }
    return { entries: this.#entries, mailboxes: this.#mailboxes, faults: this.#faults }
  }

  #endGroup(from: number, to: number): void {
    if (!this.#group) {
      this.#faults.push({ what: 'semicolon', text: shown(this.#tokens.slice(from, to)) })
      return
    }
    this.#entries.push({ group: this.#group.name, members: this.#group.members })
    this.#group = undefined
  }

  /** Empty elements are obsolete and mean nothing, RFC 5322 §4.4. */
  #mailbox(from: number, to: number): void {
    const tokens = this.#tokens.slice(from, to)
    const comments = this.#skipComments(to)
    if (tokens.length === 0) return
    const read = readMailbox(tokens, comments)
    if (typeof read === 'string') {
      this.#faults.push({ what: read, text: shown(tokens) })
      return
    }
    for (const what of read.faults) this.#faults.push({ what, text: read.mailbox.address })
    this.#mailboxes.push(read.mailbox)
    if (this.#group) this.#group.members.push(read.mailbox)
    else this.#entries.push(read.mailbox)
  }

  /** The comments up to this token, each once. */
  #skipComments(to: number): string[] {
    const found: string[] = []
    for (;;) {
      const comment = this.#comments[this.#comment]
      if (!comment || comment.before > to) return found
      found.push(comment.text)
      this.#comment += 1
    }
  }
}

function isSpecial(token: Token | undefined, text: string): boolean {
  return token?.kind === 'special' && token.text === text
}

type MailboxFault = AddressFault['what']

/** One element of the list: `name <address>` or an address alone. */
function readMailbox(
  tokens: readonly Token[],
  comments: readonly string[],
): { readonly mailbox: Mailbox; readonly faults: readonly MailboxFault[] } | MailboxFault {
  const open = tokens.findIndex((token) => isSpecial(token, '<'))
  if (open < 0) {
    const spec = readAddrSpec(tokens)
    if (typeof spec === 'string') return spec
    // before display names there were comments, RFC 5322 §3.4
    const name = readWords(comments.at(-1) ?? '').text.trim()
    return { mailbox: toMailbox(name, spec.address), faults: spec.dots ? ['dots'] : [] }
  }
  if (!isSpecial(tokens.at(-1), '>')) return 'unreadable'
  const inside = withoutRoute(tokens.slice(open + 1, -1))
  const spec = inside ? readAddrSpec(inside) : 'unreadable'
  if (typeof spec === 'string') return spec
  const before = tokens.slice(0, open)
  const name = phrase(before)
  const faults: MailboxFault[] = []
  if (spec.dots) faults.push('dots')
  if (name.inQuotes) faults.push('words-in-quotes')
  if (before.some((token) => token.kind === 'special' && token.text !== '.')) {
    // a second address in the name: which one is meant? Only the same one twice has one answer
    const other = readAddrSpec(before)
    const same = typeof other !== 'string' && isSameAddress(other.address, spec.address)
    if (!same) return before.some((token) => isSpecial(token, '@')) ? 'ambiguous' : 'unreadable'
  }
  const text = before.length === 0 ? (comments.at(-1) ?? '') : name.text
  return { mailbox: toMailbox(before.length === 0 ? readWords(text).text.trim() : text, spec.address), faults }
}

function toMailbox(name: string, mailbox: Address): Mailbox {
  return { name, address: printAddress(mailbox), mailbox }
}

/** Drops `@a,@b:` before an address; undefined if it is no route, RFC 5322 §4.4. */
function withoutRoute(tokens: readonly Token[]): readonly Token[] | undefined {
  if (!isSpecial(tokens[0], '@')) return tokens
  const colon = tokens.findIndex((token) => isSpecial(token, ':'))
  return colon < 0 ? undefined : tokens.slice(colon + 1)
}

/** local-part "@" domain, RFC 5322 §3.4.1; blanks and comments round the dots are obsolete, §4.4. */
function readAddrSpec(
  tokens: readonly Token[],
): { readonly address: Address; readonly dots: boolean } | 'unreadable' | 'ambiguous' {
  const at = tokens.findIndex((token) => isSpecial(token, '@'))
  if (at < 1) return 'unreadable'
  if (tokens.findLastIndex((token) => isSpecial(token, '@')) !== at) return 'ambiguous'
  const local = readLocal(tokens.slice(0, at))
  const domain = readDomain(tokens.slice(at + 1))
  if (local === undefined || domain === undefined) return 'unreadable'
  if (unfit.test(local.text) || unfit.test(domain)) return 'unreadable'
  return { address: { local: local.text, domain }, dots: local.dots }
}

/** Words with dots between; lone dots (`a..b`, `a.`) stand in real addresses and have one meaning, so they pass. */
function readLocal(tokens: readonly Token[]): { readonly text: string; readonly dots: boolean } | undefined {
  let text = ''
  let dots = false
  let word = false
  for (const token of tokens) {
    if (isSpecial(token, '.')) {
      dots ||= !word
      word = false
      text += '.'
      continue
    }
    if (word || (token.kind !== 'atom' && token.kind !== 'quoted')) return undefined
    word = true
    text += token.text
  }
  return { text, dots: dots || !word }
}

/** Controls and half characters stand in no address, as `../address.ts` has it. */
const unfit = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u

function readDomain(tokens: readonly Token[]): string | undefined {
  const first = tokens[0]
  if (first?.kind === 'literal')
    return tokens.length === 1 && !/[[\]\\\0-\x1f\x7f]/.test(first.text) ? `[${first.text.trim()}]` : undefined
  let text = ''
  let label = false
  for (const token of tokens) {
    if (isSpecial(token, '.') ? !label : label || token.kind !== 'atom') return undefined
    label = token.kind === 'atom'
    text += token.text
  }
  return label ? text.toLowerCase() : undefined
}

/** A display name: words and, by the obsolete form, dots between them, RFC 5322 §4.1. */
function phrase(tokens: readonly Token[]): { readonly text: string; readonly inQuotes: boolean } {
  let text = ''
  let inQuotes = false
  for (const [index, token] of tokens.entries()) {
    const gap = index > 0 && (token.spaced || token.kind === 'quoted') ? ' ' : ''
    // encoded words have no place inside quotes, but many senders put them there, RFC 2047 §5
    if (token.kind === 'quoted' && readWords(token.text).words > 0) inQuotes = true
    text += gap + (token.kind === 'literal' ? `[${token.text}]` : token.text)
  }
  return { text: readWords(text).text.trim(), inQuotes }
}

function shown(tokens: readonly Token[]): string {
  const pieces = tokens.slice(0, 50).map((token, index) => {
    const gap = index > 0 && token.spaced ? ' ' : ''
    if (token.kind === 'quoted') return `${gap}"${token.text}"`
    return token.kind === 'literal' ? `${gap}[${token.text}]` : gap + token.text
  })
  return pieces.join('').slice(0, 200)
}

/** What is printed of a mailbox: the name may be empty. */
export interface NamedAddress {
  readonly name?: string
  readonly mailbox: Address
}

export interface NamedGroup {
  readonly group: string
  readonly members: readonly NamedAddress[]
}

/**
 * Prints a list that `readAddressList` gives back, folded with CRLF at 76 columns. `column` is where the first line
 * stands already; with `utf8` names stay raw, RFC 6532 §3.2.
 */
export function printAddressList(entries: readonly (NamedAddress | NamedGroup)[], column = 0, utf8 = false): string {
  const pieces: string[] = []
  entries.forEach((entry, index) => {
    const comma = index + 1 < entries.length ? ',' : ''
    if (!('group' in entry)) pieces.push(printMailbox(entry, utf8) + comma)
    else {
      const members = entry.members.map((member) => printMailbox(member, utf8)).join(', ')
      pieces.push(`${printPhrase(entry.group, utf8)}:${members === '' ? '' : ` ${members}`};${comma}`)
    }
  })
  return fold(pieces.join(' '), column)
}

function printMailbox(entry: NamedAddress, utf8: boolean): string {
  const address = printAddress(entry.mailbox)
  return entry.name ? `${printPhrase(entry.name, utf8)} <${address}>` : address
}

const asciiAtoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/
const utf8Atoms =
  /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u{a1}-\u{10ffff}]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u{a1}-\u{10ffff}]+)*$/u

/** A phrase as atoms, as a quoted string, or as encoded words, RFC 5322 §3.2.5 and RFC 2047 §5 (3). */
function printPhrase(name: string, utf8: boolean): string {
  const text = name.toWellFormed()
  const atoms = utf8 ? utf8Atoms : asciiAtoms
  if (atoms.test(text) && !text.includes('=?')) return text
  const quotable = utf8 ? !/[\0-\x1f\x7f]/.test(text) : /^[\x20-\x7e]*$/.test(text)
  if (quotable && !text.includes('=?') && text.trim() === text && text.length <= 200)
    return `"${text.replace(/["\\]/g, '\\$&')}"`
  return unfold(encodeWords(text, 0, true))
}

/** Breaks lines at blanks that stand outside quotes. */
export function fold(text: string, column: number): string {
  let out = ''
  let at = column
  let quoted = false
  let word = ''
  const put = (): void => {
    const first = out === ''
    if (!first && at + 1 + word.length > 76) {
      out += `\r\n ${word}`
      at = 1 + word.length
    } else {
      out += (first ? '' : ' ') + word
      at += (first ? 0 : 1) + word.length
    }
    word = ''
  }
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? ''
    if (character === '\\' && quoted) {
      word += character + (text[index + 1] ?? '')
      index += 1
      continue
    }
    if (character === '"') quoted = !quoted
    if (character === ' ' && !quoted) put()
    else word += character
  }
  put()
  return out
}
