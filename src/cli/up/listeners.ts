/** Where `up` listens: the defaults, moved by `--shift`, or what `--listen` says. contracts.md. */
import { isLoopback } from '../../net/address.ts'
import type { ListenerAddress, ListenerProtocol } from '../../server/contract.ts'
import { Fault } from '../fault.ts'

/** Those that are built; all on loopback. */
const defaults: readonly (readonly [ListenerProtocol, number])[] = [
  ['smtp', 2525],
  ['submission', 2587],
  ['submissions', 2465],
  ['pop3', 2110],
  ['pop3s', 2995],
]

export function chosenListeners(
  listen: readonly ListenerAddress[] | undefined,
  shift: number | undefined,
): readonly ListenerAddress[] {
  if (listen !== undefined && listen.length > 0) return listen
  return defaults.map(([protocol, port]) => ({ protocol, address: '127.0.0.1', port: port + (shift ?? 0) }))
}

/** The first listener that other machines can reach. */
export function publicListener(listeners: readonly ListenerAddress[]): ListenerAddress | undefined {
  return listeners.find(({ address }) => !isLoopback(address))
}

export const placeOf = ({ address, port }: Pick<ListenerAddress, 'address' | 'port'>): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** `{"smtp": "127.0.0.1:2525"}`; an array where a protocol is given more than once. */
export function listenDocument(listening: readonly ListenerAddress[]): Readonly<Record<string, string | string[]>> {
  const places = new Map<string, string[]>()
  for (const at of listening) places.set(at.protocol, [...(places.get(at.protocol) ?? []), placeOf(at)])
  return Object.fromEntries(
    [...places].map(([protocol, all]) => [protocol, all.length === 1 ? (all[0] ?? '') : all] as const),
  )
}

/** With a test domain the server listens on loopback only, unless the configuration allows more. safety.md 18. */
export function refusePublicTest(
  domains: readonly { readonly name: string; readonly mode: string }[],
  listeners: readonly ListenerAddress[],
  testPublic: boolean,
): void {
  const open = publicListener(listeners)
  const test = domains.find(({ mode }) => mode === 'test')
  if (open !== undefined && test !== undefined && !testPublic)
    throw new Fault('test-domain-public', { domain: test.name, listen: placeOf(open) })
}
