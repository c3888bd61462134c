/**
 * Listens to both sides of a conversation after the fact: gives an engine the bytes in the order they arrived and
 * writes down each whole thing with its place in the capture. A body is one thing, whatever pieces it came in.
 *
 * What only a capture can lack is told to the engine (`lose`, `end`); a side that was never seen is ended at once. The
 * one thing that is made up here is the end of a body that our own recorder did not keep.
 */
import type { Conversation, Heard, Part, Remark, Side, Span } from '../wire/talk.ts'
import { otherSide } from '../wire/talk.ts'
import type { Arrival } from '../wire/packet/capture.ts'
import { Course } from './course.ts'
import { joined, Tape } from './tape.ts'
import type { Place } from './tape.ts'
import { asBytes, startsWith } from './text.ts'

export type LossWhy = 'not captured' | 'cut by snap length' | 'not kept'

interface Standing extends Place {
  readonly side: Side
  /** In the side's true stream, line end included. */
  readonly at: Span
  readonly remarks: readonly Remark[]
  readonly assumed: boolean
  /** Bytes that a hole took from the end of this line. */
  readonly cut: number
}

/** A whole thing that was said, with its place. */
export type Thing<Command, Reply> = Standing &
  (
    | { readonly what: 'command'; readonly command: Command; readonly parts: readonly Part[] }
    | {
        readonly what: 'reply'
        readonly reply: Reply
        readonly to: Command | undefined
        readonly parts: readonly Part[]
      }
    /** `missing` bytes of it are not here; `unkept` of these our own recorder left out. */
    | {
        readonly what: 'body'
        readonly bytes: Uint8Array
        readonly last: boolean
        readonly missing: number
        readonly unkept: number
      }
    | { readonly what: 'unreadable'; readonly why: string; readonly secret: boolean }
    | { readonly what: 'hole'; readonly size: number; readonly why: LossWhy; readonly inBody: boolean }
  )

/** Where TLS began in both streams, and how many bytes stood before it in clear although TLS had been agreed on. */
export interface Seal {
  readonly client: number
  readonly server: number
  readonly injected: Readonly<Record<Side, number>>
}

export interface Overheard<Command, Reply> {
  readonly things: readonly Thing<Command, Reply>[]
  readonly tapes: Readonly<Record<Side, Tape>>
  readonly seal: Seal | undefined
}

/** Hears all arrivals. Work is linear in them; nothing is thrown for any bytes. */
export function overhear<Command, Reply>(
  conversation: Conversation<Command, Reply>,
  arrivals: readonly Arrival[],
): Overheard<Command, Reply> {
  const listener = new Listener(conversation)
  listener.begin(arrivals)
  for (const arrival of arrivals) {
    if (arrival.what === 'bytes') listener.bytes(arrival)
    else if (arrival.what === 'lost') listener.lost(arrival)
  }
  return listener.finish()
}

const bodyEnd = asBytes('\r\n.\r\n')

interface SideState {
  readonly tape: Tape
  readonly course: Course
  /** The body that is being gathered: its place in `things`. */
  body: number | undefined
  pieces: Uint8Array[]
  size: number
  /** Holes by where they begin. */
  readonly holes: Map<number, { readonly size: number; readonly why: LossWhy }>
  /** Bytes of an open body were not kept: with the next word the body may be over. */
  unkept: boolean
  sealed: Span | undefined
}

class Listener<Command, Reply> {
  readonly #conversation: Conversation<Command, Reply>
  readonly #things: Thing<Command, Reply>[] = []
  readonly #sides: Record<Side, SideState> = { client: newSide(), server: newSide() }
  #over = false

  constructor(conversation: Conversation<Command, Reply>) {
    this.#conversation = conversation
  }

  begin(arrivals: readonly Arrival[]): void {
    const spoke = (side: Side): boolean =>
      arrivals.some((arrival) => (arrival.what === 'bytes' || arrival.what === 'lost') && arrival.side === side)
    for (const side of ['client', 'server'] as const) if (!spoke(side)) this.#conversation.end(side)
  }

