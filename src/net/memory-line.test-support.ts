/** A line without a socket: the test is the peer. `seal` only says that it happened. */
import type { Endpoint, TlsFacts } from '../wire/packet/recording.ts'
import type { Line, LineHandler } from './line.ts'
import { NetError } from './errors.ts'
import type { Recorder } from './recorder.ts'

const facts: TlsFacts = { version: 'TLSv1.3', cipher: 'TLS_TEST', sni: undefined, alpn: undefined, group: undefined }

export class MemoryLine implements Line {
  readonly peer: Endpoint
  readonly local: Endpoint = { address: '127.0.0.1', port: 2525 }
  tls: TlsFacts | undefined
  recorder: Recorder | undefined
  unsent = 0
  ended = false
  destroyed = false
  isPaused = false
  silenceMs = 0
  writes: Uint8Array[] = []
  /** Set: `write` says that enough waits, until `drain`. */
  isSlow = false
  failSeal = false
  #handler: LineHandler | undefined

  constructor(address = '127.0.0.1', port = 40000) {
    this.peer = { address, port }
  }

  record(recorder: Recorder): void {
    this.recorder = recorder
  }
  handle(handler: LineHandler): void {
    this.#handler = handler
  }
  write(bytes: Uint8Array): boolean {
    if (this.ended || this.destroyed) return true
    this.recorder?.bytes('server', bytes, 1n)
    this.writes.push(bytes)
    if (this.isSlow) this.unsent += bytes.length
    return !this.isSlow
  }
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
  limitSilence(ms: number): void {
    this.silenceMs = ms
  }
  async seal(): Promise<TlsFacts> {
    if (this.failSeal) {
      this.destroy()
      throw new NetError('tls', 'no handshake')
    }
    this.tls = facts
    this.recorder?.sealed()
    return facts
  }
  end(): void {
    this.ended = true
  }
  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.#handler?.onClose(undefined)
  }

  // ---- the peer's side

  /** The peer says this (a byte string), in one piece. */
  send(text: string): void {
    const bytes = Buffer.from(text, 'latin1')
    this.recorder?.bytes('client', bytes, 1n)
    this.#handler?.onBytes(bytes)
  }
  /** All that was written since the last call, as a byte string. */
  take(): string {
    const text = Buffer.concat(this.writes).toString('latin1')
    this.writes = []
    return text
  }
  drain(): void {
    this.unsent = 0
    this.#handler?.onDrain()
  }
  silence(): void {
    this.#handler?.onSilence()
  }
  /** The peer closes its side. */
  finish(): void {
    this.#handler?.onEnd()
  }
  /** The connection is gone. */
  close(): void {
    this.destroy()
  }
}
