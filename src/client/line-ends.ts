/** Line ends on the way out: what a file holds becomes CRLF, however it is cut. RFC 5321 §2.3.8. */

const cr = 13
const lf = 10

/** A lone LF or CR becomes CRLF; the last line gets an end if it lacks one. */
export async function* toCrlf(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let before = 0
  let any = false
  for await (const bytes of pieces) {
    if (bytes.length === 0) continue
    any = true
    yield normalised(bytes, before)
    before = bytes[bytes.length - 1] as number
  }
  if (any && before === cr) yield Uint8Array.of(lf)
  else if (any && before !== lf) yield Uint8Array.of(cr, lf)
}

/** `before` is the byte before the piece: a CR at its end waits for what comes. */
function normalised(bytes: Uint8Array, before: number): Uint8Array {
  const faults = countFaults(bytes, before)
  if (faults === 0) return bytes
  const out = new Uint8Array(bytes.length + faults)
  let at = 0
  let last = before
  for (const byte of bytes) {
    if (byte === lf && last !== cr) out[at++] = cr
    if (last === cr && byte !== lf) out[at++] = lf
    out[at++] = byte
    last = byte
  }
  return out
}

function countFaults(bytes: Uint8Array, before: number): number {
  let faults = 0
  let last = before
  for (const byte of bytes) {
    if (byte === lf ? last !== cr : last === cr) faults++
    last = byte
  }
  return faults
}
