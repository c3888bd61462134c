/**
 * What stands at each hidden place and what takes its stead: `[redacted]` where a value stands as it is, base64 of the
 * same sign-in with only its secret pieces replaced where it is coded. One width whatever the value's length.
 */
import type { HiddenKind, Line, OverheardConversation, SecretSpan, SignIn } from '../model.ts'
import { asLatin1 } from '../text.ts'
import { Tape } from '../tape.ts'
import type { Part, Side } from '../../wire/talk.ts'
import { isCanonicalBase64, printBase64, readBase64 } from '../../wire/sasl/base64.ts'
import { readAnswer, readChallenge } from '../../wire/sasl/read.ts'

/** Stands in place of every hidden value, in clear or coded. */
export const filler = '[redacted]'
const coded = btoa(filler)

/** A hidden place, with what it holds. Texts are one character a byte. */
export interface SecretPlace {
  readonly span: SecretSpan
  readonly raw: string
  readonly replacement: string
  /** The secret values themselves, decoded, as far as they can be told; else the raw text. */
  readonly values: readonly string[]
}

/** All hidden places that a level replaces, in the order of `secretSpans`. User names are facts at level `secrets`. */
export function secretPlaces(conversation: OverheardConversation): SecretPlace[] {
  return new Places(conversation).all()
}

/** Where in a sign-in a line stands. */
interface Step {
  readonly mechanism: string
  readonly step: number
  readonly challenge: string | undefined
}

class Places {
  readonly #conversation: OverheardConversation
  readonly #tapes: { readonly [side in Side]: Tape }[]
  /** Lines of one side of one layer, in the order of their bytes. */
  readonly #lines: ReadonlyMap<string, readonly Line[]>
  readonly #signIns: ReadonlyMap<number, SignIn>
  readonly #numbered: ReadonlyMap<number, Line>

  constructor(conversation: OverheardConversation) {
    this.#conversation = conversation
    this.#tapes = tapesOf(conversation)
    const heard = conversation.lines.filter((line) => !['hole', 'sealing', 'sealed'].includes(line.kind))
    this.#lines = Map.groupBy(heard, (line) => `${line.side} ${line.sealed}`)
    this.#numbered = new Map(heard.map((line) => [line.number, line]))
    this.#signIns = new Map(conversation.signIns.flatMap((one) => one.lines.map((line) => [line, one] as const)))
  }

  all(): SecretPlace[] {
    const places = this.#conversation.secretSpans
      .filter((span) => span.kind !== 'user')
      .map((span) => this.#place(span))
    const known = new Set(places.flatMap((place) => place.values))
    // a value that is said again is replaced as it stands there, not as a base64 word that it happens to look like
    return places.map((place) => (known.has(place.raw) && !place.inStep ? { ...place, replacement: filler } : place))
  }

  #place(span: SecretSpan): SecretPlace & { readonly inStep: boolean } {
    const raw = asLatin1(this.#tapes[span.layer]?.[span.side].read(span) ?? new Uint8Array(0))
    const line = this.#lineAt(span)
    const step = line === undefined ? undefined : this.#stepOf(line)
    if (step !== undefined) return { span, raw, inStep: true, ...replaceInStep(span.side, step, raw) }
    const isWhole = line?.verb === 'PASS' || line?.verb === 'APOP'
    const decoded = isWhole ? undefined : decodedWord(raw)
    if (decoded === undefined) return { span, raw, inStep: false, replacement: filler, values: [raw] }
    return { span, raw, inStep: false, replacement: coded, values: [decoded] }
  }

  #lineAt(span: SecretSpan): Line | undefined {
    const lines = this.#lines.get(`${span.side} ${span.layer > 0}`) ?? []
    let low = 0
    let high = lines.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((lines[middle]?.at.end ?? 0) <= span.start) low = middle + 1
      else high = middle
    }
    const line = lines[low]
    return line !== undefined && line.at.start <= span.start ? line : undefined
  }

  /** Undefined where the line is no coded step: PASS, a mail, a suspect line. */
  #stepOf(line: Line): Step | undefined {
    const signIn = this.#signIns.get(line.number)
    const isStep =
      line.kind === 'answer' || line.kind === 'challenge' || (line.kind === 'command' && line.verb === 'AUTH')
    if (signIn === undefined || !isStep) return undefined
    let step = 0
    let challenge: string | undefined
    for (const number of signIn.lines) {
      const earlier = this.#numbered.get(number)
      if (number >= line.number || earlier === undefined) continue
      if (earlier.kind === 'challenge') challenge = this.#text(earlier).replace(/^(?:334[ -]?|\+ ?)/, '')
      else if (earlier.kind === 'answer' || this.#hasInitial(earlier)) step++
    }
    return { mechanism: signIn.mechanism, step, challenge }
  }

  #hasInitial(line: Line): boolean {
    return line.kind === 'command' && /^\s*AUTH\s+\S+\s+\S/i.test(this.#text(line))
  }

  #text(line: Line): string {
    const tape = this.#tapes[line.sealed ? this.#tapes.length - 1 : 0]?.[line.side]
    return asLatin1(tape?.read(line.at) ?? new Uint8Array(0)).trim()
  }
}

