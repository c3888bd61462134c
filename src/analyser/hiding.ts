/**
 * Which bytes are hidden, and where the same secret stands again.
 *
 * A secret is hidden by position where it was given (a sign-in), and by search everywhere else in the capture: raw,
 * in base64 at each alignment, in hex. A value too short to be searched for, or one that the server also says of its
 * own accord (a host name as password), is hidden by position only: to blank it elsewhere would betray it.
 */
import type { Side, Span } from '../wire/talk.ts'
import type { HiddenKind } from './model.ts'
import { printBase64 } from '../wire/sasl/base64.ts'
import { asBytes, asLatin1 } from './text.ts'

/** A hidden stretch of one side's stream. */
export interface HiddenSpan extends Span {
  readonly kind: HiddenKind
}

/** What a value is called: exactly 16 letters are an authorization code. */
export function kindOfPassword(value: string): 'password' | 'code' {
  return /^[A-Za-z]{16}$/.test(value) ? 'code' : 'password'
}

/** Below this a value is not searched for at all; below `anywhere` only where blanks stand around it. */
const searched = 4
const anywhere = 8
const mostNeedles = 20_000

/** Longer values are found by their beginning. */
const longest = 256

interface Needle {
  readonly bytes: Uint8Array
  readonly kind: HiddenKind
  readonly wide: boolean
  readonly word: boolean
}

/** Needles that begin with the same four bytes: by length, then by text. */
type Bucket = Map<number, Map<string, Needle>>

/** The secrets of a capture, to be found wherever they stand again. */
export class Secrets {
  readonly #needles = new Map<number, Bucket>()
  readonly #known = new Set<string>()
  readonly #starts = new Uint8Array(65536)

  get empty(): boolean {
    return this.#known.size === 0
  }

  /** `open` is what the server said of its own accord, and the user's name: a value in it is not searched for. */
  learn(value: Uint8Array, kind: HiddenKind, open: readonly string[] = []): void {
    const text = asLatin1(value)
    if (kind === 'user' || value.length < searched || this.#known.has(text) || this.#known.size >= mostNeedles) return
    if (open.some((said) => said.includes(text)) || isFiller(text)) return
    this.#known.add(text)
    this.#put(value, kind, false, value.length < anywhere)
    for (const middle of stableMiddles(value)) {
      if (middle.length < 7) continue
      this.#put(asBytes(middle), kind, true, false)
      const url = middle.replaceAll('+', '-').replaceAll('/', '_')
      if (url !== middle) this.#put(asBytes(url), kind, true, false)
    }
    if (value.length < 5) return
    const hex = Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
    this.#put(asBytes(hex), kind, true, false)
    this.#put(asBytes(hex.toUpperCase()), kind, true, false)
  }

  /** Where secrets stand in these bytes, in order, not overlapping. */
  find(bytes: Uint8Array): HiddenSpan[] {
    const found: HiddenSpan[] = []
    if (this.empty) return found
    let from = 0
    for (let at = 0; at + 1 < bytes.length; at++) {
      if (this.#starts[twoBytes(bytes, at)] === 0) continue
      const needle = this.#at(bytes, at)
      if (needle === undefined) continue
      const size = matched(bytes, at, needle.bytes)
      const span = needle.wide ? widened(bytes, at, size, from) : { start: at, end: at + size }
      found.push({ ...span, kind: needle.kind })
      from = span.end
      at = span.end - 1
    }
    return found
  }

  #put(bytes: Uint8Array, kind: HiddenKind, wide: boolean, word: boolean): void {
    this.#starts[twoBytes(bytes, 0)] = 1
    const key = fourBytes(bytes, 0)
    const bucket: Bucket = this.#needles.get(key) ?? new Map<number, Map<string, Needle>>()
    this.#needles.set(key, bucket)
    const size = Math.min(bytes.length, longest)
    const same = bucket.get(size) ?? new Map<string, Needle>()
    bucket.set(size, same)
    same.set(asLatin1(bytes.subarray(0, size)), { bytes, kind, wide, word })
  }

  /** The longest needle that stands here: one look-up for each length that begins alike. */
  #at(bytes: Uint8Array, at: number): Needle | undefined {
    let found: Needle | undefined
    for (const [size, same] of this.#needles.get(fourBytes(bytes, at)) ?? []) {
      if (size <= (found?.bytes.length ?? 0) || at + size > bytes.length) continue
      const needle = same.get(asLatin1(bytes.subarray(at, at + size)))
      if (needle === undefined) continue
      if (needle.word && !(isBlank(bytes[at - 1]) && isBlank(bytes[at + size]))) continue
      found = needle
    }
    return found
  }
}

