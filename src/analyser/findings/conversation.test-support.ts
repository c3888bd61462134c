/** Builds a conversation from a transcript of `C: ` and `S: ` lines, the way the analyser would hear it. For tests only. */
import type { CarriedMessage, HiddenKind, Line, LineKind, Phase, Piece, SignIn } from '../model.ts'
import type { Stream } from '../../wire/packet/capture.ts'
import { Secret, type Remark, type Side } from '../../wire/talk.ts'
import type { Conversation } from './reading.ts'

export interface Told {
  readonly protocol?: 'smtp' | 'pop3'
  readonly stream?: Partial<Stream>
  /** Seconds before a line, by its number. */
  readonly waits?: Readonly<Record<number, number>>
  readonly remarks?: Readonly<Record<number, readonly string[]>>
  readonly mail?: string
  readonly cut?: boolean
  readonly joined?: boolean
  readonly injected?: Readonly<Record<Side, number>>
}

/** A direction with a byte and nothing odd. */
export const direction = { bytes: 1, gaps: [], retransmittedBytes: 0, conflicts: [], placed: [] }

const nothing: Readonly<Record<Side, number>> = { client: 0, server: 0 }
const sealing = { client: 0, server: 0, time: 0n, records: nothing, bytes: nothing }

const stream: Stream = {
  index: 0,
  client: { address: '192.0.2.41', port: 50123 },
  server: { address: '192.0.2.25', port: 25 },
  ip: 4,
  frames: 43,
  firstFrame: 1,
  lastFrame: 43,
  start: 0n,
  last: 0n,
  synSeen: true,
  end: ['client FIN', 'server FIN'],
  handshakeRtt: undefined,
  c2s: direction,
  s2c: direction,
  tcp: {
    retransmissions: 0,
    outOfOrder: 0,
    duplicateAcks: 0,
    duplicatePackets: 0,
    zeroWindows: 0,
    keepAlives: 0,
    overlapConflicts: 0,
    badChecksums: 0,
  },
  arrivals: [],
}

/**
 * A row: `C: EHLO me`, `S: 250-a|250 b` (rows of one reply), `C: {code}` (a hidden value), `C: (mail)`; `~C:` and `~S:`
 * inside TLS; `S: (listing) a|b`. Replies answer in order.
 */
export function conversationOf(script: readonly string[], told: Told = {}): Conversation {
  const builder = new Builder(told)
  for (const row of script) builder.add(row)
  return builder.finish()
}

const phases: Record<string, Phase> = {
  EHLO: 'extensions',
  HELO: 'extensions',
  CAPA: 'extensions',
  STARTTLS: 'sealing',
  STLS: 'sealing',
  AUTH: 'sign-in',
  USER: 'sign-in',
  PASS: 'sign-in',
  APOP: 'sign-in',
  MAIL: 'envelope',
  RCPT: 'envelope',
  DATA: 'message',
  QUIT: 'goodbye',
}

class Builder {
  readonly #told: Told
  readonly #lines: Line[] = []
  readonly #messages: CarriedMessage[] = []
  readonly #signIns: { mechanism: string; ok: boolean | undefined; lines: number[]; sealed: boolean }[] = []
  readonly #waiting: { number: number; verb: string }[] = []
  #to: { address: string; code: number | undefined }[] = []
  #from: string | undefined
  #time = 0n
  #open = false

  constructor(told: Told) {
    this.#told = told
  }

  add(text: string): void {
    const [, tilde = '', who = '', rest = ''] = /^(~?)([CS]): (.*)$/.exec(text) ?? []
    const number = this.#lines.length + 1
    const since = BigInt(Math.round((this.#told.waits?.[number] ?? 0.01) * 1e9))
    this.#time += since
    const base = { number, sealed: tilde === '~', time: this.#time, firstTime: this.#time, since }
    if (who === 'C') this.#client(base, rest)
    else this.#server(base, rest)
  }

  #client(base: Base, rest: string): void {
    const hidden = /\{(code|password|user|token|proof)\}/.exec(rest)?.[1] as HiddenKind | undefined
    const isMail = rest === '(mail)'
    const isAnswer = !isMail && this.#open && !/^[A-Z]{4}/.test(rest)
    const word = isMail ? 'DATA' : isAnswer ? 'AUTH' : (/^[A-Z]+/i.exec(rest)?.[0]?.toUpperCase() ?? undefined)
    const isBad = word === undefined
    const verb = word ?? ''
    if (verb === 'AUTH' && !isAnswer) this.#begin(rest.split(' ')[1] ?? '', base)
    if (verb === 'USER' || verb === 'APOP') this.#begin(verb === 'USER' ? 'USER/PASS' : 'APOP', base)
    if (isAnswer || verb === 'PASS' || verb === 'AUTH') this.#signIns.at(-1)?.lines.push(base.number)
    if (verb === 'MAIL') this.#from = /<([^>]*)>/.exec(rest)?.[1]
    if (verb === 'RCPT') this.#to.push({ address: /<([^>]*)>/.exec(rest)?.[1] ?? '', code: undefined })
    if (isMail) this.#mail(base.number)
    const kind: LineKind = isMail ? 'message' : isAnswer ? 'answer' : isBad ? 'unreadable' : 'command'
    this.#put(base, 'client', kind, isBad ? undefined : verb, [piecesOf(rest, hidden)], undefined)
    this.#waiting.push({ number: base.number, verb: isMail ? 'message' : verb })
  }

  #begin(mechanism: string, base: Base): void {
    this.#signIns.push({ mechanism: mechanism.toUpperCase(), ok: undefined, lines: [base.number], sealed: base.sealed })
    this.#open = true
  }

  #mail(line: number): void {
    const { mail = 'From: a@north.test\r\nDate: x\r\nMessage-ID: <1@a>\r\n\r\nHi\r\n', cut = false } = this.#told
    this.#messages.push({
      line,
      side: 'client',
      by: 'DATA',
      bytes: Uint8Array.from(mail, (char) => char.charCodeAt(0)),
      wireBytes: mail.length,
      missing: 0,
      whole: !cut,
      envelope: { from: this.#from, to: this.#to },
      result: [],
    })
    this.#to = []
  }

