import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { Secret } from '../talk.ts'
import { byteString, utf8Bytes } from '../cutter/text.ts'
import { printCommand, printReply, readCommand, readReply, readReplyLine, smtpReply } from './grammar.ts'
import { parameterOf, printXtext, readXtext } from './parameters.ts'
import { enhancedOf, printExtension, readExtension, readExtensions } from './reply.ts'
import type { SmtpCommand, SmtpReply } from './words.ts'

/** Secrets told, so that commands compare by content. */
function told(command: SmtpCommand): unknown {
  return Object.fromEntries(
    Object.entries(command).map(([key, value]: [string, unknown]) => [
      key,
      value instanceof Secret ? value.reveal() : value,
    ]),
  )
}

const path = (local: string, domain: string): object => ({ local, domain })

const commands: readonly [line: string, command: object, ...rules: string[]][] = [
  ['EHLO a.test', { verb: 'EHLO', domain: 'a.test' }],
  ['helo [10.0.0.1]', { verb: 'HELO', domain: '[10.0.0.1]' }],
  ['EHLO my laptop', { verb: 'malformed', word: 'EHLO', text: 'my laptop', why: 'one-argument' }],
  ['EHLO', { verb: 'malformed', word: 'EHLO', text: '', why: 'no-domain' }],
  ['EHLO (x)', { verb: 'EHLO', domain: '(x)' }, 'helo-not-a-domain'],
  ['MAIL FROM:<a@b>', { verb: 'MAIL', path: path('a', 'b'), parameters: [] }],
  ['mail from:<>', { verb: 'MAIL', path: 'null', parameters: [] }],
  ['MAIL FROM: <a@b>', { verb: 'MAIL', path: path('a', 'b'), parameters: [] }, 'space-before-path'],
  ['MAIL FROM :<a@b>', { verb: 'MAIL', path: path('a', 'b'), parameters: [] }, 'space-before-path'],
  ['MAIL FROM:a@b', { verb: 'MAIL', path: path('a', 'b'), parameters: [] }, 'no-angle-brackets'],
  [
    'MAIL FROM:a@b SIZE=1',
    { verb: 'MAIL', path: path('a', 'b'), parameters: [{ key: 'SIZE', value: '1' }] },
    'no-angle-brackets',
  ],
  [
    'MAIL FROM:<a@b> size=5 BODY=8bitmime SMTPUTF8',
    {
      verb: 'MAIL',
      path: path('a', 'b'),
      parameters: [
        { key: 'SIZE', value: '5' },
        { key: 'BODY', value: '8bitmime' },
        { key: 'SMTPUTF8', value: undefined },
      ],
    },
  ],
  ['MAIL FROM:<"a>b"@c>', { verb: 'MAIL', path: path('a>b', 'c'), parameters: [] }],
  ['MAIL FROM:<"a\\">b"@c>', { verb: 'MAIL', path: path('a">b', 'c'), parameters: [] }],
  ['MAIL FROM:<a@b', { verb: 'malformed', word: 'MAIL', text: 'FROM:<a@b', why: 'no-closing-bracket' }],
  [
    'MAIL FROM:<a@b>SIZE=1',
    { verb: 'malformed', word: 'MAIL', text: 'FROM:<a@b>SIZE=1', why: 'no-space-before-parameter' },
  ],
  ['MAIL FROM:', { verb: 'malformed', word: 'MAIL', text: 'FROM:', why: 'no-path' }, 'no-angle-brackets'],
  [
    'MAIL FROM:carol@@',
    { verb: 'malformed', word: 'MAIL', text: 'FROM:carol@@', why: 'bad-domain' },
    'no-angle-brackets',
  ],
  ['MAIL FROM:<postmaster>', { verb: 'malformed', word: 'MAIL', text: 'FROM:<postmaster>', why: 'no-domain' }],
  ['MAIL TO:<a@b>', { verb: 'malformed', word: 'MAIL', text: 'TO:<a@b>', why: 'no-keyword' }],
  ['MAIL', { verb: 'malformed', word: 'MAIL', text: '', why: 'no-keyword' }],
  ['MAIL FROM<a@b>', { verb: 'malformed', word: 'MAIL', text: 'FROM<a@b>', why: 'no-colon' }],
  ['MAIL FROM:<a@b> SIZE=x', { verb: 'malformed', word: 'MAIL', text: 'FROM:<a@b> SIZE=x', why: 'bad-size' }],
  ['MAIL FROM:<a@b> SIZE', { verb: 'malformed', word: 'MAIL', text: 'FROM:<a@b> SIZE', why: 'bad-size' }],
  ['MAIL FROM:<a@b> BODY=9BIT', { verb: 'malformed', word: 'MAIL', text: 'FROM:<a@b> BODY=9BIT', why: 'bad-body' }],
  [
    'MAIL FROM:<a@b> SIZE=1 SIZE=2',
    { verb: 'malformed', word: 'MAIL', text: 'FROM:<a@b> SIZE=1 SIZE=2', why: 'parameter-twice' },
  ],
  ['MAIL FROM:<a@b> =x', { verb: 'malformed', word: 'MAIL', text: 'FROM:<a@b> =x', why: 'bad-parameter' }],
  [
    'MAIL FROM:<a@b> RET=FULL ENVID=a+2Bb AUTH=<>',
    {
      verb: 'MAIL',
      path: path('a', 'b'),
      parameters: [
        { key: 'RET', value: 'FULL' },
        { key: 'ENVID', value: 'a+2Bb' },
        { key: 'AUTH', value: '<>' },
      ],
    },
  ],
  ['MAIL FROM:<a@b> ENVID=a+2', { verb: 'malformed', word: 'MAIL', text: 'FROM:<a@b> ENVID=a+2', why: 'bad-envid' }],
  ['RCPT TO:<postmaster>', { verb: 'RCPT', path: 'postmaster', parameters: [] }],
  ['RCPT TO:<>', { verb: 'malformed', word: 'RCPT', text: 'TO:<>', why: 'no-path' }],
  [
    'RCPT TO:<a@b> NOTIFY=NEVER ORCPT=rfc822;a@b',
    {
      verb: 'RCPT',
      path: path('a', 'b'),
      parameters: [
        { key: 'NOTIFY', value: 'NEVER' },
        { key: 'ORCPT', value: 'rfc822;a@b' },
      ],
    },
  ],
  [
    'RCPT TO:<a@b> NOTIFY=NEVER,DELAY',
    { verb: 'malformed', word: 'RCPT', text: 'TO:<a@b> NOTIFY=NEVER,DELAY', why: 'bad-notify' },
  ],
  ['DATA', { verb: 'DATA' }],
  ['dAtA  ', { verb: 'DATA' }, 'extra-space'],
  [' QUIT', { verb: 'QUIT' }, 'extra-space'],
  ['QUIT now', { verb: 'malformed', word: 'QUIT', text: 'now', why: 'takes-no-argument' }],
  ['BDAT 26 LAST', { verb: 'BDAT', size: 26, last: true }],
  ['bdat 0', { verb: 'BDAT', size: 0, last: false }],
  ['BDAT', { verb: 'malformed', word: 'BDAT', text: '', why: 'no-size' }],
  ['BDAT -1', { verb: 'malformed', word: 'BDAT', text: '-1', why: 'no-size' }],
  ['BDAT 9999999999999999', { verb: 'malformed', word: 'BDAT', text: '9999999999999999', why: 'no-size' }],
  ['BDAT 1 FIRST', { verb: 'malformed', word: 'BDAT', text: '1 FIRST', why: 'not-last' }],
  ['AUTH LOGIN', { verb: 'AUTH', mechanism: 'LOGIN', initial: undefined }],
  ['auth plain AGEAYg==', { verb: 'AUTH', mechanism: 'PLAIN', initial: 'AGEAYg==' }],
  ['AUTH PLAIN  AGEAYg==', { verb: 'AUTH', mechanism: 'PLAIN', initial: 'AGEAYg==' }, 'extra-space'],
  ['AUTH LOGIN YQ==', { verb: 'AUTH', mechanism: 'LOGIN', initial: 'YQ==' }, 'inline-user-name'],
  ['AUTH EXTERNAL =', { verb: 'AUTH', mechanism: 'EXTERNAL', initial: '=' }],
  ['AUTH', { verb: 'malformed', word: 'AUTH', text: '', why: 'no-mechanism' }],
  ['AUTH PLAIN not-real secret', { verb: 'malformed', word: 'AUTH', text: '', why: 'two-arguments' }],
  ['AUTH pass:word AGEAYg==', { verb: 'malformed', word: 'AUTH', text: '', why: 'no-mechanism' }],
  ['STARTTLS', { verb: 'STARTTLS' }],
  ['RSET', { verb: 'RSET' }],
  ['NOOP', { verb: 'NOOP', text: '' }],
  ['NOOP  x y', { verb: 'NOOP', text: 'x y' }, 'extra-space'],
  ['VRFY smith', { verb: 'VRFY', text: 'smith' }],
  ['VRFY', { verb: 'malformed', word: 'VRFY', text: '', why: 'no-argument' }],
  ['EXPN staff', { verb: 'EXPN', text: 'staff' }],
  ['HELP', { verb: 'HELP', text: '' }],
  ['GET / HTTP/1.1', { verb: 'unknown', word: 'GET', text: '/ HTTP/1.1' }],
  ['Host: x', { verb: 'unknown', word: 'HOST:', text: 'x' }],
  ['', { verb: 'unknown', word: '', text: '' }],
  ['   ', { verb: 'unknown', word: '', text: '' }, 'extra-space'],
]
for (const [line, command, ...rules] of commands) {
  void test(`a command: ${line}`, () => {
    const read = readCommand(line)
    assert.deepEqual(told(read.command), command)
    assert.deepEqual(
      read.remarks.map((remark) => remark.rule),
      rules,
    )
  })
}

