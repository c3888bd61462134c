/**
 * The loop of one connection: a synchronous walk over what was heard, one write for all its answers. While an answer is
 * being made (a sign-in, the store) nothing more is read out, so replies keep their order under pipelining. What was
 * begun is finished even if the peer goes away: a message that waits for the disk still counts.
 */
import type { Line, LineHandler } from '../net/line.ts'
import { NetError } from '../net/errors.ts'
import type { Connection } from './connection.ts'

/** A protocol's server on a connection. */
export interface Speaker {
  hear(bytes: Uint8Array): void
  /** Works on the next whole thing. `idle`: there is none. A promise: the answer takes its time. */
  step(): 'idle' | 'done' | Promise<void>
  /** Bytes of a line wait for its end. */
  readonly isInLine: boolean
  /** A message is being taken: let it be finished before the end. */
  readonly isInMessage: boolean
  /** Say why, as the last thing. */
  farewell(why: 'silence' | 'slow' | 'bytes' | 'shutdown' | 'fault'): void
  /** TLS has begun: everything starts anew. `first`: TLS came before the greeting. */
  sealed(first: boolean): void
  /** The connection is over; nothing can be said any more. */
  gone(): void
}

/** Written at once when so much was said in one batch. */
const batch = 65_536

export class Loop implements LineHandler {
  readonly #connection: Connection
  readonly #line: Line
  readonly #done: () => void
  readonly speaker: Speaker
  #busy = false
  #blocked = false
  #over = false
  #closed = false
  #peerEnded = false
  #leaving = false
  #sealing = false
  #paused = false
  #finished = false
  /** Bytes that came while an answer was being made, or that made no whole line yet. */
  #waiting = 0
  #lineSince: bigint | undefined
  #drained: (() => void)[] = []

  /** `done` is called once, when the connection is closed and all that it began is finished. */
  constructor(connection: Connection, speaker: Speaker, done: () => void) {
    this.#connection = connection
    this.#line = connection.line
    this.speaker = speaker
    this.#done = done
  }

