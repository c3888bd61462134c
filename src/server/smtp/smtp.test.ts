import test from 'node:test'
import assert from 'node:assert/strict'
import { house, plain, settled, smtp, talk } from '../house.test-support.ts'

type Rows = readonly (readonly [string, string | RegExp])[]

const hello = [['EHLO client.example', /^250-mail\.north\.test\r\n/]] as const
const envelope = [
  ...hello,
  ['MAIL FROM:<x@elsewhere.example>', '250 2.1.0'],
  ['RCPT TO:<bob@north.test>', '250 2.1.5'],
] as const

/** One table a command: what is said in order, and what is answered. */
const tables: Readonly<Record<string, Rows>> = {
  'HELO and its order': [
    ['MAIL FROM:<x@elsewhere.example>', '503 5.5.1'],
    ['HELO client.example', '250 mail.north.test\r\n'],
    ['MAIL FROM:<x@elsewhere.example> SIZE=10', '555 5.5.4'],
    ['MAIL FROM:<x@elsewhere.example>', '250 2.1.0'],
    ['HELO', '501 5.5.4'],
  ],
  'EHLO resets': [...envelope, ...hello, ['DATA', '503 5.5.1'], ['EHLO', '501 5.5.4']],
  'any letter case and odd spaces': [
    ['ehlo client.example', '250-'],
    ['mail from: <x@elsewhere.example>', '250 2.1.0'],
    ['Rcpt To:<Bob@NORTH.test>', '250 2.1.5'],
  ],
  MAIL: [
    ...hello,
    ['MAIL FROM:x y', '501 5.1.7'],
    ['MAIL FROM:<x@elsewhere.example> SIZE=99999999999', '552 5.3.4'],
    ['MAIL FROM:<x@elsewhere.example> FOO=bar', '555 5.5.4'],
    ['MAIL FROM:<\xe5\xbc\xa0@elsewhere.example>', '553 5.6.7'],
    ['MAIL FROM:<\xe5\xbc\xa0@elsewhere.example> SMTPUTF8', '250 2.1.0'],
    ['MAIL FROM:<x@elsewhere.example>', '503 5.5.1'],
    ['RSET', '250 2.0.0'],
    ['MAIL FROM:<> BODY=8BITMIME', '250 2.1.0'],
  ],
  RCPT: [
    ['RCPT TO:<bob@north.test>', '503 5.5.1'],
    ...hello,
    ['RCPT TO:<bob@north.test>', '503 5.5.1'],
    ['MAIL FROM:<x@elsewhere.example>', '250'],
    ['RCPT TO:<>', '501 5.1.3'],
    ['RCPT TO:<nobody@north.test>', '550 5.1.1'],
    ['RCPT TO:<x@elsewhere.example>', '550 5.7.1'],
    ['RCPT TO:<postmaster>', '250 2.1.5'],
    ['RCPT TO:<bob@north.test>', '250 2.1.5'],
  ],
  DATA: [
    ['DATA', '503 5.5.1'],
    ...hello,
    ['DATA', '503 5.5.1'],
    ['MAIL FROM:<x@elsewhere.example>', '250'],
    ['DATA', '503 5.5.1'],
    ['RCPT TO:<bob@north.test>', '250'],
    ['DATA now', '501 5.5.4'],
    ['DATA', '354 '],
    ['Subject: hi\r\n\r\nhello\r\n.', '250 2.0.0 OK: queued as '],
    ['DATA', '503 5.5.1'],
  ],
  BDAT: [
    ...hello,
    ['BDAT 2 LAST\r\n', '503 5.5.1'],
    ...envelope.slice(1),
    ['BDAT', '501 5.5.4'],
    ['BDAT 15\r\nSubject: hi\r\n', '250 2.0.0 15 octets'],
    ['DATA', '503 5.5.1'],
    ['BDAT 7 LAST\r\nhello', '250 2.0.0 OK: queued as '],
  ],
  'RSET, NOOP, VRFY, EXPN, HELP': [
    ['NOOP', '250 2.0.0'],
    ['NOOP ignored text', '250 2.0.0'],
    ['RSET', '250 2.0.0'],
    ['RSET now', '501 5.5.4'],
    ['VRFY bob', '252 2.0.0'],
    ['VRFY', '501 5.5.4'],
    ['EXPN staff', '502 5.5.1'],
    ['HELP', /^214-2\.0\.0 .*\r\n214 2\.0\.0 .*\r\n$/],
    ...envelope,
    ['NOOP', '250'],
    ['RCPT TO:<alice@north.test>', '250'],
    ['RSET', '250'],
    ['RCPT TO:<alice@north.test>', '503 5.5.1'],
  ],
  'what is not known': [
    ['FOO bar', '500 5.5.2'],
    ['', '500 5.5.2'],
    ['NOOP \0', '500 5.5.2'],
    ['NOOP a\nQUIT', '500 5.5.2'],
    ['NOOP a\rQUIT', '500 5.5.2'],
    [`NOOP ${'x'.repeat(3000)}`, '500 5.5.2 Line too long'],
    ['NOOP', '250'],
  ],
  STARTTLS: [
    ...hello,
    ['STARTTLS now', '501 5.5.4'],
    ['MAIL FROM:<x@elsewhere.example>', '250'],
    ['STARTTLS', '220 2.0.0'],
    ['MAIL FROM:<x@elsewhere.example>', '503 5.5.1'],
    ['EHLO client.example', /^(?!.*STARTTLS)250-/s],
    ['STARTTLS', '503 5.5.1'],
  ],
}
for (const [name, rows] of Object.entries(tables))
  void test(`SMTP: ${name}`, async () => {
    const all = await house()
    await talk(await smtp(all), rows)
  })

