/**
 * Conversations as text: `C: ` and `S: ` lines (each ends in CRLF on the wire), `#: word …` lines that say what must
 * be heard. One file drives an engine as server, as client and as listener.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Conversation, Heard, Side } from '../../src/wire/talk.ts'
import { Secret } from '../../src/wire/talk.ts'
import { Pop3Conversation } from '../../src/wire/pop3/conversation.ts'
import { SmtpConversation } from '../../src/wire/smtp/conversation.ts'

/** All that one side says before the other does. */
export interface Turn {
  readonly side: Side
  readonly bytes: Uint8Array
}

export interface Transcript {
  readonly name: string
  readonly title: string
  readonly protocol: 'smtp' | 'pop3'
  /** What the client says, a word a thing. */
  readonly heard: readonly string[]
  /** Rules that the client's lines bend, in order. */
  readonly remarks: readonly string[]
  /** Rules of order that commands bend, in order of their replies. */
  readonly order: readonly string[]
  readonly turns: readonly Turn[]
}

export interface Command {
  readonly verb: string
}
export type Engine = Conversation<Command, object>
export type AnyHeard = Heard<Command, object>

export function readTranscripts(): Transcript[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => readTranscript(file.slice(0, -4), readFileSync(join(import.meta.dirname, file), 'utf8')))
}

export function readTranscript(name: string, text: string): Transcript {
  const said: Record<string, string[]> = {}
  const turns: { side: Side; text: string }[] = []
  for (const line of text.split('\n')) {
    const note = /^#: (\w+) (.*)$/.exec(line)
    if (note) said[note[1]!] = note[2]!.split(' ')
    const spoken = /^([CS]):(?: (.*))?$/.exec(line)
    if (!spoken) continue
    const side = spoken[1] === 'C' ? 'client' : 'server'
    const last = turns.at(-1)
    const bytes = `${spoken[2] ?? ''}\r\n`
    if (last?.side === side) last.text += bytes
    else turns.push({ side, text: bytes })
  }
  return {
    name,
    title: (said['title'] ?? []).join(' '),
    protocol: name.startsWith('pop3') ? 'pop3' : 'smtp',
    heard: said['heard'] ?? [],
    remarks: said['remarks'] ?? [],
    order: said['order'] ?? [],
    turns: turns.map((turn) => ({ side: turn.side, bytes: new TextEncoder().encode(turn.text) })),
  }
}

export function engineFor(protocol: 'smtp' | 'pop3', options: { lenient?: boolean } = {}): Engine {
  return protocol === 'smtp' ? new SmtpConversation(options) : new Pop3Conversation(options)
}

/** What was heard of each side, pieces of a body joined, secrets told. */
export interface Story {
  readonly client: readonly AnyHeard[]
  readonly server: readonly AnyHeard[]
}

/** Collects what an engine hears. */
export class Listener {
  readonly #engine: Engine
  readonly #heard: Record<Side, AnyHeard[]> = { client: [], server: [] }

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Takes out all that can be taken out of these sides. */
  drain(...sides: readonly Side[]): void {
    for (let goesOn = true; goesOn;) {
      goesOn = false
      for (const side of sides) {
        for (let next = this.#engine.next(side); typeof next === 'object'; next = this.#engine.next(side)) {
          this.#heard[side].push(next)
          goesOn = true
        }
      }
    }
  }

  story(): Story {
    return { client: joinBodies(this.#heard.client), server: joinBodies(this.#heard.server) }
  }
}

/** Hears turns as a listener between the two. */
export function overhear(engine: Engine, turns: readonly Turn[]): Story {
  const listener = new Listener(engine)
  for (const { side, bytes } of turns) {
    engine.hear(side, bytes)
    listener.drain('client', 'server')
  }
  for (const side of ['client', 'server'] as const) engine.end(side)
  listener.drain('client', 'server')
  return listener.story()
}

function joinBodies(heard: readonly AnyHeard[]): AnyHeard[] {
  const joined: AnyHeard[] = []
  for (const thing of heard) {
    const before = joined.at(-1)
    if (thing.what !== 'body' || before?.what !== 'body' || before.last) joined.push(thing)
    else {
      joined[joined.length - 1] = {
        ...before,
        at: { start: before.at.start, end: thing.at.end },
        bytes: Uint8Array.from([...before.bytes, ...thing.bytes]),
        last: thing.last,
        remarks: [...before.remarks, ...thing.remarks.filter((remark) => !before.remarks.includes(remark))],
      }
    }
  }
  return joined
}

/** A story as plain values that compare by content: secrets told, bytes as text. */
export function told(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() }
  if (value instanceof Uint8Array) return new TextDecoder('latin1').decode(value)
  if (Array.isArray(value)) return value.map(told)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, told(inner)]))
}

/** The word for a thing of the client, as the `heard` lines have it. */
export function wordsFor(story: Story): string[] {
  let isChunk = false
  return story.client.map((thing) => {
    if (thing.what === 'body') return isChunk ? 'chunk' : 'message'
    if (thing.what !== 'command') return thing.what
    isChunk = thing.command.verb === 'BDAT'
    return thing.command.verb
  })
}

/** Cuts turns at positions of all bytes together. */
export function cutTurns(turns: readonly Turn[], cuts: readonly number[]): Turn[] {
  const sorted = [...new Set(cuts)].toSorted((a, b) => a - b)
  const pieces: Turn[] = []
  let at = 0
  for (const { side, bytes } of turns) {
    const inside = sorted.filter((cut) => cut > at && cut < at + bytes.length).map((cut) => cut - at)
    let from = 0
    for (const to of [...inside, bytes.length]) {
      pieces.push({ side, bytes: bytes.slice(from, to) })
      from = to
    }
    at += bytes.length
  }
  return pieces
}

export function sizeOf(turns: readonly Turn[]): number {
  return turns.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

/** The things of a story's side that begin within the next `size` bytes of it; each call goes on from the last. */
export class Script {
  readonly #things: readonly AnyHeard[]
  #index = 0
  #end = 0

  constructor(things: readonly AnyHeard[]) {
    this.#things = things
  }

  within(size: number): readonly AnyHeard[] {
    this.#end += size
    const from = this.#index
    while (this.#index < this.#things.length && this.#things[this.#index]!.at.start < this.#end) this.#index++
    return this.#things.slice(from, this.#index)
  }
}