const parts: readonly [line: string, ...parts: string[]][] = [
  ['MAIL FROM: <a@b>  SIZE=10 SMTPUTF8', 'verb MAIL', 'path a@b', 'parameter SIZE=10', 'parameter SMTPUTF8'],
  ['rcpt to:<@x,@y:a@b>', 'verb rcpt', 'path @x,@y:a@b'],
  ['MAIL FROM:carol@@', 'verb MAIL', 'path carol@@'],
  ['AUTH PLAIN AGEAYg==', 'verb AUTH', 'mechanism PLAIN', 'initial AGEAYg== password'],
  ['AUTH LOGIN YQ==', 'verb AUTH', 'mechanism LOGIN', 'initial YQ== user'],
  [
    'AUTH XOAUTH2 dXNlcj1hAWF1dGg9QmVhcmVyIHQBAQ==',
    'verb AUTH',
    'mechanism XOAUTH2',
    'initial dXNlcj1hAWF1dGg9QmVhcmVyIHQBAQ== token',
  ],
  [
    'AUTH SCRAM-SHA-1 biwsbj11c2VyLHI9ZnlrbytkMmxiYmY=',
    'verb AUTH',
    'mechanism SCRAM-SHA-1',
    'initial biwsbj11c2VyLHI9ZnlrbytkMmxiYmY= user',
  ],
  ['AUTH EXTERNAL =', 'verb AUTH', 'mechanism EXTERNAL', 'initial ='],
  ['AUTH PLAIN not-real secret', 'verb AUTH', 'mechanism PLAIN', 'initial not-real secret password'],
  ['BDAT 5 LAST', 'verb BDAT', 'size 5', 'last LAST'],
  ['EHLO  x', 'verb EHLO', 'domain x'],
  ['NOOP a b ', 'verb NOOP', 'text a b'],
]
for (const [line, ...expected] of parts) {
  void test(`parts of ${line}`, () => {
    const read = readCommand(line, 1000)
    const found = read.parts.map(
      ({ name, at, secret }) => `${name} ${line.slice(at.start - 1000, at.end - 1000)}${secret ? ` ${secret}` : ''}`,
    )
    assert.deepEqual(found, expected)
  })
}

