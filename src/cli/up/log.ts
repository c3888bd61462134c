/** The log of a running host on stderr: one JSON object a line for programs, one line of warnings for people. */
import type { LogEntry } from '../../server/contract.ts'
import type { Session } from '../session.ts'
import { inert } from '../terminal/inert.ts'
import { ink, lookOf, paint } from '../terminal/ink.ts'
import type { InkRow } from '../terminal/ink.ts'
import { clock } from '../words/words.ts'

export type Log = (entry: LogEntry) => void

export function logDocument(entry: LogEntry): object {
  const { time, level, event, text, fields } = entry
  return { time: time.toISOString(), level, event, text, ...fields }
}

function logRow(entry: LogEntry): InkRow {
  const sign = entry.level === 'error' ? '!!' : ' !'
  return [
    ink('quiet', `${clock(BigInt(entry.time.getTime()) * 1_000_000n)}  `),
    ink(entry.level === 'error' ? 'danger' : 'caution', sign),
    ink('text', `  ${inert(entry.text)}`),
  ]
}

/** People see warnings and errors only: what connections do stands in their live lines. */
export function openLog(session: Session): Log {
  const { stderr, env } = session.world
  const look = lookOf(stderr, env)
  return (entry) => {
    if (!session.json && entry.level === 'info') return
    const line = session.json ? JSON.stringify(logDocument(entry)) : paint(logRow(entry), look)
    // A log that nobody reads any more must not stop the mail.
    stderr.write(`${line}\n`).catch(() => {})
  }
}
