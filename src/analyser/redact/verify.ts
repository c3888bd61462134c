/**
 * Proves an export before it leaves: the finished file is read again by a fresh run of the analyser.
 *
 * - By position: outside the replaced places the bytes are the original's, each place holds a mask, and the fresh run
 *   finds no place that a second redaction would change.
 * - By search: no value of eight characters or more stands in it in any form. A value that is shorter, or that also
 *   stands open in the original (`test` in `north.test`), is proved by position alone: it may well be found.
 *
 * It fails closed: whatever cannot be read, compared or searched is a fault, and with a fault there must be no file.
 */
import type { HiddenKind, OverheardConversation } from '../model.ts'
import { explainCapture } from '../explain.ts'
import { edited } from '../hiding.ts'
import { joined } from '../tape.ts'
import { asLatin1 } from '../text.ts'
import type { Digest, Side } from '../../wire/talk.ts'
import type { Capture, Stream } from '../../wire/packet/capture.ts'
import { readCapture } from '../../wire/packet/read-capture.ts'
import { formsOf } from './forms.ts'
import { filler, isMask, secretPlaces, type SecretPlace } from './places.ts'
import { redactStream, type Redacted } from './redact.ts'

/** What is wrong with an export. It names the kind of value and the form, never the value. */
export type RedactionFault =
  | { readonly what: 'unreadable'; readonly why: string }
  /** The bytes outside the places are not those of the original. */
  | { readonly what: 'differs'; readonly side: Side }
  /** A place holds something else than a mask, or the fresh run found one more. */
  | { readonly what: 'unmasked'; readonly side: Side; readonly kind: HiddenKind | undefined }
  | { readonly what: 'found'; readonly kind: HiddenKind; readonly form: string; readonly where: Side | 'file' }

export type Verified =
  | { readonly ok: true; readonly values: number; readonly places: number; readonly byPositionOnly: number }
  | { readonly ok: false; readonly faults: readonly RedactionFault[] }

/** Values shorter than this are proved by position, safety.md 14. */
const searched = 8
const sides = ['client', 'server'] as const

/** Reads the file again and proves that it holds `original` as `redacted` has it, and nothing hidden. */
export async function verifyRedacted(
  file: Uint8Array,
  original: OverheardConversation,
  redacted: Redacted,
  digest: Digest,
): Promise<Verified> {
  const capture = await readCapture([file])
  const stream = capture.streams[0]
  if (capture.error !== undefined || stream === undefined || capture.streams.length !== 1) {
    const why =
      capture.error === undefined ? `${capture.streams.length} conversations in place of one` : capture.error.kind
    return { ok: false, faults: [{ what: 'unreadable', why }] }
  }
  const places = secretPlaces(original)
  const payload = { client: payloadOf(stream, 'client'), server: payloadOf(stream, 'server') }
  const { faults, values, byPositionOnly } = search(file, payload, original, places)
  const all = [...byPosition(payload, original, places, redacted), ...freshRun(capture, payload, digest), ...faults]
  if (all.length > 0) return { ok: false, faults: all }
  return { ok: true, values, places: redacted.places.length, byPositionOnly }
}

type Payload = Readonly<Record<Side, string>>

/** What a side said as far as it is here, one character a byte. */
function payloadOf(stream: Stream, side: Side): string {
  const pieces = stream.arrivals.flatMap((one) => (one.what === 'bytes' && one.side === side ? [one.bytes] : []))
  return asLatin1(
    joined(
      pieces,
      pieces.reduce((sum, piece) => sum + piece.length, 0),
    ),
  )
}

/** Bytes outside the places equal to the original's, and a mask in each place. */
function byPosition(
  payload: Payload,
  original: OverheardConversation,
  places: readonly SecretPlace[],
  redacted: Redacted,
): RedactionFault[] {
  return sides.flatMap((side) => {
    const faults: RedactionFault[] = []
    const own = redacted.places.filter((place) => place.side === side)
    const kept: string[] = []
    let from = 0
    for (const { start, end, kind } of own) {
      kept.push(payload[side].slice(from, start))
      if (!isMask(payload[side].slice(start, end))) faults.push({ what: 'unmasked', side, kind })
      from = end
    }
    kept.push(payload[side].slice(from))
    if (kept.join('') !== openRuns(original, places, side).join('')) faults.push({ what: 'differs', side })
    return faults
  })
}

