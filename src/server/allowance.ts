/** What a connection may spend without getting anywhere: commands, bytes, time. A sign-in or a message fills it up again. */
import type { Limits } from './limits.ts'

export class Allowance {
  readonly #limits: Limits
  #since: bigint
  #commands = 0
  #bytes = 0

  constructor(limits: Limits, now: bigint) {
    this.#limits = limits
    this.#since = now
  }

  /** A command of so many bytes. Says which limit it breaks, undefined if none. */
  spend(bytes: number, now: bigint): 'commands' | 'bytes' | 'time' | undefined {
    this.#commands += 1
    this.#bytes += bytes
    if (this.#commands > this.#limits.progressCommands) return 'commands'
    if (this.#bytes > this.#limits.progressBytes) return 'bytes'
    return now - this.#since > BigInt(this.#limits.progressMs) * 1_000_000n ? 'time' : undefined
  }

  refill(now: bigint): void {
    this.#since = now
    this.#commands = 0
    this.#bytes = 0
  }
}
