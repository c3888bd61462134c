/** Columns, measured as terminals do: a Chinese character counts two. Works on inert text only. */
import stringWidth from 'string-width'
import { ink } from './ink.ts'
import type { Ink, InkRow, Role } from './ink.ts'

const plain = /^[\x20-\x7e]*$/

/** Columns that the text takes. */
export function widthOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text)
}

/** Columns that the row takes. */
export function rowWidth(row: InkRow): number {
  return row.reduce((sum, piece) => sum + widthOf(piece.text), 0)
}

/** The text with blanks behind it up to that many columns; longer text as it is. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)))
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** As much of the text's head as fits, and the rest. At least one character is taken where the text has one. */
function splitAt(text: string, columns: number): readonly [string, string] {
  if (plain.test(text)) return [text.slice(0, Math.max(1, columns)), text.slice(Math.max(1, columns))]
  let used = 0
  for (const { segment, index } of graphemes.segment(text)) {
    const next = used + widthOf(segment)
    if (next > columns && index > 0) return [text.slice(0, index), text.slice(index)]
    used = next
  }
  return [text, '']
}

/** The text, cut with `..` where it is wider than that. */
export function cutText(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  return `${splitAt(text, Math.max(1, columns - 2))[0]}..`
}

/** The row, cut with `..` at the column's end where it is wider than that. */
export function cutRow(row: InkRow, columns: number): InkRow {
  if (rowWidth(row) <= columns) return row
  const out: Ink[] = []
  let left = columns - 2
  for (const piece of row) {
    const width = widthOf(piece.text)
    if (width > left) {
      const head = left > 0 ? splitAt(piece.text, left)[0] : ''
      return [...out, ink(piece.role, `${head}..`)]
    }
    out.push(piece)
    left -= width
  }
  return out
}

/** The row in pieces of at most that many columns, broken anywhere: what stands on the wire has no words. */
export function wrapRow(row: InkRow, columns: number): readonly InkRow[] {
  const rows: Ink[][] = [[]]
  let left = columns
  for (const piece of row) {
    let rest = piece.text
    while (rest !== '') {
      if (left <= 0) {
        rows.push([])
        left = columns
      }
      const width = widthOf(rest)
      const [head, tail] = width <= left ? [rest, ''] : splitAt(rest, left)
      // A character of two columns does not fit into the last one.
      if (widthOf(head) > left && left < columns) {
        left = 0
        continue
      }
      rows.at(-1)?.push(ink(piece.role, head))
      left -= widthOf(head)
      rest = tail
    }
  }
  return rows
}

/** No line begins with these, and none ends with an opening one, GB/T 15834. */
const closing = /^[，。；：、！？）》」』”’…,.;:!?)\]]/u

/** Words for wrapping: Latin words with the blank before them, and Chinese characters with the mark that follows. */
function wordsIn(text: string): string[] {
  const words: string[] = []
  for (const part of text.match(/ *[\u0021-\u2e7f]+| *./gu) ?? []) {
    const last = words.at(-1)
    if (last !== undefined && closing.test(part)) words[words.length - 1] = last + part
    else words.push(part)
  }
  return words
}

/** A sentence in lines of at most that many columns; a word that is longer is broken. */
export function wrapText(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of wordsIn(text)) {
    if (widthOf(line + word) <= columns) {
      line += word
      continue
    }
    if (line !== '') lines.push(line)
    line = word.trimStart()
    while (widthOf(line) > columns) {
      const [head, tail] = splitAt(line, columns)
      lines.push(head)
      line = tail
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line]
}

/** Blank columns. */
export function blanks(columns: number): Ink {
  return ink('text', ' '.repeat(Math.max(0, columns)))
}

/** A sentence wrapped at that column, as rows; the first one also has what stands before it. */
export function paragraph(role: Role, text: string, column: number, columns: number, before: InkRow = []): InkRow[] {
  return wrapText(text, Math.max(16, columns - column)).map((line, index) =>
    index === 0 ? [...before, blanks(column - rowWidth(before)), ink(role, line)] : [blanks(column), ink(role, line)],
  )
}
