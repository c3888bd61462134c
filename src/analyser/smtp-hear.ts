/** What the listener must know of SMTP, and how its sign-ins are followed. RFC 5321, RFC 4954. */
import type { Span } from '../wire/talk.ts'
import type { SmtpCommand, SmtpReply } from '../wire/smtp/words.ts'
import type { Thing } from './overhear.ts'
import type { SignInReader } from './sign-in.ts'
import type { Tape } from './tape.ts'
import { hideEcho } from './layer.ts'
import type { Hiding } from './hiding.ts'
import { asLatin1 } from './text.ts'

export type SmtpThing = Thing<SmtpCommand, SmtpReply>

/** For each thing the index of what it answers; replies to a mail answer the mail, replies to a chunk its BDAT. */
export function pairSmtp(things: readonly SmtpThing[]): (number | undefined)[] {
  const commands = new Map<SmtpCommand, number>()
  const messages: number[] = []
  const chunks: number[] = []
  const seen = new Map<SmtpCommand, number>()
  const unread: number[] = []
  let challenge: number | undefined
  let chunk: number | undefined
  return things.map((thing, index) => {
    switch (thing.what) {
      case 'command':
        commands.set(thing.command, index)
        if (thing.command.verb === 'BDAT') {
          chunk = index
          chunks.push(index)
        }
        return thing.command.verb === 'answer' ? challenge : undefined
      case 'body': {
        const own = chunk
        chunk = undefined
        if (own === undefined && thing.last) messages.push(index)
        return own
      }
      case 'reply': {
        if (thing.reply.code === 334) challenge = index
        const { to } = thing
        if (to === undefined) return undefined
        const known = commands.get(to) ?? seen.get(to)
        if (known !== undefined) return known
        const found = to.verb !== 'message' ? unread.shift() : to.chunk ? chunks.shift() : messages.shift()
        if (found !== undefined) seen.set(to, found)
        return found
      }
      case 'unreadable':
        // the engine keeps no text of it, and so no command that a reply could name
        if (thing.side === 'client') unread.push(index)
        return undefined
      case 'hole':
        return undefined
    }
  })
}

/** Follows all sign-ins of one layer, and hides what was shown for them and what may be a secret at a wrong prompt. */
export function readSmtpSignIns(
  things: readonly SmtpThing[],
  answered: readonly (number | undefined)[],
  tapes: Readonly<Record<'client' | 'server', Tape>>,
  reader: SignInReader,
  hiding: Hiding,
): void {
  const read = (side: 'client' | 'server', at: Span): Uint8Array => tapes[side].read(at)
  for (const [index, thing] of things.entries()) {
    if (thing.what === 'command') readCommand(index, thing, reader, read)
    else if (thing.what === 'reply') readReply(index, thing, reader, read)
  }
  hideSuspects(things, answered, reader, hiding, read)
}

type Read = (side: 'client' | 'server', at: Span) => Uint8Array

function readCommand(index: number, thing: SmtpThing & { what: 'command' }, reader: SignInReader, read: Read): void {
  const { command } = thing
  const at = bare(thing.at, read('client', thing.at))
  if (command.verb === 'answer') reader.answer(index, at)
  const isAuth = command.verb === 'AUTH' || (command.verb === 'malformed' && command.word === 'AUTH')
  if (!isAuth) return
  const text = asLatin1(read('client', at))
  const found = /^\s*AUTH[ \t]*(\S*)[ \t]*/i.exec(text)
  const from = at.start + (found?.[0].length ?? text.length)
  reader.begin(index, (found?.[1] ?? '').toUpperCase(), from < at.end ? { start: from, end: at.end } : undefined)
}

function readReply(index: number, thing: SmtpThing & { what: 'reply' }, reader: SignInReader, read: Read): void {
  const { to, reply } = thing
  const { code } = reply
  if (
    to === undefined ||
    (to.verb !== 'AUTH' && to.verb !== 'answer' && !(to.verb === 'malformed' && to.word === 'AUTH'))
  ) {
    const own = to === undefined || to.verb === 'EHLO' || to.verb === 'HELO'
    if (own && reader.signIns.length === 0) reader.open.push(asLatin1(read('server', thing.at)))
    return
  }
  if (code === 334) {
    const at = bare(thing.at, read('server', thing.at))
    reader.challenge(index, { start: Math.min(at.end, at.start + 4), end: at.end })
  } else {
    reader.end(index, code >= 200 && code < 300, code)
  }
}

/** Lines within this many client lines of a sign-in stand near it. */
const nearness = 3

/** A client's line that is no command, refused, near a sign-in or decodable: perhaps a secret at the wrong prompt. */
function hideSuspects(
  things: readonly SmtpThing[],
  answered: readonly (number | undefined)[],
  reader: SignInReader,
  hiding: Hiding,
  read: Read,
): void {
  const replies = new Map<number, number>()
  for (const [index, to] of answered.entries())
    if (to !== undefined && things[index]?.what === 'reply') replies.set(to, index)
  const lines = [...things.entries()].filter(
    ([, thing]) => thing.side === 'client' && (thing.what === 'command' || thing.what === 'unreadable'),
  )
  const near = nearOnes(
    lines.map(
      ([, thing]) => thing.what === 'command' && (thing.command.verb === 'AUTH' || thing.command.verb === 'answer'),
    ),
  )
  for (const [position, [index, thing]] of lines.entries()) {
    const unknown = thing.what === 'command' && thing.command.verb === 'unknown'
    const marked = thing.what === 'unreadable' && thing.secret
    if (!unknown && thing.what !== 'unreadable') continue
    const replyIndex = replies.get(index)
    const reply = replyIndex === undefined ? undefined : things[replyIndex]
    const refused = reply?.what !== 'reply' || reply.reply.code >= 500
    if (!refused && !marked) continue
    const at = bare(thing.at, read('client', thing.at))
    const kind = reader.suspect(at, marked || near[position] === true)
    if (kind === undefined || reply === undefined) continue
    const words = asLatin1(read('client', at)).trim()
    hideEcho(hiding, 'server', reply.at, read('server', reply.at), words, kind)
  }
}

/** Whether each place is within reach of one that is marked. */
export function nearOnes(marks: readonly boolean[], reach = nearness): boolean[] {
  return marks.map((_, index) => marks.slice(Math.max(0, index - reach), index + reach + 1).some(Boolean))
}

/** The span of a line without its line end. */
export function bare(at: Span, bytes: Uint8Array): Span {
  let size = bytes.length
  if (bytes[size - 1] === 0x0a) size -= bytes[size - 2] === 0x0d ? 2 : 1
  return { start: at.start, end: at.start + Math.max(0, size) }
}
