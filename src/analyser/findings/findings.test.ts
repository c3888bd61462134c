import assert from 'node:assert/strict'
import test from 'node:test'
import { say } from '../catalogue/say.ts'
import { conversationOf, direction, type Told } from './conversation.test-support.ts'
import { explanationOfFinding, findingsOf, notesOfLine } from './findings.ts'

/** The conversation of look/terminal.md. */
const measured = [
  'S: 220 mx.example.test XMail Esmtp Mail Server.',
  'C: EHLO DESKTOP',
  'S: 250-mx.example.test|250-PIPELINING|250-SIZE 73400320|250-STARTTLS|250-AUTH LOGIN PLAIN XOAUTH XOAUTH2|250-AUTH=LOGIN|250-MAILCOMPRESS|250 8BITMIME',
  'C: AUTH LOGIN',
  'S: 334 VXNlcm5hbWU6',
  'C: {user}',
  'S: 334 UGFzc3dvcmQ6',
  'C: {code}',
  'S: 235 Authentication successful',
  'C: MAIL FROM: <alice@example.test>',
  'S: 250 OK',
  'C: RCPT TO: <bob@example.test>',
  'S: 250 OK',
  'C: DATA',
  'S: 354 End data with <CR><LF>.<CR><LF>.',
  'C: (mail)',
  'S: 250 OK: queued as.',
  'C: QUIT',
  'S: 221 Bye',
]
const measuredTold: Told = {
  remarks: { 10: ['space-before-path'], 12: ['space-before-path'] },
  mail: 'From: Alice <alice@example.test>\r\nSubject: x\r\n\r\nHi\r\n',
}

void test('the measured conversation has the findings of the look, in both languages', () => {
  const conversation = conversationOf(measured, measuredTold)
  const findings = findingsOf(conversation)
  assert.deepEqual(
    findings.map(({ severity, lines, certain }) => [severity, lines, certain]),
    [
      ['danger', [4, 5, 6, 7, 8], true],
      ['note', [10], true],
    ],
  )
  const told = (language: 'en' | 'zh-CN') =>
    findings.map((finding) => {
      const { short, why, todo } = say(explanationOfFinding(finding), language)
      return [short, why, todo]
    })
  assert.deepEqual(told('en'), [
    [
      'The authorization code travelled in clear',
      'Whoever saw these packets has the code: base64 is not encryption.',
      'revoke this code, then set the client to STARTTLS (587) or TLS (465).',
    ],
    ['A space stands after "MAIL FROM:"', 'RFC 5321 has none there; most servers accept it. Nothing to do.', undefined],
  ])
  assert.deepEqual(told('zh-CN'), [
    [
      '授权码以明文传输',
      '看到这些数据包的人就拿到了授权码：Base64 只是编码，不是加密。',
      '先吊销这个授权码，再把客户端改为 STARTTLS（587）或 TLS（465）。',
    ],
    ['MAIL FROM: 后面多了一个空格', 'RFC 5321 的语法里没有这个空格，多数服务器接受，不必处理。', undefined],
  ])
})

void test('the measured conversation has the notes of the look under its lines', () => {
  const conversation = conversationOf(measured, measuredTold)
  const told = (language: 'en' | 'zh-CN') =>
    conversation.lines.flatMap((line) =>
      notesOfLine(line, conversation).map((note) => [line.number, note.severity, say(note.means, language).short]),
    )
  assert.deepEqual(told('en'), [
    [4, 'caution', 'STARTTLS was offered (line 3) and not used.'],
    [8, 'danger', 'In clear: anyone between could read it.'],
    [10, 'note', 'The space after ":" is not in the grammar; common, accepted.'],
  ])
  assert.deepEqual(told('zh-CN'), [
    [4, 'caution', '服务器提供了 STARTTLS（第 3 行），客户端没有使用。'],
    [8, 'danger', '明文传输：沿途任何人都能读到。'],
    [10, 'note', '冒号后多了空格，不合语法，但常见，多数服务器接受。'],
  ])
})

