/** Findings about the habits of POP3. RFC 1939. */
import type { Finding } from '../model.ts'
import { textOf, type Reading } from './reading.ts'

/** All findings of this kind. */
export function pop3Findings(reading: Reading): Finding[] {
  if (reading.protocol !== 'pop3') return []
  const quit = reading.commands.some((line) => line.verb === 'QUIT')
  const { conversation } = reading
  const signedIn = conversation.signIns.some((signIn) => signIn.ok === true)
  if (quit || !reading.hasEnded || conversation.stream.c2s.gaps.length > 0) return []
  const marked = stillMarked(reading)
  if (marked.length > 0) return [{ id: 'dele-without-quit', severity: 'caution', lines: marked, certain: true }]
  const last = reading.commands.at(-1)
  return signedIn && last !== undefined
    ? [{ id: 'pop3-no-quit', severity: 'note', lines: [last.number], certain: true }]
    : []
}

/** Lines of the deletions that RSET did not take back. */
function stillMarked(reading: Reading): number[] {
  let marked: number[] = []
  for (const line of reading.commands) {
    const reply = reading.replyTo(line)
    if (reply === undefined || !textOf(reply).startsWith('+OK')) continue
    if (line.verb === 'DELE') marked.push(line.number)
    else if (line.verb === 'RSET') marked = []
  }
  return marked
}
