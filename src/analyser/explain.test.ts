/** What people are told of conversations that other tools get wrong, and of captures that lack something. */
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { explainDocument } from './document.ts'
import { explainCapture, explainStream } from './explain.ts'
import type { Line, OverheardConversation } from './model.ts'
import { captureOf, digest, latin1, packetsOf, recut, streamOf } from './stream.test-support.ts'
import type { Sent, StreamHow } from './stream.test-support.ts'

function explained(sent: readonly Sent[], how: StreamHow = {}): OverheardConversation {
  const [conversation] = explainCapture(captureOf(streamOf(sent, how)), { digest }).conversations
  assert.ok(conversation !== undefined)
  return conversation
}

const talk = (lines: readonly string[], how: StreamHow = {}): OverheardConversation => explained(packetsOf(lines), how)

function shown(line: Line): string {
  const text = line.rows.map((row) =>
    row.pieces.map((piece) => (typeof piece === 'string' ? piece : `<${piece.hidden}>`)).join(''),
  )
  return `${line.number} ${line.kind} ${text.join('|')}${line.answers === undefined ? '' : ` @${line.answers}`}`
}

const send = (side: 'client' | 'server', text: string): Sent => ({ side, bytes: latin1(text) })
const envelope = [
  'C: MAIL FROM:<a@b.example>',
  'S: 250 ok',
  'C: RCPT TO:<c@d.example>',
  'S: 250 ok',
  'C: DATA',
  'S: 354 go',
]
const whole = ['S: 220 x ESMTP', 'C: EHLO x', 'S: 250-x', 'S: 250 PIPELINING', ...envelope]

void test('however the packets are cut, the same is told', () => {
  const sent = packetsOf([
    ...whole,
    'C: Subject: hi',
    'C: ',
    'C: ..dots',
    'C: .',
    'S: 250 taken',
    'C: QUIT',
    'S: 221 bye',
  ])
  const expected = explained(sent).lines.map(shown)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), (size) => {
      assert.deepEqual(explained(recut(sent, size)).lines.map(shown), expected)
    }),
  )
})

void test('QUIT in the packet that ends the mail is a line of its own', () => {
  const sent = [
    ...packetsOf(whole),
    send('client', 'Subject: x\r\n\r\nhi\r\n.\r\nQUIT\r\n'),
    send('server', '250 taken\r\n221 bye\r\n'),
  ]
  assert.deepEqual(explained(sent).lines.slice(-4).map(shown), [
    '10 message ',
    '11 command QUIT',
    '12 reply 250 taken @10',
    '13 reply 221 bye @11',
  ])
})

void test('phases: what is sent together stays together', () => {
  const sent = [
    ...packetsOf(['S: 220 x ESMTP', 'C: EHLO x', 'S: 250 PIPELINING']),
    send('client', 'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n'),
    send('server', '250 ok\r\n250 ok\r\n354 go\r\n'),
    send('client', 'hi\r\n.\r\nQUIT\r\n'),
    send('server', '250 taken\r\n221 bye\r\n'),
  ]
  const phases = explained(sent).lines.map(({ phase }) => phase)
  assert.deepEqual(
    phases.filter((phase, index) => phase !== phases[index - 1]),
    ['greeting', 'extensions', 'envelope', 'message', 'goodbye'],
  )
})

void test('STLS is taken though +OK says nothing more, and the rest is counted', () => {
  const record = '\x16\x03\x03\x00\x02ab'
  const sent = [...packetsOf(['S: +OK', 'C: STLS', 'S: +OK']), send('client', record), send('server', record + record)]
  const conversation = explained(sent, { port: 110 })
  assert.equal(conversation.outcome.kind, 'sealed')
  assert.deepEqual(conversation.sealing?.records, { client: 1, server: 2 })
  assert.deepEqual(
    conversation.lines.map(({ kind }) => kind),
    ['reply', 'command', 'reply', 'sealing', 'sealed', 'sealed'],
  )
})

void test('a command behind STARTTLS in clear is seen', () => {
  const sent = [
    ...packetsOf(['S: 220 x ESMTP', 'C: EHLO x', 'S: 250 STARTTLS']),
    send('client', 'STARTTLS\r\nNOOP injected\r\n'),
    send('server', '220 go\r\n'),
  ]
  const { sealing, findings } = explained(sent)
  assert.deepEqual(sealing?.injected, { client: 15, server: 0 })
  assert.ok(findings.some(({ severity }) => severity === 'danger'))
})

void test('joined in the middle of a mail: text is no command', () => {
  const conversation = talk(
    ['C: MAIL will come', 'C: later', 'C: .', 'S: 250 2.0.0 Ok: queued', 'C: QUIT', 'S: 221 bye'],
    { synSeen: false, port: 25 },
  )
  assert.equal(conversation.joined, true)
  assert.equal(conversation.lines.filter(({ kind }) => kind === 'command').at(-1)?.verb, 'QUIT')
})

void test('a hole in a mail: the mail goes on, and says what it lacks', () => {
  const sent = packetsOf([...whole, 'C: Subject: x', 'C: ', 'C: one', 'C: two', 'C: .', 'S: 250 taken'])
  const conversation = explained(sent, { holes: [{ before: 13, side: 'client', size: 100 }] })
  const [message] = conversation.messages
  assert.deepEqual([message?.missing, message?.whole, message?.result], [100, false, [250]])
  assert.ok(conversation.lines.some(({ kind, size }) => kind === 'hole' && size === 100))
})