const hello = ['S: 220 mx.north.test ready', 'C: EHLO me', 'S: 250-mx.north.test|250-PIPELINING|250 8BITMIME']
const envelope = ['C: MAIL FROM:<a@north.test>', 'S: 250 OK', 'C: RCPT TO:<b@north.test>', 'S: 250 OK']
const sent = [...envelope, 'C: DATA', 'S: 354 go', 'C: (mail)', 'S: 250 taken']
const bye = ['C: QUIT', 'S: 221 bye']
const tls = ['S: 220 mx.north.test ready', 'C: EHLO me', 'S: 250-mx.north.test|250-STARTTLS|250 8BITMIME']
const pop3 = ['S: +OK ready', 'C: USER alice', 'S: +OK', 'C: PASS {password}', 'S: +OK in']
const from = 'From: a@north.test\r\nDate: x\r\nMessage-ID: <1@a>\r\n'

/** Each row: name, script, what is told with it, ids of the findings expected. */
const rows: readonly (readonly [name: string, script: readonly string[], told: Told, expected: readonly string[]])[] = [
  ['nothing odd but no TLS', [...hello, ...sent, ...bye], {}, ['starttls-not-offered']],
  ['mail in clear though TLS was offered', [...tls, ...sent, ...bye], {}, ['starttls-offered-not-used']],
  ['PASS in clear', [...pop3, ...bye], { protocol: 'pop3' }, ['auth-clear']],
  [
    'CAPA offered STLS, the client asked for a mail in clear',
    ['S: +OK ready', 'C: CAPA', 'S: +OK', 'S: (listing) USER|STLS', 'C: APOP a {proof}', 'S: +OK', ...bye],
    { protocol: 'pop3' },
    ['auth-weak', 'starttls-offered-not-used'],
  ],
  [
    'a digest in clear',
    [...hello, 'C: AUTH CRAM-MD5', 'S: 334 PDE+', 'C: {proof}', 'S: 235 in', ...bye],
    {},
    ['auth-weak', 'starttls-not-offered'],
  ],
  [
    'a token in clear',
    [...hello, 'C: AUTH XOAUTH2 {token}', 'S: 235 in', ...bye],
    {},
    ['auth-clear', 'starttls-not-offered'],
  ],
  [
    'sealed sign-in',
    [
      ...tls,
      'C: STARTTLS',
      'S: 220 go',
      '~C: EHLO me',
      '~S: 250-mx.north.test|250 AUTH PLAIN',
      '~C: AUTH PLAIN {code}',
      '~S: 235 in',
      '~C: QUIT',
      '~S: 221 bye',
    ],
    {},
    [],
  ],
  [
    'no EHLO inside TLS',
    [...tls, 'C: STARTTLS', 'S: 220 go', '~C: AUTH PLAIN {code}', '~S: 235 in', '~C: QUIT', '~S: 221 bye'],
    {},
    ['starttls-no-second-ehlo'],
  ],
  [
    'TLS refused, on in clear',
    [...tls, 'C: STARTTLS', 'S: 454 not now', ...sent, ...bye],
    {},
    ['starttls-refused-clear'],
  ],
  [
    'refused twice',
    [
      'S: 220 a',
      'C: HELO me',
      'S: 250 a',
      'C: AUTH PLAIN {password}',
      'S: 535 no',
      'C: AUTH PLAIN {password}',
      'S: 535 no',
      ...bye,
    ],
    {},
    ['auth-clear', 'auth-failed', 'helo'],
  ],
  [
    'AUTH offered before TLS and not used',
    ['S: 220 mx.north.test', 'C: EHLO me', 'S: 250-mx.north.test|250-STARTTLS|250 AUTH PLAIN LOGIN', ...bye],
    {},
    ['auth-offered-in-clear'],
  ],
  [
    'something secret at the wrong prompt',
    [...hello, 'C: {password}', 'S: 500 what', ...bye],
    {},
    ['auth-wrong-prompt'],
  ],
  ['HELO', ['S: 220 a', 'C: HELO me', 'S: 250 a', ...bye], {}, ['helo']],
  [
    'pipelined though not offered',
    [
      'S: 220 mx.north.test',
      'C: EHLO me',
      'S: 250-mx.north.test|250 8BITMIME',
      'C: VRFY x',
      'C: NOOP',
      'S: 252 no',
      'S: 250 ok',
      ...bye,
    ],
    {},
    ['pipelining-not-offered'],
  ],
  ['pipelined as offered', [...hello, 'C: VRFY x', 'C: NOOP', 'S: 252 no', 'S: 250 ok', ...bye], {}, []],
  ['VRFY tells', [...hello, 'C: VRFY alice', 'S: 250 alice@north.test', ...bye], {}, ['vrfy-tells']],
  ['EXPN tells', [...hello, 'C: EXPN staff', 'S: 250 alice@north.test', ...bye], {}, ['expn-tells']],
  [
    'relaying without sign-in',
    [
      'S: 220 mx.north.test',
      'C: EHLO me',
      'S: 250-mx.north.test|250 AUTH PLAIN',
      'C: MAIL FROM:<a@x.example>',
      'S: 250 ok',
      'C: RCPT TO:<b@elsewhere.example>',
      'S: 250 ok',
      'C: RCPT TO:<b@north.test>',
      'S: 250 ok',
      ...bye,
    ],
    {},
    ['relay-without-auth', 'starttls-not-offered'],
  ],
  [
    'larger than stated',
    [
      'S: 220 mx.north.test',
      'C: EHLO me',
      'S: 250-mx.north.test|250-STARTTLS|250 SIZE 10',
      'C: STARTTLS',
      'S: 220 go',
      '~C: EHLO me',
      '~S: 250-mx.north.test|250 SIZE 10',
      ...sent.map((row) => `~${row}`),
      '~C: QUIT',
      '~S: 221 bye',
    ],
    {},
    ['size-exceeded'],
  ],
  [
    'the same recipient twice',
    [
      ...hello,
      ...envelope,
      'C: RCPT TO:<b@north.test>',
      'S: 250 ok',
      'C: DATA',
      'S: 354 go',
      'C: (mail)',
      'S: 250 taken',
      ...bye,
    ],
    {},
    ['starttls-not-offered', 'duplicate-recipients'],
  ],
  [
    'cut in DATA',
    [...hello, ...envelope, 'C: DATA', 'S: 354 go', 'C: (mail)'],
    { cut: true },
    ['dropped-in-data', 'starttls-not-offered'],
  ],
  [
    'no answer after the mail',
    [...hello, ...envelope, 'C: DATA', 'S: 354 go', 'C: (mail)'],
    {},
    ['no-answer-after-mail', 'starttls-not-offered'],
  ],
  ['no QUIT', [...hello, 'C: NOOP', 'S: 250 ok'], {}, ['no-quit']],
  ['no QUIT, yet the capture goes on', [...hello, 'C: NOOP', 'S: 250 ok'], { stream: { end: ['open'] } }, []],
  [
    'greylisting',
    [
      ...hello,
      'C: MAIL FROM:<a@x.test>',
      'S: 250 ok',
      'C: RCPT TO:<b@north.test>',
      'S: 450 4.7.1 Greylisted, try again later',
      ...bye,
    ],
    {},
    ['starttls-not-offered', 'greylisting'],
  ],
  ['another temporary refusal', [...hello, 'C: NOOP', 'S: 451 local error', ...bye], {}, []],
  ['a browser', ['S: 220 a', 'C: GET / HTTP/1.1', 'S: 500 what', 'S: 221 bye'], {}, ['http-client']],
  [
    'no From',
    [...hello, ...sent, ...bye],
    { mail: 'Date: x\r\nMessage-ID: <1@a>\r\n\r\nx\r\n' },
    ['missing-from', 'starttls-not-offered'],
  ],
  [
    'no Date, no Message-ID',
    [...hello, ...sent, ...bye],
    { mail: 'From: a@north.test\r\n\r\nx\r\n' },
    ['starttls-not-offered', 'missing-date', 'missing-message-id'],
  ],
  [
    'an empty From',
    [...hello, ...sent, ...bye],
    { mail: `From: <>, subject: ,\r\nDate: x\r\nMessage-ID: <1@a>\r\n\r\n` },
    ['empty-from', 'starttls-not-offered'],
  ],
  [
    'another author than the envelope says',
    [...hello, ...sent, ...bye],
    { mail: `${from.replace('a@', 'z@')}\r\nx\r\n` },
    ['starttls-not-offered', 'envelope-differs'],
  ],
  [
    '8-bit though not offered',
    ['S: 220 mx.north.test', 'C: EHLO me', 'S: 250-mx.north.test|250 HELP', ...sent, ...bye],
    { mail: `${from}\r\n\u00fc\r\n` },
    ['starttls-not-offered', 'eight-bit-not-offered'],
  ],
  [
    'DELE and no QUIT',
    [...pop3, 'C: DELE 1', 'S: +OK marked'],
    { protocol: 'pop3' },
    ['auth-clear', 'dele-without-quit'],
  ],
  [
    'DELE taken back',
    [...pop3, 'C: DELE 1', 'S: +OK marked', 'C: RSET', 'S: +OK'],
    { protocol: 'pop3' },
    ['auth-clear', 'pop3-no-quit'],
  ],
  ['a slow banner', [...hello, ...bye], { waits: { 1: 4 } }, ['slow-banner']],
  ['a slow answer', [...hello, ...bye], { waits: { 3: 6 } }, ['slow-reply']],
  ['an idle client', [...hello, ...bye], { waits: { 4: 61 } }, ['idle-client']],
  ['bare LF', [...hello, ...bye], { remarks: { 2: ['bare-lf'], 4: ['bare-lf'] } }, ['bare-lf']],
  ['smuggling', [...hello, ...bye], { remarks: { 2: ['end-of-data-bare-lf'] } }, ['end-of-data-bare-lf']],
  [
    'bytes behind STARTTLS',
    [...hello, ...bye],
    { remarks: { 2: ['plaintext-after-starttls'] } },
    ['plaintext-after-starttls'],
  ],
  [
    'bytes behind STARTTLS, seen from outside',
    [...hello, ...bye],
    { injected: { client: 9, server: 0 } },
    ['plaintext-after-starttls'],
  ],
  ['an early talker', [...hello, ...bye], { remarks: { 2: ['before-greeting'] } }, ['before-greeting']],
  [
    'the greeting is in a hole',
    [...hello, ...bye],
    { remarks: { 2: ['before-greeting'] }, stream: { s2c: { ...direction, gaps: [[0, 9]] } } },
    ['capture-holes'],
  ],
  ['a rule that is not known', [...hello, ...bye], { remarks: { 2: ['brand-new'] } }, []],
  [
    'lost packets',
    [...hello, ...bye],
    { stream: { tcp: { ...conversationOf([]).stream.tcp, retransmissions: 5 } } },
    ['retransmissions'],
  ],
  [
    'conflicting copies',
    [...hello, ...bye],
    { stream: { tcp: { ...conversationOf([]).stream.tcp, overlapConflicts: 1 } } },
    ['overlap-conflict'],
  ],
  ['a hole', [...hello, ...bye], { stream: { s2c: { ...direction, gaps: [[10, 20]] } } }, ['capture-holes']],
  ['joined midway', [...hello, ...bye], { joined: true }, ['joined-midway']],
  [
    'one direction',
    ['C: EHLO me', ...bye.slice(0, 1)],
    { stream: { s2c: { ...direction, bytes: 0 } } },
    ['one-direction'],
  ],
  ['reset', hello, { stream: { end: ['server RST'] } }, ['reset']],
]

