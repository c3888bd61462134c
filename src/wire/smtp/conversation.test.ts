import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { Side } from '../talk.ts'
import { byteString, bytesOf, utf8Bytes } from '../cutter/text.ts'
import { printBase64 } from '../sasl/base64.ts'
import { SmtpConversation } from './conversation.ts'
import { drain, greetedServer, hearAll, serveAll, shownText } from './conversation.test-support.ts'
import { smtpReply } from './reply.ts'

void test('a live server never ends a body at anything but CRLF.CRLF, and may refuse what is odd', () => {
  for (const mark of ['\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r', '\r.\r\n', '\n\n.\r\n', '\r\n\0.\r\n']) {
    const engine = greetedServer()
    const heard = serveAll(
      engine,
      `MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx${mark}MAIL FROM:<evil@b>\r\nRCPT TO:<c@d>\r\nDATA\r\ny\r\n.\r\nQUIT\r\n`,
    )
    assert.equal(heard.filter((word) => word.startsWith('C MAIL')).length, 1, JSON.stringify(mark))
    assert.equal(heard.filter((word) => / last/.test(word)).length, 1, JSON.stringify(mark))
    if (!mark.includes('\0'))
      assert.ok(
        heard.some((word) => /^objection bare-(?:lf|cr)$/.test(word)),
        JSON.stringify(mark),
      )
    assert.equal(heard.at(-1), 'C QUIT')
  }
})

void test('the fault of one body is not held against the next', () => {
  const heard = serveAll(
    greetedServer(),
    'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\ny\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n',
  )
  assert.equal(heard.filter((word) => word.startsWith('objection')).length, 1)
})

void test('a server sees plaintext behind STARTTLS before it answers, and after', () => {
  const engine = greetedServer()
  engine.hear('client', bytesOf('STARTTLS\r\nNOOP\r\n'))
  assert.ok(typeof engine.next('client') === 'object')
  assert.equal(engine.objection({ verb: 'STARTTLS' })?.rule, 'plaintext-after-starttls')
  engine.say({ what: 'reply', reply: smtpReply(220, undefined, 'go') })
  assert.ok(engine.hasBuffered('client'))
  const sealed = engine.next('client')
  assert.ok(typeof sealed === 'object' && sealed.what === 'sealed')
  assert.equal(engine.next('client'), 'for bytes')
  engine.hear('client', bytesOf('QUIT\r\n'))
  assert.equal(engine.next('client'), 'for bytes', 'nothing is read from here on')
  const clean = greetedServer()
  clean.hear('client', bytesOf('STARTTLS\r\n'))
  clean.next('client')
  assert.equal(clean.objection({ verb: 'STARTTLS' }), undefined)
  clean.say({ what: 'reply', reply: smtpReply(220, undefined, 'go') })
  assert.equal(clean.hasBuffered('client'), false)
})

void test('a client sees a response injected behind the 220 to STARTTLS', () => {
  const engine = new SmtpConversation()
  engine.hear('server', bytesOf('220 hi\r\n'))
  engine.next('server')
  engine.say({ what: 'command', command: { verb: 'STARTTLS' } })
  engine.hear('server', bytesOf('220 go\r\n250 evil\r\n'))
  engine.next('server')
  assert.ok(engine.hasBuffered('server'))
})

