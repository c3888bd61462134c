/** The two next commands under everything, each with what it is for. */
import { ink } from './ink.ts'
import type { InkRow } from './ink.ts'
import { padEnd, widthOf } from './layout.ts'
import type { View } from './view.ts'

export interface NextCommand {
  readonly command: string
  readonly what: string
}

/** Rows with the commands under each other; what they are for stands in one column where the screen has room. */
export function nextRows(commands: readonly NextCommand[], view: View): InkRow[] {
  const { next, nextColumn } = view.words
  const indent = widthOf(next)
  const hint = Math.max(nextColumn, ...commands.map(({ command }) => indent + widthOf(command) + 2))
  const fits = commands.every(({ what }) => hint + widthOf(what) <= view.columns)
  return commands.flatMap(({ command, what }, index): InkRow[] => {
    const head = ink('quiet', index === 0 ? next : ' '.repeat(indent))
    if (fits) return [[head, ink('quiet', padEnd(command, hint - indent)), ink('quiet', what)]]
    return [[head, ink('quiet', command)], [ink('quiet', `${' '.repeat(indent + 2)}${what}`)]]
  })
}
