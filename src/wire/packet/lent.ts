/** Bytes lent for the length of one call: the same memory once as bytes and once as numbers. */
export interface Lent {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/** Lends the memory of `bytes`, as a plain array whatever its class: those of subclasses are slow to cut. */
export function lend(bytes: Uint8Array): Lent {
  const { buffer, byteOffset, length } = bytes
  return { bytes: new Uint8Array(buffer, byteOffset, length), view: new DataView(buffer, byteOffset, length) }
}

/** Joins pieces to one; a single piece is given back as it is. */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  if (first && pieces.length === 1) return first
  let length = 0
  for (const piece of pieces) length += piece.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