const objections: readonly [text: string, rule: string | undefined, keywords?: readonly string[]][] = [
  ['MAIL FROM:<a@b> SIZE=5\r\n', 'parameter-not-offered'],
  ['MAIL FROM:<a@b> SIZE=5\r\n', undefined, ['SIZE 1000']],
  ['MAIL FROM:<a@b> BODY=8BITMIME\r\n', 'parameter-not-offered', ['SIZE']],
  ['MAIL FROM:<a@b> BODY=BINARYMIME\r\n', 'parameter-not-offered', ['8BITMIME']],
  ['MAIL FROM:<a@b> RET=HDRS ENVID=x\r\n', undefined, ['DSN']],
  ['MAIL FROM:<a@b> XYZ=1\r\n', 'parameter-not-offered', ['XYZ']],
  ['MAIL FROM:<\xc3\xa9@b>\r\n', 'utf8-without-smtputf8', ['SMTPUTF8']],
  ['MAIL FROM:<\xc3\xa9@b> SMTPUTF8\r\n', undefined, ['SMTPUTF8']],
  ['MAIL FROM:<a@b>\r\nRCPT TO:<\xc3\xa9@b>\r\n', 'utf8-without-smtputf8', ['SMTPUTF8']],
  ['MAIL FROM:<a@b> SMTPUTF8\r\nRCPT TO:<\xc3\xa9@b>\r\n', undefined, ['SMTPUTF8']],
  ['RCPT TO:<a@b>\r\n', 'no-mail'],
  ['MAIL FROM:<a@b>\r\nEHLO again\r\nRCPT TO:<a@b>\r\n', 'no-mail'],
  ['MAIL FROM:<a@b>\r\nRSET\r\nMAIL FROM:<a@b>\r\n', undefined],
  ['BDAT 1\r\nx', undefined],
  ['AUTH PLAIN\r\nAGEAYg==\r\nAUTH PLAIN\r\n', 'auth-twice'],
]
for (const [text, rule, keywords] of objections) {
  void test(`objection to ${JSON.stringify(text)}: ${rule}`, () => {
    const heard = serveAll(greetedServer({}, keywords), text)
    assert.equal(
      heard.findLast((word) => word.startsWith('objection')),
      rule && `objection ${rule}`,
    )
  })
}

void test('BDAT and DATA do not go together; what a server knows of the transaction', () => {
  const engine = greetedServer()
  serveAll(engine, 'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n')
  engine.hear('client', bytesOf('BDAT 3\r\na\r\n'))
  assert.ok(typeof engine.next('client') === 'object')
  assert.ok(typeof engine.next('client') === 'object')
  engine.say({ what: 'reply', reply: smtpReply(250, undefined, 'got it') })
  assert.equal(engine.transaction?.recipients.length, 1)
  assert.equal(engine.transaction.isChunked, true)
  assert.equal(engine.objection({ verb: 'DATA' })?.rule, 'data-after-bdat')
  assert.equal(engine.objection({ verb: 'BDAT', size: 1, last: true }), undefined)
  assert.equal(engine.helo, 'client.test')
  assert.deepEqual(engine.extensions?.get('AUTH'), ['PLAIN', 'LOGIN'])
  const other = greetedServer({}, ['SIZE'])
  assert.equal(other.objection({ verb: 'BDAT', size: 1, last: true })?.rule, 'chunking-not-offered')
})

void test('lines have limits: a command, a sign-in, an answer, a reply', () => {
  const heard = (text: string): string | undefined => serveAll(greetedServer(), text)[0]
  assert.equal(heard(`NOOP ${'x'.repeat(500)}\r\n`), 'C NOOP')
  assert.equal(heard(`NOOP ${'x'.repeat(600)}\r\n`), 'C NOOP (line-too-long)')
  assert.equal(heard(`NOOP ${'x'.repeat(3000)}\r\n`), 'C unreadable line-too-long (line-too-long)')
  assert.equal(heard(`NOOP ${'x'.repeat(30000)}\r\n`), 'C unreadable line-too-long (line-too-long)')
  assert.equal(heard(`AUTH XOAUTH2 ${'x'.repeat(12000)}\r\n`), 'C AUTH')
  assert.equal(heard(`AUTH XOAUTH2 ${'x'.repeat(13000)}\r\n`), 'C unreadable line-too-long secret (line-too-long)')
  const engine = greetedServer()
  serveAll(engine, 'AUTH XOAUTH2\r\n')
  assert.deepEqual(serveAll(engine, `${'x'.repeat(13000)}\r\nNOOP\r\n`), [
    'C unreadable line-too-long secret (line-too-long)',
    'C NOOP',
  ])
  assert.equal(hearAll(['S: 220 ' + 'x'.repeat(600) + '\r\n'])[0], 'S 220 (reply-line-too-long)')
  const many = hearAll(['S: ' + '220-x\r\n'.repeat(5000) + '220 x\r\n'])
  assert.deepEqual(many, ['S 220 (reply-too-many-lines)'])
  assert.equal(
    hearAll(['S: 220 x\r\n', `C: NOOP ${'x'.repeat(5000)}\r\n`], { lenient: true })[1],
    'C NOOP (line-too-long)',
  )
})

