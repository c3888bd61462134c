/** Domains, accounts, aliases and authorization codes. */
import { codeRecord, makeCode, makeToken, newScram, tokenRecord } from '../../access/code.ts'
import { hashPassword } from '../../access/password.ts'
import type { Account, Code, Domain, MailStore, Mode } from '../../store/contract.ts'
import { StoreError } from '../../store/contract.ts'
import { isDomain, printAddress, readAddress } from '../../wire/address.ts'
import type { Address } from '../../wire/address.ts'
import { Secret } from '../../wire/talk.ts'
import { Fault } from '../fault.ts'
import type { AccountDocument, AliasDocument, CodeDocument, DomainDocument } from './documents.ts'
import type { Hands, StoreVerbTable } from './store-verb.ts'

/** Bytes. */
const longestPassword = 1024

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

function domainDocument({ store }: Hands, domain: Domain): DomainDocument {
  const accounts = store.directory.accounts().filter(({ address }) => domainOf(address) === domain.name.toLowerCase())
  return { schema: 'postglass/domain/1', name: domain.name, mode: domain.mode, accounts: accounts.length }
}

function accountDocument({ store }: Hands, account: Account): AccountDocument {
  const { messages, bytes } = store.usage(account.id)
  const { address, created, disabled } = account
  return { schema: 'postglass/account/1', address, created: created.toISOString(), disabled, messages, bytes }
}

function codeDocument(code: Code, address: string, shown?: Secret): CodeDocument {
  const { id, label, scope, created, expires, lastUsed, revoked } = code
  return {
    schema: 'postglass/code/1',
    id,
    address,
    label,
    scope,
    ...(shown === undefined ? {} : { code: shown.reveal() }),
    created: created.toISOString(),
    expires: expires?.toISOString() ?? null,
    lastUsed: lastUsed === undefined ? null : { ...lastUsed, at: lastUsed.at.toISOString() },
    revoked: revoked?.toISOString() ?? null,
  }
}

function readName(name: string): string {
  const domain = name.toLowerCase().replace(/\.$/, '')
  if (!isDomain(domain) || domain.startsWith('[')) throw new Fault('bad-domain', { name })
  return domain
}

function readFull(address: string): Address {
  const read = readAddress(address)
  if (read === undefined || read.domain.startsWith('[')) throw new Fault('bad-address', { address })
  return read
}

/** The address as it is kept; its domain must be served here. */
function servedAddress(store: MailStore, address: string): string {
  const read = readFull(address)
  if (store.directory.domain(read.domain) === undefined) throw new Fault('unknown-domain', { name: read.domain })
  return printAddress(read)
}

function accountOf(store: MailStore, address: string): Account {
  readFull(address)
  const account = store.directory.account(address)
  if (account === undefined) throw new Fault('unknown-account', { address })
  return account
}

async function hashed(password: string): Promise<string> {
  if (password === '') throw new Fault('bad-password', { why: 'empty' })
  if (Buffer.byteLength(password) > longestPassword) throw new Fault('bad-password', { why: 'long' })
  return hashPassword(new Secret(password))
}

/** Tells a name that is taken in words. */
async function unlessExists<Result>(
  what: 'domain' | 'account' | 'alias',
  name: string,
  work: Promise<Result>,
): Promise<Result> {
  try {
    return await work
  } catch (thrown) {
    if (thrown instanceof StoreError && thrown.code === 'exists')
      throw new Fault('exists', { what, name }, { cause: thrown })
    throw thrown
  }
}

/** lab for names under `.test`, production otherwise. contracts.md. */
export function defaultMode(name: string): Mode {
  return name === 'test' || name.endsWith('.test') ? 'lab' : 'production'
}

export const domainVerbs: StoreVerbTable<'domain add' | 'domain list' | 'domain remove'> = {
  'domain add': async function* (hands, { name, mode }) {
    const domain = readName(name)
    const chosen = mode ?? defaultMode(domain)
    if (chosen === 'test' && hands.publicListener !== undefined)
      throw new Fault('test-domain-public', { domain, listen: hands.publicListener })
    yield domainDocument(hands, await unlessExists('domain', domain, hands.store.directory.addDomain(domain, chosen)))
  },
  'domain list': async function* (hands) {
    for (const domain of hands.store.directory.domains()) yield domainDocument(hands, domain)
  },
  'domain remove': async function* ({ store }, { name }) {
    const domain = readName(name)
    if (store.directory.domain(domain) === undefined) throw new Fault('unknown-domain', { name: domain })
    try {
      await store.directory.removeDomain(domain)
    } catch (thrown) {
      if (thrown instanceof StoreError && thrown.code === 'domain-not-empty')
        throw new Fault('domain-not-empty', { name: domain }, { cause: thrown })
      throw thrown
    }
    yield { schema: 'postglass/done/1', done: 'domain-removed', name: domain }
  },
}

