/**
 * What a mail connection has in both protocols: its line, its story, its limits and its end. The protocol's loop stands
 * on it: bytes come in, replies are collected and written once, facts are noted on the way.
 */
import type { Side } from '../wire/talk.ts'
import type { MessageId, StoryId } from '../store/contract.ts'
import { packFacts } from '../store/facts.ts'
import { Recorder } from '../net/recorder.ts'
import type { Line } from '../net/line.ts'
import type { Peer } from '../access/contract.ts'
import type { ConnectionOutcome, ConnectionSummary, ListenerProtocol, LogEntry } from './contract.ts'
import type { Cover } from './covers.ts'
import { Facts } from './facts.ts'
import type { Host } from './host.ts'
import type { Decision } from './record.ts'

export interface ConnectionHow {
  readonly number: number
  readonly listener: ListenerProtocol
  readonly protocol: 'smtp' | 'pop3'
  readonly implicitTls: boolean
}

/** Who signed in. */
export interface SignedIn {
  readonly id: string
  readonly address: string
  readonly codeId: string | undefined
}

export class Connection {
  readonly line: Line
  readonly host: Host
  readonly how: ConnectionHow
  readonly story: StoryId
  readonly facts: Facts
  readonly began: Date
  /** Nanoseconds since 1970, of the batch that is worked on. */
  time: bigint
  account: SignedIn | undefined
  /** What the client calls itself. */
  client = ''
  /** Owners of the story: who signed in, who got mail. */
  readonly owners = new Set<string>()
  readonly accepted: { readonly queueId: string; readonly id: MessageId; readonly to: readonly string[] }[] = []
  fetched = 0
  outcome: ConnectionOutcome = 'nothing'
  why: string | undefined
  readonly #decision: Decision
  readonly #beganAt: bigint
  #said: Uint8Array[] = []
  #unflushed = 0
  /** Indexes into #said of the pieces of bodies; true for the last piece. */
  readonly #bodies = new Map<number, boolean>()
  /** So many of #said stand in the facts. */
  #told = 0
  #epoch: 0 | 1 = 0

  constructor(host: Host, line: Line, how: ConnectionHow) {
    this.host = host
    this.line = line
    this.how = how
    this.began = host.clock.now()
    this.time = host.clock.ns()
    this.#beganAt = this.time
    this.story = host.store.stories.newId()
    const head = {
      protocol: how.protocol,
      ours: 'server' as Side,
      client: line.peer,
      server: line.local,
      implicitTls: how.implicitTls,
      began: this.time,
    }
    this.facts = new Facts(head)
    this.#decision = host.record.begin()
    const bytes = this.#decision.bytesPerSide
    if (bytes !== undefined) line.record(new Recorder(head, bytes))
  }

  get peer(): Peer {
    const { address, port } = this.line.peer
    return { address, port, sealed: this.line.tls !== undefined, client: this.client }
  }

  /** A batch of the client's bytes begins to be worked on. */
  heard(bytes: Uint8Array): void {
    this.time = this.host.clock.ns()
    this.facts.heard(bytes, this.time)
  }

  /** A line of the client that holds credentials. */
  secretLine(end: number, covers: readonly Cover[]): void {
    this.facts.secretLine(end, covers)
    for (const cover of covers) {
      const { start, end: to, kind, filler } = cover
      this.line.recorder?.mark({ side: 'client', epoch: this.#epoch, start, end: to, kind }, filler)
    }
  }

  /** Goes out with the next `flush`. */
  say(bytes: Uint8Array): void {
    this.#said.push(bytes)
    this.#unflushed += bytes.length
  }

  /** A piece of a body: goes out like the rest, and stands in the facts by its size alone. */
  sayBody(bytes: Uint8Array, last: boolean): void {
    this.#bodies.set(this.#said.length, last)
    this.say(bytes)
  }

  /** The facts hear what was said so far, before it is written: what comes next begins a new strip. */
  tellSaid(): void {
    for (; this.#told < this.#said.length; this.#told++) {
      const bytes = this.#said[this.#told]
      const last = this.#bodies.get(this.#told)
      if (!bytes) continue
      if (last === undefined) this.facts.said(bytes)
      else this.facts.saidBody(bytes.length, last)
    }
  }

  /** Bytes that were said and not written yet. */
  get unflushed(): number {
    return this.#unflushed
  }

  /** Writes what was said, once. False where the peer is slow to take it. */
  flush(): boolean {
    const said = this.#said
    const [first] = said
    if (!first) return true
    const bytes = said.length === 1 ? first : Buffer.concat(said)
    if (this.#told === 0 && this.#bodies.size === 0) this.facts.said(bytes)
    else this.tellSaid()
    this.#said = []
    this.#unflushed = 0
    this.#told = 0
    this.#bodies.clear()
    return this.line.write(bytes)
  }

  /** An account has to do with this connection: its owner, and perhaps not to be recorded. */
  concerns(account: string): void {
    this.owners.add(account)
    if (!this.#decision.concerns(account)) return
    const bytes = this.#decision.bytesPerSide
    if (bytes === undefined) {
      this.line.recorder?.keepUpTo(0)
      this.line.recorder?.discard()
    } else this.line.recorder?.keepUpTo(bytes)
  }

  /** TLS has begun. */
  sealed(): void {
    this.#epoch = 1
    this.time = this.host.clock.ns()
    if (this.line.tls) this.facts.sealed(this.line.tls, this.time)
  }

  log(level: LogEntry['level'], event: string, text: string, fields: LogEntry['fields'] = {}): void {
    const { address, port } = this.line.peer
    this.host.log({
      time: this.host.clock.now(),
      level,
      event,
      text,
      fields: {
        connection: this.how.number,
        listener: this.how.listener,
        peer: printEndpoint(address, port),
        ...fields,
      },
    })
  }

  /** Keeps the story and tells the summary; called once, when nothing is going on any more. */
  async ended(): Promise<void> {
    const ended = this.host.clock.now()
    const endedAt = this.host.clock.ns()
    const keeps = this.#decision.end() && this.line.recorder !== undefined
    const recording = keeps ? this.line.recorder?.finish(endedAt) : undefined
    if (!keeps) this.line.recorder?.discard()
    this.host.onConnection(this.#summary(ended, keeps))
    const { peer, local } = this.line
    await this.host.store.stories.keep({
      id: this.story,
      summary: {
        protocol: this.how.protocol,
        side: 'server',
        peer: printEndpoint(peer.address, peer.port),
        local: printEndpoint(local.address, local.port),
        account: this.account?.address,
        code: this.account?.codeId,
        began: this.began,
        ended,
        recorded: keeps,
        messages: this.accepted.map(({ id }) => id),
        outcome: this.outcome,
      },
      facts: packFacts(this.facts.all(endedAt)),
      recording,
      owners: [...this.owners],
    })
  }

  /** Milliseconds since the connection began, by the batch's time. */
  get age(): number {
    return Number((this.time - this.#beganAt) / 1_000_000n)
  }

  #summary(ended: Date, recorded: boolean): ConnectionSummary {
    return {
      number: this.how.number,
      story: this.story,
      protocol: this.how.protocol,
      listener: this.how.listener,
      peer: this.line.peer,
      local: this.line.local,
      began: this.began,
      ended,
      sealed: this.line.tls !== undefined,
      recorded,
      account: this.account?.address,
      outcome: this.outcome,
      accepted: this.accepted,
      fetched: this.fetched,
      why: this.why,
    }
  }
}

function printEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
