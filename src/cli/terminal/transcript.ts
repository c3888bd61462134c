/** A conversation line by line, in phases. Columns and order: look/terminal.md rules 1 to 5. */
import type { Line, OverheardConversation, Row } from '../../analyser/model.ts'
import { say } from '../../analyser/catalogue/say.ts'
import { notesOfLine } from '../../analyser/findings/findings.ts'
import type { LineNote } from '../../analyser/findings/findings.ts'
import { ink } from './ink.ts'
import type { Ink, InkRow, Role } from './ink.ts'
import { blanks, cutRow, padStart, paragraph, rowWidth, widthOf, wrapRow } from './layout.ts'
import { column, pieceText, roleOf, signOf } from './view.ts'
import type { View } from './view.ts'

/** Rows of a long listing that are shown without `--full`. */
const shownRows = 24

/** Everything between the heading and the summary, an empty row first. */
export function* transcript(conversation: OverheardConversation, view: View): Generator<InkRow> {
  if (view.wide) {
    yield []
    yield headRow(view)
  }
  let phase: string | undefined
  const named = new Set<string>()
  for (const line of conversation.lines) {
    if (line.phase !== phase) {
      phase = line.phase
      // A phase that comes a second time may bear another name: `Extensions, again`.
      const id = named.has(phase) ? `phase.${phase}.again` : `phase.${phase}`
      named.add(phase)
      yield []
      yield [blanks(column.heading), ink('heading', say({ id }, view.language).short)]
    }
    yield* lineRows(line, notesOfLine(line, conversation), view)
  }
}

function headRow(view: View): InkRow {
  const words = view.words
  return [
    ink('quiet', `    #   ms      ${words.onTheWire}`),
    blanks(column.meaning - column.line - widthOf(words.onTheWire)),
    ink('quiet', words.whatItMeans),
  ]
}

/** A row of the wire column. `of` is the row of the line it begins; undefined: it goes on with the one above. */
interface WireRow {
  readonly row: InkRow
  readonly of: number | undefined
}

/** One line of the conversation: its rows, what they mean, and what is to be remarked. */
function lineRows(line: Line, remarked: readonly LineNote[], view: View): InkRow[] {
  const said = say(line.means, view.language)
  // A hole has no meaning of its own: it is the remark.
  const isHole = line.kind === 'hole'
  const notes = isHole && remarked.length === 0 ? [{ severity: 'caution' as const, means: line.means }] : remarked
  const wire = wireRows(line, view).map(({ row, of }): WireRow => ({
    row: [...gutter(line, notes[0], of), ...row],
    of,
  }))
  // Of records only their number and sizes can be told, and these stand on the wire's side.
  const meaning = isHole || line.kind === 'sealed' ? '' : said.short
  const noted = notes.flatMap((note) => noteRows(note, view))
  if (view.wide) return besideRows(line, wire, meaning, noted, view)
  const single = line.rows.length > 1 && !isHole ? (said.alone ?? meaning) : meaning
  return [
    ...wire.map(({ row }) => row),
    ...(single === '' ? [] : paragraph('quiet', single, column.line, view.columns)),
    ...noted,
  ]
}

/** Each meaning beside its row, remarks under the line; where nothing stands beside it, the first remark does. */
function besideRows(
  line: Line,
  wire: readonly WireRow[],
  meaning: string,
  noted: readonly InkRow[],
  view: View,
): InkRow[] {
  const rows = wire.flatMap(({ row, of }): InkRow[] => {
    const own = of === undefined ? undefined : line.rows[of]?.means
    const text = of === 0 ? meaning : own === undefined ? '' : say(own, view.language).short
    return text === '' ? [row] : paragraph('quiet', text, column.meaning, view.columns, row)
  })
  const [head, ...tail] = noted
  const [only] = rows
  if (meaning !== '' || rows.length !== 1 || head === undefined || only === undefined) return [...rows, ...noted]
  return [[...only, blanks(column.meaning - rowWidth(only)), ...head.slice(1)], ...tail]
}

function noteRows(note: LineNote, view: View): InkRow[] {
  const text = `${signOf[note.severity].trim()} ${say(note.means, view.language).short}`
  return paragraph(roleOf[note.severity], text, view.wide ? column.meaning : column.line, view.columns)
}

const numbered = (line: Line): boolean => line.kind !== 'hole' && line.kind !== 'sealing'