export const accountVerbs: StoreVerbTable<
  'account add' | 'account list' | 'account password' | 'account disable' | 'account delete'
> = {
  'account add': async function* (hands, { address, password }) {
    const full = servedAddress(hands.store, address)
    if (hands.store.directory.account(full) !== undefined) throw new Fault('exists', { what: 'account', name: full })
    const passwordHash = await hashed(password)
    const added = hands.store.directory.addAccount({ address: full, passwordHash, scram: newScram() })
    yield accountDocument(hands, await unlessExists('account', full, added))
  },
  'account list': async function* (hands) {
    for (const account of hands.store.directory.accounts()) yield accountDocument(hands, account)
  },
  'account password': async function* (hands, { address, password }) {
    const account = accountOf(hands.store, address)
    const passwordHash = await hashed(password)
    yield accountDocument(hands, await hands.store.directory.changeAccount(account.id, { passwordHash }))
  },
  'account disable': async function* (hands, { address }) {
    const account = accountOf(hands.store, address)
    yield accountDocument(hands, await hands.store.directory.changeAccount(account.id, { disabled: true }))
  },
  'account delete': async function* ({ store }, { address }) {
    const account = accountOf(store, address)
    await store.directory.deleteAccount(account.id)
    yield { schema: 'postglass/done/1', done: 'account-deleted', name: account.address }
  },
}

export const aliasVerbs: StoreVerbTable<'alias add' | 'alias list' | 'alias delete'> = {
  'alias add': async function* ({ store }, { address, to }) {
    const full = servedAddress(store, address)
    const targets = to.map((target) => {
      readFull(target)
      const account = store.directory.account(target)
      if (account === undefined) throw new Fault('unknown-recipient', { address: target })
      return account.address
    })
    const alias = { address: full, to: [...new Set(targets)] }
    await unlessExists('alias', full, store.directory.addAlias(alias))
    yield { schema: 'postglass/alias/1', ...alias } satisfies AliasDocument
  },
  'alias list': async function* ({ store }) {
    for (const { address, to } of store.directory.aliases()) yield { schema: 'postglass/alias/1', address, to }
  },
  'alias delete': async function* ({ store }, { address }) {
    const key = address.toLowerCase()
    const alias = store.directory.aliases().find((one) => one.address.toLowerCase() === key)
    if (alias === undefined) throw new Fault('unknown-alias', { address })
    await store.directory.deleteAlias(alias.address)
    yield { schema: 'postglass/done/1', done: 'alias-deleted', name: alias.address }
  },
}

export const codeVerbs: StoreVerbTable<'code add' | 'code list' | 'code revoke'> = {
  'code add': async function* ({ store, now }, { address, label, scope, token, expires }) {
    const account = accountOf(store, address)
    const until = expires === null ? undefined : new Date(expires)
    if (until !== undefined && until <= now()) throw new Fault('past-date', { value: until.toISOString() })
    const secret = token ? makeToken() : makeCode()
    const record = token ? tokenRecord(secret) : codeRecord(secret, account)
    const code = await store.directory.addCode({ account: account.id, label, scope, expires: until, ...record })
    yield codeDocument(code, account.address, secret)
  },
  'code list': async function* ({ store }, { address }) {
    const account = accountOf(store, address)
    for (const code of store.directory.codes(account.id)) yield codeDocument(code, account.address)
  },
  'code revoke': async function* ({ store }, { id }) {
    const code = store.directory.code(id)
    if (code === undefined) throw new Fault('unknown-code', { id })
    if (code.revoked !== undefined) throw new Fault('code-revoked', { id })
    await store.directory.revokeCode(id)
    const account = store.directory.accountById(code.account)
    yield codeDocument(store.directory.code(id) ?? code, account?.address ?? '')
  },
}
