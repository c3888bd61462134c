/** All remarks of the engines: their texts, and how grave each is. */
import type { Severity } from '../../model.ts'
import type { Entry } from '../entry.ts'
import { messageRemarks } from './message.ts'
import { pop3Remarks } from './pop3.ts'
import { entriesOfRemark, type RemarkRow } from './remark-row.ts'
import { smtpRemarks } from './smtp.ts'

const rows: readonly RemarkRow[] = [...smtpRemarks, ...pop3Remarks, ...messageRemarks]
const byRule: ReadonlyMap<string, RemarkRow> = new Map(rows.map((row) => [row.rule, row]))

export const remarkEntries: readonly Entry[] = [...byRule.values()].flatMap(entriesOfRemark)

/** How grave a remark is; a rule not known here is a note. */
export function severityOf(rule: string): Severity {
  return byRule.get(rule)?.severity ?? 'note'
}

/** Whether a remark is also told as a finding. */
export function isFinding(rule: string): boolean {
  return byRule.get(rule)?.title !== undefined
}
