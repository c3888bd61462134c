/**
 * Sends one message by SMTP: greeting, EHLO, STARTTLS, sign-in, envelope, message, with what the server offers
 * (PIPELINING, SIZE, 8BITMIME, SMTPUTF8). RFC 5321, RFC 6409. TLS that was asked for is demanded: never less.
 */
import { printAddress, type Address, type Path } from '../wire/address.ts'
import { isAscii } from '../wire/cutter/text.ts'
import { SmtpConversation } from '../wire/smtp/conversation.ts'
import { readExtensions } from '../wire/smtp/reply.ts'
import type { Parameter, SmtpCommand, SmtpReply } from '../wire/smtp/words.ts'
import { Asker } from './asker.ts'
import { ClientError } from './errors.ts'
import { connect, defaultSilenceMs, nameOf, tlsOptions, type ClientOptions } from './server-address.ts'
import { beginSignIn, mustBeProved } from './sign-in.ts'

export interface SendOptions extends ClientOptions {
  /** What we call ourselves in EHLO. */
  readonly name: string
  readonly from: Path
  readonly to: readonly Address[]
  /** The message, in pieces; `say` makes line ends CRLF and stuffs dots on the way. */
  readonly message: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** Bytes of the message with its line ends as CRLF, where they are known: told as SIZE, RFC 1870 §3. */
  readonly size?: number
  /** It holds bytes above 127. */
  readonly eightBit?: boolean
  /** Its header fields hold text beyond ASCII: SMTPUTF8 is needed, RFC 6531 §3.4. */
  readonly utf8Header?: boolean
  /** Fresh random text for SCRAM. */
  readonly nonce?: string
}

export interface RecipientOutcome {
  readonly address: string
  readonly code: number
  readonly enhanced: string | undefined
  readonly text: string
}

export interface SendReport {
  /** The server's id for it, where its last reply holds one. */
  readonly queueId: string | undefined
  /** In the order of `to`. Accepted ones carry the reply to the message itself. */
  readonly recipients: readonly RecipientOutcome[]
}

type Smtp = Asker<SmtpCommand, SmtpReply>
type Offers = ReadonlyMap<string, readonly string[]>

const textOf = (reply: SmtpReply): string => reply.lines.join(' ')
const isGood = (reply: SmtpReply): boolean => reply.code >= 200 && reply.code < 300

/** Throws `ClientError` or `NetError` where nothing was sent; refusals of single recipients are in the report. */
export async function sendMail(options: SendOptions): Promise<SendReport> {
  const line = await connect(options)
  const who = nameOf(options.server)
  const smtp: Smtp = new Asker(line, new SmtpConversation(line.tls ? { inside: 'tls' } : {}), {
    who,
    silenceMs: options.silenceMs ?? defaultSilenceMs,
  })
  const abort = (): void => line.destroy()
  options.signal?.addEventListener('abort', abort)
  try {
    const greeting = await smtp.reply()
    if (greeting.code !== 220) throw refusal(who, 'the connection', greeting)
    let offers = await hello(smtp, options.name, who)
    if (options.server.tls === 'starttls') offers = await startTls(smtp, offers, options)
    if (options.signIn) await signIn(smtp, offers, options)
    const report = await transact(smtp, offers, options)
    await smtp.ask({ verb: 'QUIT' }).catch(() => undefined)
    return report
  } finally {
    options.signal?.removeEventListener('abort', abort)
    line.end()
  }
}

function refusal(who: string, what: string, reply: SmtpReply): ClientError {
  return new ClientError('refused', `${who} refused ${what}`, { reply: `${reply.code} ${textOf(reply)}` })
}

/** EHLO, and HELO where the server is too old for it, RFC 5321 §4.1.1.1. */
async function hello(smtp: Smtp, name: string, who: string): Promise<Offers> {
  const reply = await smtp.ask({ verb: 'EHLO', domain: name })
  if (isGood(reply)) return readExtensions(reply)
  const helo = await smtp.ask({ verb: 'HELO', domain: name })
  if (!isGood(helo)) throw refusal(who, 'HELO', helo)
  return new Map()
}

async function startTls(smtp: Smtp, offers: Offers, options: SendOptions): Promise<Offers> {
  const who = nameOf(options.server)
  // never go on in clear where TLS was demanded, RFC 3207 §4.1
  if (!offers.has('STARTTLS')) throw new ClientError('no-starttls', `${who} does not offer STARTTLS`)
  const reply = await smtp.ask({ verb: 'STARTTLS' })
  if (reply.code !== 220) throw refusal(who, 'STARTTLS', reply)
  await smtp.line.seal({ as: 'client', ...tlsOptions(options.server) })
  smtp.begin(new SmtpConversation({ inside: 'starttls' }))
  return hello(smtp, options.name, who)
}

