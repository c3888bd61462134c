/**
 * Bodies that end with a line of one dot, RFC 5321 §4.5.2 and RFC 1939 §3: reading takes the added dots away, writing
 * adds them. Read in the largest sure pieces: only a last CR and an undecided dot are held back.
 */
import type { Cutter } from '../cutter.ts'
import type { Span } from '../talk.ts'

const CR = 13
const LF = 10
const DOT = 46
const endMark = new Uint8Array([CR, LF, DOT, CR, LF])

export interface BodyPiece {
  /** Un-stuffed; a view of what was heard. */
  readonly bytes: Uint8Array
  /** Stuffed, as on the wire; of the last piece with the dot line. */
  readonly at: Span
  readonly last: boolean
  readonly hasBareCr: boolean
  readonly hasBareLf: boolean
  /** The end mark that was taken had a bare LF before or in it. */
  readonly endedByBareLf: boolean
}

/** What stands right before the next byte. */
type Before = 'crlf' | 'lf' | 'text'

export class DotReader {
  readonly #lenient: boolean
  #before: Before
  /** The doubtful mark that is next was found to be text. */
  #isText = false
  #hasBareCr = false
  #hasBareLf = false

  /** `lenient`: a dot line with bare LFs may end the body too; `midway`: it does not begin at a line's start. */
  constructor(how: { readonly lenient?: boolean; readonly midway?: boolean } = {}) {
    this.#lenient = how.lenient ?? false
    this.#before = how.midway ? 'text' : 'crlf'
  }

  /**
   * The next piece; undefined until more comes. `doubtful`: a dot line with bare LFs is next, and `decide` must be
   * told whether it ends the body (never in a strict reader).
   */
  read(cutter: Cutter): BodyPiece | 'doubtful' | undefined {
    const v = cutter.rest()
    const n = v.length
    if (n === 0) return undefined
    this.#hasBareCr = false
    this.#hasBareLf = false
    let begin = 0
    let i = 0
    let before = this.#before
    if (before !== 'text' && v[0] === DOT) {
      const mark = this.#markAt(v, 0)
      if (mark === 'more') return undefined
      if (isStrictMark(before, mark)) return this.#piece(cutter, 0, 0, mark, 'crlf', true)
      if (mark > 0 && !this.#isText) return 'doubtful'
      this.#isText = false
      // a dot that begins a line with more in it was added by the sender, RFC 5321 §4.5.2
      begin = mark > 0 && before === 'lf' ? 0 : 1
      before = 'text'
      i = 1
    }
    while (i < n) {
      const c = v[i] as number
      if (c > CR || (c !== CR && c !== LF)) {
        before = 'text'
        do i++
        while (i < n && (v[i] as number) > CR)
        continue
      }
      if (c === LF) {
        this.#hasBareLf = true
        i++
        before = this.#lenient ? 'lf' : 'text'
      } else {
        if (i + 1 === n) break
        if (v[i + 1] !== LF) {
          this.#hasBareCr = true
          before = 'text'
          i++
          continue
        }
        i += 2
        before = 'crlf'
      }
      if (v[i] === DOT && i < n && before !== 'text') {
        const mark = this.#markAt(v, i)
        if (mark !== 'more' && isStrictMark(before, mark)) return this.#piece(cutter, begin, i, i + mark, before, true)
        return this.#piece(cutter, begin, i, i, before)
      }
    }
    this.#before = before
    return i > begin ? this.#piece(cutter, begin, i, i, before) : undefined
  }

  /** After `doubtful`: the mark ends the body (and is read), or it is text like any other. */
  decide(cutter: Cutter, isEnd: boolean): BodyPiece | undefined {
    if (!isEnd) {
      this.#isText = true
      return undefined
    }
    const mark = this.#markAt(cutter.rest(), 0)
    return { ...this.#piece(cutter, 0, 0, mark === 'more' ? 1 : mark, 'crlf', true), endedByBareLf: true }
  }

  /** What follows a hole stands nowhere in particular. */
  skip(): void {
    this.#before = 'text'
  }

  /** What was held back, when no more will come: a last CR, or a dot that begins a line. */
  flush(cutter: Cutter): BodyPiece | undefined {
    const size = cutter.size
    if (size === 0) return undefined
    this.#hasBareCr = false
    this.#hasBareLf = false
    return this.#piece(cutter, 0, size, size, 'text')
  }

  /** Length of the dot line at `i` (a dot), 0 if it is none. */
  #markAt(v: Uint8Array, i: number): number | 'more' {
    if (i + 1 >= v.length) return 'more'
    const next = v[i + 1]
    if (next === LF) return this.#lenient ? 2 : 0
    if (next !== CR) return 0
    if (i + 2 >= v.length) return 'more'
    return v[i + 2] === LF ? 3 : 0
  }

  #piece(cutter: Cutter, begin: number, end: number, upTo: number, before: Before, last = false): BodyPiece {
    this.#before = before
    const start = cutter.offset
    const bytes = cutter.rest().subarray(begin, end)
    cutter.drop(upTo)
    return {
      bytes,
      at: { start, end: start + upTo },
      last,
      hasBareCr: this.#hasBareCr,
      hasBareLf: this.#hasBareLf,
      endedByBareLf: false,
    }
  }
}

