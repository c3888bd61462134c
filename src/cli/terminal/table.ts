/** Lists for people: a head, and columns as wide as what stands in them. */
import { inert } from './inert.ts'
import { ink } from './ink.ts'
import type { InkRow, Role } from './ink.ts'
import { padEnd, widthOf } from './layout.ts'

/** A cell; its text is made inert here. */
export interface Cell {
  readonly text: string
  readonly role?: Role
}

/** The last column is as long as it is. */
export function tableRows(head: readonly string[], cells: readonly (readonly (Cell | string)[])[]): InkRow[] {
  const rows = cells.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)))
  const widths = head.map((title, at) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(inert(row[at]?.text ?? '')))),
  )
  const line = (texts: readonly Cell[], role: Role): InkRow =>
    texts.map((cell, at) => {
      const text = inert(cell.text)
      return ink(cell.role ?? role, at === texts.length - 1 ? text : `${padEnd(text, widths[at] ?? 0)}  `)
    })
  return [
    line(
      head.map((text) => ({ text })),
      'quiet',
    ),
    ...rows.map((row) => line(row, 'text')),
  ]
}