for (const [name, script, told, expected] of rows) {
  void test(`findings: ${name}`, () => {
    const conversation = conversationOf(script, told)
    const findings = findingsOf(conversation)
    assert.deepEqual(findings.map((finding) => finding.id).toSorted(), [...expected].toSorted())
    for (const finding of findings) {
      for (const language of ['en', 'zh-CN'] as const) {
        const said = say(explanationOfFinding(finding), language)
        assert.ok(said.why !== undefined && !/[{}]/.test(said.short + said.why), said.short)
      }
    }
    for (const line of conversation.lines) {
      for (const note of notesOfLine(line, conversation)) assert.ok(!/[{}]/.test(say(note.means, 'en').short))
    }
  })
}

void test('no finding and no note holds a secret', () => {
  const conversation = conversationOf([
    ...hello,
    'C: AUTH PLAIN {password}',
    'S: 535 no',
    'C: {password}',
    'S: 500 what',
  ])
  const all = JSON.stringify([
    findingsOf(conversation),
    conversation.lines.map((line) => notesOfLine(line, conversation)),
  ])
  assert.ok(!all.includes('wonderland'))
})

void test('work stays linear for a client that greets, errs and signs in without end', { timeout: 20_000 }, () => {
  const round = ['C: EHLO me', 'S: 250-a|250 AUTH PLAIN', 'C: AUTH PLAIN {password}', 'S: 535 no']
  const script = ['S: 220 a', ...Array.from({ length: 5000 }, () => round).flat()]
  const remarks = Object.fromEntries(script.map((_, index) => [index + 1, ['bare-lf']]))
  const conversation = conversationOf(script, { remarks })
  const findings = findingsOf(conversation)
  for (const line of conversation.lines) notesOfLine(line, conversation)
  assert.equal(findings.find(({ id }) => id === 'bare-lf')?.lines.length, 100)
})
