/** Several conversations: one line each, then how to see one. look/terminal.md rule 4. */
import type { OverheardConversation } from '../../analyser/model.ts'
import { say } from '../../analyser/catalogue/say.ts'
import { clock } from '../words/words.ts'
import { endpointText } from './conversation.ts'
import type { Names } from './conversation.ts'
import { ink } from './ink.ts'
import type { InkRow } from './ink.ts'
import { cutText, padEnd, padStart, widthOf } from './layout.ts'
import { roleOf, signOf } from './view.ts'
import type { View } from './view.ts'

const at = { start: 7, protocol: 17, peers: 26 } as const
/** Of the number of findings at the right edge; of what happened at least. */
const countWidth = 4
const leastRoom = 16
/** From here on the client's port stands too. */
const roomForPorts = 120

/** Head and one line for each conversation: number, start, protocol, peers, what happened, how many findings. */
export function* listRows(
  conversations: readonly OverheardConversation[],
  names: Names,
  view: View,
): Generator<InkRow> {
  const { words } = view
  const peers = conversations.map((conversation) => peersOf(conversation, names, view))
  const left = view.columns - at.peers - 2 - countWidth
  const peersWidth = Math.min(Math.max(left - leastRoom, 12), Math.max(widthOf(words.between), ...peers.map(widthOf)))
  const room = Math.max(leastRoom, left - peersWidth)
  const row = (start: string, protocol: string, between: string, happened: string): string =>
    padEnd(start, at.protocol - at.start) +
    padEnd(protocol, at.peers - at.protocol) +
    `${padEnd(cutText(between, peersWidth), peersWidth)}  ` +
    padEnd(cutText(happened, room), room)
  const head = row(words.start, words.protocolHead, words.between, words.whatHappened)
  yield [ink('quiet', `    #  ${head}${padStart('!', countWidth)}`)]
  for (const [index, conversation] of conversations.entries()) {
    const worst = conversation.findings[0]
    const role = worst === undefined ? 'text' : roleOf[worst.severity]
    const { length } = conversation.findings
    const happened = say(conversation.outcome.means, view.language).short
    const protocol = words.protocol(conversation.protocol)
    yield [
      ink(role, worst === undefined ? '  ' : signOf[worst.severity]),
      ink('quiet', `${padStart(String(conversation.id), 3)}  `),
      ink('text', row(clock(conversation.stream.start), protocol, peers[index] ?? '', happened)),
      ink(role, padStart(length === 0 ? '' : String(length), countWidth)),
    ]
  }
}

function peersOf({ stream }: OverheardConversation, names: Names, view: View): string {
  const client = endpointText(stream.client, names)
  const short = client.slice(0, client.lastIndexOf(':'))
  return `${view.columns >= roomForPorts ? client : short} -> ${endpointText(stream.server, names)}`
}
