/** What the analyser tells a person about a conversation: rules over the model, each with evidence. */
import type { Explanation, Finding, Line, OverheardConversation, Severity } from '../model.ts'

/** All findings, the worst first, then by line. */
export function findingsOf(_conversation: Omit<OverheardConversation, 'findings'>): Finding[] {
  return []
}

/** A remark under one line: `! STARTTLS was offered (line 3) and not used.` */
export interface LineNote {
  readonly severity: Severity
  readonly means: Explanation
}

/** What stands under that line, the worst first. The line's own gutter sign is the first one's severity. */
export function notesOfLine(_line: Line, _conversation: Omit<OverheardConversation, 'findings'>): LineNote[] {
  return []
}