const word = fc.stringMatching(/^[!-~]{1,12}$/)
const text = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '))
const host = fc
  .array(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/), { minLength: 1, maxLength: 3 })
  .map((labels) => labels.join('.'))
const address = fc.record(
  {
    local: fc.string({
      unit: fc.constantFrom('a', '.', ' ', '>', '"', '\\', '@', '用', 'é'),
      minLength: 1,
      maxLength: 12,
    }),
    domain: host,
  },
  { noNullPrototype: true },
)
const base64 = fc.uint8Array({ minLength: 1, maxLength: 30 }).map((bytes) => new Secret(btoa(byteString(bytes))))
const command: fc.Arbitrary<SmtpCommand> = fc.oneof(
  fc.record({ verb: fc.constantFrom('EHLO' as const, 'HELO' as const), domain: host }),
  fc.record({
    verb: fc.constant('MAIL' as const),
    path: fc.oneof(fc.constant('null' as const), address),
    parameters: fc.constantFrom(
      [],
      [{ key: 'SIZE', value: '7' }],
      [
        { key: 'BODY', value: '8BITMIME' },
        { key: 'SMTPUTF8', value: undefined },
      ],
      [{ key: 'X-Y'.toUpperCase(), value: 'z=1' }],
    ),
  }),
  fc.record({
    verb: fc.constant('RCPT' as const),
    path: fc.oneof(fc.constant('postmaster' as const), address),
    parameters: fc.constantFrom([], [{ key: 'NOTIFY', value: 'SUCCESS,DELAY' }]),
  }),
  fc.record({ verb: fc.constantFrom('DATA' as const, 'RSET' as const, 'QUIT' as const, 'STARTTLS' as const) }),
  fc.record({ verb: fc.constant('BDAT' as const), size: fc.nat(), last: fc.boolean() }),
  fc.record({
    verb: fc.constant('AUTH' as const),
    mechanism: fc.constantFrom('PLAIN', 'LOGIN', 'SCRAM-SHA-256'),
    initial: fc.option(base64, { nil: undefined }),
  }),
  fc.record({ verb: fc.constantFrom('NOOP' as const, 'HELP' as const), text: fc.oneof(fc.constant(''), text) }),
  fc.record({ verb: fc.constantFrom('VRFY' as const, 'EXPN' as const), text }),
  fc.record({
    verb: fc.constant('unknown' as const),
    word: fc.constantFrom('XFOO', 'LHLO', 'ETRN'),
    text: fc.oneof(fc.constant(''), text),
  }),
)

