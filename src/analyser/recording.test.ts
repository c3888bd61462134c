import assert from 'node:assert/strict'
import test from 'node:test'
import type { Kept, Recording } from '../wire/packet/recording.ts'
import { explainDocument } from './document.ts'
import type { Explained } from './explain.ts'
import type { OverheardConversation } from './model.ts'
import { overhearRecording } from './recording.ts'
import { digest, latin1 } from './stream.test-support.ts'

const began = 1_790_000_000_000_000_000n
const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', sni: undefined, alpn: undefined, group: 'X25519' }

/** `C: line`, `S: line`; `C- 120` bytes that were not kept; `~` TLS begins. */
function kept(script: readonly string[]): Kept[] {
  return script.map((line, index): Kept => {
    const time = began + BigInt(index) * 1_000_000n
    const side = line.startsWith('C') ? 'client' : 'server'
    if (line === '~') return { what: 'sealed', time, tls }
    if (line[1] === '-') return { what: 'lost', side, time, size: Number(line.slice(2)) }
    return { what: 'bytes', side, time, bytes: latin1(`${line.slice(3)}\r\n`) }
  })
}

function overheard(script: readonly string[], more: Partial<Recording> = {}): [OverheardConversation, Explained] {
  const explained = overhearRecording(
    {
      protocol: 'smtp',
      ours: 'server',
      client: { address: '192.0.2.1', port: 50000 },
      server: { address: '192.0.2.2', port: 2525 },
      implicitTls: false,
      began,
      ended: began + 1_000_000_000n,
      kept: kept(script),
      keyLog: [],
      secrets: [],
      ...more,
    },
    { digest },
  )
  const [conversation] = explained.conversations
  assert.ok(conversation !== undefined)
  return [conversation, explained]
}

const shown = (conversation: OverheardConversation): string[] =>
  conversation.lines.map((line) => {
    const text = line.rows
      .map((row) => row.pieces.map((piece) => (typeof piece === 'string' ? piece : `<${piece.hidden}>`)).join(''))
      .join('|')
    return `${line.number} ${line.sealed ? '~' : ''}${line.kind} ${text}${line.size === undefined ? '' : ` ${line.size}`}`.trimEnd()
  })

const hello = ['S: 220 mail.north.test ESMTP', 'C: EHLO lab', 'S: 250 mail.north.test']
const envelope = [
  'C: MAIL FROM:<a@north.test>',
  'S: 250 ok',
  'C: RCPT TO:<b@north.test>',
  'S: 250 ok',
  'C: DATA',
  'S: 354 go',
]

void test('facts: the body is left out, its end with it, and what follows is read on', () => {
  const [conversation] = overheard([...hello, ...envelope, 'C-1203', 'S: 250 2.0.0 taken', 'C: QUIT', 'S: 221 bye'])
  assert.deepEqual(shown(conversation).slice(-4), [
    '10 message  1200',
    '11 reply 250 2.0.0 taken',
    '12 command QUIT',
    '13 reply 221 bye',
  ])
  assert.equal(conversation.outcome.kind, 'accepted')
  assert.deepEqual(conversation.messages[0]?.envelope?.to, [{ address: 'b@north.test', command: 5, code: 250 }])
  assert.ok(!conversation.findings.some(({ id }) => id.startsWith('missing-')), 'nothing is said of what nobody kept')
})

void test('facts: several mails, sent without waiting', () => {
  const [conversation] = overheard([
    ...hello,
    ...envelope,
    'C-103',
    'C: MAIL FROM:<c@north.test>',
    'S: 250 2.0.0 taken',
    'S: 250 ok',
  ])
  assert.deepEqual(shown(conversation).slice(-4), [
    '10 message  100',
    '11 command MAIL FROM:<c@north.test>',
    '12 reply 250 2.0.0 taken',
    '13 reply 250 ok',
  ])
  assert.equal(conversation.lines.at(-2)?.answers, 10)
})