  bytes(arrival: Arrival & { what: 'bytes' }): void {
    const { side, start, bytes } = arrival
    const state = this.#sides[side]
    state.tape.add(arrival)
    if (this.#over) return
    this.#endUnkept(side, bytes)
    state.course.fed(start, bytes.length)
    this.#conversation.hear(side, bytes)
    this.#pump(side)
  }

  lost(arrival: Arrival & { what: 'lost' }): void {
    const { side, start, size, why } = arrival
    const state = this.#sides[side]
    state.tape.skip(start, size)
    if (this.#over) return
    this.#endUnkept(side, undefined)
    state.holes.set(start, { size, why })
    state.course.fed(start, size)
    this.#conversation.lose(side, size)
    this.#pump(side)
    state.unkept = why === 'not kept' && state.body !== undefined
  }

  finish(): Overheard<Command, Reply> {
    for (const side of ['client', 'server'] as const) if (!this.#over) this.#conversation.end(side)
    this.#pump('client')
    for (const side of ['client', 'server'] as const) this.#settle(this.#sides[side])
    const { client, server } = this.#sides
    const seal = client.sealed !== undefined || server.sealed !== undefined
    const size = (span: Span | undefined): number => (span === undefined ? 0 : span.end - span.start)
    return {
      things: this.#things,
      tapes: { client: client.tape, server: server.tape },
      seal: seal
        ? {
            client: client.sealed?.end ?? client.tape.end,
            server: server.sealed?.end ?? server.tape.end,
            injected: { client: size(client.sealed), server: size(server.sealed) },
          }
        : undefined,
    }
  }

  /** A body whose bytes were not kept is over when the other side, or something new, is heard. */
  #endUnkept(speaker: Side, bytes: Uint8Array | undefined): void {
    const other = this.#sides[otherSide(speaker)]
    const own = this.#sides[speaker]
    if (other.unkept && other.body !== undefined) this.#endBody(otherSide(speaker))
    const isEnd = bytes === undefined || startsWith(bytes, '.\r\n') || startsWith(bytes, '\r\n.\r\n')
    if (own.unkept && own.body !== undefined && !isEnd) this.#endBody(speaker)
    other.unkept = false
    own.unkept = false
  }

  #endBody(side: Side): void {
    this.#sides[side].course.made(bodyEnd.length)
    this.#conversation.hear(side, bodyEnd)
    this.#pump(side)
  }

  /** Takes all that can be heard now, the speaker first, until neither side has more. */
  #pump(first: Side): void {
    for (let moved = !this.#over; moved;) {
      moved = false
      for (const side of [first, otherSide(first)]) {
        for (;;) {
          const heard = this.#conversation.next(side)
          if (heard === 'for bytes' || heard === 'for the other side') break
          moved = true
          this.#take(side, heard)
        }
      }
    }
  }

