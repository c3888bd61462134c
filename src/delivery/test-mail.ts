/** Keeps a test domain's last messages: the oldest go, beside the answers, one group after another. */
import type { AccountId, Delivered, Directory, MailStore } from '../store/contract.ts'

interface Entry {
  readonly account: AccountId
  readonly mailbox: string
  readonly uid: number
}

export class TestMail {
  readonly #store: MailStore
  readonly #kept: number
  readonly #fault: (domain: string, cause: unknown) => void
  /** Oldest first, of each domain; entries may be gone already. */
  readonly #order = new Map<string, Entry[]>()
  #last: Promise<void> = Promise.resolve()

  constructor(store: MailStore, kept: number, fault: (domain: string, cause: unknown) => void) {
    this.#store = store
    this.#kept = kept
    this.#fault = fault
  }

  /** Notes what was delivered, and begins to remove what is too much. */
  noted(delivered: Delivered): void {
    const touched = new Set<string>()
    for (const { account, mailbox, uid } of delivered.uids) {
      const domain = testDomainOf(this.#store.directory, account)
      if (domain === undefined) continue
      const known = this.#order.get(domain)
      // what was there before the start is listed once, the new one among it
      if (known) known.push({ account, mailbox, uid })
      else this.#order.set(domain, this.#listed(domain))
      touched.add(domain)
    }
    for (const domain of touched) if (this.#excess(domain) > 0) this.#last = this.#last.then(() => this.#trim(domain))
  }

  settled(): Promise<void> {
    return this.#last
  }

  #accounts(domain: string): readonly AccountId[] {
    return this.#store.directory.accounts().flatMap(({ id, address }) => (domainOf(address) === domain ? [id] : []))
  }

  #excess(domain: string): number {
    let messages = 0
    for (const account of this.#accounts(domain)) messages += this.#store.usage(account).messages
    return messages - this.#kept
  }

  #listed(domain: string): Entry[] {
    const all = this.#accounts(domain).flatMap((account) =>
      this.#store.mailboxes(account).flatMap((mailbox) =>
        (this.#store.mailbox(account, mailbox)?.list() ?? []).map(({ uid, received }) => ({
          account,
          mailbox,
          uid,
          received: received.getTime(),
        })),
      ),
    )
    return all.sort((one, other) => one.received - other.received || one.uid - other.uid)
  }

  async #trim(domain: string): Promise<void> {
    const order = this.#order.get(domain) ?? []
    try {
      for (let excess = this.#excess(domain); excess > 0 && order.length > 0; excess = this.#excess(domain))
        await this.#expunge(order.splice(0, excess))
    } catch (cause) {
      // listed anew at the next message
      this.#order.delete(domain)
      this.#fault(domain, cause)
    }
  }

  async #expunge(entries: readonly Entry[]): Promise<void> {
    const boxes = Map.groupBy(entries, ({ account, mailbox }) => `${account} ${mailbox}`)
    for (const box of boxes.values()) {
      const [first] = box
      if (first) await this.#store.mailbox(first.account, first.mailbox)?.expunge(box.map(({ uid }) => uid))
    }
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}

/** The test domain that an account lives in; undefined for one of a lab or production domain. */
export function testDomainOf(directory: Directory, id: AccountId): string | undefined {
  const address = directory.accountById(id)?.address
  const domain = address === undefined ? undefined : directory.domain(domainOf(address))
  return domain?.mode === 'test' ? domain.name : undefined
}