/** CRLF before it and CRLF behind its dot: nothing else ends a body, RFC 5321 §4.1.1.4. */
function isStrictMark(before: Before, mark: number): boolean {
  return before === 'crlf' && mark === 3
}

/**
 * Writes a body for a dot-ended channel, cut anywhere. Every line end goes out as CRLF: a bare CR or LF would let the
 * next hop see another end than ours (SMTP smuggling). A piece that needs nothing is given back as it is.
 */
export class DotWriter {
  #before: Before | 'cr' = 'crlf'

  write(bytes: Uint8Array, last: boolean): Uint8Array {
    const added = this.#count(bytes)
    const tail = last ? this.#tail(bytes) : 0
    if (added === 0 && tail === 0) {
      this.#advance(bytes)
      return bytes
    }
    const out = new Uint8Array(bytes.length + added + tail)
    const end = this.#fill(bytes, out)
    if (last) {
      out.set(endMark.subarray(endMark.length - tail), end)
      this.#before = 'crlf'
    }
    return out
  }

  /** Bytes to add: a dot before a line that begins with one, the other half of a bare CR or LF. */
  #count(bytes: Uint8Array): number {
    let added = 0
    let before = this.#before
    for (let i = 0; i < bytes.length; i++) {
      const c = bytes[i] as number
      if (before === 'cr' && c !== LF) {
        added++
        before = 'crlf'
      }
      if (c === DOT) {
        if (before === 'crlf') added++
        before = 'text'
      } else if (c === CR) before = 'cr'
      else if (c === LF) {
        if (before !== 'cr') added++
        before = 'crlf'
      } else before = 'text'
    }
    return added
  }

  /** Bytes of the end mark: what is missing of a line end, then the dot line. */
  #tail(bytes: Uint8Array): number {
    const c = bytes.length > 0 ? bytes[bytes.length - 1] : undefined
    if (c === undefined) return this.#before === 'crlf' ? 3 : this.#before === 'cr' ? 4 : 5
    return c === LF ? 3 : c === CR ? 4 : 5
  }

  #fill(bytes: Uint8Array, out: Uint8Array): number {
    let o = 0
    for (let i = 0; i < bytes.length; i++) {
      const c = bytes[i] as number
      if (this.#before === 'cr' && c !== LF) {
        out[o++] = LF
        this.#before = 'crlf'
      }
      if (c === DOT && this.#before === 'crlf') out[o++] = DOT
      if (c === LF && this.#before !== 'cr') out[o++] = CR
      out[o++] = c
      this.#before = c === LF ? 'crlf' : c === CR ? 'cr' : 'text'
    }
    return o
  }

  #advance(bytes: Uint8Array): void {
    const c = bytes.length > 0 ? bytes[bytes.length - 1] : undefined
    if (c !== undefined) this.#before = c === LF ? 'crlf' : c === CR ? 'cr' : 'text'
  }
}
