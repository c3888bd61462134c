/** The one door for people: who may come in, for every protocol alike. `safety.md` 10, 16-18. */
import type { Credential } from '../wire/sasl/words.ts'
import type { Account, Scope } from '../store/contract.ts'

export interface Peer {
  readonly address: string
  readonly port: number
  /** The connection is inside TLS. */
  readonly sealed: boolean
  /** What the client calls itself (EHLO name), for `lastUsed`. */
  readonly client: string
}

/** Whether a code, a token or (test domains only) any password opened the account. */
export type Method = 'code' | 'token' | 'any'

export interface Admitted {
  readonly what: 'admitted'
  readonly account: Account
  readonly scope: Scope
  readonly method: Method
  readonly codeId: string | undefined
  /** SCRAM's server key of the code that matched. */
  readonly serverKey: Uint8Array | undefined
}

export interface Refusal {
  readonly what: 'refused'
  /** `later`: a ban or a limit; the peer may try again. `encryption`: AUTH in clear is not allowed for this account (538). */
  readonly why: 'credentials' | 'scope' | 'disabled' | 'later' | 'encryption' | 'mechanism'
  /** One sentence for the log: no secret, no user's typed password. */
  readonly log: string
}

export interface Access {
  authenticate(scope: Scope, credential: Credential, peer: Peer): Promise<Admitted | Refusal>
  /** SCRAM's salt and count for a name; a made-up, stable one for an unknown name, so that names cannot be probed. */
  salt(user: string): { readonly salt: Uint8Array; readonly iterations: number }
  /** The mechanisms to offer this peer now, best first; empty: offer no AUTH. `safety.md` 17. */
  offered(peer: Peer): readonly string[]
  /** May this account sign in over a connection in clear from there? Asked after the user name, before the password prompt. */
  allowsInClear(user: string, peer: Peer): boolean
  /** Opens a connection; `refused` says why not (too many from that address, or banned). Call `close` exactly once when it ends. */
  connect(address: string): { readonly close: () => void } | { readonly refused: 'too-many' | 'banned' }
}
