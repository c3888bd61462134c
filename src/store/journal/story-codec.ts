/** A story's summary as bytes: the same in the journal and in the index. */
import type { Protocol } from '../../wire/packet/recording.ts'
import type { StorySummary } from '../contract.ts'
import type { ByteReader, ByteWriter } from '../bytes.ts'

const protocols: readonly Protocol[] = ['smtp', 'pop3', 'imap', 'http']

export function printSummary(to: ByteWriter, summary: StorySummary): void {
  const { account, code, ended } = summary
  to.byte(
    (summary.kind === 'message' ? 1 : 0) +
      (summary.side === 'client' ? 2 : 0) +
      (summary.recorded ? 4 : 0) +
      (account === undefined ? 0 : 8) +
      (code === undefined ? 0 : 16) +
      (ended === undefined ? 0 : 32),
  )
  to.text(summary.id)
  to.byte(protocols.indexOf(summary.protocol))
  to.text(summary.peer)
  to.text(summary.local)
  if (account !== undefined) to.text(account)
  if (code !== undefined) to.text(code)
  to.number(summary.began.getTime())
  if (ended !== undefined) to.number(ended.getTime())
  to.text(summary.outcome)
  to.number(summary.messages.length)
  for (const message of summary.messages) to.text(message)
}

/** Undefined for a protocol that this program does not know. */
export function readSummary(from: ByteReader): StorySummary | undefined {
  const bits = from.byte()
  const id = from.text()
  const protocol = protocols[from.byte()]
  const peer = from.text()
  const local = from.text()
  const account = bits & 8 ? from.text() : undefined
  const code = bits & 16 ? from.text() : undefined
  const began = new Date(from.number())
  const ended = bits & 32 ? new Date(from.number()) : undefined
  const outcome = from.text()
  const messages: string[] = []
  for (let count = from.count(); count > 0 && from.ok; count--) messages.push(from.text())
  if (!protocol) return undefined
  return {
    id,
    kind: bits & 1 ? 'message' : 'connection',
    protocol,
    side: bits & 2 ? 'client' : 'server',
    peer,
    local,
    account,
    code,
    began,
    ended,
    recorded: (bits & 4) !== 0,
    messages,
    outcome,
  }
}
