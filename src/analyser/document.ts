/**
 * The documented JSON of an explained capture, `postglass/explain/1` (docs/explain.md, docs/schemas/explain.json).
 * Without `reveal` it holds no secret and nothing by which a guess could be checked: no length, digest or span of a
 * direction or a mail that holds one; conversations that were not read may hold some, and are treated so.
 */
import type { Endpoint } from '../wire/packet/recording.ts'
import type { Direction } from '../wire/packet/capture.ts'
import type { Digest } from '../wire/talk.ts'
import { say } from './catalogue/say.ts'
import { replyCodesOf } from './dialogue-smtp.ts'
import {
  findingDocument,
  lineDocument,
  messageDocument,
  phasesOf,
  placesOf,
  present,
  signInDocument,
} from './document-lines.ts'
import type { Places } from './document-lines.ts'
import type { Json, Showing } from './document-text.ts'
import { inMilliseconds, inSeconds, printTime, Shower } from './document-text.ts'
import type { Explained } from './explain.ts'
import { payloadOf } from './explain.ts'
import type { Secrets } from './hiding.ts'
import type { Dialogue, OverheardConversation, Tellable, Text } from './model.ts'

export interface DocumentOptions extends Showing {
  /** Name of the file as given. */
  readonly file: string
  readonly digest: Digest
}

/** Lists of the short answer are cut at these lengths; what is left out is counted in words. */
const mostCommands = 60
const mostRecipients = 20
const mostRetrieved = 30
const mostWord = 24

/** The whole document of a capture. */
export function explainDocument(explained: Explained, options: DocumentOptions): { [name: string]: Json } {
  const { capture, conversations } = explained
  const shower = new Shower(options)
  const findings = conversations.flatMap((conversation) =>
    conversation.findings.map((finding) => ({ conversation: conversation.id, ...findingDocument(finding, shower) })),
  )
  return present({
    schema: 'postglass/explain/1',
    file: options.file,
    packets: capture.packets,
    truncatedPackets: capture.truncatedPackets === 0 ? undefined : capture.truncatedPackets,
    capturedBytes: capture.capturedBytes,
    wireBytes: capture.wireBytes,
    firstPacket: capture.firstTime === undefined ? undefined : printTime(capture.firstTime),
    lastPacket: capture.lastTime === undefined ? undefined : printTime(capture.lastTime),
    linkTypes: capture.linkTypes.map(({ number, name }) => ({ number, name })),
    tcpConversations: capture.streams.length,
    dnsMessages: explained.dnsMessages,
    conversations: conversations.map((conversation) =>
      conversationDocument(conversation, explained.secrets, shower, options.digest),
    ),
    dns: [],
    findings,
    errors: capture.error === undefined ? [] : [errorDocument(explained, shower)],
  })
}

function errorDocument(explained: Explained, shower: Shower): Json {
  const { error } = explained.capture
  if (error === undefined) return null
  const { kind, offset, packets } = error
  const told = say({ id: `capture.${kind}`, params: { offset, packets, packet: packets + 1 } }, shower.language)
  return present({ code: kind, offset, packets, text: told.short, why: told.why, do: told.todo })
}

/** One conversation: what it was, what was said, what came of it. */
export function conversationDocument(
  conversation: OverheardConversation,
  secrets: Secrets,
  shower: Shower,
  digest: Digest,
): { [name: string]: Json } {
  const { stream, protocol, timing, outcome } = conversation
  const places = placesOf(conversation, shower)
  return present({
    id: conversation.id,
    stream: stream.index,
    client: printEndpoint(stream.client),
    server: printEndpoint(stream.server),
    protocol,
    detectedBy: conversation.detectedBy,
    joined: conversation.joined ? true : undefined,
    ip: stream.ip,
    frames: stream.frames,
    firstFrame: stream.firstFrame,
    lastFrame: stream.lastFrame,
    start: printTime(stream.start),
    durationS: inSeconds(stream.last - stream.start, 6),
    synSeen: stream.synSeen,
    end: [...stream.end],
    initialRttS: stream.handshakeRtt === undefined ? undefined : inSeconds(stream.handshakeRtt, 9),
    ...directionDocuments(conversation, shower, places, digest),
    tcp: { ...stream.tcp },
    tls: tlsDocument(conversation, places),
    phases: phasesOf(conversation.lines),
    lines: conversation.lines.map((line) => lineDocument(line, conversation, shower, places)),
    messages: conversation.messages.map((message) => messageDocument(message, shower, secrets, digest)),
    signIns: signInDocument(conversation),
    ...dialogueDocuments(conversation, shower),
    outcome: { kind: outcome.kind, certain: outcome.certain, text: say(outcome.means, shower.language).short },
    timing: present({
      totalMs: inMilliseconds(timing.total),
      pathMs: timing.path === undefined ? undefined : inMilliseconds(timing.path),
      serverMs: timing.server === undefined ? undefined : inMilliseconds(timing.server),
      clientMs: timing.client === undefined ? undefined : inMilliseconds(timing.client),
    }),
    hidden: conversation.hidden.map(({ kind, count }) => ({ kind, count })),
    findings: conversation.findings.map((finding) => findingDocument(finding, shower)),
  })
}