  #server(base: Base, rest: string): void {
    const listing = rest.startsWith('(listing) ')
    const rows = rest.replace('(listing) ', '').split('|')
    const code = /^\d{3}/.exec(rest) ? Number(rest.slice(0, 3)) : undefined
    const isGreeting = this.#lines.every((line) => line.side === 'client')
    const asked = isGreeting ? undefined : listing ? this.#last : this.#waiting.shift()
    if (asked !== undefined) this.#last = asked
    const isChallenge = code === 334 || rest.startsWith('+ ')
    const signIn = this.#signIns.at(-1)
    if (asked !== undefined && signIn?.lines.includes(asked.number) === true) {
      signIn.lines.push(base.number)
      const ok = code === 235 || (asked.verb !== 'USER' && rest.startsWith('+OK'))
      if (!isChallenge && !(asked.verb === 'USER' && rest.startsWith('+OK'))) {
        signIn.ok = ok
        this.#open = false
      }
    }
    if (asked?.verb === 'message' && code !== undefined) {
      const message = this.#messages.at(-1)
      if (message !== undefined) this.#messages[this.#messages.length - 1] = { ...message, result: [code] }
    }
    const kind = listing ? 'listing' : isChallenge ? 'challenge' : 'reply'
    this.#put(
      base,
      'server',
      kind,
      asked?.verb,
      rows.map((row) => [row]),
      asked?.number,
      code,
    )
  }

  #last: { number: number; verb: string } | undefined

  #put(
    base: Base,
    side: Side,
    kind: LineKind,
    verb: string | undefined,
    rows: readonly (readonly Piece[])[],
    answers: number | undefined,
    code?: number,
  ): void {
    const remarks = (this.#told.remarks?.[base.number] ?? []).map((rule): Remark => ({
      rule,
      source: 'RFC 5321 §4.1.1',
    }))
    this.#lines.push({
      ...base,
      side,
      kind,
      phase: phases[verb ?? ''] ?? 'other',
      verb,
      code,
      rows: rows.map((pieces) => ({ pieces, means: undefined })),
      means: { id: 'smtp.reply' },
      at: { start: 0, end: 0 },
      frames: [],
      parts: [],
      remarks,
      assumed: false,
      answers,
      message: undefined,
      size: undefined,
    })
  }

  finish(): Conversation {
    const signIns = this.#signIns.map((one): SignIn => ({
      ...one,
      lines: [...new Set(one.lines)],
      user: 'alice@north.test',
      code: undefined,
      cancelled: false,
    }))
    return {
      id: 1,
      stream: { ...stream, ...this.#told.stream },
      protocol: this.#told.protocol ?? 'smtp',
      detectedBy: 'content',
      joined: this.#told.joined ?? false,
      lines: this.#lines,
      messages: this.#messages,
      signIns,
      outcome: { kind: 'nothing', certain: true, means: { id: 'outcome.nothing' } },
      timing: { total: this.#time, path: undefined, server: undefined, client: undefined },
      hidden: [],
      sealedFrom: undefined,
      sealing: this.#told.injected === undefined ? undefined : { ...sealing, injected: this.#told.injected },
      secretSpans: [],
      dialogues: [],
    }
  }
}

type Base = Pick<Line, 'number' | 'sealed' | 'time' | 'firstTime' | 'since'>

function piecesOf(text: string, hidden: HiddenKind | undefined): readonly Piece[] {
  if (hidden === undefined) return [text]
  const [before = '', after = ''] = text.split(`{${hidden}}`)
  const pieces: Piece[] = [before, { hidden, value: new Secret('wonderland-42') }, after]
  return pieces.filter((piece) => piece !== '')
}
