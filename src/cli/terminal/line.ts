/** One line under the glass: what it means at length, its parts, its bytes, the rules. Secrets masked, their bytes not shown. */
import type { Line, OverheardConversation } from '../../analyser/model.ts'
import { say } from '../../analyser/catalogue/say.ts'
import type { Rule } from '../../analyser/catalogue/entry.ts'
import { notesOfLine } from '../../analyser/findings/findings.ts'
import type { Part, Side, Span } from '../../wire/talk.ts'
import type { Stream } from '../../wire/packet/capture.ts'
import { dateAndClock } from '../words/words.ts'
import { inert } from './inert.ts'
import { ink } from './ink.ts'
import type { InkRow } from './ink.ts'
import { padEnd, paragraph, wrapRow } from './layout.ts'
import { ownWords } from './transcript.ts'
import { maskText, pieceText, roleOf, signOf } from './view.ts'
import type { View } from './view.ts'

/** A line longer than this is shown in bytes up to here. */
const shownBytes = 4096

/** The whole card of one line. */
export function lineCard(line: Line, conversation: OverheardConversation, view: View): InkRow[] {
  const { words } = view
  const said = say(line.means, view.language)
  const side = line.side === 'client' ? words.ofClient : words.ofServer
  const bytes = line.sealed ? undefined : bytesOf(conversation.stream, line)
  const rules = [...new Set([...said.rfc.map(ruleText), ...line.remarks.map((remark) => remark.source)])]
  return [
    [ink('heading', words.lineAt(line.number, side, dateAndClock(line.time, view.language), line.frames))],
    [],
    ...spoken(line, view),
    [],
    ...paragraph('text', said.short, 4, view.columns),
    ...(said.long === undefined ? [] : paragraph('text', said.long, 4, view.columns)),
    ...notesOfLine(line, conversation).flatMap((note) =>
      paragraph(roleOf[note.severity], say(note.means, view.language).short, 4, view.columns, [
        ink(roleOf[note.severity], signOf[note.severity]),
      ]),
    ),
    ...section(words.parts, bytes === undefined ? [] : partRows(line, bytes, view)),
    ...section(words.bytes, bytes === undefined ? [] : byteRows(line, bytes, view)),
    ...section(
      words.rules,
      rules.flatMap((rule) => paragraph('text', rule, 4, view.columns)),
    ),
  ]
}

function section(title: string, rows: readonly InkRow[]): InkRow[] {
  return rows.length === 0 ? [] : [[], [ink('heading', title)], ...rows]
}

function ruleText(rule: Rule): string {
  const anchor = rule.section === undefined ? '' : `#section-${rule.section}`
  const name = rule.section === undefined ? `RFC ${rule.number}` : `RFC ${rule.number} §${rule.section}`
  return `${name}  https://www.rfc-editor.org/rfc/rfc${rule.number}${anchor}`
}

function spoken(line: Line, view: View): InkRow[] {
  const arrow = line.side === 'client' ? (line.sealed ? '~>' : '->') : line.sealed ? '<~' : '<-'
  const own = ownWords(line, view)
  const rows =
    own === undefined
      ? line.rows.map((row): InkRow =>
          row.pieces.map((piece) => ink(typeof piece === 'string' ? 'text' : 'secret', pieceText(piece, view))),
        )
      : [[ink('quiet', own)]]
  return rows.flatMap((row) =>
    wrapRow(row, view.columns - 4).map((part, index) => [ink(line.side, index === 0 ? `${arrow}  ` : '    '), ...part]),
  )
}

/** The line's bytes out of the stream; undefined where some of them are not in the capture. */
function bytesOf(stream: Stream, line: Line): Uint8Array | undefined {
  return slice(stream, line.side, { start: line.at.start, end: Math.min(line.at.end, line.at.start + shownBytes) })
}

function slice(stream: Stream, side: Side, at: Span): Uint8Array | undefined {
  const out = new Uint8Array(at.end - at.start)
  let found = 0
  for (const arrival of stream.arrivals) {
    if (arrival.what !== 'bytes' || arrival.side !== side) continue
    const start = Math.max(at.start, arrival.start)
    const end = Math.min(at.end, arrival.start + arrival.bytes.length)
    if (start >= end) continue
    out.set(arrival.bytes.subarray(start - arrival.start, end - arrival.start), start - at.start)
    found += end - start
  }
  return found === out.length ? out : undefined
}

/** True where the part may not be read without being asked for. */
const isHidden = (part: Part, view: View): boolean => part.secret !== undefined && !view.reveal

function maskOfPart(part: Part, line: Line, view: View): string {
  for (const row of line.rows) {
    for (const piece of row.pieces) {
      if (typeof piece !== 'string' && (part.secret === 'user') === (piece.hidden === 'user'))
        return maskText(piece.hidden, view)
    }
  }
  return maskText(part.secret ?? 'password', view)
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
const latin1 = new TextDecoder('latin1')

/** Nothing of this line may be counted: it holds a hidden value. safety.md 13. */
const holdsHidden = (line: Line, view: View): boolean =>
  !view.reveal &&
  (line.parts.some((part) => part.secret !== undefined) ||
    line.rows.some((row) => row.pieces.some((piece) => typeof piece !== 'string')))

function partRows(line: Line, bytes: Uint8Array, view: View): InkRow[] {
  return line.parts.flatMap((part): InkRow[] => {
    const name = ink('quiet', padEnd(`    ${part.name}`, 20))
    if (isHidden(part, view)) return [[name, ink('secret', maskOfPart(part, line, view))]]
    const own = bytes.subarray(part.at.start - line.at.start, part.at.end - line.at.start)
    if (own.length === 0) return []
    return wrapRow([ink('text', inert(latin1.decode(own)))], view.columns - 20).map((row, index) =>
      index === 0 ? [name, ...row] : [ink('text', ' '.repeat(20)), ...row],
    )
  })
}

function byteRows(line: Line, bytes: Uint8Array, view: View): InkRow[] {
  if (holdsHidden(line, view)) return paragraph('quiet', view.words.bytesHidden, 4, view.columns)
  const rows: InkRow[] = []
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const part = bytes.subarray(offset, offset + 16)
    const digits = `${hex(part.subarray(0, 8)).padEnd(23)}  ${hex(part.subarray(8)).padEnd(23)}`
    const readable = latin1.decode(part).replace(/[^\x20-\x7e]/g, '.')
    rows.push([
      ink('quiet', `    ${offset.toString(16).padStart(4, '0')}  `),
      ink('text', `${digits}  `),
      ink('quiet', readable),
    ])
  }
  return rows
}