/** The bytes of both sides, a pair of tapes for each layer. */
export function tapesOf(conversation: OverheardConversation): { readonly [side in Side]: Tape }[] {
  const fresh = () => ({ client: new Tape(), server: new Tape() })
  const tapes = [fresh()]
  for (const arrival of conversation.stream.arrivals) {
    if (arrival.what === 'sealed') tapes.push(fresh())
    else if (arrival.what === 'bytes') tapes.at(-1)?.[arrival.side].add(arrival)
  }
  return tapes
}

/** A whole word of base64 that holds text, as it stands in a mail or at a wrong prompt; undefined for anything else. */
function decodedWord(raw: string): string | undefined {
  if (raw.length < 8 || !isCanonicalBase64(raw)) return undefined
  const decoded = readBase64(raw)
  return decoded !== undefined && decoded.every((byte) => byte < 0x7f) ? asLatin1(decoded) : undefined
}

/** Replaces the secret pieces inside a step and codes it again; the whole of it where the pieces cannot be told. */
function replaceInStep(side: Side, step: Step, raw: string): { replacement: string; values: string[] } {
  const { decoded, parts, whole } =
    side === 'client' ? readAnswer(step.mechanism, step.step, raw, step.challenge) : readChallenge(step.mechanism, raw)
  const secret = parts.filter((part) => part.secret !== undefined && part.secret !== 'user')
  // pieces at fixed places of a binary message cannot change their length
  const isBinary = step.mechanism === 'NTLM'
  if (decoded === undefined) return { replacement: coded, values: [raw] }
  const text = asLatin1(decoded)
  if (whole !== undefined || secret.length === 0 || isBinary) return { replacement: coded, values: [text] }
  const values = secret.map(({ at }) => text.slice(at.start, at.end)).filter((value) => value !== '')
  return { replacement: printBase64(Uint8Array.from(withFiller(text, secret), (char) => char.charCodeAt(0))), values }
}

function withFiller(text: string, secret: readonly Part[]): string {
  let replaced = ''
  let from = 0
  for (const { at } of secret.toSorted((one, other) => one.at.start - other.at.start)) {
    if (at.start < from) continue
    replaced += text.slice(from, at.start) + filler
    from = at.end
  }
  return replaced + text.slice(from)
}

/** True for what this room itself puts in a place: the filler, or base64 that holds it. */
export function isMask(text: string): boolean {
  if (text === filler) return true
  const decoded = readBase64(text)
  return decoded !== undefined && asLatin1(decoded).includes(filler)
}

/** Kinds in the order of the masks. */
export const replacedKinds: readonly HiddenKind[] = ['code', 'password', 'token', 'proof']
