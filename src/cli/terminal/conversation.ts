/** One conversation from its heading to its findings. */
import type { OverheardConversation } from '../../analyser/model.ts'
import type { Capture } from '../../wire/packet/capture.ts'
import type { Endpoint } from '../../wire/packet/recording.ts'
import { dateAndClock } from '../words/words.ts'
import { findingRows } from './findings.ts'
import { inert } from './inert.ts'
import { ink } from './ink.ts'
import type { InkRow } from './ink.ts'
import { paragraph } from './layout.ts'
import { summary } from './summary.ts'
import { transcript } from './transcript.ts'
import type { View } from './view.ts'

/** Names that the capture itself tells for addresses. */
export type Names = ReadonlyMap<string, readonly string[]>

/** `192.0.2.41:50123`, `[2001:db8::1]:25`, or the name that the capture tells. */
export function endpointText(end: Endpoint, names: Names): string {
  const name = names.get(end.address)?.[0]
  if (name !== undefined && name !== '') return `${inert(name)}:${end.port}`
  return end.address.includes(':') ? `[${end.address}]:${end.port}` : `${end.address}:${end.port}`
}

/** `lab.pcapng  43 packets, 1 conversation` */
export function openedRow(capture: Pick<Capture, 'packets' | 'streams'>, name: string, view: View): InkRow {
  return [ink('heading', inert(name)), ink('text', `  ${view.words.opened(capture.packets, capture.streams.length)}`)]
}

/** `SMTP in clear, 192.0.2.41:50123 -> mx.example.test:25, 24 Nov 2026 10:00:01` */
export function headingRows(conversation: OverheardConversation, names: Names, view: View): InkRow[] {
  const { words } = view
  const { protocol, stream } = conversation
  const isSpoken = protocol !== 'none' && protocol !== 'unknown' && protocol !== 'tls'
  const how = isSpoken ? howSealed(conversation, view) : ''
  const text = words.heading(
    words.protocol(protocol),
    how,
    endpointText(stream.client, names),
    endpointText(stream.server, names),
    dateAndClock(stream.start, view.language),
  )
  return paragraph('quiet', text, 0, view.columns)
}

function howSealed({ lines }: OverheardConversation, { words }: View): string {
  const spoken = lines.filter((line) => line.kind !== 'sealing')
  if (spoken.length > 0 && spoken.every((line) => line.sealed)) return words.sealed
  return spoken.length < lines.length || spoken.some((line) => line.sealed) ? words.sealedMidway : words.inClear
}

/** The heading, the transcript, the summary and the findings, row by row. */
export function* conversationRows(conversation: OverheardConversation, names: Names, view: View): Generator<InkRow> {
  yield* headingRows(conversation, names, view)
  if (conversation.lines.length > 0) yield* transcript(conversation, view)
  yield []
  yield* summary(conversation, view)
  yield* findingRows(conversation.findings, view)
}
