/** Writes the lines of one conversation: numbers, times, rows with their hidden pieces. Layers follow each other in it. */
import type { Side, Span } from '../wire/talk.ts'
import type { Explanation, Line, LineKind, Phase, Piece, Row } from './model.ts'
import type { Thing } from './overhear.ts'
import type { Teller } from './teller.ts'

/** Rows of one line that are kept; what is more is counted by the line's own meaning. */
export const mostRows = 500

/** What a protocol says of a thing; the rest is the same for all. */
export interface LineSketch {
  readonly kind: LineKind
  readonly phase: Phase
  readonly means: Explanation
  readonly rows: readonly Row[]
  readonly verb?: string | undefined
  readonly code?: number | undefined
  /** Index of what this line answers, in the same layer. */
  readonly answers?: number | undefined
  readonly message?: number | undefined
  readonly size?: number | undefined
}

export class LineWriter {
  readonly lines: Line[] = []
  #number = 0
  #last: bigint | undefined
  /** Line numbers of the present layer by index of what was heard. */
  #numbers = new Map<number, number>()

  /** A layer inside TLS has its own indices. */
  beginLayer(): void {
    this.#numbers = new Map()
  }

  numberOf(index: number | undefined): number | undefined {
    return index === undefined ? undefined : this.#numbers.get(index)
  }

  get next(): number {
    return this.#number + 1
  }

  get lastTime(): bigint | undefined {
    return this.#last
  }

  /** Writes one line; returns its number. A hole has the number of the line before it. */
  write<Command, Reply>(
    index: number,
    thing: Thing<Command, Reply>,
    sketch: LineSketch,
    teller: Teller,
    sealed: boolean,
  ): number {
    const secret = teller.hiding.holdsSecret(thing.side, thing.at)
    const packets = thing.packet === 0 ? [] : teller.tapes[thing.side].packetsOf(thing.at)
    const number = this.#put({
      side: thing.side,
      sealed,
      ...sketch,
      means: teller.safe(sketch.means),
      time: thing.time,
      // keys typed one a packet would tell the length of what was typed
      firstTime: secret ? thing.time : thing.firstTime,
      at: thing.at,
      frames: secret || packets.length === 0 ? [thing.packet] : packets,
      parts: 'parts' in thing ? thing.parts : [],
      remarks: thing.remarks,
      assumed: thing.assumed,
      answers: this.numberOf(sketch.answers),
    })
    this.#numbers.set(index, number)
    return number
  }

  /** A line that stands for no single thing: the moment of sealing, records that cannot be read. */
  writeSeal(line: {
    readonly side: Side
    readonly kind: 'sealing' | 'sealed'
    readonly means: Explanation
    readonly time: bigint
    readonly firstTime: bigint
    readonly at: Span
    readonly frames: readonly number[]
    readonly size?: number | undefined
  }): number {
    return this.#put({
      ...line,
      phase: 'sealing',
      sealed: line.kind === 'sealed',
      rows: [],
      parts: [],
      remarks: [],
      assumed: false,
      answers: undefined,
    })
  }

  #put(
    line: Omit<Line, 'number' | 'since' | 'verb' | 'code' | 'message' | 'size'> &
      Partial<Pick<Line, 'verb' | 'code' | 'message' | 'size'>>,
  ): number {
    const counted = line.kind !== 'hole' && line.kind !== 'sealing'
    if (counted) this.#number++
    const number = Math.max(1, this.#number)
    const since = this.#last === undefined || line.time < this.#last ? 0n : line.time - this.#last
    this.#last = this.#last === undefined || line.time > this.#last ? line.time : this.#last
    const { verb, code, message, size } = line
    this.lines.push({ ...line, number, since, verb, code, message, size })
    return number
  }
}

/** A row without a meaning of its own. */
export function row(pieces: readonly Piece[], means?: Explanation): Row {
  return { pieces, means }
}

/** A row's text as far as it is not hidden. */
export function openText(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : '')).join('')
}