void test('an endless line of 100 MB, and a million one-byte segments, bound work and memory', () => {
  const began = process.cpuUsage()
  const engine = greetedServer()
  const piece = new Uint8Array(1 << 20).fill(97)
  for (let i = 0; i < 100; i++) {
    engine.hear('client', piece)
    assert.equal(engine.next('client'), 'for bytes')
  }
  assert.deepEqual(serveAll(engine, '\r\nNOOP\r\n'), ['C unreadable line-too-long (line-too-long)', 'C NOOP'])
  serveAll(engine, 'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n')
  const letters = 'ab.\r\n.x\r\n'.split('').map((letter) => bytesOf(letter))
  let size = 0
  for (let i = 0; i < 1_000_000; i++) {
    engine.hear('client', letters[i % letters.length]!)
    for (let next = engine.next('client'); typeof next === 'object'; next = engine.next('client'))
      if (next.what === 'body') size += next.bytes.length
  }
  assert.ok(size > 800_000)
  assert.ok(process.cpuUsage(began).user < 8e6)
})

void test('what is said out of place is our own fault', () => {
  const engine = new SmtpConversation()
  assert.throws(() => engine.say({ what: 'body', bytes: bytesOf('x'), last: true }), TypeError)
  engine.say({ what: 'command', command: { verb: 'BDAT', size: 3, last: true } })
  assert.throws(() => engine.say({ what: 'body', bytes: bytesOf('x'), last: true }), RangeError)
  const other = new SmtpConversation()
  other.say({ what: 'command', command: { verb: 'BDAT', size: 3, last: true } })
  assert.equal(byteString(other.say({ what: 'body', bytes: bytesOf('ab'), last: false })), 'ab')
  assert.equal(byteString(other.say({ what: 'body', bytes: bytesOf('.'), last: true })), '.')
})

void test('no credential shows in anything that is heard, whatever the mechanism and the cut', () => {
  const secret = fc.stringMatching(/^[a-zA-Z0-9]{8,16}$/)
  const ways = fc.constantFrom(
    'initial',
    'answer',
    'login',
    'malformed',
    'wrong prompt',
    'wrong prompt plain',
    'cut short',
  )
  fc.assert(
    fc.property(secret, ways, fc.array(fc.nat({ max: 200 }), { maxLength: 6 }), (value, way, cuts) => {
      const token = `Q${value}Q`
      const plain = printBase64(bytesOf(`\0user\0${token}`))
      const word = printBase64(bytesOf(token))
      const events: Record<string, readonly [string, string][]> = {
        initial: [
          ['C', `AUTH PLAIN ${plain}\r\n`],
          ['S', '235 ok\r\n'],
        ],
        answer: [
          ['C', 'AUTH PLAIN\r\n'],
          ['S', '334 \r\n'],
          ['C', `${plain}\r\n`],
          ['S', '535 no\r\n'],
        ],
        login: [
          ['C', 'AUTH LOGIN dXNlcg==\r\n'],
          ['S', '334 UGFzc3dvcmQ6\r\n'],
          ['C', `${word}\r\n`],
          ['S', '235 ok\r\n'],
        ],
        malformed: [
          ['C', `AUTH  PLAIN ${token} ${plain}\r\n`],
          ['S', '501 no\r\n'],
        ],
        'wrong prompt': [
          ['C', `${word}\r\n`],
          ['S', '500 no\r\n'],
        ],
        'wrong prompt plain': [
          ['C', 'AUTH LOGIN\r\n'],
          ['S', '504 no\r\n'],
          ['C', `${token}\r\n`],
          ['S', '500 no\r\n'],
        ],
        'cut short': [['C', `AUTH PLAIN ${plain}`]],
      }
      const shown = listen(events[way]!, cuts)
      for (const form of [token, plain, word]) assert.equal(shown.includes(form), false, `${way}: ${form} in ${shown}`)
    }),
    { numRuns: 300 },
  )
})

