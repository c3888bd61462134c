/** IP addresses between bytes and text. */

/** The text of the 4 or 16 address bytes at `at`; IPv6 in the short lower-case form, RFC 5952 §4. */
export function printIpAddress(view: DataView, at: number, length: number): string {
  if (length === 4)
    return `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`
  const groups: number[] = []
  for (let i = 0; i < 16; i += 2) groups.push(view.getUint16(at + i))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${printIpAddress(view, at + 12, 4)}` // IPv4-mapped: mixed notation, RFC 5952 §5
  const { start, end } = longestZeroRun(groups)
  const words = groups.map((group) => group.toString(16))
  if (end - start < 2) return words.join(':') // one zero group is not shortened, RFC 5952 §4.2.2
  return `${words.slice(0, start).join(':')}::${words.slice(end).join(':')}`
}

/** The first of the longest runs of zero groups, RFC 5952 §4.2.3. */
function longestZeroRun(groups: readonly number[]): { start: number; end: number } {
  let best = { start: 0, end: 0 }
  for (let start = 0; start < groups.length; start++) {
    let end = start
    while (end < groups.length && groups[end] === 0) end++
    if (end - start > best.end - best.start) best = { start, end }
    start = end
  }
  return best
}

/**
 * The bytes of an address in text: 4 for IPv4 and for IPv4-mapped IPv6 (`::ffff:192.0.2.1`), 16 for IPv6; a zone
 * (`%eth0`) is left out. Undefined if it is none.
 */
export function readIpAddress(text: string): Uint8Array | undefined {
  const plain = text.split('%', 1)[0] ?? ''
  if (!plain.includes(':')) return readIpv4(plain)
  const bytes = readIpv6(plain)
  if (!bytes) return undefined
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  return mapped ? bytes.slice(12) : bytes
}

function readIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined
  return Uint8Array.from(parts, Number)
}

function readIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half, index) => readGroups(half, index === halves.length - 1))
  if (!head || (halves.length === 2 && !tail)) return undefined
  const given = head.length + (tail?.length ?? 0)
  if (halves.length === 2 ? given > 14 : given !== 16) return undefined
  return Uint8Array.from([...head, ...Array<number>(16 - given).fill(0), ...(tail ?? [])])
}

/** The bytes of groups between colons; at the end a dotted IPv4 address may stand, RFC 4291 §2.2. */
function readGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    if (isEnd && group.includes('.') && index === groups.length - 1) {
      const dotted = readIpv4(group)
      if (!dotted) return undefined
      bytes.push(...dotted)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
    }
  }
  return bytes
}
