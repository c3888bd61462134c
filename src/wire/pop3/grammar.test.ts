import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { Secret } from '../talk.ts'
import { byteString, utf8Bytes } from '../cutter/text.ts'
import {
  printCapability,
  printCommand,
  printStatus,
  readCapability,
  readCommand,
  readListing,
  readStatus,
} from './grammar.ts'
import type { Pop3Command, Pop3Reply } from './words.ts'

function told(command: Pop3Command): unknown {
  return Object.fromEntries(
    Object.entries(command).map(([key, value]: [string, unknown]) => [
      key,
      value instanceof Secret ? value.reveal() : value,
    ]),
  )
}

const digest = 'c4c9334bac560ecc979e58001b3e22fb'
const commands: readonly [line: string, command: object, ...rules: string[]][] = [
  ['USER alice', { verb: 'USER', name: 'alice' }],
  ['user alice b', { verb: 'USER', name: 'alice b' }],
  ['USER', { verb: 'malformed', word: 'USER', text: '', why: 'no-argument' }],
  ['PASS a b ', { verb: 'PASS', password: 'a b ' }],
  ['PASS  x', { verb: 'PASS', password: ' x' }],
  ['PASS', { verb: 'malformed', word: 'PASS', text: '', why: 'no-argument' }],
  ['pass wörter', { verb: 'PASS', password: 'wörter' }],
  [`APOP mrose ${digest}`, { verb: 'APOP', name: 'mrose', digest }],
  ['APOP mrose not-a-digest', { verb: 'malformed', word: 'APOP', text: '', why: 'no-digest' }],
  ['AUTH', { verb: 'AUTH', mechanism: undefined, initial: undefined }],
  ['auth plain', { verb: 'AUTH', mechanism: 'PLAIN', initial: undefined }],
  ['AUTH PLAIN  AGEAYg==', { verb: 'AUTH', mechanism: 'PLAIN', initial: 'AGEAYg==' }, 'extra-space'],
  ['AUTH PLAIN my secret', { verb: 'malformed', word: 'AUTH', text: '', why: 'two-arguments' }],
  ['AUTH LOGIN YQ==', { verb: 'AUTH', mechanism: 'LOGIN', initial: 'YQ==' }, 'inline-user-name'],
  ['LIST', { verb: 'LIST', number: undefined }],
  ['list 3', { verb: 'LIST', number: 3 }],
  ['LIST abc', { verb: 'malformed', word: 'LIST', text: 'abc', why: 'no-number' }],
  ['LIST 1 2', { verb: 'malformed', word: 'LIST', text: '1 2', why: 'one-argument' }],
  ['UIDL 12345678901', { verb: 'malformed', word: 'UIDL', text: '12345678901', why: 'no-number' }],
  ['RETR 1', { verb: 'RETR', number: 1 }],
  ['RETR', { verb: 'malformed', word: 'RETR', text: '', why: 'no-number' }],
  ['DELE -1', { verb: 'malformed', word: 'DELE', text: '-1', why: 'no-number' }],
  ['TOP 1 0', { verb: 'TOP', number: 1, lines: 0 }],
  ['TOP 1', { verb: 'malformed', word: 'TOP', text: '1', why: 'no-number' }],
  ['TOP 1 2 3', { verb: 'malformed', word: 'TOP', text: '1 2 3', why: 'two-arguments' }],
  ['STAT', { verb: 'STAT' }],
  ['STAT now', { verb: 'malformed', word: 'STAT', text: 'now', why: 'takes-no-argument' }],
  ['noop ', { verb: 'NOOP' }, 'extra-space'],
  ['RSET', { verb: 'RSET' }],
  ['QUIT', { verb: 'QUIT' }],
  ['CAPA', { verb: 'CAPA' }],
  ['STLS', { verb: 'STLS' }],
  ['UTF8', { verb: 'UTF8' }],
  ['LANG', { verb: 'LANG', tag: undefined }],
  ['LANG zh-CN', { verb: 'LANG', tag: 'zh-CN' }],
  ['LANG *', { verb: 'LANG', tag: '*' }],
  ['LANG a b', { verb: 'malformed', word: 'LANG', text: 'a b', why: 'no-language' }],
  ['XTND XMIT', { verb: 'unknown', word: 'XTND', text: 'XMIT' }],
  ['LOS\b\bIST', { verb: 'unknown', word: 'LOS\b\bIST', text: '' }],
  ['', { verb: 'unknown', word: '', text: '' }],
]
for (const [line, command, ...rules] of commands) {
  void test(`a command: ${JSON.stringify(line)}`, () => {
    const read = readCommand(byteString(utf8Bytes(line)))
    assert.deepEqual(told(read.command), command)
    assert.deepEqual(
      read.remarks.map((remark) => remark.rule),
      rules,
    )
  })
}

