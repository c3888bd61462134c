/**
 * A conversation's bytes anew for an export: each credential replaced at one width whatever its length, everything else
 * byte for byte. Lengths may change, since the packets round them are made anew, too.
 *
 * A value that came in pieces (typed key by key) comes out in one, where its last piece stood: neither the number of
 * packets nor the size of a hole tells its length.
 */
import type { HiddenCount, HiddenKind, OverheardConversation } from '../model.ts'
import { joined } from '../tape.ts'
import type { Side } from '../../wire/talk.ts'
import type { Arrival } from '../../wire/packet/capture.ts'
import type { WrittenChunk } from '../../wire/packet/write-capture.ts'
import { replacedKinds, secretPlaces, type SecretPlace } from './places.ts'

/** `secrets`: credentials are replaced, user names stay. */
export type RedactionLevel = 'secrets'

/** Where a replacement stands now, in the bytes of that side that are written (holes left out). */
export interface RedactedPlace {
  readonly side: Side
  readonly start: number
  readonly end: number
  readonly kind: HiddenKind
}

export interface Redacted {
  /** As `writeCapture` takes them. */
  readonly chunks: readonly WrittenChunk[]
  readonly places: readonly RedactedPlace[]
  /** How many values were replaced, of each kind. */
  readonly hidden: readonly HiddenCount[]
}

/** The bytes of both sides with their credentials replaced, cut where they came cut. */
export function redactStream(conversation: OverheardConversation, _level: RedactionLevel): Redacted {
  const { arrivals } = conversation.stream
  const writer = new RedactedWriter(arrivals, secretPlaces(conversation))
  walk(arrivals, (arrival, layer, index) => writer.write(arrival, layer, index))
  return writer.finish()
}

type Payload = Arrival & { readonly what: 'bytes' | 'lost' }

/** Goes through what was said, with the layer it was said in: each `sealed` begins a new one. */
function walk(arrivals: readonly Arrival[], visit: (arrival: Payload, layer: number, index: number) => void): void {
  let layer = 0
  for (const [index, arrival] of arrivals.entries()) {
    if (arrival.what === 'sealed') layer++
    else if (arrival.what === 'bytes' || arrival.what === 'lost') visit(arrival, layer, index)
  }
}

/** Finds the places that an arrival touches; arrivals of one side come in the order of the stream. */
class Finder {
  readonly #places: ReadonlyMap<string, readonly SecretPlace[]>
  /** How far each list of places was gone through. */
  readonly #passed = new Map<string, number>()

  constructor(places: readonly SecretPlace[]) {
    this.#places = Map.groupBy(places, ({ span }) => keyOf(span.side, span.layer))
  }

  touched(arrival: Payload, layer: number): SecretPlace[] {
    const key = keyOf(arrival.side, layer)
    const places = this.#places.get(key) ?? []
    const end = endOf(arrival)
    let from = this.#passed.get(key) ?? 0
    while ((places[from]?.span.end ?? Infinity) <= arrival.start) from++
    this.#passed.set(key, from)
    let to = from
    while ((places[to]?.span.start ?? Infinity) < end) to++
    return places.slice(from, to)
  }
}

/** For each place, the index of the arrival that brings the last of its bytes that are here. */
function completions(arrivals: readonly Arrival[], places: readonly SecretPlace[]): Map<SecretPlace, number> {
  const finder = new Finder(places)
  const completedBy = new Map<SecretPlace, number>()
  walk(arrivals, (arrival, layer, index) => {
    if (arrival.what !== 'bytes') return
    for (const place of finder.touched(arrival, layer)) completedBy.set(place, index)
  })
  return completedBy
}

class RedactedWriter {
  readonly #completedBy: ReadonlyMap<SecretPlace, number>
  readonly #finder: Finder
  readonly #chunks: WrittenChunk[] = []
  readonly #written: Record<Side, number> = { client: 0, server: 0 }
  readonly #redacted: RedactedPlace[] = []

  constructor(arrivals: readonly Arrival[], places: readonly SecretPlace[]) {
    this.#completedBy = completions(arrivals, places)
    this.#finder = new Finder(places)
  }

  write(arrival: Payload, layer: number, index: number): void {
    const touched = this.#finder.touched(arrival, layer)
    if (arrival.what === 'lost') this.#lose(arrival, touched)
    else this.#bytes(arrival, touched, index)
  }

  /** A hole is as large as what it lacks outside the hidden places. */
  #lose(arrival: Payload & { readonly what: 'lost' }, touched: readonly SecretPlace[]): void {
    const end = endOf(arrival)
    const within = touched.reduce(
      (sum, { span }) => sum + Math.min(span.end, end) - Math.max(span.start, arrival.start),
      0,
    )
    const { side, time, size } = arrival
    if (size > within) this.#chunks.push({ side, time, lost: size - within })
  }

  #bytes(arrival: Payload & { readonly what: 'bytes' }, touched: readonly SecretPlace[], index: number): void {
    const { side, time, start, bytes } = arrival
    const pieces: Uint8Array[] = []
    let at = start
    const keep = (to: number): void => {
      if (to > at) this.#push(pieces, side, bytes.subarray(at - start, to - start))
    }
    for (const place of touched) {
      keep(place.span.start)
      at = Math.min(place.span.end, endOf(arrival))
      if (this.#completedBy.get(place) !== index) continue
      const from = this.#written[side]
      this.#push(
        pieces,
        side,
        Uint8Array.from(place.replacement, (char) => char.charCodeAt(0)),
      )
      this.#redacted.push({ side, start: from, end: this.#written[side], kind: place.span.kind })
    }
    keep(endOf(arrival))
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
    if (size > 0) this.#chunks.push({ side, time, bytes: joined(pieces, size) })
  }

  #push(pieces: Uint8Array[], side: Side, bytes: Uint8Array): void {
    pieces.push(bytes)
    this.#written[side] += bytes.length
  }

  finish(): Redacted {
    const hidden = replacedKinds
      .map((kind) => ({ kind, count: this.#redacted.filter((place) => place.kind === kind).length }))
      .filter(({ count }) => count > 0)
    return { chunks: this.#chunks, places: this.#redacted, hidden }
  }
}

function keyOf(side: Side, layer: number): string {
  return `${side} ${layer}`
}

function endOf(arrival: Payload): number {
  return arrival.start + (arrival.what === 'bytes' ? arrival.bytes.length : arrival.size)
}
