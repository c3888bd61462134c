/**
 * Fetches mail by POP3: greeting, STLS, sign-in, UIDL and LIST, then each message that is wanted. RFC 1939, RFC 2595.
 * A message is deleted only after the caller has said that it is safe.
 */
import { Pop3Conversation } from '../wire/pop3/conversation.ts'
import type { Pop3Command, Pop3Reply } from '../wire/pop3/words.ts'
import { Asker } from './asker.ts'
import { ClientError } from './errors.ts'
import { connect, defaultSilenceMs, nameOf, tlsOptions, type ClientOptions, type SignIn } from './server-address.ts'
import { beginSignIn, mustBeProved } from './sign-in.ts'

export interface ListedMessage {
  readonly number: number
  /** Bytes as the server counts them. */
  readonly size: number
  /** The server's lasting id, RFC 1939 §7; undefined where it has none. */
  readonly uidl: string | undefined
}

export interface FetchOptions extends ClientOptions {
  readonly signIn: SignIn
  /** Fresh random text for SCRAM. */
  readonly nonce?: string
  /** Default: all. */
  readonly wanted?: (message: ListedMessage) => boolean
  /** Takes one message, CRLF lines as they came; when it resolves the message may be deleted. */
  readonly take: (message: ListedMessage, bytes: AsyncIterable<Uint8Array>) => Promise<void>
  /** Delete each message that was taken. */
  readonly delete?: boolean
}

export interface FetchReport {
  readonly listed: number
  readonly taken: number
  readonly deleted: number
}

type Pop3 = Asker<Pop3Command, Pop3Reply>
const maxMessages = 1_000_000

export async function fetchMail(options: FetchOptions): Promise<FetchReport> {
  const line = await connect(options)
  const who = nameOf(options.server)
  const pop3: Pop3 = new Asker(line, new Pop3Conversation(line.tls ? { inside: 'tls' } : {}), {
    who,
    silenceMs: options.silenceMs ?? defaultSilenceMs,
  })
  const abort = (): void => line.destroy()
  options.signal?.addEventListener('abort', abort)
  try {
    mustBeOk(await pop3.reply(), who, 'the connection')
    if (options.server.tls === 'starttls') await startTls(pop3, options)
    await signIn(pop3, options)
    const listed = await list(pop3, who)
    let taken = 0
    let deleted = 0
    for (const message of listed) {
      if (options.wanted && !options.wanted(message)) continue
      await retrieve(pop3, message, options)
      taken++
      if (!options.delete) continue
      mustBeOk(await pop3.ask({ verb: 'DELE', number: message.number }), who, `to delete message ${message.number}`)
      deleted++
    }
    // DELE takes effect only at QUIT, RFC 1939 §6
    mustBeOk(await pop3.ask({ verb: 'QUIT' }), who, 'QUIT')
    return { listed: listed.length, taken, deleted }
  } finally {
    options.signal?.removeEventListener('abort', abort)
    line.end()
  }
}

function textOf(reply: Pop3Reply): string {
  return reply.status === 'continue' ? reply.data : reply.text
}

function mustBeOk(reply: Pop3Reply, who: string, what: string): void {
  if (reply.status === 'ok') return
  throw new ClientError('refused', `${who} refused ${what}`, { reply: textOf(reply) })
}

/** What CAPA lists, RFC 2449 §5; empty for a server without it. */
async function capabilities(pop3: Pop3): Promise<ReadonlyMap<string, readonly string[]>> {
  const reply = await pop3.ask({ verb: 'CAPA' })
  const found = new Map<string, readonly string[]>()
  if (reply.status !== 'ok') return found
  for (const text of await lines(pop3)) {
    const [tag, ...rest] = text.split(' ')
    if (tag) found.set(tag.toUpperCase(), rest)
  }
  return found
}

