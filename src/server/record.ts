/**
 * Whether a connection's bytes are kept. Where that hangs on the account, up to 64 KiB are held until it is known, and
 * kept only if everybody on the connection is recorded (`safety.md` 11).
 */
import type { AccountId, Directory } from '../store/contract.ts'
import type { RecordPlan } from './contract.ts'

/** Held bytes a side of one connection, and of all connections together. */
const heldPerSide = 32_768
const heldInAll = 33_554_432

export class RecordRules {
  readonly bytesPerSide: number
  readonly #plan: RecordPlan
  readonly #directory: Directory
  readonly #named: ReadonlySet<string>
  #held = 0

  constructor(plan: RecordPlan, directory: Directory, bytesPerSide: number) {
    this.#plan = plan
    this.#directory = directory
    this.bytesPerSide = bytesPerSide
    this.#named = new Set(plan.what === 'accounts' ? plan.accounts.map((address) => address.toLowerCase()) : [])
  }

  /** What a new connection begins with. */
  begin(): Decision {
    return new Decision(this, this.#first())
  }

  records(account: AccountId): boolean {
    const address = this.#directory.accountById(account)?.address.toLowerCase()
    switch (this.#plan.what) {
      case 'off':
        return false
      case 'all':
        return true
      case 'accounts':
        return address !== undefined && this.#named.has(address)
      case 'modes': {
        const domain =
          address === undefined ? undefined : this.#directory.domain(address.slice(address.lastIndexOf('@') + 1))
        return domain !== undefined && domain.mode !== 'production'
      }
    }
  }

  #first(): State {
    switch (this.#plan.what) {
      case 'off':
        return 'off'
      case 'all':
        return 'on'
      case 'accounts':
        return this.#hold()
      case 'modes': {
        const domains = this.#directory.domains()
        const quiet = domains.filter(({ mode }) => mode === 'production').length
        if (quiet === 0) return 'on'
        return quiet === domains.length ? 'off' : this.#hold()
      }
    }
  }

  #hold(): State {
    if (this.#held + 2 * heldPerSide > heldInAll) return 'off'
    this.#held += 2 * heldPerSide
    return 'held'
  }

  release(): void {
    this.#held -= 2 * heldPerSide
  }
}

type State = 'on' | 'off' | 'held' | 'wanted'

export class Decision {
  readonly #rules: RecordRules
  #state: State
  #holds: boolean

  constructor(rules: RecordRules, state: State) {
    this.#rules = rules
    this.#state = state
    this.#holds = state === 'held'
  }

  /** Bytes to keep a side from now on; undefined: none at all. */
  get bytesPerSide(): number | undefined {
    switch (this.#state) {
      case 'off':
        return undefined
      case 'held':
        return heldPerSide
      case 'on':
      case 'wanted':
        return this.#rules.bytesPerSide
    }
  }

  /** Somebody signed in or was accepted as a recipient. True if the decision changed. */
  concerns(account: AccountId): boolean {
    if (this.#state !== 'held' && this.#state !== 'wanted') return false
    const before = this.#state
    this.#state = this.#rules.records(account) ? 'wanted' : 'off'
    if (this.#state !== before) this.#release()
    return this.#state !== before
  }

  /** The connection has ended: are its bytes kept? */
  end(): boolean {
    const keeps = this.#state === 'on' || this.#state === 'wanted'
    this.#release()
    return keeps
  }

  #release(): void {
    if (this.#holds) this.#rules.release()
    this.#holds = false
  }
}
