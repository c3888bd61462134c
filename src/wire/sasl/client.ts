/** The client's side of a sign-in as values; base64 and lines are the carrier's work. */
import { createHash, createHmac } from 'node:crypto'
import type { Secret } from '../talk.ts'
import { decodeUtf8, utf8Bytes } from '../cutter/text.ts'
import { ScramClient } from './scram.ts'
import { printSaslName } from './names.ts'
import type { Mechanism, SaslClient } from './words.ts'

export interface ClientHow {
  /** The name as the server knows it, mostly a full address. */
  readonly user: string
  /** Password or code; for the two OAuth mechanisms the token. */
  readonly secret: Secret
  /** SCRAM: fresh and unguessable, printable without comma. */
  readonly nonce?: string
  /** OAUTHBEARER tells whom it means to speak to, RFC 7628 §3.1. */
  readonly host?: string
  readonly port?: number
}

/** One exchange; used once. Throws where a name or password holds what cannot be said. */
export function saslClient(mechanism: Mechanism, how: ClientHow): SaslClient {
  if (/[\0\u0001\r\n]/.test(how.user) || /[\0\u0001\r\n]/.test(how.secret.reveal()))
    throw new RangeError('a user name or password cannot hold NUL, ^A or a line end')
  switch (mechanism) {
    case 'PLAIN':
      return single(mechanism, `\0${how.user}\0${how.secret.reveal()}`)
    case 'LOGIN':
      return prompted(mechanism, [() => utf8Bytes(how.user), () => utf8Bytes(how.secret.reveal())])
    case 'CRAM-MD5':
      return prompted(mechanism, [(challenge) => utf8Bytes(`${how.user} ${cramDigest(challenge, how.secret)}`)])
    case 'XOAUTH2':
      return single(
        mechanism,
        `user=${how.user}\u0001auth=Bearer ${how.secret.reveal()}\u0001\u0001`,
        new Uint8Array(0),
      )
    case 'OAUTHBEARER':
      return single(mechanism, bearer(how), new Uint8Array([1]))
    case 'SCRAM-SHA-1':
    case 'SCRAM-SHA-256':
      return new ScramClient(mechanism, how.user, how.secret, how.nonce ?? '')
  }
}

function bearer(how: ClientHow): string {
  const host = how.host === undefined ? '' : `host=${how.host}\u0001`
  const port = how.port === undefined ? '' : `port=${how.port}\u0001`
  return `n,a=${printSaslName(how.user)},\u0001${host}${port}auth=Bearer ${how.secret.reveal()}\u0001\u0001`
}

/** All in the first answer. A challenge after it tells of failure; `onFailure` lets the server say its refusal. */
function single(mechanism: Mechanism, first: string, onFailure?: Uint8Array): SaslClient {
  return {
    mechanism,
    isComplete: true,
    start: () => utf8Bytes(first),
    answer: () => onFailure ?? { what: 'refused', why: 'unexpected-challenge' },
  }
}

/** One answer a challenge, in order. */
function prompted(mechanism: Mechanism, answers: readonly ((challenge: Uint8Array) => Uint8Array)[]): SaslClient {
  let step = 0
  return {
    mechanism,
    isComplete: true,
    start: () => undefined,
    answer(challenge) {
      const answer = answers[step++]
      return answer ? answer(challenge) : { what: 'refused', why: 'unexpected-challenge' }
    },
  }
}

/** HMAC-MD5 of the challenge under the password, 32 lower-case hex digits, RFC 2195 §2. */
export function cramDigest(challenge: Uint8Array, password: Secret): string {
  return createHmac('md5', utf8Bytes(password.reveal())).update(challenge).digest('hex')
}

/** MD5 of the greeting's timestamp and the password, 32 lower-case hex digits, RFC 1939 §7. */
export function apopDigest(timestamp: string, password: Secret): string {
  return createHash('md5')
    .update(utf8Bytes(timestamp + password.reveal()))
    .digest('hex')
}

/** The timestamp in a POP3 greeting that offers APOP, angle brackets included; undefined where there is none, RFC 1939 §7. */
export function apopTimestamp(greeting: string): string | undefined {
  return /<[^\s<>@]+@[^\s<>]+>/.exec(greeting)?.[0]
}

/** A failure's JSON, as XOAUTH2 and OAUTHBEARER send it: what is worth showing of it. */
export function readFailure(challenge: Uint8Array): string | undefined {
  return /"status"\s*:\s*"([^"]{1,64})"/.exec(decodeUtf8(challenge) ?? '')?.[1]
}
