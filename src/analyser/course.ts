/**
 * Where an engine's own count of one side stands in the true stream. The two part where words were put in that nobody
 * said (the end of a body that was not kept).
 */
import type { Span } from '../wire/talk.ts'

interface Mark {
  readonly engine: number
  readonly real: number
  /** From here on the engine hears made-up bytes, which have no length in the true stream. */
  readonly made: boolean
}

export class Course {
  readonly #marks: Mark[] = [{ engine: 0, real: 0, made: false }]
  #engine = 0
  #real = 0

  /** `size` true bytes from `start` on go to the engine. */
  fed(start: number, size: number): void {
    const last = this.#marks.at(-1)
    if (last === undefined || last.made || start !== this.#real) {
      this.#marks.push({ engine: this.#engine, real: start, made: false })
    }
    this.#engine += size
    this.#real = start + size
  }

  /** `size` bytes go to the engine that nobody said. */
  made(size: number): void {
    this.#marks.push({ engine: this.#engine, real: this.#real, made: true })
    this.#engine += size
  }

  /** The engine's span in the true stream; empty for made-up bytes. */
  real(at: Span): Span {
    const start = this.#realAt(at.start, false)
    return { start, end: Math.max(start, this.#realAt(at.end, true)) }
  }

  #realAt(engine: number, end: boolean): number {
    const mark = this.#markOf(engine, end)
    return mark.made ? mark.real : mark.real + (engine - mark.engine)
  }

  #markOf(engine: number, end: boolean): Mark {
    let low = 0
    let high = this.#marks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      const mark = this.#marks[middle]
      if (mark !== undefined && (end ? mark.engine < engine : mark.engine <= engine)) low = middle
      else high = middle - 1
    }
    return this.#marks[low] ?? { engine: 0, real: 0, made: false }
  }
}
