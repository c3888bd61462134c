/**
 * One side's bytes as a queue from which lines and pieces are cut.
 * - Only CRLF ends a line, RFC 5321 §2.3.8; a `lenient` cutter (for what foreign servers took) ends it at a bare LF too.
 * - Bytes are kept by reference while they are whole, and copied only where a line stands in two pieces. What was
 *   handed out stays as it is: room is never used twice.
 * - A line longer than its limit costs no more than the limit: the head is kept, the rest thrown away up to its end.
 * - Holes and the end of a stream stand in the queue like bytes and come to light when what is before them is read.
 */
import type { Span } from './talk.ts'

const CR = 13
const LF = 10
/** Room that is taken at first when pieces must be joined. */
const firstRoom = 512
const nothing = new Uint8Array(0)

export interface CutLine {
  /** On the wire, line end included. */
  readonly at: Span
  /** Without line end; where `tooLong`, the first bytes up to the limit. */
  readonly bytes: Uint8Array
  readonly tooLong: boolean
  /** `none`: a hole or the end of the stream came before its end. */
  readonly ending: 'crlf' | 'lf' | 'none'
}

export class Cutter {
  readonly #lenient: boolean
  /** Unread bytes are [#from, #to) of it; #own where it may be written behind #to. */
  #buffer: Uint8Array = nothing
  #from = 0
  #to = 0
  #own = false
  /** No line ends before this index of the buffer. */
  #scanned = 0
  /** Stream offset of #from. */
  #offset = 0
  /** Size of a hole right behind the buffer. */
  #hole = 0
  #isEnded = false
  /** What came after a hole that is not read yet; a number is a hole. */
  #later: (Uint8Array | number)[] = []
  /** Head of a line that is longer than its limit, and where it began. */
  #head: { readonly bytes: Uint8Array; readonly start: number } | undefined

  constructor(how: { readonly lenient?: boolean } = {}) {
    this.#lenient = how.lenient ?? false
  }

