/** Values of the model as JSON: secrets masked unless asked for, measures of what holds a secret left out. */
import type { Span } from '../wire/talk.ts'
import { maskOf, say } from './catalogue/say.ts'
import type { Explanation, HiddenKind, Language, Piece, SecretSpan, Tellable, Text } from './model.ts'
import { asBytes } from './text.ts'

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** How a document is to be written. */
export interface Showing {
  readonly language: Language
  readonly reveal: boolean
}

/** User names are facts that scripts need; all else is masked, `safety.md` 13. */
export function showsOpenly(kind: HiddenKind): boolean {
  return kind === 'user'
}

export class Shower {
  readonly language: Language
  readonly reveal: boolean

  constructor({ language, reveal }: Showing) {
    this.language = language
    this.reveal = reveal
  }

  pieces(pieces: readonly Piece[]): string {
    return pieces.map((piece) => this.#piece(piece)).join('')
  }

  #piece(piece: Piece): string {
    if (typeof piece === 'string') return piece
    if (this.reveal || showsOpenly(piece.hidden)) return piece.value.reveal()
    return maskOf(piece.hidden, this.language)
  }

  /** The first word of a text; all of a mask. */
  firstWord(text: Text | string, most: number): string {
    if (typeof text === 'string') return text
    const first = text.pieces.find((piece) => typeof piece !== 'string' || piece.trim() !== '')
    if (first !== undefined && typeof first !== 'string' && !this.reveal) return this.#piece(first)
    const word = /\S+/.exec(this.pieces(text.pieces))?.[0] ?? ''
    return word.toUpperCase().slice(0, most)
  }

  means(explanation: Explanation): Json {
    return { id: explanation.id, text: say(explanation, this.language).short }
  }

  /** Any value of a dialogue. Undefined where nothing is to be said. */
  json(value: Tellable): Json | undefined {
    if (value === undefined || value === null || typeof value !== 'object') return value
    if (isList(value)) return value.map((item) => this.json(item) ?? null)
    if ('pieces' in value) return this.pieces((value as Text).pieces)
    if ('onRequest' in value) return this.reveal ? this.json(value['onRequest']) : undefined
    if ('measures' in value && 'open' in value) {
      const open = this.#fields(value['open'])
      return this.reveal ? { ...this.#fields(value['measures']), ...open } : { hidden: true, ...open }
    }
    return this.#fields(value)
  }

  #fields(value: Tellable): { [name: string]: Json } {
    const fields: { [name: string]: Json } = {}
    for (const [name, item] of Object.entries(value ?? {})) {
      const shown = this.json(item as Tellable)
      if (shown !== undefined) fields[name] = shown
    }
    return fields
  }
}

function isList(value: object): value is readonly Tellable[] {
  return Array.isArray(value)
}

/** Spans as if every hidden value were as long as its mask: they tell no lengths. */
export class MaskedPlaces {
  readonly #spans: readonly SecretSpan[]
  /** Masked place of each hidden span's start. */
  readonly #starts: readonly number[]
  readonly #shower: Shower

  /** `spans`: those of one side and layer, in order. */
  constructor(spans: readonly SecretSpan[], shower: Shower) {
    this.#shower = shower
    this.#spans = shower.reveal ? [] : spans.filter(({ kind }) => !showsOpenly(kind))
    let shift = 0
    this.#starts = this.#spans.map((span) => {
      const start = span.start + shift
      shift += this.#maskSize(span) - (span.end - span.start)
      return start
    })
  }

  get hides(): boolean {
    return this.#spans.length > 0
  }

  at({ start, end }: Span): { start: number; end: number } {
    return { start: this.#place(start, false), end: this.#place(end, true) }
  }

  /** Whether a hidden value lies in it. */
  hidesIn(at: Span): boolean {
    const index = this.#indexAt(at.end)
    return index >= 0 && (this.#spans[index]?.end ?? 0) > at.start
  }

  #place(offset: number, end: boolean): number {
    const index = this.#indexAt(end ? offset : offset + 1)
    const span = this.#spans[index]
    const start = this.#starts[index]
    if (span === undefined || start === undefined) return offset
    if (offset < span.end) return end ? start + this.#maskSize(span) : start
    return start + this.#maskSize(span) + (offset - span.end)
  }

  /** The last span that begins before this offset. */
  #indexAt(offset: number): number {
    let low = -1
    let high = this.#spans.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#spans[middle]?.start ?? 0) < offset) low = middle
      else high = middle - 1
    }
    return low
  }

  #maskSize(span: SecretSpan): number {
    return asBytes(maskOf(span.kind, this.#shower.language)).length
  }
}

/** ISO 8601 in UTC with nine decimals. */
export function printTime(nanoseconds: bigint): string {
  const seconds = nanoseconds / 1_000_000_000n
  const rest = (nanoseconds % 1_000_000_000n).toString().padStart(9, '0')
  const whole = new Date(Number(seconds) * 1000)
  return Number.isNaN(whole.getTime()) ? '' : `${whole.toISOString().slice(0, 19)}.${rest}Z`
}

/** Seconds, rounded to so many decimals. */
export function inSeconds(nanoseconds: bigint, decimals: number): number {
  return Number((Number(nanoseconds) / 1e9).toFixed(decimals))
}

/** Milliseconds with three decimals. */
export function inMilliseconds(nanoseconds: bigint): number {
  return Number((Number(nanoseconds) / 1e6).toFixed(3))
}
