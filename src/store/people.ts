/**
 * Who is here, in memory: domains, accounts, aliases, codes. `decide` turns a request into changes (whole new states,
 * never differences) or throws a `StoreError`; `apply` takes a change. Both engines, the writer thread and the
 * main thread run the same code, so a change means the same everywhere.
 */
import type { Address } from '../wire/address.ts'
import { type Account, type AccountId, type Alias, type Code, type Domain, type Mode, StoreError } from './contract.ts'
import { addressKey, checkAddress, checkDomain, domainKey, splitAddress, textKey } from './names.ts'

export type PeopleChange =
  | { readonly what: 'domain'; readonly domain: Domain }
  | { readonly what: 'domain-gone'; readonly name: string }
  | { readonly what: 'account'; readonly account: Account }
  | { readonly what: 'account-gone'; readonly id: AccountId }
  | { readonly what: 'alias'; readonly alias: Alias }
  | { readonly what: 'alias-gone'; readonly address: string }
  | { readonly what: 'code'; readonly code: Code }
  | { readonly what: 'code-gone'; readonly id: string }

export interface CodeUse {
  readonly at: Date
  readonly address: string
  readonly client: string
}

export type PeopleRequest =
  | { readonly what: 'add-domain'; readonly name: string; readonly mode: Mode }
  | { readonly what: 'remove-domain'; readonly name: string }
  | { readonly what: 'add-account'; readonly account: Account }
  | {
      readonly what: 'change-account'
      readonly id: AccountId
      readonly change: { passwordHash?: string; disabled?: boolean; quota?: number }
    }
  | { readonly what: 'delete-account'; readonly id: AccountId }
  | { readonly what: 'add-alias'; readonly alias: Alias }
  | { readonly what: 'delete-alias'; readonly address: string }
  | { readonly what: 'add-code'; readonly code: Code }
  | { readonly what: 'revoke-code'; readonly id: string; readonly at: Date }
  | { readonly what: 'code-used'; readonly id: string; readonly use: CodeUse }

/** Aliases of aliases are followed this deep. */
const deepest = 8

export class People {
  readonly domains = new Map<string, Domain>()
  readonly accounts = new Map<AccountId, Account>()
  readonly aliases = new Map<string, Alias>()
  readonly codes = new Map<string, Code>()
  readonly #byAddress = new Map<string, AccountId>()
  readonly #byDomain = new Map<string, Set<AccountId>>()
  readonly #codesOf = new Map<AccountId, Set<string>>()

  account(address: string): Account | undefined {
    return this.#accountAt(textKey(address))
  }

