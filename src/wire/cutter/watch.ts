/** Watches counted bytes (which are not cut into lines) for line ends that are not CRLF, RFC 5321 §2.3.8. */
import type { Cutter } from '../cutter.ts'
import type { Span } from '../talk.ts'

export class LineEndWatch {
  #afterCr = false

  /** What of it stands in these bytes; a CR at their end is judged with the next. */
  see(bytes: Uint8Array): { readonly hasBareCr: boolean; readonly hasBareLf: boolean } {
    let afterCr = this.#afterCr
    let hasBareCr = false
    let hasBareLf = false
    for (let i = 0; i < bytes.length; i++) {
      const c = bytes[i] as number
      if (c === 10) {
        if (!afterCr) hasBareLf = true
        afterCr = false
      } else {
        if (afterCr) hasBareCr = true
        afterCr = c === 13
      }
    }
    this.#afterCr = afterCr
    return { hasBareCr, hasBareLf }
  }
}

/**
 * What of a side's unread bytes was said in clear before TLS: all up to a TLS record's first two bytes. Empty where
 * nothing is unread or a record is next.
 */
export function plaintextBeforeTls(cutter: Cutter): Span {
  const unread = cutter.rest()
  const start = cutter.offset
  const record = unread.findIndex((byte, index) => byte === 0x16 && (unread[index + 1] ?? 3) === 3)
  return { start, end: start + (record < 0 ? unread.length : record) }
}
