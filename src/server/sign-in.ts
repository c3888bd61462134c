/**
 * A sign-in by AUTH as SMTP and POP3 share it: the exchange in base64, who comes in by `access/`'s word, and what the
 * connection notes of it. Which reply tells it is the protocol's own.
 */
import { mechanismNamed, saslServer } from '../wire/sasl/server.ts'
import { printBase64, readBase64 } from '../wire/sasl/base64.ts'
import type { Credential, Mechanism, SaslServer, SaslStep } from '../wire/sasl/words.ts'
import type { Secret } from '../wire/talk.ts'
import type { Admitted, Refusal } from '../access/contract.ts'
import type { Scope } from '../store/contract.ts'
import type { Connection } from './connection.ts'
import { coverAnswer, type Cover } from './covers.ts'

export type SignInRefused = {
  readonly what: 'refused'
  /** `mechanism-unknown`: not offered here; `unreadable`: no base64 or not what the mechanism says; `fault`: ours. */
  readonly why: Refusal['why'] | 'mechanism-unknown' | 'unreadable' | 'cancelled' | 'fault'
  /** For the log: no secret. */
  readonly log: string
}

export type SignInStep =
  /** Send this base64 text and bring the answer. */
  { readonly what: 'challenge'; readonly data: string } | Admitted | SignInRefused

const inClear = 'that account may not sign in without TLS from there'

/** Begins an exchange by a mechanism that is offered to this peer now. */
export function beginSignIn(connection: Connection, scope: Scope, name: string): SignInExchange | SignInRefused {
  const { access } = connection.host
  const { peer } = connection
  const mechanism = mechanismNamed(name)
  if (mechanism && access.offered(peer).includes(mechanism)) return new SignInExchange(connection, scope, mechanism)
  const isOfferedInside = mechanism && !peer.sealed && access.offered({ ...peer, sealed: true }).includes(mechanism)
  return isOfferedInside
    ? refused('encryption', `${mechanism} is not offered without TLS from there`)
    : refused('mechanism-unknown', 'the client asked for a mechanism that is not offered')
}

export class SignInExchange {
  readonly #connection: Connection
  readonly #scope: Scope
  readonly #mechanism: Mechanism
  readonly #server: SaslServer
  /** Answers of the client so far, an initial response included. */
  #step = 0
  #challenge: string | undefined
  /** Decided; the client still has to answer the last challenge. */
  #verdict: Admitted | SignInRefused | undefined

  constructor(connection: Connection, scope: Scope, mechanism: Mechanism) {
    this.#connection = connection
    this.#scope = scope
    this.#mechanism = mechanism
    this.#server = saslServer(mechanism, { nonce: crypto.randomUUID() })
  }

  start(initial: Secret | undefined): SignInStep | Promise<SignInStep> {
    return initial ? this.#answered(initial.reveal()) : this.#move(this.#server.step(undefined))
  }

  answer(response: Secret, cancel: boolean): SignInStep | Promise<SignInStep> {
    if (cancel) return refused('cancelled', 'the client cancelled the sign-in')
    return this.#verdict ?? this.#answered(response.reveal())
  }

  /** Where credentials stand in the client's next answer, which begins at this offset. */
  covers(response: Secret, start: number): Cover[] {
    return coverAnswer(this.#mechanism, this.#step, response.reveal(), start, this.#challenge)
  }

  #answered(text: string): SignInStep | Promise<SignInStep> {
    this.#step += 1
    const decoded = readBase64(text)
    if (!decoded) return refused('unreadable', 'the answer was no base64')
    // the name is known and the password was not asked for yet: the moment to say no
    if (this.#mechanism === 'LOGIN' && this.#step === 1 && !this.#mayInClear(Buffer.from(decoded).toString('utf8')))
      return refused('encryption', inClear)
    return this.#move(this.#server.step(decoded))
  }

  #move(step: SaslStep): SignInStep | Promise<SignInStep> {
    switch (step.what) {
      case 'challenge':
        return this.#ask(step.data)
      case 'salt':
        if (!this.#mayInClear(step.user)) return refused('encryption', inClear)
        return this.#move(this.#server.salted(this.#connection.host.access.salt(step.user)))
      case 'credential':
        return this.#judge(step.credential)
      case 'refused':
        return step.why === 'authzid-differs'
          ? refused('credentials', 'the client asked to act as somebody else')
          : refused('unreadable', `the answer was not understood: ${step.why}`)
    }
  }

  #ask(data: Uint8Array): SignInStep {
    this.#challenge = printBase64(data)
    return { what: 'challenge', data: this.#challenge }
  }

  #mayInClear(user: string): boolean {
    return this.#connection.host.access.allowsInClear(user, this.#connection.peer)
  }

  async #judge(credential: Credential): Promise<SignInStep> {
    const verdict = await judge(this.#connection, this.#scope, credential)
    const admitted = verdict.what === 'admitted'
    const last = this.#server.finish(admitted, admitted ? verdict.serverKey : undefined)
    if (!last) return verdict
    this.#verdict = verdict
    return this.#ask(last)
  }
}

/** Asks `access/`; a fault of ours is told as such. */
export async function judge(
  connection: Connection,
  scope: Scope,
  credential: Credential,
): Promise<Admitted | SignInRefused> {
  try {
    return await connection.host.access.authenticate(scope, credential, connection.peer)
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : 'an unknown fault'
    connection.log('error', 'fault', `a sign-in could not be judged: ${text}`)
    return refused('fault', 'a fault of this server')
  }
}

/** Somebody is in: the connection is theirs. */
export function noteAdmitted(connection: Connection, { account, codeId, method }: Admitted): void {
  connection.account = { id: account.id, address: account.address, codeId }
  connection.concerns(account.id)
  if (connection.outcome === 'nothing' || connection.outcome === 'auth-failed') connection.outcome = 'signed-in'
  connection.why = undefined
  connection.log('info', 'signed-in', `${account.address} signed in`, {
    account: account.address,
    method,
    ...(codeId !== undefined && { code: codeId }),
  })
}

export function noteRefused(connection: Connection, why: string): void {
  if (connection.outcome === 'nothing') connection.outcome = 'auth-failed'
  connection.why = why
  connection.log('info', 'sign-in-refused', why)
}

function refused(why: SignInRefused['why'], log: string): SignInRefused {
  return { what: 'refused', why, log }
}
