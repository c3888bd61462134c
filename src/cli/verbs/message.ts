/** `message`: what one message is made of. */
import { sha256 } from '../digest.ts'
import { nameFor, readWhole } from '../files.ts'
import type { Session } from '../session.ts'
import { inert } from '../terminal/inert.ts'
import { ink } from '../terminal/ink.ts'
import type { InkRow } from '../terminal/ink.ts'
import { padEnd, paragraph } from '../terminal/layout.ts'
import { messageWords } from '../words/message.ts'
import { messageDocument, readMessage } from '../../wire/message/message.ts'
import type { MessageDocument, PartDocument } from '../../wire/message/message.ts'

/** Bytes; a message is kept whole in memory while it is read. */
const largest = 512 * 1024 * 1024
/** Lines of text shown to people. */
const shownLines = 400

export async function message(session: Session, file: string): Promise<void> {
  const bytes = await readWhole(session, file, largest)
  const document = messageDocument(readMessage(bytes, { digest: sha256 }))
  // a page for people on their terminal; whoever reads a pipe wants the document
  if (session.json || !session.world.stdout.isTerminal) return session.document(document)
  await session.show([[], ...messageRows(document, nameFor(file), session)])
}

/** One message for people: its header, its parts with their places, its text. */
export function messageRows(document: MessageDocument, name: string, session: Session): InkRow[] {
  const words = messageWords[session.language]
  const { columns } = session.look
  const section = (title: string, rows: readonly InkRow[]): InkRow[] =>
    rows.length === 0 ? [] : [[], [ink('heading', title)], ...rows]
  return [
    [ink('heading', inert(name)), ink('text', `  ${words.opened(document.size)}`)],
    [],
    ...document.headers.flatMap((field) =>
      paragraph('text', inert(field.value), 16, columns, [
        ink('client', padEnd(`${inert(field.name)}:`, 15)),
        ink('text', ' '),
      ]),
    ),
    ...section(words.parts, partRows(document.part, session, 1)),
    ...section(words.text, textRows(document.text, session)),
    ...(document.text === undefined ? section(words.html, textRows(document.html, session)) : []),
    ...section(
      words.remarks,
      document.remarks.flatMap(({ rule, source }) => paragraph('text', `${rule} (${source})`, 2, columns)),
    ),
  ]
}

/** Each part under the one it lies in, with its span in the message. */
function partRows(part: PartDocument, session: Session, depth: number): InkRow[] {
  const words = messageWords[session.language]
  const { bodySpan, parameters } = part
  const about = [
    part.encoding,
    ...['charset', 'name'].flatMap((key) => (parameters[key] === undefined ? [] : [`${key}=${parameters[key]}`])),
    `${words.bytes(bodySpan.end - bodySpan.start)} (${bodySpan.start}-${bodySpan.end})`,
  ].filter((text) => text !== '')
  return [
    [ink('text', padEnd(`${'  '.repeat(depth)}${inert(part.type)}  `, 34)), ink('quiet', inert(about.join(', ')))],
    ...part.parts.flatMap((inner) => partRows(inner, session, depth + 1)),
  ]
}

function textRows(text: string | undefined, session: Session): InkRow[] {
  if (text === undefined || text.trim() === '') return []
  const lines = text.trimEnd().split('\n')
  const left = lines.length - shownLines
  return [
    ...lines.slice(0, shownLines).map((line): InkRow => [ink('text', `  ${inert(line)}`)]),
    ...(left > 0 ? [[ink('quiet', messageWords[session.language].cut(left))]] : []),
  ]
}
