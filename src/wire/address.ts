/**
 * A mail address that cannot hold CR, LF or NUL, and the paths of an SMTP envelope. RFC 5321 §4.1.2, RFC 6531 §3.3.
 * Everything here is real text (not bytes); lengths are counted in UTF-8 octets. One linear pass, no backtracking.
 */
import type { Remark } from './talk.ts'

/** A mailbox: local part (unquoted) and domain (lower case, U-label or A-label as given; or `[literal]`). */
export interface Address {
  readonly local: string
  readonly domain: string
}

/** What stands between < and >: an address; `null` for <>; `postmaster` without a domain, RFC 5321 §4.1.1.3. */
export type Path = Address | 'null' | 'postmaster'

export type ReadPath = { readonly path: Path; readonly remarks: readonly Remark[] } | { readonly why: string }

/** Octets, RFC 5321 §4.5.3.1.1, RFC 5321 §4.5.3.1.2, RFC 5321 §4.5.3.1.3. */
const limits = { local: 64, domain: 255, path: 256, label: 63 }

const sourceRoute: Remark = { rule: 'source-route', source: 'RFC 5321 §4.1.1.3' }
const needlessQuotes: Remark = { rule: 'needless-quotes', source: 'RFC 5321 §4.1.2' }
const longLocal: Remark = { rule: 'local-part-too-long', source: 'RFC 5321 §4.5.3.1.1' }
const emptyAtom: Remark = { rule: 'dots-in-local-part', source: 'RFC 5321 §4.1.2' }

/** atext between dots, none of them empty, RFC 5321 §4.1.2. */
const dotAtoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/
/** The same with all that is not ASCII, RFC 6531 §3.3. */
const wideDotAtoms =
  /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u{80}-\u{10ffff}]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u{80}-\u{10ffff}]+)*$/u
/** With dots anywhere. */
const atoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u{80}-\u{10ffff}.]+$/u
/** Controls (C1 too) and half characters stand in no address. */
const unfit = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u

/** Reads `local@domain` as RFC 5321 §4.1.2 writes it (no angle brackets, no source route); undefined for anything else. */
export function readAddress(text: string): Address | undefined {
  const remarks: Remark[] = []
  const read = readMailbox(text, remarks)
  return 'why' in read || remarks.includes(emptyAtom) ? undefined : read
}

/** Prints an address as it stands in an envelope: the local part quoted where it must be. Throws on what no address can hold. */
export function printAddress(address: Address): string {
  if (unfit.test(address.local) || unfit.test(address.domain) || address.domain === '')
    throw new RangeError('an address cannot hold control characters, nor be without a domain')
  return `${printLocal(address.local)}@${address.domain}`
}

/**
 * Reads what stands between < and > (brackets left out), RFC 5321 §4.1.2. A source route is read over,
 * RFC 5321 §4.1.1.3; needless quotes and long local parts are remarked.
 */
export function readPath(text: string): ReadPath {
  if (text === '') return { path: 'null', remarks: [] }
  if (octets(text) > limits.path * 4) return { why: 'path-too-long' }
  const remarks: Remark[] = []
  let mailbox = text
  if (text.startsWith('@')) {
    const colon = text.indexOf(':')
    const route = colon < 0 ? [] : text.slice(0, colon).split(',')
    if (route.length === 0 || !route.every((hop) => hop.startsWith('@') && isDomain(hop.slice(1))))
      return { why: 'bad-source-route' }
    // accepted and ignored, RFC 5321 §4.1.1.3
    remarks.push(sourceRoute)
    mailbox = text.slice(colon + 1)
  }
  if (mailbox.length === 10 && /^postmaster$/i.test(mailbox)) return { path: 'postmaster', remarks }
  // path with its brackets, RFC 5321 §4.5.3.1.3
  if (octets(mailbox) + 2 > limits.path) return { why: 'path-too-long' }
  const read = readMailbox(mailbox, remarks)
  return 'why' in read ? read : { path: read, remarks }
}

/** Prints a path with its angle brackets. */
export function printPath(path: Path): string {
  if (path === 'null') return '<>'
  if (path === 'postmaster') return '<Postmaster>'
  return `<${printAddress(path)}>`
}

