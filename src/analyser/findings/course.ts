/** Findings about time, TCP and the capture itself: slow answers, lost packets, holes. Rules of thumb, said as such. */
import type { Finding, Line } from '../model.ts'
import { seconds, type Reading } from './reading.ts'

const slowBanner = 3_000_000_000n
const slowReply = 5_000_000_000n
const idle = 60_000_000_000n

/** All findings of this kind, of any protocol. */
export function courseFindings(reading: Reading): Finding[] {
  return [...slow(reading), ...network(reading), ...captured(reading), ...reset(reading)]
}

function slow(reading: Reading): Finding[] {
  const { stream } = reading.conversation
  const spoken = reading.lines.filter((line) => line.kind !== 'hole' && line.kind !== 'sealing' && !line.sealed)
  const first = spoken[0]
  const found: Finding[] = []
  const wait = first === undefined ? 0n : first.firstTime - stream.start
  if (first?.side === 'server' && stream.synSeen && wait > slowBanner) found.push(timed('slow-banner', first, wait))
  const late = longest(spoken, (line) => waitOf(line, reading), slowReply)
  if (late !== undefined) found.push(timed('slow-reply', late.line, late.wait))
  const quiet = longest(spoken, (line) => (line.side === 'client' && line !== first ? line.since : 0n), idle)
  if (quiet !== undefined) found.push(timed('idle-client', quiet.line, quiet.wait))
  return found
}

/** How long the server took for this line. */
function waitOf(line: Line, reading: Reading): bigint {
  if (line.side !== 'server' || line.answers === undefined) return 0n
  const asked = reading.lineAt(line.answers)
  return asked === undefined ? 0n : line.firstTime - asked.time
}

function longest(
  lines: readonly Line[],
  wait: (line: Line) => bigint,
  least: bigint,
): { readonly line: Line; readonly wait: bigint } | undefined {
  let found: { line: Line; wait: bigint } | undefined
  for (const line of lines) {
    const time = wait(line)
    if (time > least && (found === undefined || time > found.wait)) found = { line, wait: time }
  }
  return found
}

function timed(id: string, line: Line, wait: bigint): Finding {
  return { id, severity: 'note', lines: [line.number], certain: true, params: { seconds: seconds(wait) } }
}

function network(reading: Reading): Finding[] {
  const { tcp, frames } = reading.conversation.stream
  const found: Finding[] = []
  const count = tcp.retransmissions
  if (count >= 3 && count * 50 >= frames) {
    found.push({ id: 'retransmissions', severity: 'note', lines: [], certain: false, params: { count } })
  }
  if (tcp.overlapConflicts > 0) found.push({ id: 'overlap-conflict', severity: 'caution', lines: [], certain: true })
  return found
}

function captured(reading: Reading): Finding[] {
  const { stream, joined, protocol } = reading.conversation
  const found: Finding[] = []
  const size = [...stream.c2s.gaps, ...stream.s2c.gaps].reduce((sum, [, length]) => sum + length, 0)
  if (size > 0) {
    const lines = reading.lines.filter((line) => line.kind === 'hole').map((line) => line.number)
    found.push({
      id: 'capture-holes',
      severity: 'caution',
      lines: [...new Set(lines)],
      certain: true,
      params: { size },
    })
  }
  if (joined && protocol !== 'none') found.push({ id: 'joined-midway', severity: 'note', lines: [], certain: true })
  const silent = (stream.c2s.bytes === 0) !== (stream.s2c.bytes === 0) && reading.lines.length > 1
  if (silent) found.push({ id: 'one-direction', severity: 'note', lines: [], certain: false })
  return found
}

/** A connection that was broken off although nobody had said goodbye. */
function reset(reading: Reading): Finding[] {
  const { sealedFrom, stream } = reading.conversation
  const { end } = stream
  const goodbye = reading.lines.some((line) => line.verb === 'QUIT' && line.kind === 'command')
  const side = end.includes('server RST') ? 'server' : end.includes('client RST') ? 'client' : undefined
  // inside TLS goodbye may have been said
  if (side === undefined || goodbye || sealedFrom !== undefined || reading.lines.length === 0) return []
  const last = reading.lines.at(-1)
  return [
    {
      id: 'reset',
      severity: 'note',
      lines: last === undefined ? [] : [last.number],
      certain: true,
      params: { variant: side },
    },
  ]
}