void test('EHLO offers what there is, and nothing else', async () => {
  const all = await house()
  const line = await smtp(all)
  line.send('EHLO [127.0.0.1]\r\n')
  assert.equal(
    line.take(),
    [
      '250-mail.north.test',
      '250-PIPELINING',
      '250-SIZE 73400320',
      '250-STARTTLS',
      '250-AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN XOAUTH2 OAUTHBEARER',
      '250-AUTH=LOGIN PLAIN',
      '250-8BITMIME',
      '250-SMTPUTF8',
      '250-ENHANCEDSTATUSCODES',
      '250 CHUNKING',
      '',
    ].join('\r\n'),
  )
})

void test('submission: own senders only, and what is missing is completed', async () => {
  const all = await house()
  await all.store.directory.addAlias({ address: 'team@north.test', to: ['alice@north.test'] })
  const line = await smtp(all, 'submission')
  await talk(line, [
    ...hello,
    [`AUTH PLAIN ${plain('alice@north.test', all.codes.alice)}`, '235'],
    ['MAIL FROM:<bob@north.test>', '553 5.7.1'],
    ['MAIL FROM:<team@north.test>', '250'],
    ['RCPT TO:<x@elsewhere.example>', '550 5.7.1'],
    ['RCPT TO:<bob@north.test>', '250'],
    ['DATA', '354'],
    ['Subject: hi\r\n\r\nDate: in the body\r\n.', '250'],
    ['MAIL FROM:<alice@north.test>', '250'],
    ['RCPT TO:<bob@north.test>', '250'],
    ['DATA', '354'],
    ['date: then\r\nMESSAGE-ID: <1@x>\r\n\r\nhello\r\n.', '250'],
  ])
  const [first = '', second = ''] = all.inbox(all.bob)
  assert.match(
    first,
    /^Return-Path: <team@north\.test>\r\nReceived: from client\.example [\s\S]*? with ESMTPA[\s\S]*? id (\w+)\r\n for <bob@north\.test>;[\s\S]*?\r\nDate: Tue, 24 Nov 2026 [^\r]*\r\nMessage-ID: <\1@mail\.north\.test>\r\nSubject: hi\r\n\r\nDate: in the body\r\n$/,
  )
  assert.match(second, /\+0000\r\ndate: then\r\nMESSAGE-ID: <1@x>\r\n\r\nhello\r\n$/)
})

