/** Who wants to hear that a mailbox of an account changed. */
import type { AccountId } from './contract.ts'

export class Watchers {
  readonly #of = new Map<AccountId, Set<(mailbox: string) => void>>()

  /** Returns how to stop. */
  watch(account: AccountId, changed: (mailbox: string) => void): () => void {
    // one entry a call, so that the same function may watch twice
    const own = (mailbox: string): void => changed(mailbox)
    const there = this.#of.get(account) ?? new Set()
    this.#of.set(account, there.add(own))
    return () => {
      there.delete(own)
      if (there.size === 0 && this.#of.get(account) === there) this.#of.delete(account)
    }
  }

  tell(account: AccountId, mailbox: string): void {
    for (const changed of this.#of.get(account) ?? []) changed(mailbox)
  }
}
