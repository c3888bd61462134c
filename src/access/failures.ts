/** Counts failed sign-ins under a name and closes it for a while after too many. Bounded; the oldest name goes first. */
export class Failures {
  readonly #allowed: number
  readonly #windowMs: number
  readonly #banMs: number
  readonly #remembered: number
  readonly #entries = new Map<string, { count: number; since: number; until: number }>()

  constructor(limits: { allowed: number; windowMs: number; banMs: number; remembered: number }) {
    this.#allowed = limits.allowed
    this.#windowMs = limits.windowMs
    this.#banMs = limits.banMs
    this.#remembered = limits.remembered
  }

  isBanned(name: string, now: number): boolean {
    return (this.#entries.get(name)?.until ?? 0) > now
  }

  /** One more; true if it is the one that bans. */
  failed(name: string, now: number): boolean {
    const before = this.#entries.get(name)
    const goesOn = before !== undefined && now - before.since < this.#windowMs
    const entry = goesOn ? before : { count: 0, since: now, until: 0 }
    entry.count += 1
    const bans = entry.count >= this.#allowed
    if (bans) {
      entry.until = now + this.#banMs
      entry.count = 0
      entry.since = entry.until
    }
    // moved to the end: the map keeps the order of insertion
    this.#entries.delete(name)
    this.#entries.set(name, entry)
    if (this.#entries.size > this.#remembered) {
      const [oldest] = this.#entries.keys()
      if (oldest !== undefined) this.#entries.delete(oldest)
    }
    return bans
  }

  forget(name: string): void {
    this.#entries.delete(name)
  }
}