/** What a side said outside the hidden places; a new run begins behind each place. */
function openRuns(original: OverheardConversation, places: readonly SecretPlace[], side: Side): string[] {
  const spans = places.map(({ span }) => span).filter((span) => span.side === side)
  const runs: string[] = ['']
  let layer = 0
  let next = 0
  for (const arrival of original.stream.arrivals) {
    if (arrival.what === 'sealed') layer++
    if (arrival.what !== 'bytes' || arrival.side !== side) continue
    const { start, bytes } = arrival
    const text = (from: number, to: number): string =>
      asLatin1(bytes.subarray(from - start, Math.max(from, to) - start))
    let at = start
    for (;;) {
      const span = spans[next]
      if (span === undefined || span.layer > layer || (span.layer === layer && span.start >= start + bytes.length))
        break
      if (span.layer < layer || span.end <= at) {
        next++
        continue
      }
      runs[runs.length - 1] += text(at, span.start)
      runs.push('')
      at = Math.min(start + bytes.length, span.end)
      if (at < span.end) break
    }
    runs[runs.length - 1] += text(at, start + bytes.length)
  }
  return runs
}

/** The file explained anew: redacting it once more must change nothing. */
function freshRun(capture: Capture, payload: Payload, digest: Digest): RedactionFault[] {
  return explainCapture(capture, { digest }).conversations.flatMap((conversation) => {
    const again = redactStream(conversation, 'secrets')
    return sides.flatMap((side): RedactionFault[] => {
      const pieces = again.chunks.flatMap((chunk) => (chunk.side === side && 'bytes' in chunk ? [chunk.bytes] : []))
      const text = asLatin1(
        joined(
          pieces,
          pieces.reduce((sum, piece) => sum + piece.length, 0),
        ),
      )
      return text === payload[side] ? [] : [{ what: 'unmasked', side, kind: undefined }]
    })
  })
}

interface Searched {
  readonly faults: readonly RedactionFault[]
  readonly values: number
  readonly byPositionOnly: number
}

/** Each value in each form, in what both sides said and in the raw file. */
function search(
  file: Uint8Array,
  payload: Payload,
  original: OverheardConversation,
  places: readonly SecretPlace[],
): Searched {
  const names = original.signIns.flatMap(({ user }) => user ?? [])
  const open = [...names, ...sides.flatMap((side) => openRuns(original, places, side))]
  const stacks: readonly (readonly [where: Side | 'file', text: string])[] = [
    ...sides.flatMap((side) => readings(payload[side]).map((text) => [side, text] as const)),
    ['file', asLatin1(file)],
  ]
  const values = valuesOf(places)
  const long = [...values].filter(([value]) => value.length >= searched && !open.some((text) => text.includes(value)))
  const faults = long.flatMap(([value, kind]) =>
    formsOf(value).flatMap((form) =>
      stacks
        .filter(([, text]) => text.includes(form.text))
        .map(([where]): RedactionFault => ({ what: 'found', kind, form: form.name, where })),
    ),
  )
  return { faults, values: values.size, byPositionOnly: values.size - long.length }
}

/** Values that are hidden; one that is a mask already (an export exported again) is none. */
function valuesOf(places: readonly SecretPlace[]): ReadonlyMap<string, HiddenKind> {
  const values = new Map<string, HiddenKind>()
  for (const { span, values: own } of places) {
    for (const value of own) if (!isMask(value) && !filler.includes(value)) values.set(value, span.kind)
  }
  return values
}

/** A text as it stands, without line ends (base64 is broken over lines), without soft breaks, and with keys taken back. */
function readings(text: string): string[] {
  const unbroken = text.replace(/\r?\n/g, '')
  const soft = text.replace(/=\r?\n/g, '')
  const meant = edited(Uint8Array.from(text, (char) => char.charCodeAt(0)))
  return [...new Set([text, unbroken, soft, ...(meant === undefined ? [] : [asLatin1(meant)])])]
}
