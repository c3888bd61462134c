/**
 * The small binary notation of the store: varints, texts and blobs, written into a growing buffer and read back with
 * bounds. Shared by journal records and by packed facts.
 */

const text = new TextDecoder('utf-8')

/** Collects bytes. `finish` returns what was written; the writer may be used again after `clear`. */
export class ByteWriter {
  #bytes: Buffer
  #size = 0

  constructor(room = 256) {
    this.#bytes = Buffer.allocUnsafe(room)
  }

  get size(): number {
    return this.#size
  }

  clear(): void {
    this.#size = 0
  }

  #reserve(more: number): void {
    const needed = this.#size + more
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#size)
    this.#bytes = larger
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#size++] = value
  }

  /** A whole number from 0 to 2^53 - 1, seven bits a byte, lowest first. */
  number(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest > 127) {
      this.#bytes[this.#size++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#size++] = rest
  }

  /** A whole number of either sign, below 2^52. */
  signed(value: number): void {
    this.number(value < 0 ? -value * 2 - 1 : value * 2)
  }

  /** 64 bits, as nanoseconds since 1970 are. */
  wide(value: bigint): void {
    this.#reserve(8)
    this.#bytes.writeBigInt64LE(BigInt.asIntN(64, value), this.#size)
    this.#size += 8
  }

  text(value: string): void {
    // short ASCII is the rule: one pass, length in one byte
    const most = value.length * 3
    this.#reserve(most + 8)
    if (most < 128) {
      const written = this.#bytes.write(value, this.#size + 1, 'utf8')
      this.#bytes[this.#size] = written
      this.#size += written + 1
      return
    }
    this.number(Buffer.byteLength(value))
    this.#reserve(most)
    this.#size += this.#bytes.write(value, this.#size, 'utf8')
  }

  /** Bytes with their length before them. */
  blob(value: Uint8Array): void {
    this.number(value.length)
    this.raw(value)
  }

  raw(value: Uint8Array): void {
    this.#reserve(value.length)
    this.#bytes.set(value, this.#size)
    this.#size += value.length
  }

  /** A copy in a buffer of its own. */
  finish(): Uint8Array {
    const copy = new Uint8Array(this.#size)
    copy.set(this.#bytes.subarray(0, this.#size))
    return copy
  }

  /** What was written, without a copy: valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }
}

/**
 * Reads what `ByteWriter` wrote. Never throws: past the end or over a limit every reading gives zero or nothing and
 * `ok` turns false for good, so that callers check once, at the end.
 */
export class ByteReader {
  readonly bytes: Uint8Array
  at: number
  ok = true

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  /** True when all was read and nothing was amiss. */
  get done(): boolean {
    return this.ok && this.at === this.bytes.length
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  fail(): void {
    this.ok = false
    this.at = this.bytes.length
  }

  byte(): number {
    const value = this.bytes[this.at]
    if (value === undefined) {
      this.fail()
      return 0
    }
    this.at++
    return value
  }

  number(): number {
    let value = 0
    let scale = 1
    for (let count = 0; count < 8; count++) {
      const next = this.byte()
      value += (next & 127) * scale
      if (next < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break
        return value
      }
      scale *= 128
    }
    this.fail()
    return 0
  }

  signed(): number {
    const value = this.number()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  wide(): bigint {
    if (this.left < 8) {
      this.fail()
      return 0n
    }
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at, 8)
    this.at += 8
    return view.getBigInt64(0, true)
  }

  text(): string {
    return text.decode(this.blob())
  }

  /** A view, not a copy. */
  blob(): Uint8Array {
    return this.raw(this.number())
  }

  raw(size: number): Uint8Array {
    if (size > this.left) {
      this.fail()
      return new Uint8Array(0)
    }
    const view = this.bytes.subarray(this.at, this.at + size)
    this.at += size
    return view
  }

  /** A count of things of at least one byte each: it cannot be more than the bytes that are left. */
  count(): number {
    const value = this.number()
    if (value <= this.left) return value
    this.fail()
    return 0
  }
}
