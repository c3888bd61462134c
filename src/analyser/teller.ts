/**
 * Turns stretches of the two streams into text with its hidden pieces, and bytes into measures that are told only where
 * no secret is in them. One for each layer of a conversation (in clear, inside TLS).
 */
import { Secret } from '../wire/talk.ts'
import type { Digest, Side, Span } from '../wire/talk.ts'
import type { Explanation, Measured, Piece, Tellable, Text } from './model.ts'
import type { Hiding, Secrets } from './hiding.ts'
import type { Tape } from './tape.ts'
import { asBytes, asText, decoderFor } from './text.ts'

/** The longest row that is told; the rest of it is dropped and `..` stands there. */
const longestRow = 262_144

export class Teller {
  readonly tapes: Readonly<Record<Side, Tape>>
  readonly hiding: Hiding
  readonly digest: Digest
  readonly #secrets: Secrets

  constructor(tapes: Readonly<Record<Side, Tape>>, hiding: Hiding, secrets: Secrets, digest: Digest) {
    this.tapes = tapes
    this.hiding = hiding
    this.#secrets = secrets
    this.digest = digest
  }

  bytes(side: Side, at: Span): Uint8Array {
    return this.tapes[side].read(at)
  }

  /** The text of a span, its hidden stretches as such. */
  pieces(side: Side, at: Span): Piece[] {
    const end = Math.min(at.end, at.start + longestRow)
    const whole = this.bytes(side, { start: at.start, end })
    const decode = decoderFor(whole)
    const pieces: Piece[] = []
    let from = at.start
    const open = (to: number): void => {
      if (to <= from) return
      pieces.push(decode(from === at.start && to === end ? whole : this.bytes(side, { start: from, end: to })))
    }
    for (const span of this.hiding.within(side, { start: at.start, end })) {
      open(span.start)
      const start = Math.max(from, span.start)
      const value = decode(this.bytes(side, { start, end: Math.min(end, span.end) }))
      pieces.push({ hidden: span.kind, value: new Secret(value) })
      from = Math.min(end, span.end)
    }
    open(end)
    return end < at.end ? [...pieces, '..'] : pieces
  }

  text(side: Side, at: Span): Text {
    return { pieces: this.pieces(side, at) }
  }

  /** Text that did not stand so on the wire (a decoded header), secrets of the capture hidden in it. */
  decoded(text: string): Text | string {
    const bytes = asBytes(text)
    const found = this.#secrets.find(bytes)
    if (found.length === 0) return text
    const pieces: Piece[] = []
    let from = 0
    for (const span of found) {
      if (span.start > from) pieces.push(asText(bytes.subarray(from, span.start)))
      pieces.push({ hidden: span.kind, value: new Secret(asText(bytes.subarray(span.start, span.end))) })
      from = span.end
    }
    if (from < bytes.length) pieces.push(asText(bytes.subarray(from)))
    return { pieces }
  }

  /** An explanation whose values hold no secret of the capture. */
  safe(means: Explanation): Explanation {
    if (means.params === undefined || this.#secrets.empty) return means
    const params = Object.entries(means.params).map(([name, value]) =>
      typeof value === 'string' && this.#secrets.find(asBytes(value)).length > 0 ? [name, '..'] : [name, value],
    )
    return { id: means.id, params: Object.fromEntries(params) as Record<string, string | number> }
  }

  /** The span without the line end that closes it; of a cut line half of one may be left. */
  bare(side: Side, at: Span, cut = false): Span {
    const tail = this.bytes(side, { start: Math.max(at.start, at.end - 2), end: at.end })
    let end = at.end
    if (tail.at(-1) === 0x0a) {
      end--
      if (tail.at(-2) === 0x0d) end--
    } else if (cut && tail.at(-1) === 0x0d) {
      end--
    }
    return { start: at.start, end: Math.max(at.start, end) }
  }

  /** The rows of a span, each without its line end; at most `most`. A hole ends a row. */
  rows(side: Side, at: Span, most = 10_000): Span[] {
    const rows: Span[] = []
    for (const run of this.tapes[side].runs(at)) {
      const bytes = this.bytes(side, run)
      for (let from = 0; from < bytes.length && rows.length < most;) {
        const feed = bytes.indexOf(0x0a, from)
        const end = feed === -1 ? bytes.length : feed
        const bare = end > from && bytes[end - 1] === 0x0d ? end - 1 : end
        rows.push({ start: run.start + from, end: run.start + bare })
        from = end + 1
      }
    }
    return rows
  }

  /** Whether a span, or bytes made of it, hold more than a user's name that is hidden. */
  holdsSecret(side: Side, at: Span, made?: Uint8Array): boolean {
    if (this.hiding.holdsSecret(side, at)) return true
    return made !== undefined && this.#secrets.find(made).length > 0
  }

  /** Measures as they are, or marked where they would let a guess be checked. */
  measured(
    secret: boolean,
    measures: { readonly [name: string]: Tellable },
    open: { readonly [name: string]: Tellable },
  ): Measured | { readonly [name: string]: Tellable } {
    return secret ? { measures, open } : { ...measures, ...open }
  }
}