async function signIn(smtp: Smtp, offers: Offers, options: SendOptions): Promise<void> {
  if (!options.signIn) return
  const who = nameOf(options.server)
  const exchange = beginSignIn(options.signIn, offers.get('AUTH') ?? [], {
    sealed: smtp.line.tls !== undefined,
    nonce: options.nonce,
    who,
  })
  let reply = await smtp.ask({ verb: 'AUTH', mechanism: exchange.mechanism, initial: exchange.initial })
  while (reply.code === 334) reply = await smtp.ask({ verb: 'answer', ...exchange.answer(textOf(reply)) })
  if (reply.code !== 235) {
    throw new ClientError('auth-refused', `${who} refused the sign-in of ${options.signIn.user}`, {
      reply: `${reply.code} ${textOf(reply)}`,
    })
  }
  mustBeProved(exchange, who)
}

/** What MAIL says about the message; throws where the server lacks what it needs. */
function mailParameters(offers: Offers, options: SendOptions): readonly Parameter[] {
  const who = nameOf(options.server)
  const parameters: Parameter[] = []
  const limit = Number(offers.get('SIZE')?.[0] ?? 0)
  if (options.size !== undefined && offers.has('SIZE')) {
    if (limit > 0 && options.size > limit) {
      throw new ClientError('not-supported', `${who} takes messages up to ${limit} bytes, this one has ${options.size}`)
    }
    parameters.push({ key: 'SIZE', value: String(options.size) })
  }
  if (options.eightBit && offers.has('8BITMIME')) parameters.push({ key: 'BODY', value: '8BITMIME' })
  const addresses = [options.from, ...options.to].filter((path) => typeof path !== 'string').map(printAddress)
  if (options.utf8Header || !addresses.every(isAscii)) {
    if (!offers.has('SMTPUTF8')) {
      throw new ClientError('not-supported', `${who} does not take addresses or headers beyond ASCII (SMTPUTF8)`)
    }
    parameters.push({ key: 'SMTPUTF8', value: undefined })
  }
  return parameters
}

async function transact(smtp: Smtp, offers: Offers, options: SendOptions): Promise<SendReport> {
  const who = nameOf(options.server)
  const mail: SmtpCommand = { verb: 'MAIL', path: options.from, parameters: mailParameters(offers, options) }
  const rcpt = options.to.map((path): SmtpCommand => ({ verb: 'RCPT', path, parameters: [] }))
  const commands: readonly SmtpCommand[] = [mail, ...rcpt]
  const replies = offers.has('PIPELINING') ? await askAll(smtp, commands) : await askEach(smtp, commands)
  const [sender, ...each] = replies
  if (!sender || !isGood(sender))
    throw refusal(who, 'the sender', sender ?? { code: 0, enhanced: undefined, lines: [] })
  const outcomes = options.to.map((address, index) => outcome(address, each[index] ?? sender))
  if (!each.some(isGood)) return { queueId: undefined, recipients: outcomes }
  const data = await smtp.ask({ verb: 'DATA' })
  const last = data.code === 354 ? await sendBody(smtp, options.message) : data
  return {
    queueId: isGood(last) ? queueIdOf(textOf(last)) : undefined,
    recipients: outcomes.map((one, index) =>
      isGood(each[index] ?? last) ? outcome(options.to[index] as Address, last) : one,
    ),
  }
}

async function askEach(smtp: Smtp, commands: readonly SmtpCommand[]): Promise<readonly SmtpReply[]> {
  const replies: SmtpReply[] = []
  for (const command of commands) {
    replies.push(await smtp.ask(command))
    if (replies.length === 1 && !isGood(replies[0] as SmtpReply)) break
  }
  return replies
}

/** All commands in one go, then as many replies, RFC 2920 §3.1. */
async function askAll(smtp: Smtp, commands: readonly SmtpCommand[]): Promise<readonly SmtpReply[]> {
  await smtp.say(...commands.map((command) => ({ what: 'command' as const, command })))
  const replies: SmtpReply[] = []
  for (const _ of commands) replies.push(await smtp.reply())
  return replies
}

async function sendBody(smtp: Smtp, message: SendOptions['message']): Promise<SmtpReply> {
  for await (const bytes of message) await smtp.say({ what: 'body', bytes, last: false })
  await smtp.say({ what: 'body', bytes: new Uint8Array(0), last: true })
  return smtp.reply()
}

function outcome(address: Address, reply: SmtpReply): RecipientOutcome {
  return { address: printAddress(address), code: reply.code, enhanced: reply.enhanced, text: textOf(reply) }
}

/** `2.0.0 Ok: queued as 257FA2445BD`: the id as most servers tell it. */
function queueIdOf(text: string): string | undefined {
  return /\bqueued(?: mail)?(?: for delivery)?(?: as|:)?\s*<?([A-Za-z0-9._-]{4,64})/i.exec(text)?.[1]
}
