/** Findings under the summary: what, where, how certain; why; what to do. */
import type { Finding } from '../../analyser/model.ts'
import { say } from '../../analyser/catalogue/say.ts'
import { ink } from './ink.ts'
import type { Ink, InkRow } from './ink.ts'
import { paragraph, rowWidth, widthOf } from './layout.ts'
import { roleOf, signOf } from './view.ts'
import type { View } from './view.ts'

/** Where the sentences stand. */
const textColumn = 4

/** Each finding with an empty row before it, the worst first as they come. */
export function findingRows(findings: readonly Finding[], view: View): InkRow[] {
  return findings.flatMap((finding) => [[], ...oneFinding(finding, view)])
}

function oneFinding(finding: Finding, view: View): InkRow[] {
  const { words } = view
  const said = say(
    finding.params === undefined
      ? { id: `finding.${finding.id}` }
      : { id: `finding.${finding.id}`, params: finding.params },
    view.language,
  )
  const role = roleOf[finding.severity]
  const rows = paragraph(role === 'quiet' ? 'text' : role, said.short, textColumn, view.columns, [
    ink(role, signOf[finding.severity]),
  ])
  const where = words.where(finding.lines, finding.certain)
  const last = rows.at(-1) ?? []
  const gap = gapAfter(last, view)
  // Where the title leaves no room, the place stands on a row of its own.
  const head: InkRow[] =
    rowWidth(last) + gap.text.length + widthOf(where) <= view.columns
      ? [...rows.slice(0, -1), [...last, gap, ink('quiet', where)]]
      : [...rows, ...paragraph('quiet', where, textColumn, view.columns)]
  return [
    ...head,
    ...(said.why === undefined ? [] : paragraph('text', said.why, textColumn, view.columns)),
    ...(said.todo === undefined ? [] : paragraph('text', `${words.todo}${said.todo}`, textColumn, view.columns)),
  ]
}

/** Blanks up to where the place stands; in Chinese they come in pairs, as the characters are two columns wide. */
function gapAfter(row: InkRow, view: View): Ink {
  const gap = Math.max(2, view.words.whereColumn - rowWidth(row))
  return ink('text', ' '.repeat(view.words.pairs ? gap + (gap % 2) : gap))
}
