/** A whole host in memory for the tests of this room: people, store, access, delivery, and lines without sockets. */
import assert from 'node:assert/strict'
import { openAccess, type AccessOptions, type OpenedAccess } from '../access/access.ts'
import { codeRecord, makeCode, newScram } from '../access/code.ts'
import { openDelivery } from '../delivery/delivery.ts'
import { makeCertificate, openCertificates, type KeyPair } from '../net/certificate.ts'
import type { Clock } from '../net/clock.ts'
import { MemoryLine } from '../net/memory-line.test-support.ts'
import type { Account, MailStore, Mode } from '../store/contract.ts'
import { openMemoryStore } from '../store/memory.ts'
import type { ConnectionSummary, ListenerProtocol, LogEntry, MailHostOptions } from './contract.ts'
import type { Limits } from './limits.ts'
import { Connections, hostOf } from './mail-host.ts'

export const pair: KeyPair = await makeCertificate({ names: ['mail.north.test'], now: new Date() })

/** A clock that the test moves. */
export class TestClock implements Clock {
  time = Date.parse('2026-11-24T10:00:00Z')
  now(): Date {
    return new Date(this.time)
  }
  ns(): bigint {
    return BigInt(this.time) * 1_000_000n
  }
  pass(ms: number): void {
    this.time += ms
  }
}

export interface HouseHow {
  readonly modes?: Readonly<Record<string, Mode>>
  readonly limits?: Partial<Limits>
  readonly access?: Partial<AccessOptions>
  readonly record?: MailHostOptions['record']
  readonly store?: MailStore
}

export interface House {
  readonly store: MailStore
  readonly access: OpenedAccess
  readonly clock: TestClock
  readonly options: Omit<MailHostOptions, 'listeners'>
  readonly connections: Connections
  readonly log: LogEntry[]
  readonly summaries: ConnectionSummary[]
  readonly alice: Account
  readonly bob: Account
  /** Authorization codes. */
  readonly codes: { readonly alice: string; readonly bob: string }
  readonly connect: (listener?: ListenerProtocol, address?: string) => MemoryLine
  readonly inbox: (account: Account) => readonly string[]
}

/** alice and bob of north.test, a lab unless told. */
export async function house(how: HouseHow = {}): Promise<House> {
  const clock = new TestClock()
  const store = how.store ?? openMemoryStore({ now: () => clock.now() })
  const modes: Readonly<Record<string, Mode>> = how.modes ?? { 'north.test': 'lab' }
  for (const [name, mode] of Object.entries(modes)) await store.directory.addDomain(name, mode)
  const [domain = ''] = Object.keys(modes)
  const [alice, aliceCode] = await person(store, `alice@${domain}`)
  const [bob, bobCode] = await person(store, `bob@${domain}`)
  const access = openAccess({ store, listensBeyondLoopback: false, now: () => clock.now(), ...how.access })
  const log: LogEntry[] = []
  const summaries: ConnectionSummary[] = []
  const options = {
    name: 'mail.north.test',
    store,
    access,
    delivery: openDelivery({ store, testAccounts: access.testAccounts }),
    certificates: openCertificates([{ name: 'mail.north.test', ...pair }]),
    limits: how.limits ?? {},
    record: how.record ?? { what: 'off' },
    clock,
    log: (entry: LogEntry) => log.push(entry),
    onConnection: (summary: ConnectionSummary) => summaries.push(summary),
  } as const
  const connections = new Connections(hostOf(options))
  return {
    store,
    access,
    clock,
    options,
    connections,
    log,
    summaries,
    alice,
    bob,
    codes: { alice: aliceCode, bob: bobCode },
    connect(listener = 'smtp', address = '127.0.0.1') {
      const line = new MemoryLine(address)
      connections.begin(line, listener)
      return line
    },
    inbox(account) {
      const box = store.mailbox(account.id, 'INBOX')
      return (box?.list() ?? []).map(({ uid }) => Buffer.from(box?.readSmall(uid) ?? []).toString('latin1'))
    },
  }
}

async function person(store: MailStore, address: string): Promise<[Account, string]> {
  const account = await store.directory.addAccount({ address, passwordHash: '*', scram: newScram() })
  const code = makeCode()
  await store.directory.addCode({
    account: account.id,
    label: 'test',
    scope: ['smtp', 'pop3', 'imap'],
    expires: undefined,
    ...codeRecord(code, account),
  })
  return [account, code.reveal()]
}

/** Lets all that waits for nothing but its turn go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((next) => setImmediate(next))
}

/** A connection to an SMTP listener that has greeted. */
export async function smtp(all: House, listener: ListenerProtocol = 'smtp', address?: string): Promise<MemoryLine> {
  const line = all.connect(listener, address)
  await settled()
  assert.match(line.take(), /^220 mail\.north\.test ESMTP Postglass\r\n$/)
  return line
}

/**
 * Talks by rows of [what the client says, what the answer begins with or matches]. Each is said with CRLF; an answer of
 * several lines is compared with all of them.
 */
export async function talk(line: MemoryLine, rows: readonly (readonly [string, string | RegExp])[]): Promise<void> {
  for (const [said, expected] of rows) {
    line.send(`${said}\r\n`)
    await settled()
    const heard = line.take()
    if (typeof expected === 'string')
      assert.ok(
        heard.startsWith(expected),
        `${JSON.stringify(said)}: expected ${expected}, heard ${JSON.stringify(heard)}`,
      )
    else assert.match(heard, expected, said)
  }
}

export const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
/** The initial response of PLAIN. */
export const plain = (user: string, password: string): string => base64(`\0${user}\0${password}`)
