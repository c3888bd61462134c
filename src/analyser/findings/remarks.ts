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
export function shownRemarks({ conversation, lines }: Reading): ShownRemark[] {
  // where the server's words are missing, so may the greeting be
  const isGreetingSure = !conversation.joined && conversation.stream.s2c.gaps.length === 0
  const seen = new Set<string>()
  return lines.flatMap((line) => {
    const rules = new Set(line.remarks.map((remark) => remark.rule))
    return [...rules].flatMap((rule): ShownRemark[] => {
      const severity = severityOf(rule)
      if ((severity === 'note' && seen.has(rule)) || (rule === 'before-greeting' && !isGreetingSure)) return []
      seen.add(rule)
      return [{ rule, severity, line }]
    })
  })
}

/** More lines of one rule are not named. */
const mostLines = 100

/** One finding for each rule that is worth one. */
export function remarkFindings(reading: Reading): Finding[] {
  const worth = shownRemarks(reading).filter(({ rule }) => isFinding(rule))
  return [...Map.groupBy(worth, ({ rule }) => rule)].map(([rule, shown]): Finding => {
    const [first] = shown
    const lines = shown.slice(0, mostLines).map(({ line }) => line.number)
    return {
      id: rule,
      severity: first?.severity ?? 'note',
      lines,
      certain: true,
      params: { verb: wordsOf(first?.line.verb) },
    }
  })
}

/** The verb with what belongs to it. */
function wordsOf(verb: string | undefined): string {
  if (verb === 'MAIL') return 'MAIL FROM'
  return verb === 'RCPT' ? 'RCPT TO' : (verb ?? '')
}
