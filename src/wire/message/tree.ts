/**
 * The MIME tree of a message with the byte span of each part, RFC 2046 §5.1. One pass over the lines, no recursion:
 * a stack of what is open, and a map from boundary line to its place in the stack. Joining a part's headerSpan and
 * bodySpan gives its bytes; children lie inside their parent's bodySpan. Reaching a limit leaves the rest opaque.
 */
import type { Remark, Span } from '../talk.ts'
import { latin1, utf8 } from './charset.ts'
import { fieldOf, readHeaders, type HeaderField } from './header.ts'
import { readParameters, type Parameterized } from './parameters.ts'
import { defaultLimits, remark, type Limits, type MessageRule } from './rules.ts'

export interface MimePart {
  /** `type/subtype` in lower case; `text/plain` where none is given or it cannot be read, RFC 2045 §5.2. */
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
  /** Content-Transfer-Encoding in lower case; `7bit` where none is given, RFC 2045 §6.1. */
  readonly encoding: string
  readonly fields: readonly HeaderField[]
  /** The part's header with the blank line that ends it. */
  readonly headerSpan: Span
  /** The part's body, without the line end that belongs to the boundary after it, RFC 2046 §5.1.1. */
  readonly bodySpan: Span
  /** Of a multipart its parts, of message/rfc822 the message inside; else empty. */
  readonly parts: readonly MimePart[]
}

export interface MimeTree {
  readonly root: MimePart
  readonly remarks: readonly Remark[]
}

/** Reads the tree of a whole message. Never throws. */
export function readTree(bytes: Uint8Array, limits: Limits = defaultLimits): MimeTree {
  return new TreeReader(bytes, limits).read()
}

/** A part that is still being read. */
interface Open {
  readonly part: { -readonly [Key in keyof MimePart]: MimePart[Key] } & {
    parts: Open['part'][]
    bodySpan: { start: number; end: number }
  }
  /** Of a multipart whose parts are looked for: its delimiter line without the line end. */
  readonly delimiter: string | undefined
  readonly multipart: boolean
  found: boolean
  closed: boolean
}

const LF = 10
const CR = 13
const DASH = 0x2d

class TreeReader {
  readonly #bytes: Uint8Array
  readonly #limits: Limits
  readonly #stack: Open[] = []
  readonly #delimiters = new Map<string, number>()
  readonly #rules = new Set<MessageRule>()
  #root: Open['part'] = emptyPart()
  #count = 0
  #full = false

  constructor(bytes: Uint8Array, limits: Limits) {
    this.#bytes = bytes
    this.#limits = limits
  }

  read(): MimeTree {
    let at = this.#begin(0, 'text/plain')
    while (at < this.#bytes.length && this.#delimiters.size > 0 && !this.#full) {
      const end = this.#lineEnd(at)
      const found = this.#delimiterAt(at, end)
      at = found ? this.#delimiter(found, at, end) : end
    }
    this.#closeAbove(-1, this.#bytes.length)
    return { root: this.#root, remarks: [...this.#rules].map(remark) }
  }

  #lineEnd(from: number): number {
    const at = this.#bytes.indexOf(LF, from)
    return at < 0 ? this.#bytes.length : at + 1
  }