void test('commands: what is printed is read again', () => {
  fc.assert(
    fc.property(command, (said) => {
      const { command: heard } = readCommand(byteString(utf8Bytes(printCommand(said))))
      assert.deepEqual(told(heard), told(said))
    }),
    { numRuns: 1000 },
  )
})

void test('commands: any line is read, its parts stand in it, and it prints as one line', () => {
  const verbs = fc.constantFrom('', 'MAIL FROM:', 'RCPT TO:<', 'AUTH ', 'BDAT ', 'EHLO ', 'NOOP ', 'xyz ')
  const rest = fc.string({
    unit: fc.constantFrom('a', ' ', '\t', '<', '>', '"', '\\', '@', ',', ':', '=', '1', 'é', '\u0080'),
    maxLength: 30,
  })
  fc.assert(
    fc.property(verbs, rest, (verb, more) => {
      const line = verb + more
      const read = readCommand(line, 5)
      for (const { at } of read.parts) assert.ok(at.start >= 5 && at.start <= at.end && at.end <= 5 + line.length)
      assert.equal(/[\r\n\0]/.test(printCommand(read.command)), false)
    }),
    { numRuns: 1000 },
  )
})

void test('nothing that we print grows a second line', () => {
  const evil = ['x\r\nQUIT', 'x\nQUIT', 'x\rQUIT', 'x\0']
  for (const bad of evil) {
    assert.throws(() => printCommand({ verb: 'EHLO', domain: bad }), RangeError)
    assert.throws(() => printCommand({ verb: 'NOOP', text: bad }), RangeError)
    assert.throws(() => printCommand({ verb: 'MAIL', path: { local: bad, domain: 'x' }, parameters: [] }), RangeError)
    assert.throws(
      () => printCommand({ verb: 'MAIL', path: 'null', parameters: [{ key: 'ENVID', value: bad }] }),
      RangeError,
    )
    assert.throws(() => printCommand({ verb: 'answer', response: new Secret(bad), cancel: false }), RangeError)
    assert.throws(() => printReply(smtpReply(250, undefined, 'fine', bad)), RangeError)
    assert.throws(() => printReply(smtpReply(250, undefined, bad, 'fine')), RangeError)
  }
  assert.throws(() => printReply(smtpReply(99, undefined, 'x')), RangeError)
  assert.throws(() => printCommand({ verb: 'message', chunk: false }), TypeError)
})

const replyLines: readonly [line: string, expected: string | undefined][] = [
  ['250 OK', '250 . OK'],
  ['250-first', '250 more first'],
  ['250', '250 . '],
  ['250 ', '250 . '],
  ['250-', '250 more '],
  ['250\tx', '250 odd \tx'],
  ['250OK', '250 odd OK'],
  ['2500 x', undefined],
  ['25', undefined],
  ['', undefined],
  ['abc def', undefined],
  ['050 x', undefined],
  ['2-5 x', undefined],
]
for (const [line, expected] of replyLines) {
  void test(`a reply line: ${JSON.stringify(line)}`, () => {
    const read = readReplyLine(line)
    assert.equal(
      read && `${read.code} ${read.hasSeparator ? (read.more ? 'more' : '.') : 'odd'} ${read.text}`,
      expected,
    )
  })
}