function twoBytes(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

function fourBytes(bytes: Uint8Array, at: number): number {
  return (twoBytes(bytes, at) << 16) | twoBytes(bytes, at + 2)
}

/** How much of a long needle stands here. */
function matched(bytes: Uint8Array, at: number, needle: Uint8Array): number {
  let size = Math.min(needle.length, longest)
  while (size < needle.length && bytes[at + size] === needle[size]) size++
  return size
}

/** What our own recorder puts in the place of a credential. */
function isFiller(text: string): boolean {
  return ['[redacted]', 'redacted', text.slice(0, 1)].some((word) =>
    word.repeat(Math.ceil(text.length / word.length)).startsWith(text),
  )
}

/** Nothing, a blank, a line end, or a mark that stands round words. */
function isBlank(byte: number | undefined): boolean {
  return (
    byte === undefined ||
    byte <= 0x20 ||
    byte === 0x22 ||
    byte === 0x27 ||
    byte === 0x3a ||
    byte === 0x3c ||
    byte === 0x3e
  )
}

/** The whole run of base64 or hex that a match stands in. */
function widened(bytes: Uint8Array, at: number, size: number, from: number): Span {
  let start = at
  let end = at + size
  while (start > from && isCoded(bytes[start - 1])) start--
  while (end < bytes.length && isCoded(bytes[end])) end++
  return { start, end }
}

function isCoded(byte: number | undefined): boolean {
  if (byte === undefined) return false
  const letter = byte | 0x20
  if ((letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39)) return true
  return byte === 0x2b || byte === 0x2f || byte === 0x3d || byte === 0x2d || byte === 0x5f
}

/** What a person meant who used the backspace key: `wonx\bder` is `wonder`. Undefined where no such key was used. */
export function edited(bytes: Uint8Array): Uint8Array | undefined {
  if (!bytes.includes(0x08) && !bytes.includes(0x7f)) return undefined
  const kept: number[] = []
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte !== 0x08 && byte !== 0x7f) kept.push(byte)
    else kept.pop()
  }
  return Uint8Array.from(kept)
}

/** What stays the same of `bytes` in base64 whatever stands around them: the middle, at each of three alignments. */
export function stableMiddles(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((before) => {
    const padded = new Uint8Array(before + bytes.length)
    padded.set(bytes, before)
    return printBase64(padded).slice(Math.ceil((before * 8) / 6), Math.floor((padded.length * 8) / 6))
  })
}

/** The hidden stretches of both sides of one conversation, sorted, none overlapping another. */
export class Hiding {
  readonly #spans: Record<Side, HiddenSpan[]> = { client: [], server: [] }
  #sorted = true

  add(side: Side, at: Span, kind: HiddenKind): void {
    if (at.end <= at.start) return
    this.#spans[side].push({ start: at.start, end: at.end, kind })
    this.#sorted = false
  }

  /** All of a side's stretches. Where two overlap they are one; the graver kind names it. */
  of(side: Side): readonly HiddenSpan[] {
    if (!this.#sorted) {
      this.#spans.client = merged(this.#spans.client)
      this.#spans.server = merged(this.#spans.server)
      this.#sorted = true
    }
    return this.#spans[side]
  }

  /** Those that touch this span. */
  within(side: Side, at: Span): HiddenSpan[] {
    const spans = this.of(side)
    let low = 0
    let high = spans.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((spans[middle]?.end ?? 0) <= at.start) low = middle + 1
      else high = middle
    }
    const found: HiddenSpan[] = []
    for (let index = low; index < spans.length; index++) {
      const span = spans[index]
      if (span === undefined || span.start >= at.end) break
      found.push(span)
    }
    return found
  }

  /** Whether more than user names is hidden there. */
  holdsSecret(side: Side, at?: Span): boolean {
    return (at === undefined ? this.of(side) : this.within(side, at)).some((span) => span.kind !== 'user')
  }
}

const graver: readonly HiddenKind[] = ['user', 'proof', 'token', 'password', 'code']

function merged(spans: readonly HiddenSpan[]): HiddenSpan[] {
  const sorted = [...spans].sort((one, two) => one.start - two.start || two.end - one.end)
  const result: HiddenSpan[] = []
  for (const span of sorted) {
    const last = result.at(-1)
    if (last === undefined || span.start >= last.end) {
      result.push(span)
      continue
    }
    const kind = graver.indexOf(span.kind) > graver.indexOf(last.kind) ? span.kind : last.kind
    result[result.length - 1] = { start: last.start, end: Math.max(last.end, span.end), kind }
  }
  return result
}
