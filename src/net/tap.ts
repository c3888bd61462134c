/**
 * A stream between TLS and its socket through which the ciphertext passes in JavaScript: Node's own TLS reads the
 * socket inside C++, where nobody sees it. Only put under connections that are recorded.
 */
import { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import type { Side } from '../wire/talk.ts'

export type Overhear = (side: Side, bytes: Uint8Array) => void

export class Tap extends Duplex {
  readonly #socket: Socket
  readonly #ours: Side
  readonly #theirs: Side
  readonly #overhear: Overhear

  /** `ours`: which side writes here. The socket must have no other reader, and nothing buffered. */
  constructor(socket: Socket, ours: Side, overhear: Overhear) {
    super({ allowHalfOpen: true, autoDestroy: true })
    this.#socket = socket
    this.#ours = ours
    this.#theirs = ours === 'client' ? 'server' : 'client'
    this.#overhear = overhear
    socket.on('data', (bytes: Buffer) => {
      overhear(this.#theirs, bytes)
      if (!this.push(bytes)) socket.pause()
    })
    socket.on('end', () => this.push(null))
    socket.on('error', (fault: Error) => this.destroy(fault))
    socket.on('close', () => this.destroy())
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (fault?: Error | null) => void): void {
    this.#overhear(this.#ours, bytes)
    this.#socket.write(bytes, done)
  }

  override _writev(
    pieces: readonly { chunk: Buffer; encoding: BufferEncoding }[],
    done: (fault?: Error | null) => void,
  ): void {
    this.#socket.cork()
    pieces.forEach(({ chunk }, index) => {
      this.#overhear(this.#ours, chunk)
      if (index === pieces.length - 1) this.#socket.write(chunk, done)
      else this.#socket.write(chunk)
    })
    this.#socket.uncork()
  }

  override _final(done: (fault?: Error | null) => void): void {
    this.#socket.end(done)
  }

  override _destroy(fault: Error | null, done: (fault?: Error | null) => void): void {
    this.#socket.destroy()
    done(fault)
  }
}
