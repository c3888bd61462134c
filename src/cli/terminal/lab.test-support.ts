/** The conversation of look/terminal.md as a capture, its times and counts as the example has them. */
import { explainCapture } from '../../analyser/explain.ts'
import type { OverheardConversation } from '../../analyser/model.ts'
import type { Capture } from '../../wire/packet/capture.ts'
import { readCapture } from '../../wire/packet/read-capture.ts'
import { writeCapture } from '../../wire/packet/write-capture.ts'

const client = { address: '192.0.2.41', port: 50123 }
const server = { address: '192.0.2.25', port: 25 }
const ms = 1_000_000n
export const began = BigInt(Date.UTC(2026, 10, 24, 10, 0, 1)) * ms

const extensions = [
  '250-mx.example.test',
  '250-PIPELINING',
  '250-SIZE 73400320',
  '250-STARTTLS',
  '250-AUTH LOGIN PLAIN XOAUTH XOAUTH2',
  '250-AUTH=LOGIN',
  '250-MAILCOMPRESS',
  '250 8BITMIME',
].join('\r\n')

export const secrets = { user: 'alice@example.test', code: 'abcdefghijklmnop' }

/** 2429 bytes with a From, a Subject, a text part and an HTML part. */
function letter(): string {
  const head = [
    'From: alice@example.test',
    'Subject: lab',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'hello',
    '--b',
    'Content-Type: text/html',
    '',
    '<p>',
  ].join('\r\n')
  const tail = '</p>\r\n--b--\r\n'
  return head + 'x'.repeat(2429 - head.length - tail.length) + tail
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Side, milliseconds since the line before, text. */
const talk: readonly (readonly ['C' | 'S', number, string])[] = [
  ['S', 31, '220 mx.example.test XMail Esmtp Mail Server.'],
  ['C', 2, 'EHLO DESKTOP'],
  ['S', 30, extensions],
  ['C', 1, 'AUTH LOGIN'],
  ['S', 30, '334 VXNlcm5hbWU6'],
  ['C', 1, base64(secrets.user)],
  ['S', 31, '334 UGFzc3dvcmQ6'],
  ['C', 1, base64(secrets.code)],
  ['S', 64, '235 Authentication successful'],
  ['C', 1, 'MAIL FROM: <alice@example.test>'],
  ['S', 30, '250 OK'],
  ['C', 1, 'RCPT TO: <bob@example.test>'],
  ['S', 32, '250 OK'],
  ['C', 1, 'DATA'],
  ['S', 30, '354 End data with <CR><LF>.<CR><LF>.'],
  ['C', 2, `${letter()}.`],
  ['S', 88, '250 OK: queued as.'],
  ['C', 1, 'QUIT'],
  ['S', 30, '221 Bye'],
]

export function labCapture(): Uint8Array {
  let time = began
  const chunks = talk.map(([side, since, text]) => {
    time += BigInt(since) * ms
    return { side: side === 'C' ? ('client' as const) : ('server' as const), time, bytes: Buffer.from(`${text}\r\n`) }
  })
  return writeCapture([{ client, server, chunks, began, ended: time }])
}

/**
 * The capture read and explained. What only real packets tell (their number, the round trip of the handshake) is set to
 * what the example says, since a written capture has made-up packets below its bytes.
 */
export async function labExample(): Promise<{ capture: Capture; conversation: OverheardConversation }> {
  const read = await readCapture([labCapture()])
  const [told] = explainCapture(read, { digest: () => '' }).conversations
  if (told === undefined) throw new Error('the example has no conversation')
  const lines = told.lines.map((line) => (line.number === 1 ? { ...line, since: 31n * ms } : line))
  return {
    capture: { ...read, packets: 43, names: new Map([[server.address, ['mx.example.test']]]) },
    conversation: {
      ...told,
      lines,
      timing: { total: 422n * ms, path: 299n * ms, server: 107n * ms, client: 16n * ms },
    },
  }
}