  #accountAt(key: string): Account | undefined {
    const id = this.#byAddress.get(key)
    return id === undefined ? undefined : this.accounts.get(id)
  }

  codesOf(account: AccountId): readonly Code[] {
    return [...(this.#codesOf.get(account) ?? [])].flatMap((id) => this.codes.get(id) ?? [])
  }

  /** See `Directory.resolve`. */
  resolve(address: Address): readonly Account[] | undefined {
    const domain = domainKey(address.domain)
    if (!this.domains.has(domain)) return undefined
    const key = addressKey(address)
    const own = this.#accountAt(key)
    if (own) return [own]
    const found = new Map<AccountId, Account>()
    this.#follow(key, deepest, found)
    if (found.size > 0) return [...found.values()]
    // every domain takes mail for its postmaster, RFC 5321 §4.5.1
    if (address.local.toLowerCase() === 'postmaster') {
      const [first] = this.#byDomain.get(domain) ?? []
      const account = first === undefined ? undefined : this.accounts.get(first)
      if (account) return [account]
    }
    return undefined
  }

  #follow(key: string, depth: number, found: Map<AccountId, Account>): void {
    const alias = this.aliases.get(key)
    if (!alias || depth === 0) return
    for (const target of alias.to) {
      const account = this.account(target)
      if (account) found.set(account.id, account)
      else this.#follow(textKey(target), depth - 1, found)
    }
  }

  isEmpty(domain: string): boolean {
    const key = domainKey(domain)
    if ((this.#byDomain.get(key)?.size ?? 0) > 0) return false
    return ![...this.aliases.values()].some((alias) => domainKey(splitAddress(alias.address).domain) === key)
  }

  apply(change: PeopleChange): void {
    switch (change.what) {
      case 'domain':
        this.domains.set(domainKey(change.domain.name), change.domain)
        return
      case 'domain-gone':
        this.domains.delete(domainKey(change.name))
        return
      case 'account':
        this.accounts.set(change.account.id, change.account)
        this.#byAddress.set(textKey(change.account.address), change.account.id)
        members(this.#byDomain, domainKey(splitAddress(change.account.address).domain)).add(change.account.id)
        return
      case 'account-gone':
        return this.#forget(change.id)
      case 'alias':
        this.aliases.set(textKey(change.alias.address), change.alias)
        return
      case 'alias-gone':
        this.aliases.delete(textKey(change.address))
        return
      case 'code':
        this.codes.set(change.code.id, change.code)
        members(this.#codesOf, change.code.account).add(change.code.id)
        return
      case 'code-gone': {
        const account = this.codes.get(change.id)?.account
        if (account !== undefined) this.#codesOf.get(account)?.delete(change.id)
        this.codes.delete(change.id)
        return
      }
    }
  }

  #forget(id: AccountId): void {
    const account = this.accounts.get(id)
    if (!account) return
    this.accounts.delete(id)
    this.#byAddress.delete(textKey(account.address))
    this.#byDomain.get(domainKey(splitAddress(account.address).domain))?.delete(id)
    for (const code of this.#codesOf.get(id) ?? []) this.codes.delete(code)
    this.#codesOf.delete(id)
  }
}

function members(of: Map<string, Set<string>>, key: string): Set<string> {
  const there = of.get(key)
  if (there) return there
  const made = new Set<string>()
  of.set(key, made)
  return made
}

/** What a request changes, in order; throws the `StoreError` that refuses it. Changes nothing. */
export function decide(people: People, request: PeopleRequest): readonly PeopleChange[] {
  switch (request.what) {
    case 'add-domain':
      checkDomain(request.name)
      if (people.domains.has(domainKey(request.name)))
        throw new StoreError('exists', `the domain ${request.name} is there already`)
      return [{ what: 'domain', domain: { name: request.name.toLowerCase(), mode: request.mode } }]
    case 'remove-domain':
      return removeDomain(people, request.name)
    case 'add-account':
      checkFree(people, request.account.address)
      return [{ what: 'account', account: request.account }]
    case 'change-account':
      return [{ what: 'account', account: { ...known(people, request.id), ...request.change } }]
    case 'delete-account':
      known(people, request.id)
      return [
        ...people.codesOf(request.id).map(({ id }) => ({ what: 'code-gone' as const, id })),
        { what: 'account-gone', id: request.id },
      ]
    case 'add-alias':
      return addAlias(people, request.alias)
    case 'delete-alias':
      if (!people.aliases.has(textKey(request.address)))
        throw new StoreError('unknown', `there is no alias ${request.address}`)
      return [{ what: 'alias-gone', address: request.address }]
    case 'add-code':
      known(people, request.code.account)
      return [{ what: 'code', code: request.code }]
    case 'revoke-code':
      return [{ what: 'code', code: { ...knownCode(people, request.id), revoked: request.at } }]
    case 'code-used':
      return [{ what: 'code', code: { ...knownCode(people, request.id), lastUsed: request.use } }]
  }
}

function removeDomain(people: People, name: string): readonly PeopleChange[] {
  if (!people.domains.has(domainKey(name))) throw new StoreError('unknown', `there is no domain ${name}`)
  if (!people.isEmpty(name))
    throw new StoreError('domain-not-empty', `${name} still has accounts or aliases: delete these first`)
  return [{ what: 'domain-gone', name }]
}

function checkFree(people: People, address: string): void {
  checkAddress(address)
  const { domain } = splitAddress(address)
  if (!people.domains.has(domainKey(domain)))
    throw new StoreError('unknown', `${domain} is not served here: add the domain first`)
  if (people.account(address) || people.aliases.has(textKey(address)))
    throw new StoreError('exists', `${address} is there already`)
}

function addAlias(people: People, alias: Alias): readonly PeopleChange[] {
  checkFree(people, alias.address)
  if (alias.to.length === 0) throw new StoreError('unknown', `the alias ${alias.address} leads nowhere`)
  for (const target of alias.to) {
    if (!people.account(target) && !people.aliases.has(textKey(target)))
      throw new StoreError('unknown', `there is no account ${target}`)
  }
  return [{ what: 'alias', alias }]
}

function known(people: People, id: AccountId): Account {
  const account = people.accounts.get(id)
  if (!account) throw new StoreError('unknown', `there is no account ${id}`)
  return account
}

function knownCode(people: People, id: string): Code {
  const code = people.codes.get(id)
  if (!code) throw new StoreError('unknown', `there is no authorization code ${id}`)
  return code
}
