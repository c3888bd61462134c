/** Domains, accounts, aliases and codes as bytes: the same in the journal and in the index. */
import type { Account, Code, Mode, Scope, ScramKeys } from '../contract.ts'
import type { ByteReader, ByteWriter } from '../bytes.ts'
import type { PeopleChange } from '../people.ts'

const kinds: readonly PeopleChange['what'][] = [
  'domain',
  'domain-gone',
  'account',
  'account-gone',
  'alias',
  'alias-gone',
  'code',
  'code-gone',
]
const modes: readonly Mode[] = ['lab', 'test', 'production']
const scopes: readonly Scope[] = ['smtp', 'pop3', 'imap']

export function printChange(to: ByteWriter, change: PeopleChange): void {
  to.byte(kinds.indexOf(change.what))
  switch (change.what) {
    case 'domain':
      to.text(change.domain.name)
      return to.byte(modes.indexOf(change.domain.mode))
    case 'domain-gone':
      return to.text(change.name)
    case 'account':
      return printAccount(to, change.account)
    case 'account-gone':
    case 'code-gone':
      return to.text(change.id)
    case 'alias':
      to.text(change.alias.address)
      to.number(change.alias.to.length)
      for (const target of change.alias.to) to.text(target)
      return
    case 'alias-gone':
      return to.text(change.address)
    case 'code':
      return printCode(to, change.code)
  }
}

function printAccount(to: ByteWriter, account: Account): void {
  to.text(account.id)
  to.text(account.address)
  to.number(account.created.getTime())
  to.byte((account.disabled ? 1 : 0) + (account.quota === undefined ? 0 : 2))
  to.text(account.passwordHash)
  if (account.quota !== undefined) to.number(account.quota)
  to.blob(account.scram.salt)
  to.number(account.scram.iterations)
}

function printCode(to: ByteWriter, code: Code): void {
  const { expires, revoked, lastUsed, scram } = code
  to.byte((code.token ? 1 : 0) + (scram ? 2 : 0) + (expires ? 4 : 0) + (revoked ? 8 : 0) + (lastUsed ? 16 : 0))
  to.text(code.id)
  to.text(code.account)
  to.text(code.label)
  to.byte(scopes.reduce((bits, scope, at) => bits + (code.scope.includes(scope) ? 1 << at : 0), 0))
  to.blob(code.hash)
  to.number(code.created.getTime())
  if (scram) for (const keys of [scram.sha1, scram.sha256]) printKeys(to, keys)
  if (expires) to.number(expires.getTime())
  if (revoked) to.number(revoked.getTime())
  if (!lastUsed) return
  to.number(lastUsed.at.getTime())
  to.text(lastUsed.address)
  to.text(lastUsed.client)
}

function printKeys(to: ByteWriter, keys: ScramKeys): void {
  to.blob(keys.storedKey)
  to.blob(keys.serverKey)
}

/** Undefined for a kind that this program does not know. What it gives shares no memory with the bytes read. */
export function readChange(from: ByteReader): PeopleChange | undefined {
  const what = kinds[from.byte()]
  if (what === undefined) return undefined
  switch (what) {
    case 'domain': {
      const name = from.text()
      const mode = modes[from.byte()]
      return mode && { what, domain: { name, mode } }
    }
    case 'domain-gone':
      return { what, name: from.text() }
    case 'account':
      return { what, account: readAccount(from) }
    case 'account-gone':
    case 'code-gone':
      return { what, id: from.text() }
    case 'alias': {
      const address = from.text()
      const to: string[] = []
      for (let count = from.count(); count > 0 && from.ok; count--) to.push(from.text())
      return { what, alias: { address, to } }
    }
    case 'alias-gone':
      return { what, address: from.text() }
    case 'code':
      return { what, code: readCode(from) }
  }
}

function readAccount(from: ByteReader): Account {
  const id = from.text()
  const address = from.text()
  const created = new Date(from.number())
  const bits = from.byte()
  const passwordHash = from.text()
  const quota = bits & 2 ? from.number() : undefined
  const scram = { salt: new Uint8Array(from.blob()), iterations: from.number() }
  return { id, address, created, disabled: (bits & 1) !== 0, passwordHash, quota, scram }
}

function readCode(from: ByteReader): Code {
  const bits = from.byte()
  const id = from.text()
  const account = from.text()
  const label = from.text()
  const scopeBits = from.byte()
  const hash = new Uint8Array(from.blob())
  const created = new Date(from.number())
  const scram = bits & 2 ? { sha1: readKeys(from), sha256: readKeys(from) } : undefined
  const expires = bits & 4 ? new Date(from.number()) : undefined
  const revoked = bits & 8 ? new Date(from.number()) : undefined
  const lastUsed = bits & 16 ? { at: new Date(from.number()), address: from.text(), client: from.text() } : undefined
  const scope = scopes.filter((_, at) => scopeBits & (1 << at))
  return { id, account, label, scope, token: (bits & 1) !== 0, hash, scram, created, expires, revoked, lastUsed }
}

function readKeys(from: ByteReader): ScramKeys {
  return { storedKey: new Uint8Array(from.blob()), serverKey: new Uint8Array(from.blob()) }
}
