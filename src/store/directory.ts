/** The directory of an engine: reads from memory, changes by the engine's own way of making them last. */
import type { Address } from '../wire/address.ts'
import type { Account, Alias, Code, Directory, Domain, Mode } from './contract.ts'
import { StoreError } from './contract.ts'
import type { IdMaker } from './ids.ts'
import { domainKey } from './names.ts'
import type { CodeUse, People, PeopleRequest } from './people.ts'

export class PeopleDirectory implements Directory {
  readonly #people: People
  readonly #ids: IdMaker
  readonly #now: () => Date
  /** Resolves when the change is safe and `people` shows it. */
  readonly #change: (request: PeopleRequest) => Promise<void>

  constructor(people: People, ids: IdMaker, now: () => Date, change: (request: PeopleRequest) => Promise<void>) {
    this.#people = people
    this.#ids = ids
    this.#now = now
    this.#change = change
  }

  domains(): readonly Domain[] {
    return [...this.#people.domains.values()]
  }
  domain(name: string): Domain | undefined {
    return this.#people.domains.get(domainKey(name))
  }
  async addDomain(name: string, mode: Mode): Promise<Domain> {
    await this.#change({ what: 'add-domain', name, mode })
    return there(this.domain(name), name)
  }
  removeDomain(name: string): Promise<void> {
    return this.#change({ what: 'remove-domain', name })
  }

  accounts(): readonly Account[] {
    return [...this.#people.accounts.values()]
  }
  account(address: string): Account | undefined {
    return this.#people.account(address)
  }
  accountById(id: string): Account | undefined {
    return this.#people.accounts.get(id)
  }
  resolve(address: Address): readonly Account[] | undefined {
    return this.#people.resolve(address)
  }
  async addAccount(account: Parameters<Directory['addAccount']>[0]): Promise<Account> {
    const { address, passwordHash, scram, quota } = account
    const id = `a${this.#ids.next()}`
    const created = this.#now()
    await this.#change({
      what: 'add-account',
      account: { id, address, created, disabled: false, passwordHash, quota, scram },
    })
    return there(this.accountById(id), address)
  }
  async changeAccount(id: string, change: Parameters<Directory['changeAccount']>[1]): Promise<Account> {
    await this.#change({ what: 'change-account', id, change })
    return there(this.accountById(id), id)
  }
  deleteAccount(id: string): Promise<void> {
    return this.#change({ what: 'delete-account', id })
  }

  aliases(): readonly Alias[] {
    return [...this.#people.aliases.values()]
  }
  addAlias(alias: Alias): Promise<void> {
    return this.#change({ what: 'add-alias', alias })
  }
  deleteAlias(address: string): Promise<void> {
    return this.#change({ what: 'delete-alias', address })
  }

  codes(account: string): readonly Code[] {
    return this.#people.codesOf(account)
  }
  code(id: string): Code | undefined {
    return this.#people.codes.get(id)
  }
  async addCode(code: Parameters<Directory['addCode']>[0]): Promise<Code> {
    const id = `c${this.#ids.next()}`
    const created = this.#now()
    await this.#change({
      what: 'add-code',
      code: { ...code, id, created, revoked: undefined, lastUsed: undefined },
    })
    return there(this.code(id), id)
  }
  revokeCode(id: string): Promise<void> {
    return this.#change({ what: 'revoke-code', id, at: this.#now() })
  }
  codeUsed(id: string, use: CodeUse): void {
    // not awaited by a login: if the code was deleted meanwhile, or the disk is full, its last use is not noted
    this.#change({ what: 'code-used', id, use }).catch(() => undefined)
  }
}

/** What was just made, unless somebody else unmade it in the same moment. */
function there<Thing>(thing: Thing | undefined, name: string): Thing {
  if (thing === undefined) throw new StoreError('unknown', `${name} was removed again at once`)
  return thing
}