  /** Begins: inside TLS from the first byte, or in clear. */
  start(): void {
    const { limits } = this.#connection.host
    this.#line.handle(this)
    if (this.#connection.how.implicitTls) this.seal()
    else this.run()
    if (!this.#closed) this.#line.limitSilence(limits.silenceMs)
  }

  onBytes(bytes: Uint8Array): void {
    if (this.#over) return
    this.#connection.heard(bytes)
    this.speaker.hear(bytes)
    this.#waiting += bytes.length
    this.run()
    if (this.#over) return
    const { waitingBytes, progressBytes } = this.#connection.host.limits
    if ((this.#busy || this.#blocked) && this.#waiting > waitingBytes) this.#pause()
    else if (this.#waiting > progressBytes) this.leaveWith('bytes')
    else this.#watchLine()
  }

  onDrain(): void {
    this.#blocked = false
    const waiting = this.#drained
    this.#drained = []
    for (const wake of waiting) wake()
    if (!this.#over) this.run()
  }

  onEnd(): void {
    this.#peerEnded = true
    if (!this.#busy && !this.#blocked) this.run()
  }

  onSilence(): void {
    // a peer that takes nothing hears nothing either
    if (this.#line.unsent > 0) this.#line.destroy()
    else if (!this.#busy) this.leaveWith('silence')
  }

  onClose(fault: NetError | undefined): void {
    this.#closed = true
    if (fault && this.#connection.why === undefined) this.#connection.why = fault.code
    for (const wake of this.#drained) wake()
    this.#drained = []
    if (!this.#busy) this.#finish()
  }

  /** Works on all that can be worked on now, then writes once. */
  run(): void {
    while (!this.#busy && !this.#blocked && !this.#over) {
      const stepped = this.#step()
      if (stepped === 'idle') break
      this.#waiting = 0
      this.#lineSince = undefined
      if (stepped !== 'done') this.#await(stepped)
      else if (this.#connection.unflushed > batch) this.flush()
    }
    if (!this.#over) this.flush()
    if (this.#busy || this.#over) return
    if (this.#leaving && !this.speaker.isInMessage) this.leaveWith('shutdown')
    else if (this.#peerEnded && !this.#blocked) this.end()
    else if (this.#paused && !this.#blocked) this.#resume()
  }

  flush(): void {
    if (!this.#connection.flush()) this.#blocked = true
  }

  /** Resolves when the peer has taken what was written, or is gone. */
  drained(): Promise<void> | undefined {
    if (!this.#blocked || this.#closed) return undefined
    return new Promise((wake) => this.#drained.push(wake))
  }

  get isClosed(): boolean {
    return this.#closed
  }

  destroy(): void {
    this.#over = true
    this.#line.destroy()
  }

  /** Writes what was said and says goodbye. */
  end(): void {
    if (this.#over) return
    this.#over = true
    this.#connection.flush()
    this.#line.end()
  }

  leaveWith(why: Parameters<Speaker['farewell']>[0]): void {
    if (this.#over) return
    this.speaker.farewell(why)
    this.end()
  }

  /** The host closes: a message that is being taken is finished first. */
  leave(): void {
    this.#leaving = true
    // nothing was said inside TLS yet; a peer that left in the handshake would be waited for
    if (this.#sealing) this.#line.destroy()
    if (!this.#busy && !this.speaker.isInMessage) this.leaveWith('shutdown')
  }

  /** TLS begins after what was said; the client's next bytes are inside. */
  seal(): void {
    const first = this.#connection.how.implicitTls
    this.flush()
    // nothing is read in clear any more, nor does a close end the story before its cause is known
    this.#busy = true
    this.#sealing = true
    this.#await(this.#sealed(first).finally(() => (this.#sealing = false)))
  }

  async #sealed(first: boolean): Promise<void> {
    const { host, how } = this.#connection
    try {
      await this.#line.seal({
        as: 'server',
        // some senders hang up when a session ticket comes to port 25
        context: (name) => host.certificates.context(name, how.listener !== 'smtp'),
        handshakeMs: host.limits.handshakeMs,
      })
    } catch (cause) {
      this.#over = true
      const injected = cause instanceof NetError && cause.code === 'tls-injection'
      this.#connection.outcome = 'dropped'
      this.#connection.why = cause instanceof NetError ? cause.code : 'tls'
      this.#connection.log(
        injected ? 'warn' : 'info',
        injected ? 'starttls-injection' : 'tls-failed',
        cause instanceof Error ? cause.message : 'TLS could not begin',
      )
      return
    }
    this.#connection.sealed()
    this.speaker.sealed(first)
    this.#line.resume()
  }

  #step(): ReturnType<Speaker['step']> {
    try {
      return this.speaker.step()
    } catch (cause) {
      this.#broke(cause)
      return 'idle'
    }
  }

  #await(answer: Promise<void>): void {
    this.#busy = true
    answer.then(
      () => this.#goOn(),
      (cause: unknown) => {
        this.#broke(cause)
        this.#goOn()
      },
    )
  }

  #goOn(): void {
    this.#busy = false
    this.#connection.time = this.#connection.host.clock.ns()
    if (this.#closed) this.#finish()
    else this.run()
  }

  #broke(cause: unknown): void {
    this.#connection.outcome = 'dropped'
    this.#connection.why = 'fault'
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : 'an unknown fault'
    this.#connection.log('error', 'fault', `a fault of this server ended the connection: ${text}`)
    if (!this.#closed) this.leaveWith('fault')
  }

  #finish(): void {
    if (this.#finished) return
    this.#finished = true
    this.#over = true
    this.speaker.gone()
    this.#done()
  }

  #pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#line.pause()
  }

  #resume(): void {
    this.#paused = false
    this.#line.resume()
  }

  /** One byte now and then keeps no connection open for ever. */
  #watchLine(): void {
    if (this.#busy || !this.speaker.isInLine) {
      this.#lineSince = undefined
      return
    }
    const { time, host } = this.#connection
    this.#lineSince ??= time
    if (time - this.#lineSince > BigInt(host.limits.lineMs) * 1_000_000n) this.leaveWith('slow')
  }
}