/** All that is shown of these turns, each cut at the same places. */
function listen(turns: readonly (readonly [string, string])[], cuts: readonly number[]): string {
  const engine = new SmtpConversation()
  let shown = ''
  const take = (): void => {
    for (const side of ['client', 'server', 'client', 'server'] as const)
      for (let next = engine.next(side); typeof next === 'object'; next = engine.next(side)) shown += shownText(next)
  }
  for (const [who, text] of [
    ['S', '220 hi\r\n'],
    ['C', 'EHLO a\r\n'],
    ['S', '250-x\r\n250 AUTH PLAIN LOGIN\r\n'],
    ...turns,
  ] as const) {
    const side: Side = who === 'C' ? 'client' : 'server'
    let from = 0
    for (const to of [...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length]) {
      engine.hear(side, bytesOf(text.slice(from, to)))
      from = to
      take()
    }
  }
  engine.end('client')
  engine.end('server')
  take()
  return shown
}

void test('a client and a server talk, and a listener between hears the same as they do', () => {
  const body = fc.string({ unit: fc.constantFrom('a', '.', '\r\n', '\r\n.', 'é'), maxLength: 60 })
  fc.assert(
    fc.property(
      fc.array(fc.record({ text: body, chunked: fc.boolean(), cut: fc.nat({ max: 40 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      (mails) => {
        const [client, server, tap] = [
          new SmtpConversation(),
          greetedServer(),
          new SmtpConversation({ joined: 'in commands' }),
        ]
        client.hear('server', bytesOf('220 hi\r\n'))
        client.next('server')
        const overheard: string[] = []
        const received: string[] = []
        for (const { text, chunked, cut } of mails) {
          const bytes = utf8Bytes(text)
          const send = (sent: Uint8Array): void => {
            tap.hear('client', sent)
            drain(tap, overheard)
            received.push(...answer(server, client, tap, sent))
            drain(tap, overheard)
          }
          send(client.say({ what: 'command', command: { verb: 'MAIL', path: 'null', parameters: [] } }))
          send(
            client.say({
              what: 'command',
              command: { verb: 'RCPT', path: { local: 'a', domain: 'b' }, parameters: [] },
            }),
          )
          send(
            client.say({
              what: 'command',
              command: chunked ? { verb: 'BDAT', size: bytes.length, last: true } : { verb: 'DATA' },
            }),
          )
          const at = bytes.length === 0 ? 0 : cut % bytes.length
          if (at > 0) send(client.say({ what: 'body', bytes: bytes.subarray(0, at), last: false }))
          send(client.say({ what: 'body', bytes: bytes.subarray(at), last: true }))
        }
        const expected = mails.map(({ text, chunked }) => {
          const sent = byteString(utf8Bytes(text))
          return chunked || sent === '' || sent.endsWith('\r\n') ? sent : `${sent}\r\n`
        })
        assert.deepEqual(received, expected)
        assert.equal(overheard.filter((word) => / last/.test(word)).length, mails.length)
      },
    ),
    { numRuns: 50 },
  )
})

/** Lets a server that agrees to all answer what was sent; the bodies that it has received in full. */
function answer(server: SmtpConversation, client: SmtpConversation, tap: SmtpConversation, sent: Uint8Array): string[] {
  const bodies: string[] = []
  server.hear('client', sent)
  for (let next = server.next('client'); typeof next === 'object'; next = server.next('client')) {
    if (next.what === 'body') received.set(server, (received.get(server) ?? '') + byteString(next.bytes))
    const isMail = next.what === 'body' && next.last
    if (isMail) {
      bodies.push(received.get(server) ?? '')
      received.delete(server)
    }
    if (!isMail && (next.what !== 'command' || next.command.verb === 'BDAT')) continue
    const code = next.what === 'command' && next.command.verb === 'DATA' ? 354 : 250
    const bytes = server.say({ what: 'reply', reply: smtpReply(code, undefined, 'ok') })
    client.hear('server', bytes)
    assert.ok(typeof client.next('server') === 'object')
    tap.hear('server', bytes)
  }
  return bodies
}

const received = new Map<SmtpConversation, string>()
