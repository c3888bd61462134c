/** The nearest known word to one that is not known: for options, verbs and configuration keys. */

/** Steps from one word to the other: letters added, dropped, changed, or two neighbours swapped. */
export function distance(from: string, to: string): number {
  let before: number[] = []
  let above = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let at = 1; at <= to.length; at++) {
      const change = (above[at - 1] ?? 0) + (from[row - 1] === to[at - 1] ? 0 : 1)
      let best = Math.min((above[at] ?? 0) + 1, (current[at - 1] ?? 0) + 1, change)
      if (row > 1 && at > 1 && from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1])
        best = Math.min(best, (before[at - 2] ?? 0) + 1)
      current.push(best)
    }
    before = above
    above = current
  }
  return above[to.length] ?? 0
}

/** The known word that was probably meant; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase()
  const ranked = known
    .map((name) => ({ name, steps: distance(typed, name.toLowerCase()) }))
    .toSorted((a, b) => a.steps - b.steps)
  const best = ranked[0]
  const begins = known.filter((name) => typed.length >= 2 && name.toLowerCase().startsWith(typed))
  if (begins.length === 1) return begins[0]
  return best !== undefined && best.steps <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined
}
