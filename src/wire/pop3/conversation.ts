/**
 * POP3 as one pure state machine for server, client and analyser. RFC 1939, RFC 2449, RFC 2595, RFC 5034, RFC 6856.
 *
 * - State moves on replies. Commands may be pipelined, except behind AUTH, an answer and STLS.
 * - Which replies have a body is the command's: RETR, TOP, CAPA, LIST and UIDL without a number, AUTH without a
 *   mechanism, LANG without a tag. A body ends at CRLF.CRLF and nowhere else; its length in words does not count.
 * - A line that no command awaits is a `stray` reply to nothing; so are all lines where only the server was captured.
 *   A line that is no reply where one is awaited is a `stray` reply to that command.
 * - A server's line that a hole cuts off is `unreadable`: too little of it may be left to tell a reply.
 * - A line that may hold a credential is never given as text.
 */
import type { Conversation, Remark, Said, Side } from '../talk.ts'
import type { CutLine } from '../cutter.ts'
import { Cutter } from '../cutter.ts'
import { DotReader, DotWriter } from '../cutter/dots.ts'
import type { BodyPiece } from '../cutter/dots.ts'
import { byteString, readText, utf8Bytes } from '../cutter/text.ts'
import { plaintextBeforeTls } from '../cutter/watch.ts'
import { ClientSide } from './client-side.ts'
import type { HeardPop3, Waits } from './client-side.ts'
import { printCommand } from './grammar.ts'
import { hasBody, printStatus, readStatus } from './reply.ts'
import { form, order } from './rules.ts'
import { Pop3Session } from './session.ts'
import type { Pop3Command, Pop3Reply } from './words.ts'

export type { HeardPop3 } from './client-side.ts'

/** Bytes without line end. */
export interface Pop3Limits {
  readonly commandLine: number
  readonly authLine: number
  readonly replyLine: number
}

export interface Pop3Options {
  /** The capture begins in the middle; what was said before is unknown. `in message`: inside a body of the server. */
  readonly joined?: 'in commands' | 'in message'
  /** For captures: take a bare LF for a line end, as the peer may have done. Never for a live server. */
  readonly lenient?: boolean
  /** The conversation runs inside TLS; `stls`: after that command, so that no greeting comes, RFC 2595 §4. */
  readonly inside?: 'tls' | 'stls'
  readonly limits?: Partial<Pop3Limits>
}

const strictLimits: Pop3Limits = { commandLine: 512, authLine: 12288, replyLine: 4096 }
const lenientLimits: Pop3Limits = { commandLine: 65536, authLine: 65536, replyLine: 65536 }
const none: readonly never[] = []

export class Pop3Conversation implements Conversation<Pop3Command, Pop3Reply> {
  readonly #cutters: { readonly [side in Side]: Cutter }
  readonly #client: ClientSide
  readonly #session: Pop3Session
  readonly #replyLine: number
  /** Commands without reply, oldest first. */
  readonly #outstanding: Pop3Command[] = []
  #greeted: boolean
  /** The body that the server sends; undefined between bodies. */
  #body: DotReader | undefined
  #bodyIsAssumed = false
  #writer: DotWriter | undefined
  /** The last `next('client')` asked for bytes and none came since. */
  #clientIsDry = false
  /** Where TLS begins, by side; taken out when it was told. */
  #seals: { [side in Side]?: HeardPop3 } | undefined

  constructor(options: Pop3Options = {}) {
    const lenient = options.lenient ?? false
    const limits = { ...(lenient ? lenientLimits : strictLimits), ...options.limits }
    const [client, server] = [new Cutter({ lenient }), new Cutter({ lenient })]
    this.#cutters = { client, server }
    this.#replyLine = limits.replyLine
    this.#session = new Pop3Session(options.joined === undefined)
    this.#session.isSealed = options.inside !== undefined
    this.#greeted = options.inside === 'stls' || options.joined !== undefined
    if (options.joined === 'in message') {
      this.#body = new DotReader({ midway: true })
      this.#bodyIsAssumed = true
    }
    const around = {
      client,
      server,
      ...limits,
      awaitsGreeting: () => !this.#greeted,
      owes: (command: Pop3Command) => this.#owes(command),
    }
    this.#client = new ClientSide(around, options.joined !== undefined)
  }