  /** Takes bytes; kept by reference until they are read. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (this.#hole > 0) this.#later.push(bytes)
    else this.#append(bytes)
  }

  /** `size` bytes that exist and are not here. */
  lose(size: number): void {
    if (size <= 0) return
    if (this.#hole === 0) this.#hole = size
    else if (this.#later.length === 0) this.#hole += size
    else this.#later.push(size)
  }

  end(): void {
    this.#isEnded = true
  }

  /** Stream offset of the next unread byte. */
  get offset(): number {
    return this.#head?.start ?? this.#offset
  }

  /** Unread bytes before the next hole. */
  get size(): number {
    return this.#to - this.#from
  }

  /** True while anything at all is unread. */
  get hasUnread(): boolean {
    return this.size > 0 || this.#hole > 0 || this.#head !== undefined
  }

  /** True where what is unread will not grow: a hole or the end follows it. */
  get isCut(): boolean {
    return this.#hole > 0 || this.#isEnded
  }

  get isEnded(): boolean {
    return this.#isEnded && this.#hole === 0
  }

  /** The unread bytes before the next hole, as a view. */
  rest(): Uint8Array {
    return this.#buffer.subarray(this.#from, this.#to)
  }

  /** Reads `size` unread bytes; they stay valid. */
  take(size: number): Uint8Array {
    const bytes = this.#buffer.subarray(this.#from, this.#from + size)
    this.drop(bytes.length)
    return bytes
  }

  drop(size: number): void {
    this.#from += size
    this.#offset += size
    if (this.#scanned < this.#from) this.#scanned = this.#from
    if (this.#from >= this.#to) this.#clear()
  }

  /** The next line; undefined until its end is here. `limit` counts bytes without line end. */
  line(limit: number): CutLine | undefined {
    const ending = this.#findEnd()
    if (ending < 0) {
      this.#keepHead(limit)
      return undefined
    }
    const hasCr = ending > this.#from && this.#buffer[ending - 1] === CR
    const contentEnd = hasCr ? ending - 1 : ending
    return this.#cut(contentEnd, ending + 1, limit, hasCr ? 'crlf' : 'lf')
  }

  /** Looks at the next line without reading it; where its end is not here, at what there is. */
  peek(): { readonly bytes: Uint8Array; readonly isWhole: boolean } {
    const ending = this.#findEnd()
    if (ending < 0) return { bytes: this.rest(), isWhole: false }
    const hasCr = ending > this.#from && this.#buffer[ending - 1] === CR
    return { bytes: this.#buffer.subarray(this.#from, hasCr ? ending - 1 : ending), isWhole: true }
  }

  /** What is left before a hole or the end, as a line without end; undefined if nothing is. */
  fragment(limit: number): CutLine | undefined {
    if (this.size === 0 && !this.#head) return undefined
    const hasCr = this.size > 0 && this.#buffer[this.#to - 1] === CR
    return this.#cut(hasCr ? this.#to - 1 : this.#to, this.#to, limit, 'none')
  }

  /** Steps over a hole that is next; its span, or undefined if none is. */
  hole(): Span | undefined {
    if (this.#hole === 0 || this.size > 0 || this.#head) return undefined
    const at = { start: this.#offset, end: this.#offset + this.#hole }
    this.#offset = at.end
    this.#hole = 0
    const later = this.#later
    this.#later = []
    for (const item of later) {
      if (typeof item === 'number') this.lose(item)
      else this.push(item)
    }
    return at
  }

  /** Throws away all that is unread and all that will come. */
  forget(): void {
    this.#offset += this.size
    this.#clear()
    this.#later = []
    this.#hole = 0
    this.#head = undefined
  }

  #clear(): void {
    this.#buffer = nothing
    this.#from = 0
    this.#to = 0
    this.#scanned = 0
    this.#own = false
  }

  #append(bytes: Uint8Array): void {
    const unread = this.size
    if (unread === 0) {
      this.#buffer = bytes
      this.#from = 0
      this.#scanned = 0
      this.#to = bytes.length
      this.#own = false
      return
    }
    if (!this.#own || this.#to + bytes.length > this.#buffer.length) this.#moveTo(unread + bytes.length)
    this.#buffer.set(bytes, this.#to)
    this.#to += bytes.length
  }

  /** Fresh room for at least `size` bytes; doubled, so that many small pieces cost linear time. */
  #moveTo(size: number): void {
    const room = new Uint8Array(Math.max(size * 2, firstRoom))
    room.set(this.rest())
    this.#to -= this.#from
    this.#scanned -= this.#from
    this.#from = 0
    this.#buffer = room
    this.#own = true
  }

  /** Index of the LF that ends the next line, or -1. */
  #findEnd(): number {
    const buffer = this.#buffer
    // only what is filled and not searched yet, or many small pieces would cost more than linear time
    const unread = this.#to === buffer.length ? buffer : buffer.subarray(0, this.#to)
    for (let at = unread.indexOf(LF, this.#scanned); at >= 0; at = unread.indexOf(LF, at + 1)) {
      if (this.#lenient || (at > this.#from && buffer[at - 1] === CR)) {
        this.#scanned = at
        return at
      }
    }
    this.#scanned = this.#to
    return -1
  }

  #cut(contentEnd: number, end: number, limit: number, ending: CutLine['ending']): CutLine {
    const head = this.#head
    const start = this.offset
    const length = contentEnd - this.#from
    const bytes = head?.bytes ?? this.#buffer.subarray(this.#from, this.#from + Math.min(length, limit))
    this.#head = undefined
    this.drop(end - this.#from)
    return { at: { start, end: this.#offset }, bytes, tooLong: head !== undefined || length > limit, ending }
  }

  /** Throws away what is too long for a line, its head excepted; a last CR may belong to its end. */
  #keepHead(limit: number): void {
    if (!this.#head && this.size <= limit + 1) return
    this.#head ??= { bytes: this.#buffer.slice(this.#from, this.#from + limit), start: this.#offset }
    const endsInCr = this.size > 0 && this.#buffer[this.#to - 1] === CR
    this.drop(this.size - (endsInCr ? 1 : 0))
  }
}