void test('what is stored is what was sent, under the trace; one id stands everywhere', async () => {
  const all = await house()
  const line = await smtp(all)
  const body = 'Subject: hi\r\nX: \xff\r\n\r\nline\r\n.dotted\r\n..\r\n\r\n'
  await talk(line, [...envelope, ['RCPT TO:<alice@north.test>', '250'], ['DATA', '354']])
  line.send(`${body.replace(/^\./gm, '..')}.\r\n`)
  await settled()
  const id = /^250 2\.0\.0 OK: queued as (\w+)\r\n$/.exec(line.take())?.[1] ?? 'none'
  const [copy = ''] = all.inbox(all.bob)
  assert.ok(copy.endsWith(`\r\n${body}`))
  assert.deepEqual(all.inbox(all.alice), [copy])
  const trace = copy.slice(0, -body.length)
  assert.match(trace, /^Return-Path: <x@elsewhere\.example>\r\nReceived: /)
  assert.ok(trace.includes(` id ${id}`) && !trace.includes(' for '), 'several recipients stay hidden from each other')
  assert.equal(all.log.find(({ event }) => event === 'accepted')?.fields['queueId'], id)
  line.send('QUIT\r\n')
  await settled()
  assert.equal(line.take(), '221 2.0.0 Bye\r\n')
  assert.ok(line.ended)
  line.close()
  await settled()
  const [summary] = all.summaries
  assert.equal(summary?.outcome, 'accepted')
  assert.deepEqual(
    summary?.accepted.map(({ queueId, to }) => [queueId, to]),
    [[id, ['bob@north.test', 'alice@north.test']]],
  )
  const stories: string[] = []
  for await (const story of all.store.stories.list({ queueId: id })) stories.push(story.id)
  assert.ok(stories.includes(summary?.story ?? 'none'))
})

const smuggled: readonly (readonly [string, string])[] = [
  ['bare LF dot LF', 'hello\n.\nMAIL FROM:<evil@elsewhere.example>\r\n'],
  ['CRLF dot LF', 'hello\r\n.\nMAIL FROM:<evil@elsewhere.example>\r\n'],
  ['LF dot CRLF', 'hello\n.\r\nMAIL FROM:<evil@elsewhere.example>\r\n'],
  ['CR dot CR', 'hello\r.\rMAIL FROM:<evil@elsewhere.example>\r\n'],
  ['CRLF dot CR', 'hello\r\n.\rMAIL FROM:<evil@elsewhere.example>\r\n'],
  ['CR CRLF dot CRLF', 'hello\r\r\n\0.\r\nMAIL\r\n'],
  ['a bare LF anywhere', 'one\ntwo\r\n'],
  ['a bare CR anywhere', 'one\rtwo\r\n'],
]
for (const [name, message] of smuggled)
  for (const cut of [1, 7, 10_000])
    void test(`smuggling: ${name}, in pieces of ${cut}, ends nothing and is refused`, async () => {
      const all = await house()
      const line = await smtp(all)
      await talk(line, [...envelope, ['DATA', '354']])
      for (let at = 0; at < message.length; at += cut) line.send(message.slice(at, at + cut))
      await settled()
      assert.equal(line.take(), '', 'nothing is answered before the end')
      await talk(line, [
        ['.', '550 5.5.2'],
        ['NOOP', '250'],
      ])
      assert.deepEqual(all.inbox(all.bob), [])
    })

void test('BDAT with bare line ends is refused too', async () => {
  const all = await house()
  await talk(await smtp(all), [...envelope, ['BDAT 10 LAST\r\nab\ncd\nef\r\n', /^550 5\.5\.2/]])
})

void test('a refused chunk is drained, whatever stands in it', async () => {
  const all = await house()
  const line = await smtp(all)
  await talk(line, [...hello, ['BDAT 16 LAST\r\nQUIT\r\nQUIT\r\nRS', /^503 5\.5\.1[^\r]*\r\n$/]])
  line.take()
  await talk(line, [
    ['', '500'],
    ['NOOP', '250'],
  ])
})

