/** A conversation looked at the way the rules need it: who answered whom, what was offered when. Built once, linear. */
import type { Line, OverheardConversation } from '../model.ts'

/** What the rules look at. */
export type Conversation = Omit<OverheardConversation, 'findings'>

/** What the server said it can do, and where it said so. */
export interface Offer {
  readonly line: Line
  /** Keyword in upper case to what stands behind it. */
  readonly keywords: ReadonlyMap<string, string>
}

export class Reading {
  readonly conversation: Conversation
  readonly lines: readonly Line[]
  /** Lines of the client that are commands. */
  readonly commands: readonly Line[]
  /** Answers to EHLO and CAPA, in order. */
  readonly offers: readonly Offer[]
  readonly #replies: ReadonlyMap<number, readonly Line[]>
  readonly #numbered: ReadonlyMap<number, Line>

  constructor(conversation: Conversation) {
    this.conversation = conversation
    this.lines = conversation.lines
    this.commands = this.lines.filter((line) => line.side === 'client' && line.kind === 'command')
    const replies = new Map<number, Line[]>()
    for (const line of this.lines) {
      if (line.side !== 'server' || line.answers === undefined) continue
      const known = replies.get(line.answers)
      if (known === undefined) replies.set(line.answers, [line])
      else known.push(line)
    }
    this.#replies = replies
    const counted = this.lines.filter((line) => line.kind !== 'hole' && line.kind !== 'sealing')
    this.#numbered = new Map(counted.map((line) => [line.number, line]))
    this.offers = this.lines.flatMap((line) => offersOf(line))
  }

  get protocol(): 'smtp' | 'pop3' | 'other' {
    const { protocol } = this.conversation
    return protocol === 'smtp' || protocol === 'pop3' ? protocol : 'other'
  }

  /** The line of that number; a hole or a seal, which share one, is not meant. */
  lineAt(number: number): Line | undefined {
    return this.#numbered.get(number)
  }

  /** The reply to that line; undefined where none came. Challenges and listings are no replies. */
  replyTo(line: Line): Line | undefined {
    return this.#replies.get(line.number)?.find((reply) => reply.kind === 'reply')
  }

  /** The command was answered with yes. */
  isAccepted(line: Line): boolean {
    const reply = this.replyTo(line)
    if (reply === undefined) return false
    return reply.code === undefined ? textOf(reply).startsWith('+OK') : reply.code >= 200 && reply.code < 400
  }

  /** The command was answered with no. */
  isRefused(line: Line): boolean {
    const reply = this.replyTo(line)
    if (reply === undefined) return false
    return reply.code === undefined ? textOf(reply).startsWith('-ERR') : reply.code >= 400
  }

  /** The list that holds at that line: the last one given before it. */
  offerAt(line: Line): Offer | undefined {
    let low = 0
    let high = this.offers.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.offers[middle]?.line.number ?? 0) < line.number) low = middle + 1
      else high = middle
    }
    const offer = this.offers[low - 1]
    return offer?.line.sealed === line.sealed ? offer : undefined
  }

  /** Both sides said goodbye, closed or broke off: the end is in the capture. */
  get hasEnded(): boolean {
    return this.conversation.stream.end.some((end) => end !== 'open')
  }
}

/** All rows of a line as text, hidden pieces left out. */
export function textOf(line: Line): string {
  return line.rows.map((row) => rowText(row.pieces)).join('\n')
}

function rowText(pieces: Line['rows'][number]['pieces']): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : '')).join('')
}

function offersOf(line: Line): Offer[] {
  const isEhlo = line.kind === 'reply' && line.verb === 'EHLO' && line.code === 250
  const isCapa = line.kind === 'listing' && line.verb === 'CAPA'
  if (!isEhlo && !isCapa) return []
  const rows = isEhlo
    ? line.rows.slice(1).map((row) => rowText(row.pieces).slice(4))
    : line.rows.map((row) => rowText(row.pieces))
  const keywords = new Map<string, string>()
  for (const row of rows) {
    const [keyword = '', ...rest] = row.trim().split(/\s+/)
    const name = keyword.toUpperCase()
    if (name !== '' && !keywords.has(name)) keywords.set(name, rest.join(' '))
  }
  return [{ line, keywords }]
}

/** Whole seconds of nanoseconds. */
export function seconds(time: bigint): number {
  return Math.round(Number(time) / 1e9)
}
