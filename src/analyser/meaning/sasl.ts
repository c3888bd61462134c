/** What the steps of a sign-in mean, whichever protocol carries them. RFC 4954 §4, RFC 5034 §4. */
import type { Explanation, HiddenKind } from '../model.ts'
import { firstKnown, inert } from './known.ts'

/** One step of a sign-in as the analyser read it. */
export interface SignInStep {
  /** Upper case; undefined where it is not known (a capture joined midway). */
  readonly mechanism: string | undefined
  /** From 0, counted on that side within this sign-in. */
  readonly step: number
  /** Base64 text of a challenge as sent; never of an answer. */
  readonly data?: string | undefined
  /** What the challenge asks for, or what the answer holds; undefined where it cannot be told. */
  readonly of: HiddenKind | 'cancel' | 'nothing' | undefined
  readonly sealed: boolean
  /** Number of the line that this one answers. */
  readonly answers?: number | undefined
}

/** What a request to sign in means; `initial` tells that a first answer stands in the same line. */
export function meaningOfStart(mechanism: string, initial: boolean, sealed: boolean): Explanation {
  const name = mechanism.toUpperCase()
  const id = `sasl.start.${name}`
  if (!initial) return knownOr(id, 'sasl.start', name)
  return knownOr(sealed ? `${id}.initial.sealed` : `${id}.initial`, 'sasl.start.initial', name)
}

function knownOr(id: string, general: string, mechanism: string): Explanation {
  const found = firstKnown(id, general)
  return found === general ? { id: general, params: { mechanism: inert(mechanism, 20) } } : { id: found }
}

/** What a server's 334 (or `+ `) asks. A prompt is named only where it is short plain text. */
export function meaningOfChallenge(step: SignInStep): Explanation {
  const { mechanism, of, data } = step
  if (of === 'user' || (of !== undefined && mechanism === 'LOGIN' && of !== 'nothing' && of !== 'cancel')) {
    const id = `sasl.challenge.${of === 'user' ? 'user' : 'password'}`
    const prompt = data === undefined ? undefined : promptOf(data)
    return prompt === undefined ? { id } : { id: `${id}.prompt`, params: { prompt } }
  }
  if (data === '' || data === '=' || of === 'nothing') return { id: 'sasl.challenge.empty' }
  if (mechanism === undefined) return { id: 'sasl.challenge' }
  if (mechanism.startsWith('SCRAM-')) return { id: `sasl.challenge.SCRAM.${step.step === 0 ? 'first' : 'final'}` }
  if (mechanism === 'XOAUTH2' || mechanism === 'OAUTHBEARER') return { id: 'sasl.challenge.token-error' }
  return { id: firstKnown(`sasl.challenge.${mechanism}`, 'sasl.challenge') }
}

/** The decoded prompt, where it is printable ASCII of at most 24 characters. */
function promptOf(base64: string): string | undefined {
  if (base64.length > 32 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined
  let text: string
  try {
    text = atob(base64)
  } catch {
    return undefined
  }
  return /^[\x20-\x7e]{1,24}$/.test(text) ? text.trim() : undefined
}

/** What a client's answer to it holds. */
export function meaningOfAnswer(step: SignInStep): Explanation {
  const { of, sealed, answers: line } = step
  if (of === 'cancel') return { id: 'sasl.answer.cancel' }
  if (of === 'nothing') return { id: 'sasl.answer.nothing' }
  const kind =
    of === undefined
      ? 'unknown'
      : of === 'user'
        ? 'user'
        : of === 'proof'
          ? 'proof'
          : sealed
            ? 'secret.sealed'
            : 'secret'
  return line === undefined ? { id: `sasl.answer.${kind}.apart` } : { id: `sasl.answer.${kind}`, params: { line } }
}