  #take(side: Side, heard: Heard<Command, Reply>): void {
    const state = this.#sides[side]
    switch (heard.what) {
      case 'sealed':
        this.#over = true
        state.sealed = state.course.real(heard.at)
        return
      case 'offer':
        return
      case 'hole':
        return this.#takeHole(side, heard)
      case 'body':
        return this.#takeBody(side, heard)
      case 'command':
      case 'reply':
      case 'unreadable':
        this.#settle(state)
        this.#things.push(this.#thing(side, heard))
    }
  }

  #thing(
    side: Side,
    heard: Heard<Command, Reply> & { what: 'command' | 'reply' | 'unreadable' },
  ): Thing<Command, Reply> {
    const { course, holes } = this.#sides[side]
    const at = course.real(heard.at)
    const cut = heard.remarks.some(({ rule }) => rule.startsWith('cut')) ? (holes.get(at.end)?.size ?? 0) : 0
    const standing = { ...this.#standing(side, at, heard), cut }
    const real = (parts: readonly Part[]): Part[] => parts.map((part) => ({ ...part, at: course.real(part.at) }))
    switch (heard.what) {
      case 'command':
        return { ...standing, what: 'command', command: heard.command, parts: real(heard.parts) }
      case 'reply':
        return { ...standing, what: 'reply', reply: heard.reply, to: heard.to, parts: real(heard.parts) }
      case 'unreadable':
        return { ...standing, what: 'unreadable', why: heard.why, secret: heard.secret === true }
    }
  }

  #standing(
    side: Side,
    at: Span,
    heard: { readonly remarks: readonly Remark[]; readonly assumed?: boolean },
  ): Standing {
    const place = this.#sides[side].tape.placeOf(at)
    return { side, at, ...place, remarks: heard.remarks, assumed: heard.assumed === true, cut: 0 }
  }

  #takeHole(side: Side, heard: Heard<Command, Reply> & { what: 'hole' }): void {
    const state = this.#sides[side]
    const at = state.course.real(heard.at)
    if (heard.inBody) this.#openBody(side, at, heard)
    const why = state.holes.get(at.start)?.why ?? 'not captured'
    this.#things.push({ ...this.#standing(side, at, heard), what: 'hole', size: heard.size, why, inBody: heard.inBody })
    const body = state.body === undefined ? undefined : this.#things[state.body]
    if (heard.inBody && state.body !== undefined && body?.what === 'body') {
      const missing = body.missing + heard.size
      const unkept = body.unkept + (why === 'not kept' ? heard.size : 0)
      this.#things[state.body] = {
        ...body,
        missing,
        unkept,
        at: { start: body.at.start, end: Math.max(body.at.end, at.end) },
      }
    }
  }

  #openBody(side: Side, at: Span, heard: { readonly remarks: readonly Remark[]; readonly assumed?: boolean }): number {
    const state = this.#sides[side]
    if (state.body === undefined) {
      state.body = this.#things.length
      const empty = { bytes: new Uint8Array(0), last: false, missing: 0, unkept: 0 }
      this.#things.push({ ...this.#standing(side, at, heard), what: 'body', ...empty })
    }
    return state.body
  }

  #takeBody(side: Side, heard: Heard<Command, Reply> & { what: 'body' }): void {
    const state = this.#sides[side]
    const at = state.course.real(heard.at)
    const isNew = state.body === undefined
    const index = this.#openBody(side, at, heard)
    const body = this.#things[index]
    if (body?.what !== 'body') return
    // a made-up end has no place in the stream, and no bytes
    if (at.end > at.start) {
      state.pieces.push(heard.bytes)
      state.size += heard.bytes.length
    }
    this.#things[index] = {
      ...body,
      at: { start: body.at.start, end: Math.max(body.at.end, at.end) },
      remarks: isNew || heard.remarks.length === 0 ? body.remarks : added(body.remarks, heard.remarks),
      last: heard.last,
      assumed: body.assumed || heard.assumed === true,
    }
    if (heard.last) this.#settle(state)
  }

  /** Joins the pieces of a body that is over and looks up where it ended. */
  #settle(state: SideState): void {
    const body = state.body === undefined ? undefined : this.#things[state.body]
    if (state.body !== undefined && body?.what === 'body') {
      const place = state.tape.placeOf(body.at)
      this.#things[state.body] = { ...body, ...place, bytes: joined(state.pieces, state.size) }
    }
    state.body = undefined
    state.pieces = []
    state.size = 0
  }
}

/** Each rule once. */
function added(remarks: readonly Remark[], more: readonly Remark[]): readonly Remark[] {
  return [...remarks, ...more.filter(({ rule }) => !remarks.some((known) => known.rule === rule))]
}

function newSide(): SideState {
  return {
    tape: new Tape(),
    course: new Course(),
    body: undefined,
    pieces: [],
    size: 0,
    holes: new Map(),
    unkept: false,
    sealed: undefined,
  }
}
