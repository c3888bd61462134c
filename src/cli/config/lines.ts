/** Where a key of a TOML text stands: the reader of TOML itself keeps no places. */

type Path = readonly (string | number)[]

const bare = String.raw`[A-Za-z0-9_-]+`
const quoted = String.raw`"(?:[^"\\]|\\.)*"|'[^']*'`
const keyPattern = new RegExp(String.raw`^\s*((?:${bare}|${quoted})(?:\s*\.\s*(?:${bare}|${quoted}))*)\s*=`)
const headPattern = new RegExp(String.raw`^\s*(\[\[?)\s*((?:${bare}|${quoted})(?:\s*\.\s*(?:${bare}|${quoted}))*)\s*\]`)

function keysIn(text: string): string[] {
  return [...text.matchAll(new RegExp(`${bare}|${quoted}`, 'g'))].map(([key]) =>
    /^["']/.test(key) ? key.slice(1, -1) : key,
  )
}

const same = (path: Path, keys: Path): boolean =>
  path.length === keys.length && path.every((part, index) => part === keys[index])

/**
 * The line (from 1) on which the key at that path is set; a key inside an inline table stands on the line of the
 * nearest key around it. 1 where nothing of it can be found.
 */
export function lineOf(text: string, path: Path): number {
  const places: { path: Path; line: number }[] = []
  const counts = new Map<string, number>()
  let table: Path = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const head = headPattern.exec(line)
    if (head !== null) {
      const keys = keysIn(head[2] ?? '')
      const name = keys.join('\u0000')
      if (head[1] === '[[') {
        const count = counts.get(name) ?? 0
        counts.set(name, count + 1)
        table = [...keys, count]
        places.push({ path: keys, line: index + 1 })
      } else table = keys
      places.push({ path: table, line: index + 1 })
      continue
    }
    const key = keyPattern.exec(line)
    if (key !== null) places.push({ path: [...table, ...keysIn(key[1] ?? '')], line: index + 1 })
  }
  for (let length = path.length; length > 0; length--) {
    const found = places.find((place) => same(place.path, path.slice(0, length)))
    if (found !== undefined) return found.line
  }
  return 1
}
