/**
 * One connection as the protocols see it: bytes come to a synchronous handler, bytes are written, TLS begins on the
 * spot, and the line says when the peer is silent, slow or gone. `SocketLine` is the real one; tests have one in memory.
 */
import type { Endpoint, TlsFacts } from '../wire/packet/recording.ts'
import type { Recorder } from './recorder.ts'
import type { SecureContext } from 'node:tls'
import type { NetError } from './errors.ts'

/** What a line tells its owner. Each is called synchronously, `onClose` exactly once and as the last. */
export interface LineHandler {
  onBytes(bytes: Uint8Array): void
  /** All that was written has been taken. */
  onDrain(): void
  /** The peer will send no more; it may still read. */
  onEnd(): void
  /** Nothing came and nothing was taken for as long as `limitSilence` allows. Told again after as long again. */
  onSilence(): void
  onClose(fault: NetError | undefined): void
}

export type SealOptions =
  | {
      readonly as: 'server'
      /** The context for the name a client asks for; undefined when it asks for none. */
      readonly context: (name: string | undefined) => SecureContext
      readonly handshakeMs: number
      readonly alpn?: readonly string[]
    }
  | {
      readonly as: 'client'
      /** The name that the certificate must bear, RFC 9525 §6. */
      readonly name: string
      /** PEM of authorities to trust instead of the built-in ones. */
      readonly ca?: string
      /** True only where the user asked for it in words. */
      readonly insecure?: boolean
      readonly handshakeMs: number
      readonly alpn?: readonly string[]
    }

export interface Line {
  readonly peer: Endpoint
  readonly local: Endpoint
  /** Undefined while in clear. */
  readonly tls: TlsFacts | undefined
  readonly recorder: Recorder | undefined
  /** Bytes written and not yet taken by the system. */
  readonly unsent: number
  /** Keeps what crosses from now on. Called before `handle`. */
  record(recorder: Recorder): void
  /** From now on tells this one; before the first call nothing is read. */
  handle(handler: LineHandler): void
  /** False: more than enough waits already; go on at `onDrain`. Bytes must not be changed afterwards. */
  write(bytes: Uint8Array): boolean
  pause(): void
  resume(): void
  /** 0: no limit. */
  limitSilence(ms: number): void
  /**
   * Begins TLS once what was written is out. Rejects with `NetError` (`tls-injection` where bytes already wait in
   * clear, RFC 3207 §6) and the line is closed. Nothing is told to the handler in between but `onClose`, and reading is
   * paused afterwards: begin the fresh conversation, then `resume`.
   */
  seal(options: SealOptions): Promise<TlsFacts>
  /** Writes what is left, then says goodbye. A peer that does not answer it is dropped at the next silence. */
  end(): void
  destroy(): void
}
