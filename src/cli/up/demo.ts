/** The demonstration: north.test with alice and bob, fresh codes, one message from her to him, both conversations explained. */
import { randomBytes } from 'node:crypto'
import { codeRecord, makeCode, newScram } from '../../access/code.ts'
import { lockedPassword } from '../../access/password.ts'
import { fetchMail } from '../../client/fetch-mail.ts'
import { sendMail } from '../../client/send-mail.ts'
import type { ConnectionSummary, ListenerAddress, ListenerProtocol } from '../../server/contract.ts'
import type { Account, MailStore } from '../../store/contract.ts'
import type { Recording } from '../../wire/packet/recording.ts'
import { printMessage } from '../../wire/message/print.ts'
import type { Secret } from '../../wire/talk.ts'
import { Fault, messageOf } from '../fault.ts'
import type { Language } from '../words/words.ts'

export const demoDomain = 'north.test'
const label = 'demonstration'

export interface DemoPerson {
  readonly address: string
  readonly code: Secret
}

export async function prepareDomain({ directory }: MailStore): Promise<void> {
  if (directory.domain(demoDomain) === undefined) await directory.addDomain(demoDomain, 'lab')
}

/** Makes the accounts that are missing; codes of former demonstrations are revoked, since only their hashes survive. */
export async function preparePeople(store: MailStore): Promise<readonly [DemoPerson, DemoPerson]> {
  return [await person(store, 'alice'), await person(store, 'bob')]
}

async function person({ directory }: MailStore, name: string): Promise<DemoPerson> {
  const address = `${name}@${demoDomain}`
  const account: Account =
    directory.account(address) ??
    (await directory.addAccount({ address, passwordHash: lockedPassword, scram: newScram() }))
  for (const code of directory.codes(account.id))
    if (code.label === label && code.revoked === undefined) await directory.revokeCode(code.id)
  const code = makeCode()
  await directory.addCode({
    account: account.id,
    label,
    scope: ['smtp', 'pop3', 'imap'],
    expires: undefined,
    ...codeRecord(code, account),
  })
  return { address, code }
}

export interface DemoHost {
  readonly store: MailStore
  readonly listening: readonly ListenerAddress[]
  /** Resolves with the summary of the next connection on that listener to end. */
  readonly nextConnection: (listener: ListenerProtocol) => Promise<ConnectionSummary>
}

export interface DemoConversation {
  readonly what: 'sent' | 'fetched'
  readonly recording: Recording
}

/** A letter that says where it is and what may be tried. */
function letter(from: DemoPerson, to: DemoPerson, now: Date, language: Language): Uint8Array {
  const mailbox = ({ address }: DemoPerson) => ({ local: address.split('@')[0] ?? '', domain: demoDomain })
  const isEnglish = language === 'en'
  const text = isEnglish
    ? 'Bob,\n\nthis letter went over a real SMTP connection, lay on disk before the server\nsaid 250, and came to you over POP3. Every line of both is explained above.\n\nAlice\n'
    : 'Bob：\n\n这封信走的是真实的 SMTP 连接，服务器答复 250 之前已经存盘，再由 POP3\n取到。两个会话的每一行都在上面解释。\n\nAlice\n'
  return printMessage({
    from: [{ name: 'Alice', mailbox: mailbox(from) }],
    to: [{ name: 'Bob', mailbox: mailbox(to) }],
    subject: isEnglish ? 'The mail system you can see through' : '看得透的邮件系统',
    date: now,
    messageId: `<${randomBytes(12).toString('hex')}@${demoDomain}>`,
    text,
    boundary: randomBytes(12).toString('hex'),
  })
}

/** Sends by SMTP with AUTH LOGIN, fetches by POP3: yields each conversation as the host itself recorded it. */
export async function* playDemo(
  host: DemoHost,
  [alice, bob]: readonly [DemoPerson, DemoPerson],
  now: Date,
  language: Language,
): AsyncGenerator<DemoConversation> {
  const submission = listenerFor(host, 'submission', 'smtp')
  const pop3 = listenerFor(host, 'pop3')
  if (submission === undefined || pop3 === undefined)
    throw new Fault('demo-failed', { why: 'It needs a listener for SMTP and one for POP3, both without TLS.' })
  const message = letter(alice, bob, now, language)
  try {
    const sent = host.nextConnection(submission.protocol)
    await sendMail({
      server: serverAt(submission),
      signIn: { user: alice.address, password: alice.code, mechanism: 'LOGIN' },
      name: 'demo.north.test',
      from: { local: 'alice', domain: demoDomain },
      to: [{ local: 'bob', domain: demoDomain }],
      message: [message],
      size: message.length,
    })
    yield { what: 'sent', recording: await recordingOf(host.store, await sent) }
    const fetched = host.nextConnection(pop3.protocol)
    // The newest only: what lies there from former starts stays unread.
    const newest = inboxSize(host.store, bob)
    await fetchMail({
      server: serverAt(pop3),
      signIn: { user: bob.address, password: bob.code },
      wanted: ({ number }) => number >= newest,
      take: async (_listed, bytes) => {
        for await (const _ of bytes);
      },
    })
    yield { what: 'fetched', recording: await recordingOf(host.store, await fetched) }
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : new Fault('demo-failed', { why: messageOf(thrown) }, { cause: thrown })
  }
}

function inboxSize(store: MailStore, { address }: DemoPerson): number {
  const account = store.directory.account(address)
  return account === undefined ? 0 : (store.mailbox(account.id, 'INBOX')?.state().messages ?? 0)
}

function listenerFor(host: DemoHost, ...protocols: readonly ListenerProtocol[]): ListenerAddress | undefined {
  return protocols.flatMap((protocol) => host.listening.filter((at) => at.protocol === protocol))[0]
}

function serverAt({ address, port }: ListenerAddress): { host: string; port: number; tls: 'off' } {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  return { host, port, tls: 'off' }
}

/** The story is kept just after its connection has ended. */
async function recordingOf(store: MailStore, { story }: ConnectionSummary): Promise<Recording> {
  for (let tries = 0; tries < 500; tries++) {
    const kept = store.stories.find(story)
    const recording = kept && ((await store.stories.recording(story)) ?? (await store.stories.facts(story)))
    if (recording !== undefined) return recording
    await new Promise((go) => setTimeout(go, 10))
  }
  throw new Fault('demo-failed', { why: 'The story of the connection was not kept.' })
}
