/** Watches counted bytes (which are not cut into lines) for line ends that are not CRLF, RFC 5321 §2.3.8. */

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
