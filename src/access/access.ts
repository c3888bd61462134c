/**
 * Who may come in. A mail client shows a code or a token made for it, never the account's password; every protocol asks
 * here, and each failure counts against the account (from everywhere) and the address (but for loopback). Nothing here
 * tells a stranger whether a name exists: an unknown one takes the same steps.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Credential } from '../wire/sasl/words.ts'
import { isLoopback, networkOf } from '../net/address.ts'
import type { Account, Code, MailStore, Scope } from '../store/contract.ts'
import type { Access, Admitted, Peer, Refusal } from './contract.ts'
import { hashOf, normaliseCode, scramIterations } from './code.ts'
import { Failures } from './failures.ts'
import { allowsMode, type InClear } from './in-clear.ts'
import { defaultAccessLimits, type AccessLimits } from './limits.ts'
import { TestAccounts } from './test-accounts.ts'

export interface AccessOptions {
  readonly store: MailStore
  readonly limits?: Partial<AccessLimits>
  readonly now?: () => Date
  /** Does any listener take connections from other machines? */
  readonly listensBeyondLoopback: boolean
  readonly inClear?: InClear
  /**
   * 32 random bytes of this store, kept by the caller: made-up SCRAM salts of unknown names hang on them, so that they
   * stay the same over restarts. Without: fresh ones.
   */
  readonly nameSecret?: Uint8Array
}

export interface OpenedAccess extends Access {
  readonly testAccounts: TestAccounts
}

export function openAccess(options: AccessOptions): OpenedAccess {
  return new Gate(options)
}

type Refused = { readonly why: Refusal['why']; readonly log: string }

class Gate implements OpenedAccess {
  readonly testAccounts: TestAccounts
  readonly #store: MailStore
  readonly #now: () => Date
  readonly #rules: { inClear: InClear; listensBeyondLoopback: boolean }
  readonly #nameSecret: Uint8Array
  readonly #accounts: Failures
  readonly #addresses: Failures
  readonly #connections = new Map<string, number>()
  readonly #connectionsPerAddress: number

  constructor(options: AccessOptions) {
    const limits = { ...defaultAccessLimits, ...options.limits }
    this.#store = options.store
    this.#now = options.now ?? (() => new Date())
    this.#rules = { inClear: options.inClear, listensBeyondLoopback: options.listensBeyondLoopback }
    this.#nameSecret = options.nameSecret ?? randomBytes(32)
    this.#connectionsPerAddress = limits.connectionsPerAddress
    const counting = { windowMs: limits.failureWindowMs, banMs: limits.banMs, remembered: limits.remembered }
    this.#accounts = new Failures({ ...counting, allowed: limits.failuresPerAccount })
    this.#addresses = new Failures({ ...counting, allowed: limits.failuresPerAddress })
    this.testAccounts = new TestAccounts(options.store.directory, limits.accountsOnFirstUse)
  }

