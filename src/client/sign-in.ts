/** Signing in with whatever mechanism both know: the loop of challenges is the same for SMTP and POP3. RFC 4954 §4, RFC 5034 §4. */
import { printBase64, readBase64 } from '../wire/sasl/base64.ts'
import { saslClient } from '../wire/sasl/client.ts'
import type { Mechanism, SaslClient } from '../wire/sasl/words.ts'
import { Secret } from '../wire/talk.ts'
import { ClientError } from './errors.ts'
import type { SignIn } from './server-address.ts'

/** Sealed, the code itself may go; in clear, what does not show it goes first. */
const sealedOrder: readonly Mechanism[] = ['PLAIN', 'LOGIN', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'CRAM-MD5']
const clearOrder: readonly Mechanism[] = ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'CRAM-MD5', 'PLAIN', 'LOGIN']

export interface Exchange {
  readonly mechanism: Mechanism
  /** Base64 text to send beside the mechanism; undefined: none. */
  readonly initial: Secret | undefined
  /** The answer to one challenge (base64 texts); `*` gives up. */
  answer(challenge: string): { readonly response: Secret; readonly cancel: boolean }
  /** False when the server said yes without proving that it knows the code too (SCRAM), RFC 5802 §3. */
  readonly isComplete: boolean
}

/** Begins with the best mechanism of those offered. `nonce` is fresh random text, for SCRAM. */
export function beginSignIn(
  signIn: SignIn,
  offered: readonly string[],
  how: { readonly sealed: boolean; readonly nonce: string | undefined; readonly who: string },
): Exchange {
  const known = (how.sealed ? sealedOrder : clearOrder).filter(
    (mechanism) => how.nonce !== undefined || !mechanism.startsWith('SCRAM'),
  )
  const upper = new Set(offered.map((name) => name.toUpperCase()))
  const mechanism = known.find((name) => (signIn.mechanism ? name === signIn.mechanism.toUpperCase() : upper.has(name)))
  if (!mechanism) {
    throw new ClientError(
      'no-mechanism',
      `${how.who} offers no way to sign in that is known here (${offered.join(' ') || 'none'})`,
    )
  }
  const client = saslClient(mechanism, {
    user: signIn.user,
    secret: signIn.password,
    ...(how.nonce === undefined ? {} : { nonce: how.nonce }),
  })
  const first = client.start()
  return {
    mechanism,
    // an empty initial response is "=", RFC 4954 §4
    initial: first && new Secret(first.length === 0 ? '=' : printBase64(first)),
    answer: (challenge) => answerOf(client, challenge),
    get isComplete() {
      return client.isComplete
    },
  }
}

function answerOf(client: SaslClient, challenge: string): { response: Secret; cancel: boolean } {
  const bytes = readBase64(challenge)
  const answer = bytes && client.answer(bytes)
  if (!answer || 'what' in answer) return { response: new Secret('*'), cancel: true }
  return { response: new Secret(printBase64(answer)), cancel: false }
}

/** Throws where the server accepted a sign-in that it has not proved to know. */
export function mustBeProved(exchange: Exchange, who: string): void {
  if (exchange.isComplete) return
  throw new ClientError('nonsense', `${who} accepted the sign-in without the proof that ${exchange.mechanism} demands`)
}
