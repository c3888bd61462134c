/** `send` and `fetch`: Postglass as a client of any server. */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { fetchMail } from '../../client/fetch-mail.ts'
import type { ListedMessage } from '../../client/fetch-mail.ts'
import { sendMail } from '../../client/send-mail.ts'
import { readAddress } from '../../wire/address.ts'
import type { Address } from '../../wire/address.ts'
import { messageDocument, readMessage } from '../../wire/message/message.ts'
import { printMessage } from '../../wire/message/print.ts'
import { sha256 } from '../digest.ts'
import { Fault, systemCode } from '../fault.ts'
import { readWhole, readingFaultOf } from '../files.ts'
import type { Session } from '../session.ts'
import { inert } from '../terminal/inert.ts'
import { ink } from '../terminal/ink.ts'
import { tableRows } from '../terminal/table.ts'
import { clientWords } from '../words/client.ts'
import { messageRows } from './message.ts'
import { chooseServer, chooseSignIn, clientFault } from './server-choice.ts'
import type { ServerOptions } from './server-choice.ts'

/** Bytes of one message; it is read whole. */
const largest = 512 * 1024 * 1024

export interface SendOptions extends ServerOptions {
  readonly from: string
  readonly to: readonly string[]
  readonly subject?: string
}

function readFull(address: string): Address {
  const read = readAddress(address)
  if (read === undefined) throw new Fault('bad-address', { address })
  return read
}

/** Sends; exit 1 where any recipient was refused. */
export async function send(session: Session, given: string | undefined, options: SendOptions): Promise<number> {
  // `--to` takes all words that follow it: one at the end that is no address is the file.
  const last = options.to.at(-1)
  const isFile = given === undefined && options.to.length > 1 && last !== undefined && !last.includes('@')
  const file = isFile ? last : given
  const from = readFull(options.from)
  const to = (isFile ? options.to.slice(0, -1) : options.to).map(readFull)
  const named = file ?? (session.world.stdin.isTerminal || options.passwordStdin === true ? undefined : '-')
  if (named === '-' && options.passwordStdin === true)
    throw new Fault('bad-value', { option: 'FILE', value: '-', want: 'a file: --password-stdin reads standard input' })
  const bytes = named === undefined ? new Uint8Array(0) : await readWhole(session, named, largest)
  const message = isMessage(bytes) && options.subject === undefined ? bytes : compose(session, bytes, from, to, options)
  const server = await chooseServer(session, options, { plain: 587, sealed: 465, own: 2587 })
  const signIn = options.user === undefined ? undefined : await chooseSignIn(session, options.user, options)
  const peer = `${server.host}:${server.port}`
  const read = readMessage(message)
  try {
    const report = await sendMail({
      server,
      ...(signIn === undefined ? {} : { signIn }),
      name: hostname(),
      from,
      to,
      message: [message],
      size: sizeWithCrlf(message),
      eightBit: message.some((byte) => byte > 127),
      utf8Header: read.headers.some(({ raw }) => /[^ -~\s]/.test(raw)),
      nonce: randomBytes(18).toString('base64'),
    })
    const document = {
      schema: 'postglass/send/1',
      messageId: read.messageId ?? null,
      queueId: report.queueId ?? null,
      recipients: report.recipients.map(({ address, code, enhanced, text }) => ({
        address,
        code,
        enhanced: enhanced ?? null,
        text,
      })),
    }
    if (session.json) await session.document(document)
    else await showSent(session, report.queueId, document.recipients)
    return report.recipients.every(({ code }) => code >= 200 && code < 300) ? 0 : 1
  } catch (thrown) {
    throw clientFault(thrown, peer)
  }
}

/** Line ends count as two bytes, whatever the file has, RFC 1870 §3. */
function sizeWithCrlf(bytes: Uint8Array): number {
  const bare = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('latin1')
    .match(/\r(?!\n)|(?<!\r)\n/g)
  return bytes.length + (bare?.length ?? 0)
}

async function showSent(
  session: Session,
  queueId: string | undefined,
  recipients: readonly { address: string; code: number; text: string }[],
): Promise<void> {
  const words = clientWords[session.language]
  const isSent = recipients.some(({ code }) => code >= 200 && code < 300)
  await session.show([
    [
      ink(
        isSent ? 'ok' : 'danger',
        isSent ? words.sent(queueId === undefined ? undefined : inert(queueId)) : words.nothingSent,
      ),
    ],
    ...tableRows(
      words.recipientHead,
      recipients.map(({ address, code, text }) => [address, String(code), text]),
    ),
  ])
}

