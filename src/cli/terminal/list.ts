/** Several conversations: one line each, then how to see one. look/terminal.md rule 4. */
import type { OverheardConversation } from '../../analyser/model.ts'
import { say } from '../../analyser/catalogue/say.ts'
import { clock } from '../words/words.ts'
import { endpointText } from './conversation.ts'
import type { Names } from './conversation.ts'
import { ink } from './ink.ts'
import type { InkRow } from './ink.ts'
import { blanks, cutText, padEnd, padStart, paragraph, rowWidth } from './layout.ts'
import { roleOf, signOf } from './view.ts'
import type { View } from './view.ts'

const at = { start: 7, protocol: 17, peers: 25, happened: 76 } as const
/** From here on what happened stands beside the peers. */
const wideEnough = 120

/** Head and one line (or two, on a narrow screen) for each conversation, with the worst finding's sign before it. */
export function* listRows(
  conversations: readonly OverheardConversation[],
  names: Names,
  view: View,
): Generator<InkRow> {
  const { words } = view
  const isWide = view.columns >= wideEnough
  const head = `    #  ${padEnd(words.start, at.protocol - at.start)}${padEnd(words.protocolHead, at.peers - at.protocol)}`
  yield [
    ink(
      'quiet',
      isWide ? `${padEnd(`${head} ${words.between}`, at.happened)}${words.whatHappened}` : `${head} ${words.between}`,
    ),
  ]
  for (const conversation of conversations) yield* listed(conversation, names, view, isWide)
}

function listed(conversation: OverheardConversation, names: Names, view: View, isWide: boolean): InkRow[] {
  const { words } = view
  const { stream, findings } = conversation
  const worst = findings[0]
  const role = worst === undefined ? 'text' : roleOf[worst.severity]
  const peers = `${endpointText(stream.client, names)} -> ${endpointText(stream.server, names)}`
  const head: InkRow = [
    ink(role, worst === undefined ? '  ' : signOf[worst.severity]),
    ink('quiet', `${padStart(String(conversation.id), 3)}  ${padEnd(clock(stream.start), at.protocol - at.start)}`),
    ink('text', padEnd(words.protocol(conversation.protocol), at.peers - at.protocol)),
    ink('text', cutText(peers, (isWide ? at.happened - 2 : view.columns) - at.peers)),
  ]
  const happened = [say(conversation.outcome.means, view.language).short]
  if (findings.length > 0) happened.push(words.findings(findings.length))
  const text = happened.join(view.language === 'en' ? '; ' : '；')
  if (!isWide) return [head, ...paragraph('quiet', text, at.peers, view.columns)]
  return paragraph('quiet', text, at.happened, view.columns, [...head, blanks(at.happened - rowWidth(head))])
}