void test('facts: a chunk is counted', () => {
  const chunk = [
    'C: MAIL FROM:<a@north.test>',
    'S: 250 ok',
    'C: RCPT TO:<b@north.test>',
    'S: 250 ok',
    'C: BDAT 500 LAST',
    'C-500',
    'S: 250 taken',
  ]
  const [conversation] = overheard([...hello, ...chunk])
  assert.equal(conversation.outcome.kind, 'accepted')
  assert.equal(conversation.messages.length, 1)
})

void test('facts of a fetch: the mail is left out', () => {
  const script = [
    'S: +OK',
    'C: USER b@north.test',
    'S: +OK',
    'C: PASS [redacted]',
    'S: +OK',
    'C: RETR 1',
    'S: +OK',
    'S-2403',
    'C: QUIT',
    'S: +OK bye',
  ]
  const [conversation] = overheard(script, { protocol: 'pop3' })
  assert.deepEqual(shown(conversation).slice(-3), ['8 message  2400', '9 command QUIT', '10 reply +OK bye'])
})

void test('facts: the inside of TLS is a layer of its own', () => {
  const inside = ['C: EHLO lab', 'S: 250 AUTH PLAIN', 'C: AUTH PLAIN AGJvYgByZWRhY3RlZHJlZGFjdGVk', 'S: 235 ok']
  const [conversation, explained] = overheard([...hello, 'C: STARTTLS', 'S: 220 go', '~', ...inside], {
    secrets: [{ side: 'client', epoch: 1, start: 23, end: 51, kind: 'password' }],
  })
  assert.deepEqual(shown(conversation).slice(4), [
    '5 reply 220 go',
    '5 sealing',
    '6 ~command EHLO lab',
    '7 ~reply 250 AUTH PLAIN',
    '8 ~command AUTH PLAIN <code>',
    '9 ~reply 235 ok',
  ])
  assert.equal(conversation.sealedFrom, undefined)
  assert.deepEqual(
    conversation.signIns.map(({ user, sealed, ok }) => ({ user, sealed, ok })),
    [{ user: 'bob', sealed: true, ok: true }],
  )
  const document = explainDocument(explained, { file: 'x', language: 'en', reveal: false, digest })
  const [told] = document['conversations'] as { [name: string]: unknown }[]
  assert.ok(told?.['dialogueBeforeTls'] !== undefined && told['dialogueInTls'] !== undefined)
})

void test('facts of a later mail begin in the middle', () => {
  const [conversation] = overheard(['~', ...envelope, 'C-103', 'S: 250 taken'])
  assert.equal(conversation.joined, true)
  assert.equal(conversation.outcome.kind, 'accepted')
  assert.equal(conversation.lines.find((line) => line.code === 250)?.verb, 'MAIL')
})

void test('TLS from the first byte: inside, the greeting comes first', () => {
  const [conversation] = overheard(['~', ...hello], { implicitTls: true })
  assert.deepEqual(shown(conversation), [
    '1 sealing',
    '1 ~reply 220 mail.north.test ESMTP',
    '2 ~command EHLO lab',
    '3 ~reply 250 mail.north.test',
  ])
  assert.equal(conversation.lines[1]?.phase, 'greeting')
})

void test('ciphertext alone is told by what can be seen from outside', () => {
  const record = latin1('\x17\x03\x03\x00\x02ab')
  const script: Kept[] = [
    { what: 'bytes', side: 'client', time: began, bytes: record },
    { what: 'bytes', side: 'server', time: began + 5n, bytes: record },
  ]
  const [conversation] = overheard([], { implicitTls: true, kept: script })
  assert.equal(conversation.protocol, 'tls')
  assert.deepEqual(conversation.sealing?.records, { client: 1, server: 1 })
  assert.deepEqual(
    conversation.lines.map(({ kind }) => kind),
    ['sealing', 'sealed', 'sealed'],
  )
})

void test('what our own end marked is hidden whatever it looks like', () => {
  const [conversation, explained] = overheard([...hello, 'C: HELP my secret words', 'S: 214 ok'], {
    secrets: [{ side: 'client', epoch: 0, start: 15, end: 30, kind: 'token' }],
  })
  assert.equal(shown(conversation)[3], '4 command HELP <token>')
  const document = JSON.stringify(explainDocument(explained, { file: 'x', language: 'en', reveal: false, digest }))
  assert.ok(!document.includes('secret'))
})