/** Bytes that begin with header fields of a mail, an empty line after them. RFC 5322 §2.1. */
function isMessage(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 65_536)).toString('latin1')
  const end = /\r?\n\r?\n/.exec(head)?.index
  const fields = head.slice(0, end).split(/\r?\n(?![ \t])/)
  return (
    fields.every((field) => /^[!-9;-~]+[ \t]*:/.test(field)) &&
    fields.some((field) => /^(?:from|date|subject|to|message-id|received):/i.test(field))
  )
}

function compose(
  session: Session,
  text: Uint8Array,
  from: Address,
  to: readonly Address[],
  { subject }: SendOptions,
): Uint8Array {
  const isWide = [from, ...to].some(({ local, domain }) => /[^\u0020-\u007e]/.test(local + domain))
  return printMessage({
    from: [{ name: '', mailbox: from }],
    to: to.map((mailbox) => ({ name: '', mailbox })),
    ...(subject === undefined ? {} : { subject }),
    date: session.world.now(),
    messageId: `<${randomBytes(12).toString('hex')}@${from.domain}>`,
    text: Buffer.from(text).toString('utf8'),
    boundary: randomBytes(12).toString('hex'),
    utf8: isWide,
  })
}

export interface FetchOptions extends ServerOptions {
  readonly protocol?: 'pop3' | 'imap'
  readonly delete?: boolean
  readonly out?: string
}

/** Fetches all mail of an account. */
export async function fetch(session: Session, address: string, options: FetchOptions): Promise<number> {
  if (options.protocol === 'imap') throw new Fault('not-built', { what: 'IMAP' })
  if (options.delete === true && options.out === undefined)
    throw new Fault('missing-argument', {
      name: '--out DIR, where mail is safe before it is deleted,',
      verb: 'postglass fetch --delete',
    })
  const server = await chooseServer(session, options, { plain: 110, sealed: 995, own: 2110 })
  const signIn = await chooseSignIn(session, options.user ?? address, options)
  const out = options.out === undefined ? undefined : resolve(session.world.folder, options.out)
  if (out !== undefined) mkdirSync(out, { recursive: true, mode: 0o700 })
  const words = clientWords[session.language]
  try {
    const report = await fetchMail({
      server,
      signIn,
      nonce: randomBytes(18).toString('base64'),
      delete: options.delete === true,
      take: async (listed, bytes) => {
        if (out === undefined) await showFetched(session, listed, bytes)
        else {
          const file = await writeFetched(out, listed, bytes)
          if (session.json)
            await session.document({
              schema: 'postglass/fetched/1',
              uidl: listed.uidl ?? null,
              size: listed.size,
              file,
            })
          else await session.show([[ink('text', words.kept(inert(file)))]])
        }
      },
    })
    if (!session.json) await session.show([[ink('ok', words.fetched(report.taken, report.listed))]])
    return 0
  } catch (thrown) {
    throw clientFault(thrown, `${server.host}:${server.port}`)
  }
}

async function showFetched(session: Session, listed: ListedMessage, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const parts: Uint8Array[] = []
  for await (const piece of bytes) parts.push(piece)
  const document = messageDocument(readMessage(Buffer.concat(parts), { digest: sha256 }))
  if (session.json) await session.document(document)
  else await session.show([...messageRows(document, String(listed.number), session), [], []])
}

/** A file of its own, safe on disk when this resolves. The name is ours: nothing of the message becomes a path. */
async function writeFetched(out: string, listed: ListedMessage, bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const safe = (listed.uidl ?? '').replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 70)
  for (let copy = 0; ; copy++) {
    const name = `${safe === '' ? `message-${listed.number}` : safe}${copy === 0 ? '' : `-${copy}`}.eml`
    const file = join(out, name)
    let handle: number
    try {
      handle = openSync(file, 'wx', 0o600)
    } catch (thrown) {
      if (systemCode(thrown) === 'EEXIST') continue
      throw readingFaultOf(file, thrown)
    }
    try {
      for await (const piece of bytes) writeSync(handle, piece)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    return file
  }
}