  /** The multipart that this line delimits, and whether it closes it. */
  #delimiterAt(start: number, end: number): { index: number; closing: boolean } | undefined {
    if (this.#bytes[start] !== DASH || this.#bytes[start + 1] !== DASH || this.#delimiters.size === 0) return undefined
    let last = end
    // padding after the boundary is not part of it, RFC 2046 §5.1.1
    while (last > start && isBlank(this.#bytes[last - 1])) last--
    if (last - start > 1000) return undefined
    const line = latin1(this.#bytes.subarray(start, last))
    const open = this.#delimiters.get(line)
    if (open !== undefined) return { index: open, closing: false }
    const closed = line.endsWith('--') ? this.#delimiters.get(line.slice(0, -2)) : undefined
    return closed === undefined ? undefined : { index: closed, closing: true }
  }

  /** Ends what the delimiter ends and begins the next part; returns where reading goes on. */
  #delimiter(found: { index: number; closing: boolean }, start: number, end: number): number {
    const multipart = this.#stack[found.index]
    if (!multipart) return end
    // between two delimiter lines that follow each other there is nothing, not even a line end
    const floor = this.#stack[found.index + 1]?.part.headerSpan.start ?? 0
    this.#closeAbove(found.index, Math.max(this.#before(start), floor))
    multipart.found = true
    if (found.closing) {
      multipart.closed = true
      if (multipart.delimiter) this.#delimiters.delete(multipart.delimiter)
      return end
    }
    // inside a digest the default is a message, RFC 2046 §5.1.5
    return this.#begin(end, multipart.part.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain')
  }

  /** The line end before a delimiter belongs to it, RFC 2046 §5.1.1. */
  #before(start: number): number {
    let end = start
    if (this.#bytes[end - 1] === LF) end -= this.#bytes[end - 2] === CR ? 2 : 1
    return end
  }

  /** Closes everything that stands higher in the stack than `index`; its content ends at `end`. */
  #closeAbove(index: number, end: number): void {
    while (this.#stack.length > index + 1) {
      const open = this.#stack.pop()
      if (!open) return
      const { part } = open
      // a header whose last line end belongs to the delimiter ends before it
      const { start, end: headerEnd } = part.headerSpan
      part.headerSpan = { start: Math.min(start, end), end: Math.min(headerEnd, end) }
      part.bodySpan = { start: part.headerSpan.end, end }
      if (open.delimiter) this.#delimiters.delete(open.delimiter)
      if (open.multipart && !open.found && open.delimiter) this.#rules.add('boundary-not-found')
      else if (open.multipart && !open.closed && open.delimiter) this.#rules.add('boundary-not-closed')
    }
  }

  /** Begins the part whose header is here, and the message inside it if it is one; returns where its body begins. */
  #begin(start: number, type: string): number {
    let at = start
    for (let inside = type; ; inside = 'text/plain') {
      if (this.#count > 0 && this.#count >= this.#limits.parts) {
        this.#rules.add('limit-parts')
        this.#full = true
        return at
      }
      const open = this.#open(at, inside)
      at = open.part.headerSpan.end
      if (!isMessage(open.part.type)) return at
      if (!isIdentity(open.part.encoding)) this.#rules.add('encoding-on-composite')
      else if (this.#stack.length > this.#limits.depth) this.#rules.add('limit-depth')
      else continue
      return at
    }
  }

  #open(start: number, defaultType: string): Open {
    const headers = readHeaders(this.#bytes, {
      start,
      limits: this.#limits,
      isDelimiter: (from, to) => this.#delimiterAt(from, to) !== undefined,
    })
    for (const found of headers.remarks) this.#rules.add(found.rule as MessageRule)
    const content = readContentType(headers.fields, defaultType, this.#rules)
    const encoding = readEncoding(headers.fields, this.#rules)
    const part: Open['part'] = {
      type: content.value,
      parameters: content.parameters,
      encoding,
      fields: headers.fields,
      headerSpan: headers.span,
      bodySpan: { start: headers.span.end, end: headers.span.end },
      parts: [],
    }
    const multipart = part.type.startsWith('multipart/')
    const open: Open = {
      part,
      delimiter: multipart ? this.#newDelimiter(part) : undefined,
      multipart,
      found: false,
      closed: false,
    }
    const parent = this.#stack.at(-1)
    if (parent) parent.part.parts.push(part)
    else this.#root = part
    this.#stack.push(open)
    this.#count += 1
    if (open.delimiter) this.#delimiters.set(open.delimiter, this.#stack.length - 1)
    return open
  }

  /** Undefined where a multipart cannot be taken apart; it stays one opaque leaf. */
  #newDelimiter(part: MimePart): string | undefined {
    const boundary = part.parameters['boundary']?.trimEnd() ?? ''
    if (boundary === '') this.#rules.add('boundary-missing')
    else if (!isIdentity(part.encoding)) this.#rules.add('encoding-on-composite')
    else if (this.#stack.length >= this.#limits.depth) this.#rules.add('limit-depth')
    else {
      const delimiter = latin1(utf8(`--${boundary}`))
      // the outer multipart owns its boundary, RFC 2046 §5.1.2
      if (!this.#delimiters.has(delimiter)) return delimiter
      this.#rules.add('boundary-reused')
    }
    return undefined
  }
}

function emptyPart(): Open['part'] {
  const span = { start: 0, end: 0 }
  return {
    type: 'text/plain',
    parameters: {},
    encoding: '7bit',
    fields: [],
    headerSpan: span,
    bodySpan: span,
    parts: [],
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 9 || byte === CR || byte === LF
}

/** Types whose body is a message, RFC 2046 §5.2.1 and RFC 6532 §3.7. */
function isMessage(type: string): boolean {
  return type === 'message/rfc822' || type === 'message/global'
}

/** Only these may stand on a multipart or a message, RFC 2045 §6.4. */
function isIdentity(encoding: string): boolean {
  return encoding === '7bit' || encoding === '8bit' || encoding === 'binary'
}

function readContentType(fields: readonly HeaderField[], defaultType: string, rules: Set<MessageRule>): Parameterized {
  const field = fieldOf(fields, 'content-type')
  if (!field) return { value: defaultType, parameters: {}, rules: [] }
  const read = readParameters(field.raw)
  for (const rule of read.rules) rules.add(rule)
  if (/^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}$/.test(read.value)) return read
  rules.add('content-type-unreadable')
  // `text` alone is an old way to say text/plain; the rest is what nobody can show, RFC 2045 §5.2
  return { ...read, value: read.value === 'text' || read.value === '' ? 'text/plain' : 'application/octet-stream' }
}

function readEncoding(fields: readonly HeaderField[], rules: Set<MessageRule>): string {
  const field = fieldOf(fields, 'content-transfer-encoding')
  const name = field ? readParameters(field.raw).value : '7bit'
  if (/^(7bit|8bit|binary|base64|quoted-printable)$/.test(name)) return name
  if (/^[78][ -]?bits?$/.test(name)) return name.startsWith('7') ? '7bit' : '8bit'
  rules.add('encoding-unknown')
  return name.slice(0, 80)
}
