/** One line a connection, as it ends: `10:02:11  ->  SMTP 127.0.0.1:50188  1 message for …, accepted  #1`. */
import type { ConnectionSummary } from '../../server/contract.ts'
import { inert } from '../terminal/inert.ts'
import { ink } from '../terminal/ink.ts'
import type { InkRow, Role } from '../terminal/ink.ts'
import { cutText, padEnd, widthOf } from '../terminal/layout.ts'
import type { UpWords } from '../words/up.ts'
import { clock } from '../words/words.ts'

const roles: Readonly<Record<ConnectionSummary['outcome'], Role>> = {
  accepted: 'text',
  fetched: 'text',
  'signed-in': 'text',
  nothing: 'quiet',
  refused: 'caution',
  'auth-failed': 'caution',
  dropped: 'caution',
}

function happened(summary: ConnectionSummary, words: UpWords): string {
  const { live } = words
  const because = (outcome: string): string =>
    summary.why === undefined ? outcome : live.because(outcome, inert(summary.why))
  switch (summary.outcome) {
    case 'accepted':
      return live.accepted(summary.accepted.length, [...new Set(summary.accepted.flatMap(({ to }) => to))].map(inert))
    case 'fetched':
      return live.fetched(summary.fetched, inert(summary.account ?? ''))
    case 'signed-in':
      return live.signedIn(inert(summary.account ?? ''))
    case 'refused':
      return because(live.refused)
    case 'auth-failed':
      return because(live.authFailed)
    case 'dropped':
      return because(live.dropped)
    case 'nothing':
      return live.nothing
  }
}

/** The number of the connection stands at the right edge. */
export function liveRow(summary: ConnectionSummary, words: UpWords, columns: number): InkRow {
  const { peer, protocol, ended, number, sealed } = summary
  const place = peer.address.includes(':') ? `[${peer.address}]:${peer.port}` : `${peer.address}:${peer.port}`
  const head = `${protocol.toUpperCase()} ${place}  `
  const tail = `#${number}`
  const before = 8 + 2 + 2 + 2
  const room = Math.max(10, columns - before - widthOf(head) - widthOf(tail) - 2)
  return [
    ink('quiet', `${clock(BigInt(ended.getTime()) * 1_000_000n)}  `),
    ink('client', sealed ? '~>' : '->'),
    ink('text', `  ${head}`),
    ink(roles[summary.outcome], padEnd(cutText(happened(summary, words), room), room)),
    ink('quiet', `  ${tail}`),
  ]
}
