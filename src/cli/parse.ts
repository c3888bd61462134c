/** Values of options, checked when they are read. A wrong one is wrong use: exit 64. */
import { isIP } from 'node:net'
import type { Scope } from '../store/contract.ts'
import type { ListenerProtocol } from '../server/contract.ts'
import { Fault } from './fault.ts'
import { nearest } from './nearest.ts'

function bad(option: string, value: string, want: string): never {
  throw new Fault('bad-value', { option, value, want })
}

/** A reader of whole numbers for that option. */
export function wholeNumber(option: string, least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (/^\d{1,15}$/.test(value) && number >= least && number <= most) return number
    return bad(option, value, `a whole number from ${least} to ${most}`)
  }
}

/** A reader of one of these words. */
export function oneWord<Word extends string>(option: string, words: readonly Word[]): (value: string) => Word {
  return (value) => words.find((word) => word === value) ?? bad(option, value, words.join(', '))
}

const scopes: readonly Scope[] = ['smtp', 'pop3', 'imap']

/** `smtp,pop3,imap` in any order. */
export function scopeList(value: string): readonly Scope[] {
  const named = value.split(',').map((word) => word.trim().toLowerCase())
  return [
    ...new Set(named.map((word) => scopes.find((scope) => scope === word) ?? bad('--scope', value, scopes.join(',')))),
  ]
}

/** `2027-01-31`, which lasts through that day (UTC), or a time of ISO 8601. */
export function expiry(value: string): Date {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value)
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(value)
  const date = new Date(isDay ? `${value}T23:59:59Z` : value)
  if ((!isDay && !isTime) || Number.isNaN(date.getTime()))
    return bad('--expires', value, 'a date like 2027-01-31 or a time like 2027-01-31T12:00Z')
  return date
}

export interface ListenAt {
  readonly protocol: ListenerProtocol
  readonly address: string
  readonly port: number
}

const spoken: readonly ListenerProtocol[] = ['smtp', 'submission', 'submissions', 'pop3', 'pop3s']
const unbuilt: readonly string[] = ['imap', 'imaps', 'http', 'https']

/** `PROTOCOL=ADDRESS:PORT`; one that is not built yet is refused by name. */
export function listenAt(value: string): ListenAt {
  const match = /^([a-z0-9]+)=(?:\[([0-9a-f:.]+)\]|([^:=\s]+)):(\d{1,5})$/i.exec(value)
  const name = (match?.[1] ?? value.split('=')[0] ?? '').toLowerCase()
  if (unbuilt.includes(name)) throw new Fault('not-built', { what: name.toUpperCase() })
  const protocol = spoken.find((word) => word === name)
  const want = 'PROTOCOL=ADDRESS:PORT such as smtp=127.0.0.1:2525'
  if (protocol === undefined) {
    const near = nearest(name, spoken)
    return bad('--listen', value, near === undefined ? want : `${want} (perhaps ${near})`)
  }
  const named = match?.[2] ?? match?.[3] ?? ''
  const address = named === 'localhost' ? '127.0.0.1' : named
  const port = Number(match?.[4])
  if (isIP(address) === 0 || !(port <= 65_535)) return bad('--listen', value, want)
  return { protocol, address, port }
}

export interface HostPort {
  readonly host: string
  readonly port: number | undefined
}

/** `HOST`, `HOST:PORT`, `[ADDRESS]:PORT`. */
export function hostPort(value: string): HostPort {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:\s[\]]+))(?::(\d{1,5}))?$/i.exec(value)
  const host = match?.[1] ?? match?.[2]
  const port = match?.[3] === undefined ? undefined : Number(match[3])
  if (host === undefined || port === 0 || (port ?? 1) > 65_535) return bad('--server', value, 'HOST:PORT')
  return { host, port }
}
