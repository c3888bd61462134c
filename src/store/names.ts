/**
 * Names as the store compares them: addresses and domains without letter case, mailbox names, flags. What cannot be a
 * name is told with `StoreError('bad-name')`.
 */
import type { Address } from '../wire/address.ts'
import { type Flag, StoreError } from './contract.ts'

// oxlint-disable-next-line no-control-regex -- names must not hold control characters
const control = /[\u0000-\u001f\u007f]/

/** A domain as it is compared: lower case, A-labels (`xn--…`) where it has other letters. RFC 5890 §2.3.2.1. */
export function domainKey(name: string): string {
  // oxlint-disable-next-line no-control-regex -- pure ASCII needs no mapping
  if (/^[\u0000-\u007f]*$/.test(name)) return name.toLowerCase()
  try {
    return new URL(`http://${name}`).hostname
  } catch {
    return name.normalize('NFC').toLowerCase()
  }
}

function localKey(local: string): string {
  return local.normalize('NFC').toLowerCase()
}

/** An address as it is compared. The local part of an `Address` stands there unquoted. */
export function addressKey(address: Address): string {
  return `${localKey(address.local)}@${domainKey(address.domain)}`
}

/** The same for an address as text; a quoted local part is unquoted, RFC 5321 §4.1.2. */
export function textKey(address: string): string {
  const { local, domain } = splitAddress(address)
  return addressKey({ local, domain })
}

/** Cuts at the last `@`. Without one, all of it is the local part. */
export function splitAddress(address: string): Address {
  const at = address.lastIndexOf('@')
  if (at < 0) return { local: address, domain: '' }
  const local = address.slice(0, at)
  const quoted = /^"(.*)"$/s.exec(local)?.[1]
  return { local: quoted === undefined ? local : quoted.replaceAll(/\\(.)/gs, '$1'), domain: address.slice(at + 1) }
}

/** Throws unless it is a plain domain name of at most 255 characters. */
export function checkDomain(name: string): void {
  if (name === '' || name.length > 255 || control.test(name) || /[\s@<>"(),:;\\[\]/]/.test(name))
    throw new StoreError('bad-name', `${JSON.stringify(name)} is not a domain name`)
}

/** Throws unless it is an address of a local part (at most 64 octets, RFC 5321 §4.5.3.1.1) and a domain. */
export function checkAddress(address: string): void {
  const { local, domain } = splitAddress(address)
  if (local === '' || domain === '' || Buffer.byteLength(local) > 64 || control.test(local) || /[<>]/.test(local))
    throw new StoreError('bad-name', `${JSON.stringify(address)} is not an address`)
  checkDomain(domain)
}

/** A mailbox name as it is kept: INBOX in capitals whatever its letter case, RFC 9051 §5.1; others NFC. */
export function mailboxName(name: string): string {
  const folded = name.toUpperCase() === 'INBOX' ? 'INBOX' : name.normalize('NFC')
  if (folded === '' || folded.length > 255 || control.test(folded))
    throw new StoreError(
      'bad-name',
      `${JSON.stringify(name.slice(0, 80))} cannot be a mailbox: 1 to 255 characters, no controls`,
    )
  return folded
}

const systemFlags = ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft']
const mostFlags = 64

function oneFlag(flag: Flag): Flag {
  const system = systemFlags.find((name) => name.toLowerCase() === flag.toLowerCase())
  if (system) return system
  if (!/^[\u0021\u0023\u0024\u0026\u0027+-[\]^-z|}~]{1,64}$/.test(flag))
    throw new StoreError('bad-name', `${JSON.stringify(flag.slice(0, 80))} cannot be a flag`)
  return flag
}

/** Flags without repetition, system flags in their usual spelling; compared without letter case, RFC 9051 §2.3.2. */
export function cleanFlags(flags: readonly Flag[]): readonly Flag[] {
  if (flags.length === 0) return flags
  const seen = new Map<string, Flag>()
  for (const flag of flags) if (!seen.has(flag.toLowerCase())) seen.set(flag.toLowerCase(), oneFlag(flag))
  if (seen.size > mostFlags) throw new StoreError('too-large', `a message takes at most ${mostFlags} flags`)
  return [...seen.values()]
}

export interface FlagChange {
  readonly add?: readonly Flag[]
  readonly remove?: readonly Flag[]
  readonly set?: readonly Flag[]
}

/** What the flags of a message are after a change: `set` first, then `add`, then `remove`. */
export function changedFlags(flags: readonly Flag[], change: FlagChange): readonly Flag[] {
  const removed = new Set((change.remove ?? []).map((flag) => flag.toLowerCase()))
  const all = cleanFlags([...(change.set ?? flags), ...(change.add ?? [])])
  return all.filter((flag) => !removed.has(flag.toLowerCase()))
}
