/** The mail host: its listeners, and every connection from its first byte to its story. */
import { listen, type Listening } from '../net/listen.ts'
import type { Line } from '../net/line.ts'
import { systemClock } from '../net/clock.ts'
import { defaultBytesPerSide } from '../net/recorder.ts'
import type { ListenerAddress, ListenerProtocol, MailHost, MailHostOptions } from './contract.ts'
import { Connection } from './connection.ts'
import type { Host } from './host.ts'
import { defaultLimits } from './limits.ts'
import { Loop } from './loop.ts'
import { RecordRules } from './record.ts'
import { refuseConnection, speakerFor } from './speakers.ts'

export type {
  ConnectionSummary,
  ListenerAddress,
  ListenerProtocol,
  LogEntry,
  MailHost,
  MailHostOptions,
} from './contract.ts'

/** Opens every listener or none. Throws `NetError` of the first that cannot be opened. */
export async function openMailHost(options: MailHostOptions): Promise<MailHost> {
  const host = new OpenHost(options)
  await host.open(options.listeners)
  return host
}

/** The connections of a host without its listeners: what `openMailHost` is made of, and tests drive line by line. */
export class Connections {
  readonly host: Host
  readonly #open = new Set<Loop>()
  /** Stories that are being kept. */
  readonly #keeping = new Set<Promise<void>>()
  #waiting: (() => void)[] = []
  #number = 0
  #closing = false

  constructor(host: Host) {
    this.host = host
  }

  /** A connection begins on this line. */
  begin(line: Line, listener: ListenerProtocol): void {
    const { access, limits } = this.host
    const place = access.connect(line.peer.address)
    const refused = 'refused' in place ? place.refused : undefined
    if (refused !== undefined || this.#closing || this.#open.size >= limits.connections) {
      if ('close' in place) place.close()
      refuseConnection(this.host, line, listener, refused ?? 'full')
      return
    }
    const connection = new Connection(this.host, line, {
      number: ++this.#number,
      listener,
      protocol: listener.startsWith('pop3') ? 'pop3' : 'smtp',
      implicitTls: listener === 'submissions' || listener === 'pop3s',
    })
    const loop: Loop = new Loop(
      connection,
      speakerFor(connection, {
        seal: () => loop.seal(),
        end: () => loop.end(),
        flush: () => loop.flush(),
        drained: () => loop.drained(),
        isClosed: () => loop.isClosed,
      }),
      () => {
        this.#open.delete(loop)
        if ('close' in place) place.close()
        this.#keep(connection)
      },
    )
    this.#open.add(loop)
    loop.start()
  }

  get size(): number {
    return this.#open.size
  }

  /** Lets everybody finish, at most as long as the limits say; resolves when all stories are kept. */
  async close(): Promise<void> {
    this.#closing = true
    for (const loop of this.#open) loop.leave()
    const end = setTimeout(() => {
      for (const loop of this.#open) loop.destroy()
    }, this.host.limits.closingMs)
    while (this.#open.size > 0) await new Promise<void>((gone) => this.#waiting.push(gone))
    clearTimeout(end)
    await Promise.all(this.#keeping)
    await this.host.delivery.settled()
  }

  #keep(connection: Connection): void {
    const kept = connection.ended().catch((cause: unknown) => {
      const text = cause instanceof Error ? cause.message : 'an unknown fault'
      connection.log('error', 'story-lost', `the story of a connection could not be kept: ${text}`)
    })
    this.#keeping.add(kept)
    void kept.finally(() => this.#keeping.delete(kept))
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}

/** What the connections share, out of what the command line gives. */
export function hostOf(options: Omit<MailHostOptions, 'listeners'>): Host {
  return {
    name: options.name,
    store: options.store,
    access: options.access,
    delivery: options.delivery,
    certificates: options.certificates,
    limits: { ...defaultLimits, ...options.limits },
    record: new RecordRules(options.record, options.store.directory, options.recordBytesPerSide ?? defaultBytesPerSide),
    clock: options.clock ?? systemClock,
    heldMaildrops: new Set(),
    log: options.log,
    onConnection: options.onConnection ?? (() => {}),
  }
}

class OpenHost implements MailHost {
  listening: readonly ListenerAddress[] = []
  readonly #connections: Connections
  readonly #listeners: Listening[] = []

  constructor(options: MailHostOptions) {
    this.#connections = new Connections(hostOf(options))
  }

  async open(listeners: readonly ListenerAddress[]): Promise<void> {
    const listening: ListenerAddress[] = []
    const { host } = this.#connections
    try {
      for (const { protocol, address, port } of listeners) {
        const opened = await listen({
          address,
          port,
          clock: host.clock,
          onLine: (line) => this.#connections.begin(line, protocol),
          onFault: (fault) =>
            host.log({
              time: host.clock.now(),
              level: 'error',
              event: 'accept-failed',
              text: fault.message,
              fields: { listener: protocol },
            }),
        })
        this.#listeners.push(opened)
        listening.push({ protocol, address: opened.at.address, port: opened.at.port })
      }
    } catch (cause) {
      await this.close()
      throw cause
    }
    this.listening = listening
  }

  async close(): Promise<void> {
    const closed = Promise.all(this.#listeners.map((listener) => listener.close()))
    await this.#connections.close()
    await closed
  }
}
