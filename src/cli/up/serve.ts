/** The servers of a host, put together and opened: all listeners or none. */
import { randomBytes } from 'node:crypto'
import { openAccess } from '../../access/access.ts'
import { openDelivery } from '../../delivery/delivery.ts'
import { NetError } from '../../net/errors.ts'
import type { ConnectionSummary, ListenerAddress, MailHost, RecordPlan } from '../../server/contract.ts'
import { openMailHost } from '../../server/mail-host.ts'
import type { MailStore } from '../../store/contract.ts'
import type { Config } from '../config/config.ts'
import { Fault } from '../fault.ts'
import type { HostCertificates } from './certificates.ts'
import { lastingSecret } from './folder.ts'
import { placeOf, publicListener } from './listeners.ts'
import type { Log } from './log.ts'
import { portHolder } from './port-holder.ts'

function recordPlan(store: MailStore, record: readonly string[] | undefined): RecordPlan {
  if (record === undefined || record.length === 0) return { what: 'modes' }
  if (record.length === 1 && (record[0] === 'off' || record[0] === 'all')) return { what: record[0] }
  for (const address of record)
    if (store.directory.account(address) === undefined) throw new Fault('unknown-account', { address })
  return { what: 'accounts', accounts: record }
}

export interface ServeOptions {
  readonly config: Config
  readonly listeners: readonly ListenerAddress[]
  readonly data: string
  readonly store: MailStore
  readonly certificates: HostCertificates
  readonly name: string
  readonly log: Log
  /** `off`, `all` or accounts, as `--record` names them. */
  readonly recorded: readonly string[] | undefined
  readonly onConnection: (summary: ConnectionSummary) => void
}

export async function serve(how: ServeOptions): Promise<MailHost> {
  const { config, listeners, data, store, certificates, name, log, recorded, onConnection } = how
  const access = openAccess({
    store,
    limits: config.accessLimits,
    listensBeyondLoopback: publicListener(listeners) !== undefined,
    inClear: config.inClear,
    nameSecret: lastingSecret(data, 'name-secret', () => randomBytes(32)),
  })
  const delivery = openDelivery({ store, testAccounts: access.testAccounts })
  try {
    return await openMailHost({
      name,
      store,
      access,
      delivery,
      listeners,
      certificates: certificates.certificates,
      limits: config.limits,
      record: recordPlan(store, recorded),
      recordBytesPerSide: config.bytesPerSide,
      log,
      onConnection,
    })
  } catch (thrown) {
    throw listenFault(thrown, listeners)
  }
}

/** The first listener of those that the fault speaks of, with who holds its port. */
function listenFault(thrown: unknown, listeners: readonly ListenerAddress[]): unknown {
  if (!(thrown instanceof NetError)) return thrown
  const at = listeners.find((one) => thrown.message.includes(placeOf(one))) ?? listeners[0]
  if (at === undefined) return thrown
  const { address, port } = at
  const how = { cause: thrown }
  switch (thrown.code) {
    case 'port-taken':
      return new Fault('port-taken', { address, port, holder: portHolder(port) }, how)
    case 'port-forbidden':
      return new Fault('port-denied', { address, port }, how)
    case 'address-unknown':
      return new Fault('address-not-here', { address, port }, how)
    case 'path-too-long':
    case 'name-not-found':
    case 'connection-refused':
    case 'unreachable':
    case 'timeout':
    case 'closed':
    case 'certificate':
    case 'tls':
    case 'tls-injection':
    case 'aborted':
    case 'io':
      return new Fault('internal', { why: thrown.message }, how)
  }
}
