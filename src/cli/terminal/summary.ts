/** The four facts under a conversation: mail, sealing, time, what was hidden. */
import type { CarriedMessage, OverheardConversation } from '../../analyser/model.ts'
import { say } from '../../analyser/catalogue/say.ts'
import { ink } from './ink.ts'
import type { InkRow } from './ink.ts'
import { padEnd, paragraph } from './layout.ts'
import type { View } from './view.ts'

/** Where the facts stand. */
const factColumn = 12

export function summary(conversation: OverheardConversation, view: View): InkRow[] {
  const { words } = view
  const facts: readonly (readonly [string, string])[] = [
    [words.mail, mailFact(conversation, view)],
    [words.seal, sealFact(conversation, view)],
    [words.time, timeFact(conversation, view)],
    [words.hidden, hiddenFact(conversation, view)],
  ]
  return [
    [ink('heading', words.summary)],
    ...facts.flatMap(([name, fact]) =>
      paragraph('text', fact, factColumn, view.columns, [ink('text', padEnd(`  ${name}`, factColumn))]),
    ),
  ]
}

const isGood = (code: number | undefined): boolean => code !== undefined && code >= 200 && code < 300

function bytesOf(messages: readonly CarriedMessage[]): number {
  return messages.reduce((sum, message) => sum + message.bytes.length + message.missing, 0)
}

/** What is said of the mail that crossed; without any, what came of the conversation. */
function mailFact(conversation: OverheardConversation, view: View): string {
  const { words } = view
  const fetched = conversation.messages.filter((message) => message.by === 'RETR')
  if (fetched.length > 0)
    return words.fetched(
      fetched.length,
      bytesOf(fetched),
      fetched.map((message) => message.line),
    )
  const sent = conversation.messages.filter((message) => message.by === 'DATA' || message.by === 'BDAT')
  if (sent.length > 0) return sentFact(sent, conversation, view)
  const looked = conversation.messages.filter((message) => message.by === 'TOP')
  if (looked.length > 0)
    return words.looked(
      looked.length,
      looked.map((message) => message.line),
    )
  return say(conversation.outcome.means, view.language).short
}

function sentFact(sent: readonly CarriedMessage[], conversation: OverheardConversation, view: View): string {
  const taken = sent.filter((message) => message.result.some(isGood))
  const asked = sent.flatMap((message) => message.envelope?.to ?? [])
  const accepted = taken.flatMap((message) => (message.envelope?.to ?? []).filter((to) => isGood(to.code)))
  const verdicts = sent.map((message) => verdictLine(message, conversation))
  if (taken.length === 0) return view.words.notAccepted(sent.length, bytesOf(sent), verdicts)
  return view.words.accepted(sent.length, bytesOf(sent), accepted.length, asked.length, verdicts)
}

/** The line that says what became of a mail: the server's first reply behind it. */
function verdictLine(message: CarriedMessage, conversation: OverheardConversation): number {
  const reply = conversation.lines.find(
    (line) => line.number > message.line && line.side === 'server' && line.kind === 'reply',
  )
  return message.result.length > 0 && reply !== undefined ? reply.number : message.line
}

function sealFact({ protocol, lines, sealedFrom }: OverheardConversation, view: View): string {
  if (protocol === 'tls' || sealedFrom === 0) return view.words.sealedAll
  const seal = lines.findIndex((line) => line.kind === 'sealing' || line.sealed)
  if (seal < 0 && sealedFrom === undefined) return view.words.notSealed
  const last = lines[seal < 0 ? lines.length - 1 : seal - 1]
  return last === undefined ? view.words.sealedAll : view.words.sealedAfter(last.number)
}

/** Whole milliseconds below ten seconds, tenths of a second above. */
function duration(time: bigint): { readonly value: string; readonly inMs: boolean } {
  const ms = Number(time) / 1e6
  return ms < 10_000 ? { value: String(Math.round(ms)), inMs: true } : { value: (ms / 1000).toFixed(1), inMs: false }
}

function timeFact({ timing }: OverheardConversation, view: View): string {
  const total = duration(timing.total)
  const part = (time: bigint | undefined): string | undefined =>
    time === undefined
      ? undefined
      : total.inMs
        ? String(Math.round(Number(time) / 1e6))
        : (Number(time) / 1e9).toFixed(1)
  return view.words.took(total.inMs ? view.words.ms(total.value) : view.words.seconds(total.value), {
    path: part(timing.path),
    server: part(timing.server),
    client: part(timing.client),
  })
}

function hiddenFact(conversation: OverheardConversation, view: View): string {
  const counts = conversation.hidden.filter(({ count }) => count > 0)
  if (counts.length === 0 || view.reveal) return view.words.nothing
  return counts.map(({ kind, count }) => view.words.hiddenCount(kind, count)).join(view.words.and)
}