/** True where two addresses name the same mailbox by what anyone may know: domains compare without case, local parts byte by byte. */
export function isSameAddress(one: Address, other: Address): boolean {
  return one.local === other.local && one.domain.toLowerCase() === other.domain.toLowerCase()
}

/**
 * A host name of labels, or an address literal in brackets, RFC 5321 §4.1.2. An underscore is in no RFC and in many
 * host names: taken. Beyond ASCII anything but controls, RFC 6531 §3.3.
 */
export function isDomain(text: string): boolean {
  if (text.startsWith('[')) return isLiteral(text)
  if (octets(text) > limits.domain) return false
  let label = 0
  let last = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === dot) {
      if (label === 0 || last === hyphen) return false
      label = 0
    } else {
      if (!isLabelCode(code) && !(code === hyphen && label > 0)) return false
      label += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3
      if (label > limits.label) return false
    }
    last = code
  }
  return label > 0 && last !== hyphen
}

const dot = 46
const hyphen = 45

function isLabelCode(code: number): boolean {
  const lower = code | 0x20
  return (lower >= 97 && lower <= 122) || (code >= 48 && code <= 57) || code === 95 || code >= 0xa0
}

/** An IPv4 address in dotted form, RFC 5321 §4.1.3. */
export function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
}

/** An IPv6 address in text, RFC 5321 §4.1.3 (`::` may stand for one group too, as RFC 4291 §2.2 has it). */
export function isIpv6(text: string): boolean {
  if (text.length > 45 || text.includes(':::')) return false
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1)
  const hasIpv4 = last !== undefined && last.includes('.') && isIpv4(last) && !text.endsWith('::')
  const plain = hasIpv4 ? groups.slice(0, -1) : groups
  if (!plain.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false
  const count = plain.length + (hasIpv4 ? 2 : 0)
  return halves.length === 2 ? count < 8 : count === 8
}

function readMailbox(text: string, remarks: Remark[]): Address | { readonly why: string } {
  const isQuoted = text.startsWith('"')
  // ASCII controls do not pass the grammar unless they are quoted
  if ((isQuoted || octets(text) > text.length) && unfit.test(text)) return { why: 'bad-character' }
  const at = isQuoted ? endOfQuoted(text) : text.indexOf('@')
  if (at < 0) return { why: isQuoted ? 'bad-quoted-string' : 'no-domain' }
  if (text[at] !== '@') return { why: text.length === at ? 'no-domain' : 'bad-quoted-string' }
  const local = isQuoted ? unquote(text.slice(0, at)) : text.slice(0, at)
  const domain = text.slice(at + 1)
  if (isQuoted) {
    if (isDotString(local)) remarks.push(needlessQuotes)
  } else if (!isDotString(local)) {
    if (!atoms.test(local)) return { why: local === '' ? 'no-local-part' : 'bad-local-part' }
    // doubled dots are sent by real mailboxes of real providers; the grammar wants them quoted
    remarks.push(emptyAtom)
  }
  if (!isDomain(domain)) return { why: domain === '' ? 'no-domain' : 'bad-domain' }
  if (octets(local) > limits.local) remarks.push(longLocal)
  return { local, domain: printDomain(domain) }
}

function isDotString(local: string): boolean {
  return dotAtoms.test(local) || wideDotAtoms.test(local)
}

/** Index behind the closing quote, or -1. */
function endOfQuoted(text: string): number {
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i + 1
  }
  return -1
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\([\s\S])/g, '$1')
}

function printLocal(local: string): string {
  return isDotString(local) ? local : `"${local.replace(/["\\]/g, '\\$&')}"`
}

function printDomain(domain: string): string {
  const lower = domain.toLowerCase()
  return lower.startsWith('[ipv6:') ? `[IPv6:${lower.slice(6)}` : lower
}

function isLiteral(text: string): boolean {
  if (!text.endsWith(']')) return false
  const inside = text.slice(1, -1)
  if (isIpv4(inside)) return true
  if (/^IPv6:/i.test(inside)) return isIpv6(inside.slice(5))
  // General-address-literal, RFC 5321 §4.1.3
  return octets(text) <= limits.domain && /^[A-Za-z0-9-]*[A-Za-z0-9]:[!-Z^-~]+$/.test(inside)
}

/** Length in UTF-8. */
function octets(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) continue
    // a pair of surrogates is four octets, two a half
    count += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2
  }
  return count
}
