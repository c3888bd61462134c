/**
 * What the analyser tells a person about a conversation: rules over the model, each with evidence, and what of it stands
 * under a line. Nothing here looks at bytes of a secret; params never hold one.
 */
import type { Explanation, Finding, Line, Severity } from '../model.ts'
import { entryOf } from '../catalogue/say.ts'
import { courseFindings } from './course.ts'
import { mailFindings } from './mail.ts'
import { pop3Findings } from './pop3.ts'
import { Reading, type Conversation } from './reading.ts'
import { remarkFindings, shownRemarks } from './remarks.ts'
import { clearSignIns, signInFindings } from './sign-in.ts'
import { smtpFindings } from './smtp.ts'
import { starttlsFindings, unusedOffer } from './starttls.ts'

const gravity: Record<Severity, number> = { danger: 0, caution: 1, note: 2 }

/** All findings, the worst first, then by line. */
export function findingsOf(conversation: Conversation): Finding[] {
  const reading = new Reading(conversation)
  const found = [...protocolFindings(reading), ...courseFindings(reading)]
  return found.toSorted(
    (one, other) => gravity[one.severity] - gravity[other.severity] || (one.lines[0] ?? 0) - (other.lines[0] ?? 0),
  )
}

function protocolFindings(reading: Reading): Finding[] {
  if (reading.protocol === 'other') return []
  return [
    ...signInFindings(reading),
    ...starttlsFindings(reading),
    ...smtpFindings(reading),
    ...mailFindings(reading),
    ...pop3Findings(reading),
    ...remarkFindings(reading),
  ]
}

/** The texts of a finding. */
export function explanationOfFinding(finding: Finding): Explanation {
  const id = `finding.${finding.id}`
  return finding.params === undefined ? { id } : { id, params: finding.params }
}

/** A remark under one line: `! STARTTLS was offered (line 3) and not used.` */
export interface LineNote {
  readonly severity: Severity
  readonly means: Explanation
}

/** Notes are made once a conversation: a transcript asks for each of its lines. */
const made = new WeakMap<Conversation, ReadonlyMap<Line, readonly LineNote[]>>()

/** What stands under that line of that conversation, the worst first; its first severity is the sign in the gutter. */
export function notesOfLine(line: Line, conversation: Conversation): readonly LineNote[] {
  const known = made.get(conversation) ?? notesOf(conversation)
  made.set(conversation, known)
  return known.get(line) ?? []
}

function notesOf(conversation: Conversation): ReadonlyMap<Line, readonly LineNote[]> {
  const reading = new Reading(conversation)
  const notes = new Map<Line, LineNote[]>()
  const add = (line: Line | undefined, severity: Severity, means: Explanation): void => {
    if (line === undefined) return
    notes.set(line, [...(notes.get(line) ?? []), { severity, means }])
  }
  for (const { rule, severity, line } of shownRemarks(reading)) add(line, severity, { id: `remark.${rule}` })
  if (reading.protocol !== 'other') exposureNotes(reading, add)
  for (const finding of [...protocolFindings(reading), ...courseFindings(reading)]) {
    if (placed.has(finding.id) || entryOf(`note.${finding.id}`) === undefined) continue
    for (const number of finding.lines) {
      const means = { id: `note.${finding.id}` }
      add(
        reading.lineAt(number),
        finding.severity,
        finding.params === undefined ? means : { ...means, params: finding.params },
      )
    }
  }
  for (const list of notes.values()) list.sort((one, other) => gravity[one.severity] - gravity[other.severity])
  return notes
}

/** Findings whose notes stand elsewhere than on all of their lines. */
const placed = new Set(['auth-clear', 'starttls-offered-not-used', 'starttls-refused-clear'])

/** Under what should have been sealed: the offer that was left, the credential that could be read. */
function exposureNotes(
  reading: Reading,
  add: (line: Line | undefined, severity: Severity, means: Explanation) => void,
): void {
  const unused = unusedOffer(reading)
  if (unused !== undefined) {
    const id = reading.protocol === 'pop3' ? 'note.starttls-offered-not-used.pop3' : 'note.starttls-offered-not-used'
    add(unused.line, 'caution', { id, params: { line: unused.offer.line.number } })
  }
  for (const { shown } of clearSignIns(reading)) {
    for (const number of shown) add(reading.lineAt(number), 'danger', { id: 'note.auth-clear' })
  }
  for (const finding of starttlsFindings(reading)) {
    const number = finding.lines.at(-1)
    if (finding.id !== 'starttls-refused-clear' || number === undefined) continue
    add(reading.lineAt(number), finding.severity, { id: 'note.starttls-refused-clear' })
  }
}
