/** One row of the tables of findings, and the entries made of it: `finding.ID` and, for under the line, `note.ID`. */
import type { Entry, Rule } from '../entry.ts'

type Pair = readonly [en: string, zh: string]

/** A finding's texts; an id with a dot is a variant, chosen by the param `variant`. */
export interface FindingRow {
  readonly id: string
  readonly rfc: readonly Rule[]
  readonly title: Pair
  readonly why: Pair
  readonly todo?: Pair
  /** Under its line; a whole sentence. */
  readonly note?: Pair
}

/** `finding.ID`, and `note.ID` where the row has a note. */
export function entriesOfFinding(row: FindingRow): readonly Entry[] {
  const words = (at: 0 | 1) => ({
    short: row.title[at],
    why: row.why[at],
    ...(row.todo === undefined ? {} : { todo: row.todo[at] }),
  })
  const finding: Entry = { id: `finding.${row.id}`, rfc: row.rfc, en: words(0), zh: words(1) }
  if (row.note === undefined) return [finding]
  return [finding, { id: `note.${row.id}`, rfc: row.rfc, en: { short: row.note[0] }, zh: { short: row.note[1] } }]
}
