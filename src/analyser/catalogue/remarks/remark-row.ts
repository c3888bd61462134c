/** One row of the tables of remarks, and the entries made of it. */
import type { Severity } from '../../model.ts'
import type { Entry, Rule, Words } from '../entry.ts'

export type Pair = readonly [en: string, zh: string]

/** What a rule that bytes bend is called where it stands (`note`), and, where it is worth a finding, as one. */
export interface RemarkRow {
  /** The engine's `Remark.rule`. */
  readonly rule: string
  readonly severity: Severity
  /** Under the line; a whole sentence. */
  readonly note: Pair
  /** Of the finding, without a full stop; without it there is no finding. */
  readonly title?: Pair
  readonly why?: Pair
  readonly todo?: Pair
}

/** `remark.RULE`, and `finding.RULE` where the row has a title. Where it is written comes with the remark itself. */
export function entriesOfRemark(row: RemarkRow): readonly Entry[] {
  const none: readonly Rule[] = []
  const remark: Entry = { id: `remark.${row.rule}`, rfc: none, en: { short: row.note[0] }, zh: { short: row.note[1] } }
  if (row.title === undefined) return [remark]
  const words = (at: 0 | 1, short: string): Words => ({
    short,
    ...(row.why === undefined ? {} : { why: row.why[at] }),
    ...(row.todo === undefined ? {} : { todo: row.todo[at] }),
  })
  return [remark, { id: `finding.${row.rule}`, rfc: none, en: words(0, row.title[0]), zh: words(1, row.title[1]) }]
}
