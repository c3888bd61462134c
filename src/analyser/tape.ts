/**
 * The bytes of one side as they lie in its true stream, holes left open: what a span said, in which packet it stood
 * and when. Nothing is copied until it is asked for.
 */
import type { Span } from '../wire/talk.ts'

/** Bytes that came together. `time` is when they could be read in order, `firstTime` when they were first seen. */
export interface Piece {
  readonly start: number
  readonly bytes: Uint8Array
  readonly time: bigint
  readonly firstTime: bigint
  readonly packet: number
}

/** Where something stood. */
export interface Place {
  readonly packet: number
  readonly time: bigint
  readonly firstTime: bigint
}

export class Tape {
  readonly #pieces: Piece[] = []
  #end = 0

  /** One past the last byte, holes counted. */
  get end(): number {
    return this.#end
  }

  get pieces(): readonly Piece[] {
    return this.#pieces
  }

  /** Pieces come in the order of the stream and do not overlap. */
  add(piece: Piece): void {
    if (piece.bytes.length === 0) return
    this.#pieces.push(piece)
    this.#end = piece.start + piece.bytes.length
  }

  skip(start: number, size: number): void {
    this.#end = Math.max(this.#end, start + size)
  }

  /** The bytes of a span that are here, joined over holes. */
  read(at: Span): Uint8Array {
    const found: Uint8Array[] = []
    let size = 0
    for (let index = this.#indexAt(at.start); index < this.#pieces.length; index++) {
      const piece = this.#pieces[index]
      if (piece === undefined || piece.start >= at.end) break
      const from = Math.max(0, at.start - piece.start)
      const to = Math.min(piece.bytes.length, at.end - piece.start)
      if (from >= to) continue
      found.push(piece.bytes.subarray(from, to))
      size += to - from
    }
    const only = found[0]
    if (found.length === 1 && only !== undefined) return only
    return joined(found, size)
  }

  /** The stretches of a span that are here without a hole between. */
  runs(at: Span): Span[] {
    const runs: { start: number; end: number }[] = []
    for (let index = this.#indexAt(at.start); index < this.#pieces.length; index++) {
      const piece = this.#pieces[index]
      if (piece === undefined || piece.start >= at.end) break
      const start = Math.max(at.start, piece.start)
      const end = Math.min(at.end, piece.start + piece.bytes.length)
      const last = runs.at(-1)
      if (last !== undefined && last.end === start) last.end = end
      else if (end > start) runs.push({ start, end })
    }
    return runs
  }

  /** The packet that carries the last byte of a span, and the time of its first byte. */
  placeOf(at: Span): Place {
    const last = this.#pieceOf(Math.max(at.start, at.end - 1))
    const first = this.#pieceOf(at.start) ?? last
    return {
      packet: last?.packet ?? 0,
      time: last?.time ?? 0n,
      firstTime: first?.firstTime ?? 0n,
    }
  }

  /** The packets that a span stands in, in stream order, at most `most`: the first ones and the last. */
  packetsOf(at: Span, most = 64): number[] {
    const packets: number[] = []
    for (let index = this.#indexAt(at.start); index < this.#pieces.length; index++) {
      const piece = this.#pieces[index]
      if (piece === undefined || piece.start >= at.end) break
      if (piece.start + piece.bytes.length <= at.start || packets.at(-1) === piece.packet) continue
      if (packets.length < most) packets.push(piece.packet)
      else packets[most - 1] = piece.packet
    }
    return packets
  }

  /** The piece that holds this offset, or the last one before it. */
  #pieceOf(offset: number): Piece | undefined {
    const index = this.#indexAt(offset)
    const piece = this.#pieces[index]
    if (piece !== undefined && piece.start <= offset) return piece
    return this.#pieces[index - 1] ?? piece
  }

  /** The first piece that ends after this offset. */
  #indexAt(offset: number): number {
    let low = 0
    let high = this.#pieces.length
    while (low < high) {
      const middle = (low + high) >> 1
      const piece = this.#pieces[middle]
      if (piece !== undefined && piece.start + piece.bytes.length <= offset) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Puts pieces of `size` bytes in all into one array. */
export function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
