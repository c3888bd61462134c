/** Findings that are more than a remark, gathered. */
import type { Entry } from '../entry.ts'
import { courseFindings } from './course.ts'
import { entriesOfFinding } from './finding-row.ts'
import { mailFindings, pop3Findings, smtpFindings } from './protocol.ts'
import { credentialFindings, starttlsFindings } from './security.ts'

const rows = [
  ...credentialFindings,
  ...starttlsFindings,
  ...smtpFindings,
  ...mailFindings,
  ...pop3Findings,
  ...courseFindings,
]

export const findingEntries: readonly Entry[] = [
  ...rows.flatMap(entriesOfFinding),
  {
    id: 'finding',
    rfc: [],
    en: { short: 'A rule is bent here', why: 'The rules of the line say which one.' },
    zh: { short: '这里不合规范', why: '具体依据见该行。' },
  },
  {
    id: 'remark',
    rfc: [],
    en: { short: 'A rule is bent here.' },
    zh: { short: '这里不合规范。' },
  },
]
