/** Follows the sign-ins of one connection from outside: which mechanism, which answer, and where a secret may stand. */
import type { Part, SecretKind, Span } from '../talk.ts'
import { looksLikeCredential } from './base64.ts'
import { isEmptyAnswer, secretOfAnswer, secretOfChallenge } from './read.ts'

/** So many lines after a sign-in a line that is no command may be a credential at the wrong prompt. */
const nearness = 3

export class SignInWatch {
  /** '' where a challenge came and no mechanism was named. */
  #mechanism = ''
  #step = 0
  #challenge: string | undefined
  #near = 0

  /** A sign-in begins; `hasInitial` where its first answer came with the command. */
  begin(mechanism: string, hasInitial: boolean): void {
    this.#mechanism = mechanism
    this.#step = hasInitial ? 1 : 0
    this.#challenge = undefined
    this.near()
  }

  /** The server asks; the next line of the client answers. `text` is base64. */
  challenged(text: string): void {
    this.#challenge = text
    this.near()
  }

  /** A client's answer passes. */
  answered(): void {
    this.#step++
    this.near()
  }

  /** The sign-in is over, well or not. */
  finish(): void {
    this.#mechanism = ''
    this.#step = 0
    this.#challenge = undefined
  }

  near(): void {
    this.#near = nearness
  }

  /** A client's line that is no answer passes: may a credential have been typed in it, if it is no command? */
  isNear(): boolean {
    return this.#near > 0 && this.#near-- > 0
  }

  /** The part of a line that answers; `at` without line end. */
  answerPart(text: string, at: Span): Part {
    return secretPart('response', at, secretOfAnswer(this.#mechanism, this.#step, text, this.#challenge))
  }

  challengePart(text: string, at: Span): Part {
    return secretPart('challenge', at, secretOfChallenge(this.#mechanism, text))
  }
}

/** True where a line that is no command may hold a credential: near a sign-in, or by its look alone. */
export function mayBeCredential(line: string, isNear: boolean): boolean {
  const text = line.trim()
  return !isEmptyAnswer(text) && (isNear || looksLikeCredential(text))
}

function secretPart(name: string, at: Span, secret: SecretKind | undefined): Part {
  return secret ? { name, at, secret } : { name, at }
}
