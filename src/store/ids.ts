/**
 * Fresh ids: letters and digits that sort by time (twelve characters: milliseconds, then a sequence that begins
 * anywhere), so that an index over them grows at its end. Never the same one twice, also when the clock is set back.
 */

// without I, L, O and U: nothing to confuse, no words
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 2024-01-01; 40 bits of milliseconds reach to 2058. */
const epoch = 1_704_067_200_000
const sequenceSize = 2 ** 20

function printDigits(value: number, length: number): string {
  let text = ''
  let rest = value
  for (let at = 0; at < length; at++) {
    text = (digits[rest % 32] ?? '0') + text
    rest = Math.floor(rest / 32)
  }
  return text
}

export class IdMaker {
  readonly #now: () => Date
  #last = 0
  #prefix = ''
  #sequence: number

  constructor(now: () => Date, randomBytes: (size: number) => Uint8Array) {
    this.#now = now
    this.#sequence = randomNumber(randomBytes) % sequenceSize
  }

  next(): string {
    const time = Math.max(this.#now().getTime() - epoch, this.#last, 0)
    if (time !== this.#last || this.#prefix === '') {
      this.#last = time
      this.#prefix = printDigits(time, 8)
    }
    if (++this.#sequence === sequenceSize) {
      // the sequence begins again in the next millisecond
      this.#sequence = 0
      this.#last++
      this.#prefix = printDigits(this.#last, 8)
    }
    return this.#prefix + printDigits(this.#sequence, 4)
  }
}

function randomNumber(randomBytes: (size: number) => Uint8Array): number {
  return randomBytes(6).reduce((sum, byte) => sum * 256 + byte, 0)
}

/** Six characters that tell one life of a store from another: a part of its message ids. */
export function freshTag(randomBytes: (size: number) => Uint8Array): string {
  return printDigits(randomNumber(randomBytes), 6)
}
