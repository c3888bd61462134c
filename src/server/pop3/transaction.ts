/** The TRANSACTION state: what lies in the maildrop. RFC 1939 §5 to §7. */
import { StoreError, type StoredMessage } from '../../store/contract.ts'
import type { Pop3Command } from '../../wire/pop3/words.ts'
import { error, ok, okWith, type Pop3Context, type Told } from './context.ts'
import type { Maildrop } from './maildrop.ts'

/** Bytes of a big message that are sent before the peer must have taken what went before. */
const pieceSize = 131_072
const noMessage = error('No such message')
const gone = error('The message is gone')

/** Holds a command that came where no maildrop is open; the engine's objection comes before it. */
function withMaildrop<Result>(context: Pop3Context, act: (maildrop: Maildrop) => Result): Result | Told {
  return context.maildrop ? act(context.maildrop) : error('Sign in first')
}

export function stat(context: Pop3Context): Told {
  return withMaildrop(context, ({ count, bytes }) => ok(`${count} ${bytes}`))
}

export function list(context: Pop3Context, number: number | undefined): Told {
  return withMaildrop(context, (maildrop) => {
    if (number === undefined)
      return okWith(
        `${maildrop.count} messages (${maildrop.bytes} octets)`,
        maildrop.listing(({ size }) => size),
      )
    const message = maildrop.message(number)
    return message ? ok(`${number} ${message.size}`) : noMessage
  })
}

/** The message's own id: stable over every session, move and repair, RFC 1939 §7. */
export function uidl(context: Pop3Context, number: number | undefined): Told {
  return withMaildrop(context, (maildrop) => {
    if (number === undefined)
      return okWith(
        'Ids follow',
        maildrop.listing(({ id }) => id),
      )
    const message = maildrop.message(number)
    return message ? ok(`${number} ${message.id}`) : noMessage
  })
}

export function dele(context: Pop3Context, number: number): Told {
  return withMaildrop(context, (maildrop) => (maildrop.mark(number) ? ok(`Message ${number} marked`) : noMessage))
}

export function rset(context: Pop3Context): Told {
  return withMaildrop(context, (maildrop) => {
    maildrop.unmarkAll()
    return ok(`${maildrop.count} messages (${maildrop.bytes} octets)`)
  })
}

export function retr(context: Pop3Context, number: number): Told | Promise<Told | undefined> {
  return withMaildrop<Told | Promise<Told | undefined>>(context, (maildrop) => {
    const message = maildrop.message(number)
    if (!message) return noMessage
    const told = `${message.size} octets`
    const small = readSmall(maildrop, message)
    if (small === 'gone') return gone
    if (!small) return sendBig(context, maildrop, message, told)
    noteFetched(context)
    return { reply: { status: 'ok', code: undefined, text: told, more: true }, body: small, isMessage: true }
  })
}

/** The header and so many lines of the body. */
export function top(
  context: Pop3Context,
  { number, lines }: Pop3Command & { verb: 'TOP' },
): Told | Promise<Told | undefined> {
  return withMaildrop(context, (maildrop) => {
    const message = maildrop.message(number)
    if (!message) return noMessage
    const small = readSmall(maildrop, message)
    if (small === 'gone') return gone
    if (!small) return topOfBig(maildrop, message, lines)
    return topTold(small.subarray(0, endOfTop(small, lines) ?? small.length))
  })
}

/** QUIT: what is marked goes now, and never otherwise. */
export async function quit(context: Pop3Context): Promise<Told> {
  const { maildrop, connection } = context
  if (!maildrop) return context.last(ok('Bye'))
  const { marked } = maildrop
  try {
    await maildrop.update()
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : 'an unknown fault'
    connection.log('error', 'fault', `marked messages could not be removed: ${text}`)
    return context.last(error('Marked messages were not removed', 'SYS/TEMP'))
  } finally {
    maildrop.release()
  }
  connection.log('info', 'fetched', `${connection.fetched} messages fetched, ${marked} removed`, {
    fetched: connection.fetched,
    removed: marked,
    account: connection.account?.address ?? '',
  })
  return context.last(ok('Bye'))
}

export function noteFetched({ connection }: Pop3Context): void {
  connection.fetched += 1
  connection.outcome = 'fetched'
}

function readSmall(maildrop: Maildrop, message: StoredMessage): Uint8Array | 'gone' | undefined {
  try {
    return maildrop.readSmall(message)
  } catch (cause) {
    if (cause instanceof StoreError && cause.code === 'message-gone') return 'gone'
    throw cause
  }
}

/** By pieces, each when the one before was taken. Undefined: all is said. */
async function sendBig(
  context: Pop3Context,
  maildrop: Maildrop,
  message: StoredMessage,
  text: string,
): Promise<Told | undefined> {
  const { connection, talk, wire } = context
  let begun = false
  try {
    for await (const piece of maildrop.read(message)) {
      if (!begun)
        connection.say(talk.say({ what: 'reply', reply: { status: 'ok', code: undefined, text, more: true } }))
      begun = true
      for (let at = 0; at < piece.length; at += pieceSize) {
        connection.sayBody(talk.say({ what: 'body', bytes: piece.subarray(at, at + pieceSize), last: false }), false)
        wire.flush()
        await wire.drained()
        if (wire.isClosed()) return undefined
      }
    }
  } catch (cause) {
    if (!begun && cause instanceof StoreError && cause.code === 'message-gone') return gone
    throw cause
  }
  if (!begun) return gone
  connection.sayBody(talk.say({ what: 'body', bytes: new Uint8Array(0), last: true }), true)
  noteFetched(context)
  return undefined
}

async function topOfBig(maildrop: Maildrop, message: StoredMessage, lines: number): Promise<Told> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of maildrop.read(message)) {
      pieces.push(piece)
      const all = Buffer.concat(pieces)
      const end = endOfTop(all, lines)
      if (end !== undefined) return topTold(all.subarray(0, end))
    }
  } catch (cause) {
    if (cause instanceof StoreError && cause.code === 'message-gone') return gone
    throw cause
  }
  return topTold(Buffer.concat(pieces))
}

function topTold(body: Uint8Array): Told {
  return { reply: { status: 'ok', code: undefined, text: 'Top follows', more: true }, body, isMessage: true }
}

/** Index behind the header, the blank line and so many body lines; undefined where the bytes do not reach so far. */
function endOfTop(bytes: Uint8Array, lines: number): number | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const blank = all[0] === 13 && all[1] === 10 ? 2 : all.indexOf('\r\n\r\n', 0, 'latin1') + 4
  if (blank === 3) return undefined
  let at = blank
  for (let line = 0; line < lines; line++) {
    const next = all.indexOf('\r\n', at, 'latin1')
    if (next < 0) return undefined
    at = next + 2
  }
  return at
}