void test('replies: what is printed is read again', () => {
  const lines = fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '-', '2', '.', 'é', '收'), maxLength: 20 }), {
    minLength: 1,
    maxLength: 4,
  })
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), lines, fc.boolean(), (code, texts, isEnhanced) => {
      const enhanced = `${Math.floor(code / 100)}.1.0`
      const reply: SmtpReply =
        isEnhanced && code !== 300 && Math.floor(code / 100) !== 3
          ? smtpReply(code, enhanced, ...texts)
          : { code, enhanced: enhancedOf(code, texts[0]!), lines: texts }
      const wire = byteString(utf8Bytes(printReply(reply)))
      assert.ok(wire.endsWith('\r\n'))
      assert.deepEqual(readReply(wire.slice(0, -2).split('\r\n')), reply)
    }),
  )
  assert.equal(readReply([]), undefined)
  assert.equal(readReply(['250-a', '251 b']), undefined)
  assert.equal(readReply(['250-a']), undefined)
  assert.equal(readReply(['250 a', '250 b']), undefined)
})

void test('enhanced codes stand at the head and fit the class of the code', () => {
  assert.equal(enhancedOf(250, '2.1.5 Ok'), '2.1.5')
  assert.equal(enhancedOf(550, '5.7.1'), '5.7.1')
  assert.equal(enhancedOf(250, '5.1.5 Ok'), undefined)
  assert.equal(enhancedOf(250, '2.1.5Ok'), undefined)
  assert.equal(enhancedOf(354, '3.0.0 x'), undefined)
  assert.deepEqual(smtpReply(550, '5.1.1', 'no', '').lines, ['5.1.1 no', '5.1.1'])
})

void test('what EHLO offers', () => {
  const reply = smtpReply(
    250,
    undefined,
    'SIZE.of.host',
    'PIPELINING',
    'size 73400320',
    'AUTH LOGIN PLAIN',
    'AUTH=LOGIN XOAUTH',
    '8BITMIME',
    '- odd',
  )
  const offered = readExtensions(reply)
  assert.deepEqual([...offered.keys()], ['PIPELINING', 'SIZE', 'AUTH', '8BITMIME'])
  assert.deepEqual(offered.get('AUTH'), ['LOGIN', 'PLAIN', 'XOAUTH'])
  assert.deepEqual(readExtension('AUTH=LOGIN PLAIN'), {
    keyword: 'AUTH',
    parameters: ['LOGIN', 'PLAIN'],
    isOldForm: true,
  })
  for (const line of ['AUTH=LOGIN PLAIN', 'AUTH LOGIN', 'SIZE 5', 'DSN'])
    assert.equal(printExtension(readExtension(line)!), line)
})

void test('parameters and xtext', () => {
  const { command: mail } = readCommand('MAIL FROM:<a@b> SIZE=5 SMTPUTF8')
  assert.ok(mail.verb === 'MAIL')
  assert.equal(parameterOf(mail, 'SIZE'), '5')
  assert.equal(parameterOf(mail, 'SMTPUTF8'), '')
  assert.equal(parameterOf(mail, 'BODY'), undefined)
  assert.equal(readXtext('a+2Bb+3D'), 'a+b=')
  assert.equal(readXtext('a+2bb'), undefined)
  assert.equal(readXtext('a b'), undefined)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) =>
      assert.equal(readXtext(printXtext(value.toWellFormed())), value.toWellFormed()),
    ),
  )
})

void test('a flood of parameters or of blanks takes linear time and little room', () => {
  const began = process.cpuUsage()
  const { command: many } = readCommand(`MAIL FROM:<a@b>${' X=1'.repeat(100_000)}`)
  assert.equal(many.verb, 'malformed')
  readCommand(`MAIL FROM:<a@b>${' '.repeat(1_000_000)}x`)
  readCommand(`RCPT TO:<"${'\\"'.repeat(500_000)}`)
  readCommand(`${' '.repeat(1_000_000)}QUIT`)
  assert.ok(process.cpuUsage(began).user < 2e6)
})
