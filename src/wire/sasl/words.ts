/** What a sign-in comes to, whatever the mechanism and the protocol that carried it. RFC 4422. */
import type { Secret } from '../talk.ts'

export type Mechanism = 'PLAIN' | 'LOGIN' | 'CRAM-MD5' | 'XOAUTH2' | 'OAUTHBEARER' | 'SCRAM-SHA-1' | 'SCRAM-SHA-256'

export type ScramHash = 'sha1' | 'sha256'

/** What a client showed of itself. `user` is the name as given (a full address); `authorizeAs` only where it differs in kind (PLAIN's authzid). */
export type Credential =
  | {
      readonly kind: 'password'
      readonly method: 'PLAIN' | 'LOGIN' | 'USER/PASS'
      readonly user: string
      readonly authorizeAs: string | undefined
      readonly password: Secret
    }
  | {
      readonly kind: 'token'
      readonly method: 'XOAUTH2' | 'OAUTHBEARER'
      readonly user: string
      readonly token: Secret
    }
  /** SCRAM's last step: `proves(storedKey)` tells whether the client holds the code these keys were made of. */
  | {
      readonly kind: 'scram'
      readonly method: 'SCRAM-SHA-1' | 'SCRAM-SHA-256'
      readonly user: string
      readonly hash: ScramHash
      readonly proves: (storedKey: Uint8Array) => boolean
    }

/**
 * A server's side of one exchange as values: no sockets, no clock, no randomness of its own.
 * - `challenge`: send these bytes (base64 is the carrier's work) and bring the client's answer to `step`.
 * - `salt`: SCRAM wants `{salt, iterations}` of this user, given to `salted`, which returns the next step.
 * - `credential`: ask `access` about it; then `finish(accepted, serverKey)`: SCRAM's and XOAUTH2's last word, undefined if none.
 */
export type SaslStep =
  | { readonly what: 'challenge'; readonly data: Uint8Array }
  | { readonly what: 'salt'; readonly user: string }
  | { readonly what: 'credential'; readonly credential: Credential }
  | { readonly what: 'refused'; readonly why: string }

export interface SaslServer {
  readonly mechanism: Mechanism
  /** The client's decoded bytes; undefined at the start when no initial response came. */
  step(response: Uint8Array | undefined): SaslStep
  salted(keys: { readonly salt: Uint8Array; readonly iterations: number }): SaslStep
  /** A last challenge to send before the outcome, or undefined. `serverKey` is SCRAM's, of the code that matched. */
  finish(accepted: boolean, serverKey?: Uint8Array): Uint8Array | undefined
}

/** A client's side: `start()` is the initial response (undefined: none), `answer` the reply to each decoded challenge. */
export interface SaslClient {
  readonly mechanism: Mechanism
  /** A success that comes before this is true must not be believed: SCRAM's server has not proved itself. */
  readonly isComplete: boolean
  start(): Uint8Array | undefined
  answer(challenge: Uint8Array): Uint8Array | { readonly what: 'refused'; readonly why: string }
}
