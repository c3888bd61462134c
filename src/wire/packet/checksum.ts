/** The Internet checksum, RFC 1071 §1: one's complement sums of 16-bit words. */

/** Folds a sum of 16-bit words into 16 bits. */
export function fold(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16)
  return folded
}

/** The folded sum of the big-endian 16-bit words at [at, at + length); an odd last byte is padded with zero. */
export function sumWords(view: DataView, at: number, length: number): number {
  let sum = 0
  let next = at
  const end = at + length
  while (next < end) {
    // within 64 KiB the two halves of 32-bit words cannot pass 2^31
    const stop = Math.min(end, next + 0x8000)
    let part = 0
    for (; next + 4 <= stop; next += 4) {
      const word = view.getUint32(next)
      part += (word >>> 16) + (word & 0xffff)
    }
    for (; next + 2 <= stop; next += 2) part += view.getUint16(next)
    if (next < stop) part += view.getUint8(next++) << 8
    sum = fold(sum + fold(part))
  }
  return sum
}

/** The sum of the pseudo-header of TCP and UDP: both addresses, protocol, length, RFC 9293 §3.1, RFC 8200 §8.1. */
export function sumPseudoHeader(
  view: DataView,
  addressesAt: number,
  addressLength: number,
  protocol: number,
  length: number,
): number {
  return fold(sumWords(view, addressesAt, 2 * addressLength) + protocol + fold(length))
}
