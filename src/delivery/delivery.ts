/**
 * Takes a message and sees it to its recipients. Until there is a queue these live here: a message for somewhere else is
 * refused at RCPT, or caught where a test domain is served (`safety.md` 18). One body is stored once for everybody.
 */
import { printAddress, type Address, type Path } from '../wire/address.ts'
import type { Account, AccountId, Directory, Incoming, MailStore } from '../store/contract.ts'
import { StoreError } from '../store/contract.ts'
import type { Delivery, Envelope, Receipt, Refused, Sender, Verdict } from './contract.ts'
import { refusals } from './replies.ts'
import { TestMail, testDomainOf } from './test-mail.ts'

/** Accounts of test domains, which `access/` makes on first use for sign-ins too. */
export interface TestAccountMaker {
  open(address: Address): Account | Promise<Account>
  caught(address: Address, testDomain: string): Address
  catching(): string | undefined
}

export interface DeliveryOptions {
  readonly store: MailStore
  readonly testAccounts: TestAccountMaker
  /** Messages that a test domain keeps. */
  readonly testMessages?: number
  /** Old mail of a test domain could not be removed. */
  readonly onFault?: (domain: string, cause: unknown) => void
}

export function openDelivery(options: DeliveryOptions): Delivery {
  return new LocalDelivery(options)
}

const longestLocal = 64

class LocalDelivery implements Delivery {
  readonly #store: MailStore
  readonly #directory: Directory
  readonly #testAccounts: TestAccountMaker
  readonly #testMail: TestMail

  constructor(options: DeliveryOptions) {
    this.#store = options.store
    this.#directory = options.store.directory
    this.#testAccounts = options.testAccounts
    this.#testMail = new TestMail(options.store, options.testMessages ?? 1000, options.onFault ?? (() => {}))
  }

  judgeSender(sender: Sender, path: Path): Refused | undefined {
    // an empty reverse path is for notifications, which mail clients send too, RFC 5321 §4.5.5
    if (!sender.account || path === 'null' || path === 'postmaster') return undefined
    const { id } = sender.account
    if (this.#directory.resolve(path)?.some((account) => account.id === id)) return undefined
    const mode = this.#directory.domain(path.domain)?.mode
    // a program under test sends as whoever it likes, but not as somebody real here
    if (testDomainOf(this.#directory, id) !== undefined && (mode === undefined || mode === 'test')) return undefined
    return refusals.foreignSender
  }

  judge(sender: Sender, recipient: Path, size = 0): Verdict | Promise<Verdict> {
    if (recipient === 'null') return refusals.unknownRecipient
    const address = recipient === 'postmaster' ? this.#postmaster() : recipient
    if (!address) return refusals.unknownRecipient
    const domain = this.#directory.domain(address.domain)
    const testSender = sender.account && testDomainOf(this.#directory, sender.account.id)
    if (!domain) {
      const catching = sender.account ? testSender : this.#testAccounts.catching()
      if (catching !== undefined) return this.#caught(this.#testAccounts.caught(address, catching), size)
      return sender.account ? refusals.noQueue : refusals.relayDenied
    }
    if (domain.mode !== 'test' && testSender !== undefined) return refusals.leavesTest
    const accounts = this.#directory.resolve(address)
    if (domain.mode === 'test' && (!accounts || isFallback(address, accounts))) return this.#caught(address, size)
    return accounts ? this.#local(accounts, size) : refusals.unknownRecipient
  }

  hasRoom(size: number): boolean {
    return this.#store.hasRoom(size)
  }

  async accept(envelope: Envelope, message: Incoming, how: Parameters<Delivery['accept']>[2]): Promise<Receipt> {
    const accounts = new Set(envelope.to.flatMap((recipient) => recipient.accounts))
    for (const account of accounts) this.#checkQuota(account, message.size)
    const delivered = await this.#store.deliver({
      bytes: message,
      to: [...accounts].map((account) => ({ account })),
      received: how.received,
      queueId: how.queueId,
      envelope: {
        from: printReverse(envelope.from),
        to: envelope.to.map(({ address }) => printAddress(address)),
      },
      facts: how.facts,
      story: how.story,
    })
    this.#testMail.noted(delivered)
    return { queueId: how.queueId, id: delivered.id }
  }

  settled(): Promise<void> {
    return this.#testMail.settled()
  }

  /** Mail for the postmaster is taken without a domain too, RFC 5321 §4.5.1. */
  #postmaster(): Address | undefined {
    return this.#directory
      .domains()
      .map(({ name }) => ({ local: 'postmaster', domain: name }))
      .find((address) => this.#directory.domain(address.domain)?.mode === 'test' || this.#directory.resolve(address))
  }

  #caught(address: Address, size: number): Verdict | Promise<Verdict> {
    if (Buffer.byteLength(address.local) > longestLocal) return refusals.badRecipient
    const account = this.#directory.account(printAddress(address))
    if (account) return this.#local([account], size)
    return this.#firstUse(address, size)
  }

  async #firstUse(address: Address, size: number): Promise<Verdict> {
    return this.#local([await this.#testAccounts.open(address)], size)
  }

  #local(accounts: readonly Account[], size: number): Verdict {
    const able = accounts.filter(({ disabled }) => !disabled)
    if (able.length === 0) return refusals.disabledRecipient
    for (const { id } of able) {
      const full = this.#isFull(id, size)
      if (full) return full
    }
    return { what: 'local', accounts: able.map(({ id }) => id) }
  }

  #isFull(account: AccountId, size: number): Refused | undefined {
    const { bytes, quota } = this.#store.usage(account)
    if (quota === undefined || bytes + size <= quota) return undefined
    return size > quota ? refusals.neverFits : refusals.mailboxFull
  }

  #checkQuota(account: AccountId, size: number): void {
    const full = this.#isFull(account, size)
    if (!full) return
    const code = full === refusals.neverFits ? 'too-large' : 'over-quota'
    throw new StoreError(code, `the mailbox ${account} has no room for ${size} bytes`)
  }
}

/** `postmaster` of a test domain is an account like any other there, not its first one. */
function isFallback(address: Address, accounts: readonly Account[]): boolean {
  return (
    address.local.toLowerCase() === 'postmaster' &&
    !accounts.some((account) => account.address.toLowerCase().startsWith('postmaster@'))
  )
}

function printReverse(path: Path): string {
  if (path === 'null') return ''
  return path === 'postmaster' ? 'postmaster' : printAddress(path)
}