void test('pipelining: replies keep their order while the store and a sign-in take their time', async () => {
  const all = await house()
  const line = await smtp(all)
  line.send(
    [
      'EHLO client.example',
      `AUTH PLAIN ${plain('alice@north.test', all.codes.alice)}`,
      'MAIL FROM:<alice@north.test>',
      'RCPT TO:<bob@north.test>',
      'RCPT TO:<nobody@north.test>',
      'DATA',
      '',
    ].join('\r\n'),
  )
  await settled()
  const codes = (text: string): string[] =>
    text
      .split('\r\n')
      .filter((one) => /^\d{3} /.test(one))
      .map((one) => one.slice(0, 3))
  assert.deepEqual(codes(line.take()), ['250', '235', '250', '250', '550', '354'])
  line.send('Subject: 1\r\n\r\n.\r\nMAIL FROM:<alice@north.test>\r\nRCPT TO:<bob@north.test>\r\nDATA\r\n')
  await settled()
  assert.deepEqual(codes(line.take()), ['250', '250', '250', '354'])
  line.send('Subject: 2\r\n\r\n.\r\nQUIT\r\n')
  await settled()
  assert.deepEqual(codes(line.take()), ['250', '221'])
  assert.equal(all.inbox(all.bob).length, 2)
})

void test('one write answers a batch', async () => {
  const all = await house()
  const line = await smtp(all)
  line.send('EHLO c\r\nMAIL FROM:<x@elsewhere.example>\r\nRCPT TO:<bob@north.test>\r\nDATA\r\n')
  assert.equal(line.writes.length, 1)
})

void test('a peer that goes away while its message waits: the message counts', async () => {
  const all = await house()
  const line = await smtp(all)
  await talk(line, [...envelope, ['DATA', '354']])
  line.send('Subject: hi\r\n\r\nhello\r\n.\r\n')
  line.close()
  await settled()
  assert.equal(all.inbox(all.bob).length, 1)
  assert.equal(all.summaries[0]?.outcome, 'accepted')
})

void test('a peer that goes away in the middle of a message: nothing is kept', async () => {
  const all = await house()
  const line = await smtp(all)
  await talk(line, [...envelope, ['DATA', '354'], ['Subject: hi', '']])
  line.finish()
  await settled()
  assert.ok(line.ended)
  line.close()
  await settled()
  assert.deepEqual(all.inbox(all.bob), [])
  assert.equal(all.connections.size, 0)
})

void test('bytes behind STARTTLS are an attack: nothing is sealed, the connection is closed', async () => {
  const all = await house()
  const line = await smtp(all)
  await talk(line, hello)
  line.send('STARTTLS\r\nMAIL FROM:<evil@elsewhere.example>\r\n')
  await settled()
  assert.match(line.take(), /^421 4\.7\.0 [^\r]*\r\n$/)
  assert.ok(line.ended && !line.tls)
  assert.ok(all.log.some(({ event }) => event === 'starttls-injection'))
})

void test('a handshake that fails ends the connection and its story tells it', async () => {
  const all = await house()
  const line = await smtp(all)
  line.failSeal = true
  await talk(line, [...hello, ['STARTTLS', '220']])
  await settled()
  assert.equal(all.summaries[0]?.outcome, 'dropped')
  assert.equal(all.connections.size, 0)
})

void test('a test domain that has enough accounts makes no more, in words of the moment', async () => {
  const all = await house({ modes: { 'app.test': 'test' }, access: { limits: { accountsOnFirstUse: 3 } } })
  await talk(await smtp(all), [
    ...hello,
    ['MAIL FROM:<x@elsewhere.example>', '250'],
    ['RCPT TO:<one@app.test>', '250'],
    ['RCPT TO:<two@app.test>', '452 4.3.1'],
    ['RCPT TO:<one@app.test>', '250'],
    [`AUTH PLAIN ${plain('three@app.test', 'x')}`, '503'],
    ['RSET', '250'],
    [`AUTH PLAIN ${plain('three@app.test', 'x')}`, '454 4.7.0'],
  ])
})

void test('faults of the store are told without a word of what is inside', async () => {
  const all = await house()
  const line = await smtp(all)
  await all.store.close()
  await talk(line, [...envelope, ['DATA', /^(?:451 4\.3\.0|421 4\.3\.0)(?!.*closed)/]])
})