  async authenticate(scope: Scope, credential: Credential, peer: Peer): Promise<Admitted | Refusal> {
    const now = this.#now()
    const name = nameKey(credential.user)
    if (this.#accounts.isBanned(name, now.getTime()))
      return refusal({ why: 'later', log: `too many failed sign-ins as ${credential.user} lately` })
    if (!peer.sealed && !this.allowsInClear(credential.user, peer))
      return refusal({ why: 'encryption', log: `${credential.user} may not sign in without TLS from there` })
    const verdict = await this.#judge(scope, credential, now)
    if ('why' in verdict) {
      // what is wrong with the client's settings is no guess
      if (verdict.why === 'credentials') this.#failed(name, peer, now)
      return refusal(verdict)
    }
    this.#accounts.forget(name)
    if (verdict.codeId !== undefined)
      this.#store.directory.codeUsed(verdict.codeId, { at: now, address: peer.address, client: peer.client })
    return verdict
  }

  salt(user: string): { readonly salt: Uint8Array; readonly iterations: number } {
    const account = this.#store.directory.account(user)
    if (account) return account.scram
    const salt = createHmac('sha256', this.#nameSecret).update(nameKey(user)).digest().subarray(0, 16)
    return { salt, iterations: scramIterations }
  }

  offered(peer: Peer): readonly string[] {
    const domains = this.#store.directory.domains()
    const scram = this.#takesScram() ? ['SCRAM-SHA-256', 'SCRAM-SHA-1'] : []
    if (peer.sealed) return [...scram, 'PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER']
    const allowing = domains.filter(({ mode }) => this.#allows(mode, peer))
    if (allowing.length === 0) return []
    // where it is not for everybody the name must come before the password, so that it can be refused in time
    if (allowing.length < domains.length) return [...scram, 'LOGIN']
    return [...scram, 'PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER']
  }

  allowsInClear(user: string, peer: Peer): boolean {
    if (peer.sealed) return true
    return this.#allows(this.#modeOf(user), peer)
  }

  connect(address: string): { readonly close: () => void } | { readonly refused: 'too-many' | 'banned' } {
    if (isLoopback(address)) return { close: () => {} }
    const network = networkOf(address)
    if (this.#addresses.isBanned(network, this.#now().getTime())) return { refused: 'banned' }
    const open = this.#connections.get(network) ?? 0
    if (open >= this.#connectionsPerAddress) return { refused: 'too-many' }
    this.#connections.set(network, open + 1)
    let closed = false
    return {
      close: () => {
        if (closed) return
        closed = true
        const left = (this.#connections.get(network) ?? 1) - 1
        if (left > 0) this.#connections.set(network, left)
        else this.#connections.delete(network)
      },
    }
  }

  #allows(mode: Parameters<typeof allowsMode>[0], peer: Peer): boolean {
    return allowsMode(mode, isLoopback(peer.address), this.#rules, this.#store.directory)
  }

  #modeOf(user: string): Parameters<typeof allowsMode>[0] {
    if (this.testAccounts.named(user)) return 'test'
    return this.#store.directory.domain(user.slice(user.lastIndexOf('@') + 1))?.mode
  }

  /** Any password opens a test account, and SCRAM shows none. */
  #takesScram(): boolean {
    return !this.#store.directory.domains().some(({ mode }) => mode === 'test')
  }

  async #judge(scope: Scope, credential: Credential, now: Date): Promise<Admitted | Refused> {
    // to act for somebody else is not possible here, and must not be granted by overlooking it: RFC 4616 §2
    if (
      credential.kind === 'password' &&
      credential.authorizeAs !== undefined &&
      nameKey(credential.authorizeAs) !== nameKey(credential.user)
    )
      return { why: 'credentials', log: `${credential.user} asked to act as somebody else` }
    const tested = this.testAccounts.named(credential.user)
    if (tested) return this.#anyPassword(scope, credential, await this.testAccounts.open(tested))
    if (credential.kind === 'scram' && !this.#takesScram())
      return { why: 'mechanism', log: 'SCRAM is not offered while a test domain is served' }
    return this.#byCode(scope, credential, now)
  }

  #anyPassword(scope: Scope, credential: Credential, account: Account): Admitted | Refused {
    if (credential.kind === 'scram')
      return { why: 'mechanism', log: 'SCRAM is not offered while a test domain is served' }
    if (account.disabled) return { why: 'disabled', log: `the account ${account.address} is disabled` }
    return { what: 'admitted', account, scope, method: 'any', codeId: undefined, serverKey: undefined }
  }

  #byCode(scope: Scope, credential: Credential, now: Date): Admitted | Refused {
    const { directory } = this.#store
    const account = directory.account(credential.user)
    const codes = account ? directory.codes(account.id) : []
    const code = matching(credential, codes)
    if (!account || !code) return { why: 'credentials', log: `no authorization code of ${credential.user} matches` }
    const what = code.token ? 'token' : 'code'
    const named = `the ${what} ${code.id} of ${account.address}`
    if (code.revoked) return { why: 'credentials', log: `${named} is revoked` }
    if (code.expires && code.expires <= now) return { why: 'credentials', log: `${named} has expired` }
    if (account.disabled) return { why: 'disabled', log: `the account ${account.address} is disabled` }
    if (!code.scope.includes(scope)) return { why: 'scope', log: `${named} is not for ${scope}` }
    const serverKey = credential.kind === 'scram' ? code.scram?.[credential.hash].serverKey : undefined
    return { what: 'admitted', account, scope, method: what, codeId: code.id, serverKey }
  }

  #failed(name: string, peer: Peer, now: Date): void {
    this.#accounts.failed(name, now.getTime())
    if (!isLoopback(peer.address)) this.#addresses.failed(networkOf(peer.address), now.getTime())
  }
}

/** The code that this credential shows, also a revoked or expired one; each is compared, so that time tells nothing. */
function matching(credential: Credential, codes: readonly Code[]): Code | undefined {
  let found: Code | undefined
  switch (credential.kind) {
    case 'password': {
      const hash = hashOf(normaliseCode(credential.password) ?? credential.password)
      for (const code of codes) if (!code.token && isSame(hash, code.hash)) found = better(found, code)
      return found
    }
    case 'token': {
      const hash = hashOf(credential.token)
      for (const code of codes) if (code.token && isSame(hash, code.hash)) found = better(found, code)
      return found
    }
    case 'scram':
      for (const code of codes)
        if (code.scram && credential.proves(code.scram[credential.hash].storedKey)) found = better(found, code)
      return found
  }
}

const better = (found: Code | undefined, code: Code): Code => (found && !found.revoked ? found : code)

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

/** Names are compared without letter case, and a long one is cut: it is only a key here. */
function nameKey(user: string): string {
  return user.slice(0, 512).normalize('NFC').toLowerCase()
}

function refusal(refused: Refused): Refusal {
  return { what: 'refused', why: refused.why, log: refused.log }
}