async function startTls(pop3: Pop3, options: FetchOptions): Promise<void> {
  const who = nameOf(options.server)
  const reply = await pop3.ask({ verb: 'STLS' })
  // never go on in clear where TLS was demanded, RFC 2595 §4
  if (reply.status !== 'ok')
    throw new ClientError('no-starttls', `${who} does not offer STLS`, { reply: textOf(reply) })
  await pop3.line.seal({ as: 'client', ...tlsOptions(options.server) })
  pop3.begin(new Pop3Conversation({ inside: 'stls' }))
}

async function signIn(pop3: Pop3, options: FetchOptions): Promise<void> {
  const who = nameOf(options.server)
  const { user, password } = options.signIn
  const mechanisms = (await capabilities(pop3)).get('SASL') ?? []
  const reply =
    mechanisms.length > 0 ? await signInBySasl(pop3, options, mechanisms) : await signInByName(pop3, user, password)
  if (reply.status === 'ok') return
  throw new ClientError('auth-refused', `${who} refused the sign-in of ${user}`, { reply: textOf(reply) })
}

async function signInByName(pop3: Pop3, name: string, password: SignIn['password']): Promise<Pop3Reply> {
  const reply = await pop3.ask({ verb: 'USER', name })
  return reply.status === 'ok' ? pop3.ask({ verb: 'PASS', password }) : reply
}

async function signInBySasl(pop3: Pop3, options: FetchOptions, mechanisms: readonly string[]): Promise<Pop3Reply> {
  const exchange = beginSignIn(options.signIn, mechanisms, {
    sealed: pop3.line.tls !== undefined,
    nonce: options.nonce,
    who: nameOf(options.server),
  })
  let reply = await pop3.ask({ verb: 'AUTH', mechanism: exchange.mechanism, initial: exchange.initial })
  while (reply.status === 'continue') reply = await pop3.ask({ verb: 'answer', ...exchange.answer(reply.data) })
  if (reply.status === 'ok') mustBeProved(exchange, nameOf(options.server))
  return reply
}

/** UIDL beside LIST; a server without UIDL is listed by numbers alone. */
async function list(pop3: Pop3, who: string): Promise<readonly ListedMessage[]> {
  mustBeOk(await pop3.ask({ verb: 'LIST', number: undefined }), who, 'LIST')
  const sizes = pairs(await lines(pop3))
  const reply = await pop3.ask({ verb: 'UIDL', number: undefined })
  const ids = new Map(reply.status === 'ok' ? pairs(await lines(pop3)) : [])
  return sizes.map(([number, size]) => ({ number, size: Number(size), uidl: ids.get(number) }))
}

function pairs(texts: readonly string[]): readonly (readonly [number, string])[] {
  return texts.flatMap((text) => {
    const found = /^(\d{1,10}) +(\S+)/.exec(text)
    return found ? [[Number(found[1]), found[2] as string] as const] : []
  })
}

async function retrieve(pop3: Pop3, message: ListedMessage, options: FetchOptions): Promise<void> {
  mustBeOk(
    await pop3.ask({ verb: 'RETR', number: message.number }),
    nameOf(options.server),
    `message ${message.number}`,
  )
  const reading = { ended: false }
  await options.take(message, body(pop3, reading))
  // what the taker left is read to its end, or the next reply would be mistaken
  if (!reading.ended) for await (const _ of body(pop3, reading));
}

/** The pieces of a body up to its end mark. */
async function* body(pop3: Pop3, reading = { ended: false }): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const heard = await pop3.next()
    if (heard.what !== 'body') throw new ClientError('nonsense', 'the server broke off in the middle of a list')
    reading.ended = heard.last
    if (heard.bytes.length > 0) yield heard.bytes
    if (heard.last) return
  }
}

/** A body as lines of text, bounded in number. */
async function lines(pop3: Pop3): Promise<readonly string[]> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of body(pop3)) {
    text += decoder.decode(bytes, { stream: true })
    if (text.length > maxMessages * 80) throw new ClientError('nonsense', 'the server sends an endless list')
  }
  return text.split('\r\n').filter((line) => line !== '')
}
