/** The bytes of a message on its way in, collected in memory. */
import type { Incoming } from './contract.ts'
import { StoreError } from './contract.ts'

const firstRoom = 4096

/**
 * Copies what is written, so that the caller's buffers are free at once. The room doubles, so it never holds more than
 * twice the message.
 */
export class Collected implements Incoming {
  #bytes: Buffer | undefined
  #size = 0
  #state: 'open' | 'taken' | 'discarded' = 'open'

  get size(): number {
    return this.#size
  }

  write(bytes: Uint8Array): undefined {
    if (this.#state !== 'open') throw new StoreError('closed', `cannot write to a message that is ${this.#state}`)
    const needed = this.#size + bytes.length
    if (!this.#bytes || needed > this.#bytes.length) this.#grow(needed)
    this.#bytes?.set(bytes, this.#size)
    this.#size = needed
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, (this.#bytes?.length ?? 0) * 2, firstRoom))
    this.#bytes?.copy(larger, 0, 0, this.#size)
    this.#bytes = larger
  }

  /** Hands the bytes over, once; they are a view of a larger buffer. */
  take(): Uint8Array {
    if (this.#state !== 'open') throw new StoreError('closed', `the message is ${this.#state} already`)
    this.#state = 'taken'
    const bytes = this.#bytes?.subarray(0, this.#size) ?? new Uint8Array(0)
    this.#bytes = undefined
    return bytes
  }

  discard(): void {
    if (this.#state !== 'open') return
    this.#state = 'discarded'
    this.#bytes = undefined
  }
}
