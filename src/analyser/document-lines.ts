/** Lines, phases, mails, sign-ins and findings of one conversation as JSON. */
import type { Side } from '../wire/talk.ts'
import type { Digest } from '../wire/talk.ts'
import { say } from './catalogue/say.ts'
import type { Json, Shower } from './document-text.ts'
import { inMilliseconds, MaskedPlaces, printTime } from './document-text.ts'
import { explanationOfFinding, notesOfLine } from './findings/findings.ts'
import { summariseMail } from './mail-summary.ts'
import type { CarriedMessage, Finding, Line, OverheardConversation } from './model.ts'
import { asBytes, asText } from './text.ts'
import type { Secrets } from './hiding.ts'
import { maskOf } from './catalogue/say.ts'

type Fields = { [name: string]: Json | undefined }

/** Leaves out what is not there. */
export function present(fields: Fields): { [name: string]: Json } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [name: string]: Json
  }
}

/** Where things stand, by side and layer. */
export type Places = Readonly<Record<Side, readonly MaskedPlaces[]>>

export function placesOf(conversation: OverheardConversation, shower: Shower): Places {
  const layers = Math.max(1, conversation.dialogues.length)
  const of = (side: Side): MaskedPlaces[] =>
    Array.from({ length: layers }, (_, layer) => {
      const spans = conversation.secretSpans.filter((span) => span.side === side && span.layer === layer)
      return new MaskedPlaces(spans, shower)
    })
  return { client: of('client'), server: of('server') }
}

/** Phases in order, each with its first and last line. */
export function phasesOf(lines: readonly Line[]): Json {
  const phases: { phase: string; from: number; to: number }[] = []
  for (const line of lines) {
    const last = phases.at(-1)
    if (last !== undefined && last.phase === line.phase) last.to = line.number
    else phases.push({ phase: line.phase, from: line.number, to: line.number })
  }
  return phases
}

export function lineDocument(line: Line, conversation: OverheardConversation, shower: Shower, places: Places): Json {
  const layer = line.sealed && line.kind !== 'sealed' ? 1 : 0
  const place = places[line.side][layer]
  const told = say(line.means, shower.language)
  const notes = notesOfLine(line, conversation)
  const hides = place?.hidesIn(line.at) === true
  return present({
    number: line.number,
    side: line.side,
    kind: line.kind,
    phase: line.phase,
    sealed: line.sealed ? true : undefined,
    verb: line.verb,
    code: line.code,
    rows: line.rows.map((row) =>
      present({
        text: shower.pieces(row.pieces),
        means: row.means === undefined ? undefined : shower.means(row.means),
      }),
    ),
    means: present({ id: line.means.id, text: told.short, long: told.long }),
    rfc: told.rfc.length === 0 ? undefined : told.rfc.map(({ number, section }) => present({ number, section })),
    time: printTime(line.time),
    firstTime: line.firstTime === line.time ? undefined : printTime(line.firstTime),
    sinceMs: inMilliseconds(line.since),
    span: place?.at(line.at) ?? { ...line.at },
    frames: [...line.frames],
    parts: line.parts.length === 0 ? undefined : line.parts.map((part) => partDocument(part, place)),
    remarks: line.remarks.length === 0 ? undefined : line.remarks.map(({ rule, source }) => ({ rule, source })),
    notes:
      notes.length === 0
        ? undefined
        : notes.map(({ severity, means }) => ({ severity, text: say(means, shower.language).short })),
    assumed: line.assumed ? true : undefined,
    answers: line.answers,
    message: line.message,
    size: hides && line.kind !== 'hole' ? undefined : line.size,
    hidden: hides ? true : undefined,
  })
}

function partDocument(part: Line['parts'][number], place: MaskedPlaces | undefined): Json {
  return present({ name: part.name, span: place?.at(part.at) ?? { ...part.at }, secret: part.secret })
}

/** A mail that crossed. */
export function messageDocument(message: CarriedMessage, shower: Shower, secrets: Secrets, digest: Digest): Json {
  const hidden = !shower.reveal && secrets.find(message.bytes).length > 0
  const summary = summariseMail(message.bytes)
  const text = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : hideIn(value, shower, secrets)
  return present({
    line: message.line,
    side: message.side,
    by: message.by,
    ...(hidden
      ? { hidden: true }
      : { bytes: message.bytes.length, wireBytes: message.wireBytes, sha256: digest(message.bytes) }),
    missing: message.missing === 0 ? undefined : message.missing,
    whole: message.whole,
    subject: text(summary.subject),
    from: text(summary.from),
    to: text(summary.to),
    messageId: text(summary.messageId),
    contentType: summary.contentType,
    parts: summary.parts.length === 0 ? undefined : [...summary.parts],
    attachments: summary.attachments.length === 0 ? undefined : summary.attachments.map((name) => text(name) ?? ''),
    envelope:
      message.envelope === undefined
        ? undefined
        : present({
            from: text(message.envelope.from),
            to: message.envelope.to.map(({ address, code }) => present({ address: text(address), code })),
          }),
    result: message.result.length === 0 ? undefined : [...message.result],
  })
}

/** Text from inside a mail, the capture's secrets masked in it. */
export function hideIn(value: string, shower: Shower, secrets: Secrets): string {
  if (shower.reveal) return value
  const bytes = asBytes(value)
  let shown = ''
  let from = 0
  for (const span of secrets.find(bytes)) {
    shown += asText(bytes.subarray(from, span.start)) + maskOf(span.kind, shower.language)
    from = span.end
  }
  return from === 0 ? value : shown + asText(bytes.subarray(from))
}

export function signInDocument(conversation: OverheardConversation): Json {
  return conversation.signIns.map(({ mechanism, user, ok, code, cancelled, sealed, lines }) =>
    present({
      mechanism,
      user,
      ok,
      code,
      cancelled: cancelled ? true : undefined,
      sealed: sealed ? true : undefined,
      lines: [...lines],
    }),
  )
}

export function findingDocument(finding: Finding, shower: Shower): { [name: string]: Json } {
  const told = say(explanationOfFinding(finding), shower.language)
  return present({
    id: finding.id,
    severity: finding.severity,
    certain: finding.certain,
    lines: [...finding.lines],
    title: told.short,
    text: told.long,
    why: told.why,
    do: told.todo,
  })
}
