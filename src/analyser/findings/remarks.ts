/** The engines' remarks as findings: a note once, where it first stands; what may do harm with all its lines. */
import type { Finding, Line, Severity } from '../model.ts'
import { isFinding, severityOf } from '../catalogue/remarks/remarks.ts'
import type { Reading } from './reading.ts'

/** A remark where it is shown. */
export interface ShownRemark {
  readonly rule: string
  readonly severity: Severity
  readonly line: Line
}

/** Remarks in order of their lines: each note once a conversation, each graver one once a line. */
export function shownRemarks(lines: readonly Line[]): ShownRemark[] {
  const seen = new Set<string>()
  return lines.flatMap((line) => {
    const rules = new Set(line.remarks.map((remark) => remark.rule))
    return [...rules].flatMap((rule): ShownRemark[] => {
      const severity = severityOf(rule)
      if (severity === 'note' && seen.has(rule)) return []
      seen.add(rule)
      return [{ rule, severity, line }]
    })
  })
}

/** One finding for each rule that is worth one. */
export function remarkFindings(reading: Reading): Finding[] {
  const byRule = new Map<string, ShownRemark[]>()
  for (const shown of shownRemarks(reading.lines)) {
    if (!isFinding(shown.rule)) continue
    byRule.set(shown.rule, [...(byRule.get(shown.rule) ?? []), shown])
  }
  return [...byRule].map(([rule, shown]): Finding => {
    const [first] = shown
    const verb =
      first?.line.verb === 'MAIL' ? 'MAIL FROM' : first?.line.verb === 'RCPT' ? 'RCPT TO' : (first?.line.verb ?? '')
    const lines = shown.map(({ line }) => line.number)
    return { id: rule, severity: first?.severity ?? 'note', lines, certain: true, params: { verb } }
  })
}
