import assert from 'node:assert/strict'
import test from 'node:test'
import { detectProtocol } from './detect.ts'
import type { SpokenProtocol } from './model.ts'
import { latin1, packetsOf, streamOf } from './stream.test-support.ts'
import type { StreamHow } from './stream.test-support.ts'

const rows: readonly [
  name: string,
  talk: readonly string[],
  how: StreamHow,
  expected: SpokenProtocol,
  by: 'content' | 'port',
][] = [
  ['SMTP on any port', ['S: 220 x ESMTP', 'C: EHLO x'], { port: 23587 }, 'smtp', 'content'],
  ['SMTP, only a greeting that names no protocol', ['S: 220 host ready'], { port: 24 }, 'smtp', 'port'],
  ['LMTP', ['S: 220 x ready', 'C: LHLO x'], { port: 25 }, 'lmtp', 'content'],
  [
    'a web client at a mail server',
    ['C: GET / HTTP/1.1', 'S: 220 x ESMTP', 'S: 221 go away'],
    { port: 25 },
    'smtp',
    'content',
  ],
  ['FTP is no mail', ['S: 220 FTP ready', 'C: USER a', 'S: 331 pass'], { port: 21 }, 'unknown', 'content'],
  ['POP3', ['S: +OK', 'C: CAPA'], { port: 4000 }, 'pop3', 'content'],
  ['IMAP', ['S: * OK ready'], { port: 4000 }, 'imap', 'content'],
  ['HTTP', ['C: GET / HTTP/1.1', 'S: HTTP/1.1 200 OK'], { port: 25 }, 'http', 'content'],
  ['nothing', [], { port: 25 }, 'none', 'content'],
  ['only the client of SMTP', ['C: EHLO x', 'C: MAIL FROM:<a@b>'], { port: 4000, synSeen: false }, 'smtp', 'content'],
  ['only the server of SMTP', ['S: 220 x ESMTP', 'S: 250 x'], { port: 4000, synSeen: false }, 'smtp', 'content'],
  [
    'joined inside a mail',
    ['C: some text', 'C: .', 'S: 250 2.0.0 Ok: queued', 'C: QUIT'],
    { port: 25, synSeen: false },
    'smtp',
    'content',
  ],
]

for (const [name, talk, how, protocol, by] of rows) {
  void test(`${name}: ${protocol}`, () => {
    const detected = detectProtocol(streamOf(packetsOf(talk), how))
    assert.deepEqual([detected.protocol, detected.by], [protocol, by])
  })
}

void test('TLS by its first record', () => {
  const hello = { side: 'client' as const, bytes: latin1('\x16\x03\x01\x00\x05\x01abcd') }
  assert.equal(detectProtocol(streamOf([hello], { port: 25 })).protocol, 'tls')
})

void test('sides that the packets had wrong are swapped', () => {
  const talk = ['C: 220 x ESMTP', 'S: EHLO x', 'C: 250 x']
  const detected = detectProtocol(streamOf(packetsOf(talk), { port: 50000, synSeen: false }))
  assert.deepEqual([detected.protocol, detected.swapped, detected.joined], ['smtp', true, false])
})

void test('joined midway where no greeting stands first', () => {
  const joined = (talk: readonly string[]): boolean =>
    detectProtocol(streamOf(packetsOf(talk), { port: 25, synSeen: false })).joined
  assert.equal(joined(['S: 220 x ESMTP', 'C: EHLO x']), false)
  assert.equal(joined(['C: RCPT TO:<a@b>', 'S: 250 2.1.5 Ok']), true)
})