/** `address:port`, IPv6 in brackets. */
export function printEndpoint({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** May it hold secrets that nobody looked for? */
function isUnread(conversation: OverheardConversation): boolean {
  switch (conversation.protocol) {
    case 'imap':
    case 'http':
    case 'lmtp':
    case 'unknown':
      return true
    case 'smtp':
    case 'pop3':
    case 'tls':
    case 'none':
      return false
  }
}

function directionDocuments(
  conversation: OverheardConversation,
  shower: Shower,
  places: Places,
  digest: Digest,
): { [name: string]: Json | undefined } {
  const { stream } = conversation
  const unread = isUnread(conversation) && !shower.reveal
  const hides = (side: 'client' | 'server'): boolean => unread || places[side].some((place) => place.hides)
  const document = (name: 'c2s' | 's2c', side: 'client' | 'server'): Json =>
    hides(side) ? { hidden: true } : directionDocument(stream[name], digest(payloadOf(stream, name).bytes))
  return {
    c2sBytes: hides('client') ? undefined : stream.c2s.bytes,
    s2cBytes: hides('server') ? undefined : stream.s2c.bytes,
    c2s: document('c2s', 'client'),
    s2c: document('s2c', 'server'),
  }
}

function directionDocument(direction: Direction, sha256: string): Json {
  return present({
    bytes: direction.bytes,
    sha256,
    gaps: direction.gaps.length === 0 ? undefined : direction.gaps.map(([at, length]) => [at, length]),
    retransmittedBytes: direction.retransmittedBytes === 0 ? undefined : direction.retransmittedBytes,
  })
}

function tlsDocument(conversation: OverheardConversation, places: Places): Json | undefined {
  const { sealing, protocol } = conversation
  if (protocol === 'tls') return { mode: 'implicit', readable: 'no' }
  if (sealing === undefined) return undefined
  const place = (side: 'client' | 'server', at: number): number =>
    places[side][0]?.at({ start: at, end: at }).start ?? at
  const injected = sealing.injected.client + sealing.injected.server > 0
  return present({
    mode: 'starttls',
    readable: 'no',
    beginsAt: [place('client', sealing.client), place('server', sealing.server)],
    records: [sealing.records.client, sealing.records.server],
    injected: injected ? [sealing.injected.client, sealing.injected.server] : undefined,
  })
}

// ------------------------------------------------------------------ what the dialogues say in short

function dialogueDocuments(conversation: OverheardConversation, shower: Shower): { [name: string]: Json | undefined } {
  const { dialogues, sealing } = conversation
  const [first, inside] = dialogues
  if (first === undefined) return {}
  const split = sealing !== undefined || inside !== undefined
  const all = (name: string): Tellable[] =>
    dialogues.flatMap((dialogue) => (dialogue[name] ?? []) as readonly Tellable[])
  const auth = all('auth')
  const commands = dialogues.flatMap((dialogue) => commandsOf(dialogue, shower))
  const codes = dialogues.flatMap((dialogue) => replyCodesOf(dialogue))
  const retrieved = all('retrieved')
    .slice(0, mostRetrieved)
    .map((mail) => shortRetrieved(mail, shower))
  const mails = all('transactions').map((transaction) => mailDocument(transaction, shower))
  const isSmtp = conversation.protocol === 'smtp'
  return {
    auth: auth.length === 0 ? undefined : shower.json(auth),
    commands: commands.length === 0 ? undefined : cutList(commands, mostCommands),
    replyCodes: isSmtp ? cutList(codes, mostCommands) : undefined,
    mails: mails.length === 0 ? undefined : mails,
    retrieved: retrieved.length === 0 ? undefined : retrieved,
    ...(split
      ? { dialogueBeforeTls: shower.json(first), dialogueInTls: inside === undefined ? undefined : shower.json(inside) }
      : { dialogue: shower.json(first) }),
  }
}

function cutList(items: readonly Json[], most: number): Json[] {
  return items.length <= most ? [...items] : [...items.slice(0, most), `… ${items.length} in all`]
}

function commandsOf(dialogue: Dialogue, shower: Shower): string[] {
  return dialogue.exchanges.map(({ c }) => shower.firstWord(c, mostWord)).filter((word) => word !== '')
}

interface Transaction {
  readonly from?: Text | string | null
  readonly to?: readonly { readonly address: Text | string; readonly code?: number }[]
  readonly message?: Tellable
  readonly result?: readonly number[]
  readonly refused?: number
  readonly dataRefused?: number
  readonly aborted?: boolean
}

function mailDocument(told: Tellable, shower: Shower): Json {
  const transaction = told as Transaction
  const message = (shower.json(transaction.message) ?? {}) as { [name: string]: Json }
  const to = (transaction.to ?? []).slice(0, mostRecipients).map(({ address, code }) => {
    const shown = shower.json(address)
    return `${typeof shown === 'string' ? shown : ''}${code === undefined ? '' : ` ${code}`}`
  })
  const given = transaction.aborted === true ? 'given up' : null
  const hidden = message['hidden'] === true
  return present({
    from: shower.json(transaction.from) ?? null,
    to,
    subject: message['subject'] ?? null,
    bytes: hidden ? undefined : (message['bytes'] ?? null),
    hidden: hidden ? true : undefined,
    result:
      transaction.result === undefined
        ? (transaction.refused ?? transaction.dataRefused ?? given)
        : [...transaction.result],
  })
}

function shortRetrieved(told: Tellable, shower: Shower): Json {
  const mail = (shower.json(told) ?? {}) as { [name: string]: Json }
  return present({ subject: mail['subject'] ?? null, bytes: mail['bytes'], hidden: mail['hidden'] })
}
