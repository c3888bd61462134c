/**
 * Accounts of test domains: made on first use, by a delivery or by a sign-in with any password. Mail that is caught on
 * its way to a domain not served here lies in a test domain, in an account whose local part is the whole address.
 */
import { createHash } from 'node:crypto'
import { printAddress, readAddress, type Address } from '../wire/address.ts'
import { StoreError, type Account, type Directory } from '../store/contract.ts'
import { newScram } from './code.ts'
import { lockedPassword } from './password.ts'

/** Octets of a local part, RFC 5321 §4.5.3.1.1. */
const longestLocal = 64

export class TestAccounts {
  readonly #directory: Directory
  readonly #most: number
  readonly #making = new Map<string, Promise<Account>>()

  /** `most`: no account is made on first use where there are so many in all. */
  constructor(directory: Directory, most: number) {
    this.#directory = directory
    this.#most = most
  }

  /** The account of this address in a test domain, made where it is not there yet. Throws `StoreError`. */
  open(address: Address): Account | Promise<Account> {
    const text = printAddress({ local: address.local.toLowerCase(), domain: address.domain.toLowerCase() })
    const there = this.#directory.account(text)
    if (there) return there
    const making = this.#making.get(text)
    if (making) return making
    const led = this.#directory.aliases().some((alias) => alias.address.toLowerCase() === text)
    const [target] = led ? (this.#directory.resolve(address) ?? []) : []
    if (target) return target
    if (this.#directory.accounts().length >= this.#most)
      throw new StoreError('no-space', `there are ${this.#most} accounts already: no more are made on first use`)
    const made = this.#directory
      .addAccount({ address: text, passwordHash: lockedPassword, scram: newScram() })
      .finally(() => this.#making.delete(text))
    this.#making.set(text, made)
    return made
  }

  /** Where mail to an address of a domain not served here is kept: `"bob@elsewhere.example"@app.test`. */
  caught(address: Address, testDomain: string): Address {
    const whole = printAddress(address).toLowerCase()
    if (Buffer.byteLength(whole) <= longestLocal) return { local: whole, domain: testDomain }
    const digest = createHash('sha256').update(whole).digest('hex').slice(0, 16)
    return {
      local: `${Buffer.from(whole)
        .subarray(0, 40)
        .toString('latin1')
        .replace(/[^ -~]/g, '')}~${digest}`,
      domain: testDomain,
    }
  }

  /** Whom a name at a sign-in means: an address of a test domain, or one of elsewhere whose mail was caught. */
  named(user: string): Address | undefined {
    const address = readAddress(user)
    if (!address || Buffer.byteLength(address.local) > longestLocal) return undefined
    const domain = this.#directory.domain(address.domain)
    if (domain) return domain.mode === 'test' ? address : undefined
    const catching = this.catching()
    return catching === undefined ? undefined : this.caught(address, catching)
  }

  /** The test domain that catches what has no domain here; undefined without one. */
  catching(): string | undefined {
    return this.#directory.domains().find(({ mode }) => mode === 'test')?.name
  }
}