void test('a hole in a command: what stands before it is shown as cut, and reading goes on', () => {
  const sent = [
    ...packetsOf(['S: 220 x ESMTP', 'C: EHLO x', 'S: 250 x']),
    send('client', 'MAIL FROM:<a@'),
    send('client', 'QUIT\r\n'),
    send('server', '221 bye\r\n'),
  ]
  const conversation = explained(sent, { holes: [{ before: 4, side: 'client', size: 20 }] })
  assert.equal(conversation.lines.at(-2)?.verb, 'QUIT')
  const shownLines = conversation.lines.map(shown)
  assert.ok(
    shownLines.some((line) => line.includes('MAIL FROM:<a@')),
    shownLines.join('\n'),
  )
})

void test('sides that the packets had wrong are put right in the document', () => {
  const stream = streamOf(packetsOf(['C: 220 x ESMTP', 'S: EHLO y', 'C: 250 x']), { synSeen: false })
  const [conversation] = explainCapture(captureOf(stream), { digest }).conversations
  assert.equal(conversation?.stream.server.address, stream.client.address)
  assert.deepEqual(
    conversation?.lines.map(({ side }) => side),
    ['server', 'client', 'server'],
  )
})

void test('greylisting is inferred: from the words, or because a later try was taken', () => {
  const deferred = (text: string): string[] => [
    'S: 220 x ESMTP',
    'C: EHLO x',
    'S: 250 x',
    'C: MAIL FROM:<a@b>',
    'S: 250 ok',
    'C: RCPT TO:<c@d>',
    `S: ${text}`,
    'C: QUIT',
    'S: 221 bye',
  ]
  const outcome = (conversation: OverheardConversation | undefined): unknown => [
    conversation?.outcome.means.id,
    conversation?.outcome.certain,
  ]
  assert.deepEqual(outcome(talk(deferred('450 4.2.0 Greylisted'))), ['outcome.deferred.greylisting', false])
  assert.deepEqual(outcome(talk(deferred('450 4.2.1 mailbox busy'))), ['outcome.deferred', true])
  const first = streamOf(packetsOf(deferred('450 4.2.1 not now')))
  const again = streamOf(
    packetsOf([
      'S: 220 x ESMTP',
      'C: EHLO x',
      'S: 250 x',
      'C: MAIL FROM:<a@b>',
      'S: 250 ok',
      'C: RCPT TO:<c@d>',
      'S: 250 ok',
      'C: DATA',
      'S: 354 go',
      'C: x',
      'C: .',
      'S: 250 taken',
    ]),
    { index: 1 },
  )
  assert.deepEqual(outcome(explainCapture(captureOf(first, again), { digest }).conversations[0]), [
    'outcome.deferred.greylisting',
    false,
  ])
})

void test('outcomes', () => {
  const kinds = (lines: readonly string[], port = 25): string => talk(lines, { port }).outcome.kind
  const mail = [...whole, 'C: x', 'C: .']
  assert.equal(kinds([...mail, 'S: 250 taken']), 'accepted')
  assert.equal(kinds([...mail, 'S: 550 no']), 'refused')
  assert.equal(kinds([...mail, 'S: 451 later']), 'deferred')
  assert.equal(kinds([...whole, 'C: x']), 'incomplete')
  assert.equal(kinds(whole.slice(0, 6)), 'given-up')
  assert.equal(kinds(['S: +OK', 'C: USER a', 'S: +OK', 'C: PASS secret-9', 'S: -ERR no'], 110), 'auth-failed')
  assert.equal(
    kinds(
      [
        'S: +OK',
        'C: USER a',
        'S: +OK',
        'C: PASS secret-9',
        'S: +OK',
        'C: RETR 1',
        'S: +OK',
        'S: Subject: x',
        'S: ',
        'S: .',
      ],
      110,
    ),
    'fetched',
  )
})

void test('time: shares add up to the whole', () => {
  const { timing } = talk([...whole, 'C: x', 'C: .', 'S: 250 taken'])
  assert.equal((timing.path ?? 0n) + (timing.server ?? 0n) + (timing.client ?? 0n), timing.total)
})

void test('one of several by its number; none beyond the last', () => {
  const capture = captureOf(streamOf(packetsOf(whole)), streamOf(packetsOf(['S: +OK']), { index: 1 }))
  assert.equal(explainStream(capture, 2, { digest })?.protocol, 'pop3')
  assert.equal(explainStream(capture, 3, { digest }), undefined)
})

void test('any bytes at all are told without a fault, asked for or not', () => {
  const piece = fc.record({
    side: fc.constantFrom('client' as const, 'server' as const),
    bytes: fc.uint8Array({ maxLength: 60 }),
  })
  const word = fc.constantFrom(
    'EHLO x\r\n',
    '250 ok\r\n',
    'AUTH PLAIN\r\n',
    '334 \r\n',
    'DATA\r\n',
    '354 go\r\n',
    '.\r\n',
    'BDAT 5\r\n',
    '+OK\r\n',
    'RETR 1\r\n',
    'PASS x\b\by\r\n',
    'STARTTLS\r\n',
    '220 x\r\n',
  )
  const said = fc.record({ side: fc.constantFrom('client' as const, 'server' as const), bytes: word.map(latin1) })
  fc.assert(
    fc.property(
      fc.array(fc.oneof(piece, said), { maxLength: 30 }),
      fc.constantFrom(25, 110),
      fc.boolean(),
      (sent, port, synSeen) => {
        const greeting = send('server', port === 25 ? '220 x ESMTP\r\n' : '+OK\r\n')
        const told = explainCapture(captureOf(streamOf([greeting, ...sent], { port, synSeen })), { digest })
        for (const reveal of [true, false]) explainDocument(told, { file: 'x', language: 'zh-CN', reveal, digest })
      },
    ),
    { numRuns: 300 },
  )
})