const parts: readonly [line: string, ...parts: string[]][] = [
  ['USER alice', 'verb USER', 'user alice user'],
  ['pass my secret ', 'verb pass', 'password my secret  password'],
  [`APOP mrose ${digest}`, 'verb APOP', 'user mrose user', `digest ${digest} proof`],
  ['APOP mrose oops', 'verb APOP', 'user mrose user', 'digest oops proof'],
  ['AUTH PLAIN AGEAYg==', 'verb AUTH', 'mechanism PLAIN', 'initial AGEAYg== password'],
  ['AUTH PLAIN my secret', 'verb AUTH', 'mechanism PLAIN', 'initial my secret password'],
  ['TOP 1 5', 'verb TOP', 'number 1', 'lines 5'],
]
for (const [line, ...expected] of parts) {
  void test(`parts of ${line}`, () => {
    const found = readCommand(line, 70).parts.map(
      ({ name, at, secret }) => `${name} ${line.slice(at.start - 70, at.end - 70)}${secret ? ` ${secret}` : ''}`,
    )
    assert.deepEqual(found, expected)
  })
}

const replies: readonly [line: string, reply: object, ...rules: string[]][] = [
  ['+OK', { status: 'ok', code: undefined, text: '', more: false }],
  ['+OK hi', { status: 'ok', code: undefined, text: 'hi', more: false }],
  ['-ERR [IN-USE] busy', { status: 'error', code: 'IN-USE', text: 'busy', more: false }],
  ['-ERR [SYS/TEMP]', { status: 'error', code: 'SYS/TEMP', text: '', more: false }],
  ['-ERR [x y] z', { status: 'error', code: undefined, text: '[x y] z', more: false }],
  ['+ok', { status: 'ok', code: undefined, text: '', more: false }, 'status-not-upper-case'],
  ['+OKhi', { status: 'ok', code: undefined, text: 'hi', more: false }, 'reply-no-separator'],
  ['+ ', { status: 'continue', data: '' }],
  ['+', { status: 'continue', data: '' }],
  ['+ YQ==', { status: 'continue', data: 'YQ==' }],
  ['+YQ==', { status: 'continue', data: 'YQ==' }, 'reply-no-separator'],
  ['CAPA', { status: 'stray', text: 'CAPA' }],
  ['.', { status: 'stray', text: '.' }],
  ['', { status: 'stray', text: '' }],
]
for (const [line, reply, ...rules] of replies) {
  void test(`a status line: ${JSON.stringify(line)}`, () => {
    const read = readStatus(line)
    assert.deepEqual(read.reply, reply)
    assert.deepEqual(
      read.remarks.map((remark) => remark.rule),
      rules,
    )
  })
}

const word = fc.stringMatching(/^[!-~]{1,12}$/)
const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((list) => list.join(' '))
const number = fc.nat()
const command: fc.Arbitrary<Pop3Command> = fc.oneof(
  fc.record({ verb: fc.constant('USER' as const), name: words }),
  fc.record({
    verb: fc.constant('PASS' as const),
    password: fc.string({ unit: fc.constantFrom('a', ' ', 'é', '\t'), minLength: 1 }).map((text) => new Secret(text)),
  }),
  fc.record({ verb: fc.constant('APOP' as const), name: word, digest: fc.constant(new Secret(digest)) }),
  fc.record({
    verb: fc.constant('AUTH' as const),
    mechanism: fc.constantFrom('PLAIN', 'SCRAM-SHA-1'),
    initial: fc.constantFrom(undefined, new Secret('AGEAYg=='), new Secret('=')),
  }),
  fc.record({ verb: fc.constantFrom('LIST' as const, 'UIDL' as const), number: fc.option(number, { nil: undefined }) }),
  fc.record({ verb: fc.constantFrom('RETR' as const, 'DELE' as const), number }),
  fc.record({ verb: fc.constant('TOP' as const), number, lines: number }),
  fc.record({
    verb: fc.constantFrom(
      'STAT' as const,
      'NOOP' as const,
      'RSET' as const,
      'QUIT' as const,
      'CAPA' as const,
      'STLS' as const,
      'UTF8' as const,
    ),
  }),
  fc.record({ verb: fc.constant('LANG' as const), tag: fc.constantFrom(undefined, '*', 'en', 'zh-CN') }),
)