  /** The name that a USER was accepted with, until its PASS is refused. */
  get user(): string | undefined {
    return this.#session.user
  }

  get isSignedIn(): boolean {
    return this.#session.isSignedIn
  }

  /** That side has bytes that are not read yet: right after an accepted STLS an attack, RFC 2595 §4. */
  hasBuffered(side: Side): boolean {
    return this.#cutters[side].hasUnread
  }

  hear(side: Side, bytes: Uint8Array): void {
    if (this.#seals) return
    this.#cutters[side].push(bytes)
    if (side === 'client') this.#clientIsDry = false
  }

  lose(side: Side, size: number): void {
    if (this.#seals) return
    this.#cutters[side].lose(size)
    this.#session.doubt()
    if (side === 'client') this.#clientIsDry = false
  }

  end(side: Side): void {
    this.#cutters[side].end()
    if (side === 'client') this.#clientIsDry = false
  }

  next(side: Side): HeardPop3 | Waits {
    if (this.#seals) return this.#sealedOf(side)
    if (side === 'server') return this.#nextOfServer()
    const heard = this.#client.next()
    this.#clientIsDry = heard === 'for bytes'
    if (!this.#client.isSealed) return heard
    this.#seal(true)
    return this.#sealedOf(side)
  }

  say(said: Said<Pop3Command, Pop3Reply>): Uint8Array {
    switch (said.what) {
      case 'command': {
        const bytes = utf8Bytes(`${printCommand(said.command)}\r\n`)
        this.#client.follow(said.command)
        return bytes
      }
      case 'reply': {
        const bytes = utf8Bytes(printStatus(said.reply))
        this.#writer = said.reply.status === 'ok' && said.reply.more ? new DotWriter() : undefined
        const to = this.#commandFor(said.reply)
        this.#move(to === 'greeting' ? undefined : to, said.reply)
        return bytes
      }
      case 'body': {
        if (!this.#writer) throw new TypeError('no body may be said now: it follows a reply with `more`')
        const bytes = this.#writer.write(said.bytes, said.last)
        if (said.last) this.#writer = undefined
        return bytes
      }
    }
  }

  objection(command: Pop3Command): Remark | undefined {
    // what stands behind STLS in clear is an injection, RFC 2595 §4
    if (command.verb === 'STLS' && this.#cutters.client.hasUnread) return order.plaintextAfterStls
    return this.#session.objection(command)
  }

  #owes(command: Pop3Command): void {
    const server = this.#cutters.server
    if (!server.isEnded || server.hasUnread) this.#outstanding.push(command)
  }

  #nextOfServer(): HeardPop3 | Waits {
    if (this.#body) return this.#nextOfBody(this.#body)
    // what the client has said must be known before a reply can be tied to it
    const mustHearClient =
      this.#greeted && this.#outstanding.length === 0 && !this.#clientIsDry && this.#cutters.client.hasUnread
    if (mustHearClient) return 'for the other side'
    const server = this.#cutters.server
    const line = server.line(this.#replyLine)
    if (line) return this.#heardLine(line)
    if (!server.isCut) return 'for bytes'
    const fragment = server.fragment(this.#replyLine)
    if (fragment) return { what: 'unreadable', at: fragment.at, why: 'no-line-end', remarks: [form.cut] }
    return this.#hole(false) ?? 'for bytes'
  }

  #heardLine(line: CutLine): HeardPop3 {
    const text = byteString(line.bytes)
    const read = readStatus(text, line.at.start)
    const remarks = remarksOf(line, text, read.remarks)
    const to = this.#commandFor(read.reply)
    if (to === 'greeting') return { ...read, what: 'reply', at: line.at, to: undefined, remarks }
    if (!to) {
      // whatever it looks like, no command awaits it
      const stray: Pop3Reply = { status: 'stray', text: readText(text) }
      return { what: 'reply', at: line.at, reply: stray, to, parts: read.parts, remarks }
    }
    const objection = this.#session.objection(to)
    const reply = read.reply.status === 'ok' && hasBody(to) ? { ...read.reply, more: true } : read.reply
    const signIn = this.#client.signIn
    const parts =
      reply.status === 'continue'
        ? read.parts.map((part) => (part.name === 'challenge' ? signIn.challengePart(reply.data, part.at) : part))
        : read.parts
    this.#move(to, reply)
    if (reply.status === 'ok' && reply.more) this.#body = new DotReader({ lenient: line.ending === 'lf' })
    return { what: 'reply', at: line.at, reply, to, parts, remarks: objection ? [...remarks, objection] : remarks }
  }

  /** What a reply does, heard or said. */
  #move(to: Pop3Command | undefined, reply: Pop3Reply): void {
    this.#client.replied(to?.verb === 'malformed' ? to.word : to?.verb, reply)
    if (!to || reply.status === 'continue') return
    this.#session.accept(to, reply.status === 'ok')
    // +OK alone accepts too; no text is asked for, RFC 2595 §4
    if (to.verb === 'STLS' && reply.status === 'ok') this.#seal(false)
  }

  /** The command that a reply answers; undefined for what nobody asked. */
  #commandFor(reply: Pop3Reply): Pop3Command | 'greeting' | undefined {
    if (!this.#greeted && (reply.status === 'ok' || reply.status === 'error')) {
      this.#greeted = true
      return 'greeting'
    }
    return this.#outstanding.shift()
  }

  #nextOfBody(dots: DotReader): HeardPop3 | Waits {
    const server = this.#cutters.server
    let piece = dots.read(server)
    // a server that ends its lines with LF ends its bodies so, too
    if (piece === 'doubtful') piece = dots.decide(server, true)
    if (piece) return this.#heardPiece(piece)
    if (!server.isCut) return 'for bytes'
    const left = dots.flush(server)
    if (left) return this.#heardPiece(left)
    dots.skip()
    return this.#hole(true) ?? 'for bytes'
  }

  #heardPiece(piece: BodyPiece): HeardPop3 {
    const { at, bytes, last } = piece
    let remarks: readonly Remark[] = none
    if (piece.hasBareLf || piece.endedByBareLf) remarks = [form.bareLf]
    if (piece.hasBareCr) remarks = [...remarks, form.bareCr]
    const assumed = this.#bodyIsAssumed
    if (last) {
      this.#body = undefined
      this.#bodyIsAssumed = false
    }
    const heard = { what: 'body', at, bytes, last, remarks } as const
    return assumed ? { ...heard, assumed } : heard
  }

  #hole(inBody: boolean): HeardPop3 | undefined {
    const at = this.#cutters.server.hole()
    if (!at) return undefined
    this.#client.mayHaveLostReply()
    return { what: 'hole', at, size: at.end - at.start, inBody, remarks: none }
  }

  /** From here on both sides speak TLS: what they have said in clear beyond it is told as a remark. */
  #seal(assumed: boolean): void {
    const sealOf = (side: Side): HeardPop3 => {
      const at = plaintextBeforeTls(this.#cutters[side])
      const remarks = at.end > at.start ? [order.plaintextAfterStls] : none
      return { what: 'sealed', at, remarks, ...(assumed ? { assumed } : {}) }
    }
    this.#seals = { client: sealOf('client'), server: sealOf('server') }
  }

  #sealedOf(side: Side): HeardPop3 | Waits {
    const seal = this.#seals?.[side]
    if (!seal || !this.#seals) return 'for bytes'
    delete this.#seals[side]
    return seal
  }
}

function remarksOf(line: CutLine, text: string, more: readonly Remark[]): readonly Remark[] {
  const remarks = [...more]
  if (line.ending === 'lf') remarks.push(form.bareLf)
  // 512 characters with the line end, RFC 1939 §3
  if (line.tooLong || line.bytes.length > 510) remarks.push(form.replyLineTooLong)
  const fault = /[\0\r\n]/.exec(text)?.[0]
  if (fault !== undefined) remarks.push(fault === '\0' ? form.nul : fault === '\r' ? form.bareCr : form.bareLf)
  return remarks
}