/** Sign, number, milliseconds and arrow; on the further rows of a reply the arrow alone. */
function gutter(line: Line, worst: LineNote | undefined, of: number | undefined): InkRow {
  if (of === undefined) return [blanks(column.line)]
  if (of > 0 || !numbered(line)) {
    const sign = of > 0 || worst === undefined ? '  ' : signOf[worst.severity]
    return [ink(signRole(worst), sign), blanks(column.arrow - 2), arrow(line), blanks(2)]
  }
  const ms = padStart(elapsed(line.since), 3)
  const counts = padStart(String(line.number), 3).padEnd(column.ms + 3 - column.number - ms.length)
  return [
    ink(signRole(worst), worst === undefined ? '  ' : signOf[worst.severity]),
    ink('quiet', `${counts}${ms}`),
    blanks(2),
    arrow(line),
    blanks(2),
  ]
}

const signRole = (worst: LineNote | undefined): Role => (worst === undefined ? 'text' : roleOf[worst.severity])

function arrow(line: Line): Ink {
  if (line.kind === 'sealing') return ink('sealed', '~~')
  const stem = line.sealed ? '~' : '-'
  return line.side === 'client' ? ink('client', `${stem}>`) : ink('server', `<${stem}`)
}

/** Milliseconds in three columns; from a second on `1.2s`, `12s`, `17m`, `5h`. */
export function elapsed(since: bigint): string {
  const ms = Number(since) / 1e6
  if (ms < 999.5) return String(Math.max(0, Math.round(ms)))
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}s`
  if (ms < 999_500) return `${Math.round(ms / 1000)}s`
  return ms < 5_970_000 ? `${Math.round(ms / 60_000)}m` : `${Math.round(ms / 3_600_000)}h`
}

/** What stood on the wire, cut or wrapped to its column. */
function wireRows(line: Line, view: View): WireRow[] {
  const width = (view.wide ? column.meaning - 2 : view.columns) - column.line
  const rows = rowsOf(line, view)
  const shown = view.full || rows.length <= shownRows ? rows : rows.slice(0, shownRows - 4)
  const left = rows.length - shown.length
  const wire = shown.flatMap((row, of): WireRow[] =>
    view.full
      ? wrapRow(row, width).map((part, index) => ({ row: part, of: index === 0 ? of : undefined }))
      : [{ row: cutRow(row, width), of }],
  )
  if (left > 0) wire.push({ row: [ink('quiet', view.words.moreRows(left))], of: undefined })
  return wire.length === 0 ? [{ row: [], of: 0 }] : wire
}

function rowsOf(line: Line, view: View): InkRow[] {
  const own = ownWords(line, view)
  return own === undefined ? line.rows.map((row, index) => rowInks(row, index, line, view)) : [[ink('quiet', own)]]
}

/** What stands for bytes that are not shown as they were: a mail, a hole, sealed records. */
export function ownWords(line: Line, view: View): string | undefined {
  const { words } = view
  const size = line.size ?? 0
  switch (line.kind) {
    case 'message':
      return words.message(size)
    case 'hole':
      return (line.means.id.endsWith('not kept') ? words.unkept : words.hole)(size)
    case 'sealed':
      return words.records(Number(line.means.params?.['records'] ?? 0), size)
    case 'sealing':
      return 'TLS'
    case 'command':
    case 'reply':
    case 'answer':
    case 'challenge':
    case 'listing':
    case 'unreadable':
      return undefined
  }
}

/** The verb of a command, with what belongs to it. */
const verbs = /^(?:MAIL\s+FROM\s*:|RCPT\s+TO\s*:|AUTH\s+\S+|\S+)/i
/** The code of an SMTP reply, the status of a POP3 one. */
const codes = /^(?:\d{3}(?=[ -]|$)|\+OK\b|-ERR\b|\+(?=\s|$))/

function rowInks(row: Row, index: number, line: Line, view: View): InkRow {
  return row.pieces.flatMap((piece, at): Ink[] => {
    const text = pieceText(piece, view)
    if (typeof piece !== 'string') return [ink('secret', text)]
    if (at > 0) return [ink('text', text)]
    const isCommand = line.kind === 'command' && index === 0
    const isReply = line.kind === 'reply' || line.kind === 'challenge'
    const head = isCommand ? verbs.exec(text)?.[0] : isReply ? codes.exec(text)?.[0] : undefined
    if (head === undefined) return [ink('text', text)]
    return [ink(line.side, head), ink('text', text.slice(head.length))]
  })
}
