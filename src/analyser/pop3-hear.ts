/** What the listener must know of POP3, and how its sign-ins are followed. RFC 1939, RFC 5034. */
import type { Span } from '../wire/talk.ts'
import type { Pop3Command, Pop3Reply } from '../wire/pop3/words.ts'
import type { Thing } from './overhear.ts'
import type { SignInReader } from './sign-in.ts'
import type { Hiding } from './hiding.ts'
import type { Tape } from './tape.ts'
import { hideEcho } from './layer.ts'
import { bare, nearOnes } from './smtp-hear.ts'
import { asLatin1 } from './text.ts'

export type Pop3Thing = Thing<Pop3Command, Pop3Reply>

/** For each thing the index of what it answers. Lines after a status line answer the command, too. */
export function pairPop3(things: readonly Pop3Thing[]): (number | undefined)[] {
  const commands = new Map<Pop3Command, number>()
  let challenge: number | undefined
  let listed: number | undefined
  const unread: number[] = []
  return things.map((thing, index) => {
    switch (thing.what) {
      case 'command':
        commands.set(thing.command, index)
        return thing.command.verb === 'answer' ? challenge : undefined
      case 'reply': {
        if (thing.reply.status === 'continue') challenge = index
        const to = thing.to === undefined ? undefined : (commands.get(thing.to) ?? unread.shift())
        if (thing.reply.status === 'ok' && thing.reply.more) listed = to
        return to
      }
      case 'body':
        return listed
      case 'unreadable':
        // the engine keeps no text of it, and so no command that a reply could name
        if (thing.side === 'client') unread.push(index)
        return undefined
      case 'hole':
        return undefined
    }
  })
}

type Read = (side: 'client' | 'server', at: Span) => Uint8Array

/** Follows all sign-ins of one layer, and hides what was shown for them and what may be a secret at a wrong prompt. */
export function readPop3SignIns(
  things: readonly Pop3Thing[],
  answered: readonly (number | undefined)[],
  tapes: Readonly<Record<'client' | 'server', Tape>>,
  reader: SignInReader,
  hiding: Hiding,
): void {
  const read: Read = (side, at) => tapes[side].read(at)
  const walk = new Pop3SignIns(reader, read)
  for (const [index, thing] of things.entries()) walk.take(index, thing)
  hideSuspects(things, answered, reader, hiding, read)
}

class Pop3SignIns {
  readonly #reader: SignInReader
  readonly #read: Read
  #user: { index: number; at: Span } | undefined

  constructor(reader: SignInReader, read: Read) {
    this.#reader = reader
    this.#read = read
  }

  take(index: number, thing: Pop3Thing): void {
    if (thing.what === 'command') this.#command(index, thing)
    else if (thing.what === 'reply') this.#reply(index, thing)
  }

  #command(index: number, thing: Pop3Thing & { what: 'command' }): void {
    const { command } = thing
    const at = bare(thing.at, this.#read('client', thing.at))
    const text = asLatin1(this.#read('client', at))
    switch (command.verb === 'malformed' ? command.word : command.verb) {
      case 'USER':
        this.#user = { index, at: argument(at, text) }
        this.#reader.nameOnly(this.#user.at)
        return
      case 'PASS': {
        const signIn = this.#reader.beginPlain('USER/PASS')
        if (this.#user !== undefined) {
          signIn.things.push(this.#user.index)
          this.#reader.user(this.#user.at)
        }
        signIn.things.push(index)
        this.#reader.password(argument(at, text))
        return
      }
      case 'APOP':
        return this.#apop(index, at, text)
      case 'AUTH': {
        const found = /^\s*AUTH[ \t]*(\S*)[ \t]*/i.exec(text)
        const from = at.start + (found?.[0].length ?? text.length)
        const mechanism = (found?.[1] ?? '').toUpperCase()
        if (mechanism !== '')
          this.#reader.begin(index, mechanism, from < at.end ? { start: from, end: at.end } : undefined)
        return
      }
      case 'answer':
        return this.#reader.answer(index, at)
      default:
        return
    }
  }

  /** APOP name digest: the digest allows guessing, RFC 1939 §7. */
  #apop(index: number, at: Span, text: string): void {
    const signIn = this.#reader.beginPlain('APOP')
    signIn.things.push(index)
    const rest = argument(at, text)
    const space = text.trimEnd().lastIndexOf(' ')
    const digest = at.start + space + 1
    if (digest > rest.start) {
      this.#reader.user({ start: rest.start, end: Math.max(rest.start, digest - 1) })
      this.#reader.proof({ start: digest, end: at.end })
    } else {
      this.#reader.proof(rest)
    }
  }

  #reply(index: number, thing: Pop3Thing & { what: 'reply' }): void {
    const { to, reply } = thing
    const text = this.#read('server', thing.at)
    const verb = to === undefined ? undefined : to.verb === 'malformed' ? to.word : to.verb
    if (reply.status === 'continue') {
      const at = bare(thing.at, text)
      this.#reader.challenge(index, { start: Math.min(at.end, at.start + 2), end: at.end })
      return
    }
    const isAuth =
      verb === 'PASS' || verb === 'APOP' || verb === 'answer' || (verb === 'AUTH' && this.#reader.current !== undefined)
    if (isAuth) {
      this.#reader.end(index, reply.status === 'ok', undefined)
    } else if (verb === undefined && this.#reader.signIns.length === 0) {
      this.#reader.open.push(asLatin1(text))
    }
  }
}

function argument(at: Span, text: string): Span {
  const found = /^\s*\S*[ \t]?/.exec(text)?.[0].length ?? 0
  return { start: Math.min(at.end, at.start + found), end: at.end }
}

/** As in SMTP: a refused line that is no command, near a sign-in or decodable. */
function hideSuspects(
  things: readonly Pop3Thing[],
  answered: readonly (number | undefined)[],
  reader: SignInReader,
  hiding: Hiding,
  read: Read,
): void {
  const replies = new Map<number, Pop3Thing>()
  for (const [index, to] of answered.entries()) {
    const thing = things[index]
    if (to !== undefined && thing?.what === 'reply') replies.set(to, thing)
  }
  const lines = [...things.entries()].filter(
    ([, thing]) => thing.side === 'client' && (thing.what === 'command' || thing.what === 'unreadable'),
  )
  const verbs = new Set(['USER', 'PASS', 'APOP', 'AUTH', 'answer'])
  const near = nearOnes(lines.map(([, thing]) => thing.what === 'command' && verbs.has(thing.command.verb)))
  for (const [position, [index, thing]] of lines.entries()) {
    const unknown = thing.what === 'command' && thing.command.verb === 'unknown'
    const marked = thing.what === 'unreadable' && thing.secret
    if (!unknown && thing.what !== 'unreadable') continue
    const reply = replies.get(index)
    if (reply?.what === 'reply' && reply.reply.status === 'ok' && !marked) continue
    const at = bare(thing.at, read('client', thing.at))
    const kind = reader.suspect(at, marked || near[position] === true)
    if (kind === undefined || reply === undefined) continue
    hideEcho(hiding, 'server', reply.at, read('server', reply.at), asLatin1(read('client', at)).trim(), kind)
  }
}