void test('commands: what is printed is read again', () => {
  fc.assert(
    fc.property(command, (said) => {
      assert.deepEqual(told(readCommand(byteString(utf8Bytes(printCommand(said)))).command), told(said))
    }),
    { numRuns: 500 },
  )
})

void test('status lines: what is printed is read again', () => {
  const text = fc.constantFrom('', 'a', 'two words', '简体', '3 [x]')
  const reply: fc.Arbitrary<Pop3Reply> = fc.oneof(
    fc.record(
      {
        status: fc.constantFrom('ok' as const, 'error' as const),
        code: fc.constantFrom(undefined, 'IN-USE', 'SYS/TEMP', 'AUTH'),
        text,
        more: fc.constant(false),
      },
      { noNullPrototype: true },
    ),
    fc.record(
      { status: fc.constant('continue' as const), data: fc.constantFrom('', 'YQ==') },
      { noNullPrototype: true },
    ),
    fc.record(
      { status: fc.constant('stray' as const), text: fc.constantFrom('', '.', 'TOP') },
      { noNullPrototype: true },
    ),
  )
  fc.assert(
    fc.property(reply, (said) => {
      const line = printStatus(said)
      assert.ok(line.endsWith('\r\n'))
      assert.deepEqual(readStatus(byteString(utf8Bytes(line.slice(0, -2)))).reply, said)
    }),
  )
})

void test('any line is read, and prints as one line', () => {
  const verbs = fc.constantFrom('', 'USER ', 'PASS ', 'APOP ', 'AUTH ', 'TOP ', '+', '+OK', '-ERR [')
  const rest = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '1', ']', 'é', '\u0080', '='), maxLength: 30 })
  fc.assert(
    fc.property(verbs, rest, (verb, more) => {
      const line = verb + more
      for (const read of [readCommand(line, 9), readStatus(line, 9)])
        for (const { at } of read.parts) assert.ok(at.start >= 9 && at.start <= at.end && at.end <= 9 + line.length)
      assert.equal(/[\r\n\0]/.test(printCommand(readCommand(line).command)), false)
    }),
    { numRuns: 500 },
  )
})

void test('nothing that we print grows a second line', () => {
  for (const bad of ['x\r\nQUIT', 'x\n', 'x\r', 'x\0']) {
    assert.throws(() => printCommand({ verb: 'USER', name: bad }), RangeError)
    assert.throws(() => printCommand({ verb: 'PASS', password: new Secret(bad) }), RangeError)
    assert.throws(() => printStatus({ status: 'ok', code: undefined, text: bad, more: false }), RangeError)
    assert.throws(() => printStatus({ status: 'error', code: bad, text: '', more: false }), RangeError)
    assert.throws(() => printCapability({ tag: 'X', parameters: [bad] }), RangeError)
  }
})

void test('lines of CAPA, LIST and UIDL', () => {
  assert.deepEqual(readCapability('sasl PLAIN  LOGIN '), { tag: 'SASL', parameters: ['PLAIN', 'LOGIN'] })
  assert.equal(readCapability('  '), undefined)
  assert.equal(printCapability({ tag: 'EXPIRE', parameters: ['NEVER'] }), 'EXPIRE NEVER')
  assert.deepEqual(readListing('1 334'), { number: 1, value: '334' })
  assert.deepEqual(readListing('2 QhdPYR:00WBw1Ph7x7'), { number: 2, value: 'QhdPYR:00WBw1Ph7x7' })
  assert.equal(readListing('x 1'), undefined)
})
