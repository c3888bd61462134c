/** Timestamps of pcapng: 64-bit counts of a unit that each interface chooses, made seconds and nanoseconds. */

/** Reads the times of one interface. `resolution` is the byte of if_tsresol: 10^-n, or 2^-n with the top bit set. */
export class Timestamps {
  readonly #decimals: number
  readonly #unitsPerSecond: bigint
  readonly #offsetSeconds: number
  /** The time that was read last. */
  seconds = 0
  nanos = 0

  constructor(resolution: number, offsetSeconds: number) {
    const exponent = resolution & 0x7f
    this.#decimals = resolution < 0x80 ? exponent : -1
    this.#unitsPerSecond = (resolution < 0x80 ? 10n : 2n) ** BigInt(exponent)
    this.#offsetSeconds = offsetSeconds
  }

  /** Sets `seconds` and `nanos` from the two halves of a count. */
  read(high: number, low: number): void {
    if (this.#decimals === 9 && high < 0x40000000) this.#readNanoseconds(high, low)
    else if (this.#decimals >= 0 && this.#decimals <= 6 && high < 0x200000) this.#readExact(high, low)
    else this.#readAny(high, low)
    this.seconds += this.#offsetSeconds
  }

  /** 10^9 = 512 * 1953125; without its low nine bits the count is exact in a double. */
  #readNanoseconds(high: number, low: number): void {
    const upper = high * 0x800000 + (low >>> 9)
    this.seconds = Math.floor(upper / 1953125)
    this.nanos = (upper - this.seconds * 1953125) * 512 + (low & 511)
  }

  #readExact(high: number, low: number): void {
    const count = high * 0x100000000 + low
    const perSecond = 10 ** this.#decimals
    this.seconds = Math.floor(count / perSecond)
    this.nanos = (count - this.seconds * perSecond) * 10 ** (9 - this.#decimals)
  }

  #readAny(high: number, low: number): void {
    const count = (BigInt(high) << 32n) | BigInt(low)
    this.seconds = Number(count / this.#unitsPerSecond)
    this.nanos = Number(((count % this.#unitsPerSecond) * 1_000_000_000n) / this.#unitsPerSecond)
  }
}

/** Seconds and nanoseconds as one count of nanoseconds. */
export function nanoseconds(seconds: number, nanos: number): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos)
}
