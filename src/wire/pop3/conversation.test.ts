import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { Side } from '../talk.ts'
import { byteString, bytesOf } from '../cutter/text.ts'
import { printBase64 } from '../sasl/base64.ts'
import { Pop3Conversation } from './conversation.ts'
import { hearAll, word } from './conversation.test-support.ts'
import type { Pop3Command } from './words.ts'

const greeted = ['S: +OK hi\r\n']
const signedIn = [...greeted, 'C: USER a\r\nPASS b\r\n', 'S: +OK\r\n+OK\r\n']
const heardSignedIn = ['S ok', 'C USER', 'C PASS', 'S ok to USER', 'S ok to PASS']

const stories: readonly [name: string, events: readonly string[], heard: readonly string[], options?: object][] = [
  [
    'a body ends at its dot line, not by its length in words',
    [...signedIn, 'C: RETR 1\r\n', 'S: +OK 3 octets\r\n+OK is text\r\n..\r\n.\r\n', 'C: QUIT\r\n', 'S: +OK\r\n'],
    [
      ...heardSignedIn,
      'C RETR',
      'S ok more to RETR',
      'S body "+OK is text\\r\\n"',
      'S body ".\\r\\n" last',
      'C QUIT',
      'S ok to QUIT',
    ],
  ],
  [
    'an error has no body',
    [...signedIn, 'C: RETR 9\r\nLIST\r\n', 'S: -ERR no\r\n+OK\r\n.\r\n'],
    [...heardSignedIn, 'C RETR', 'C LIST', 'S error to RETR', 'S ok more to LIST', 'S body "" last'],
  ],
  [
    'a number makes LIST and UIDL one line',
    [...signedIn, 'C: LIST 1\r\nUIDL 1\r\n', 'S: +OK 1 2\r\n+OK 1 x\r\n'],
    [...heardSignedIn, 'C LIST', 'C UIDL', 'S ok to LIST', 'S ok to UIDL'],
  ],
  ['a line that nobody asked for', [...signedIn, 'S: -ERR timeout\r\n'], [...heardSignedIn, 'S stray "-ERR timeout"']],
  [
    'a line that is no reply where one is awaited',
    [...signedIn, 'C: STAT\r\n', 'S: 2 320\r\n'],
    [...heardSignedIn, 'C STAT', 'S stray "2 320" to STAT'],
  ],
  [
    'pipelined, replies all at once',
    [
      ...greeted,
      'C: USER a\r\nPASS b\r\nTOP 1 0\r\nDELE 1\r\nQUIT\r\n',
      'S: +OK\r\n+OK\r\n+OK\r\nx\r\n.\r\n+OK\r\n+OK\r\n',
    ],
    [
      'S ok',
      'C USER',
      'C PASS',
      'C TOP',
      'C DELE',
      'C QUIT',
      'S ok to USER',
      'S ok to PASS',
      'S ok more to TOP',
      'S body "x\\r\\n" last',
      'S ok to DELE',
      'S ok to QUIT',
    ],
  ],
  [
    'AUTH waits, then an answer',
    [...greeted, 'C: AUTH PLAIN\r\nAGEAYg==\r\nSTAT\r\n', 'S: + \r\n', 'S: +OK\r\n+OK 0 0\r\n'],
    ['S ok', 'C AUTH', 'S continue to AUTH', 'C answer', 'S ok to answer', 'C STAT', 'S ok to STAT'],
  ],
  [
    'AUTH refused: the next line is a command',
    [...greeted, 'C: AUTH PLAIN\r\nQUIT\r\n', 'S: -ERR\r\n+OK\r\n'],
    ['S ok', 'C AUTH', 'S error to AUTH', 'C QUIT', 'S ok to QUIT'],
  ],
  [
    'a client that does not wait for the greeting',
    ['C: CAPA\r\n', 'S: +OK hi\r\n+OK\r\n.\r\n'],
    ['C CAPA (before-greeting)', 'S ok', 'S ok more to CAPA', 'S body "" last'],
  ],
  [
    'the order is judged when the reply comes',
    [
      ...greeted,
      'C: STAT\r\nUSER a\r\nPASS b\r\nUSER c\r\nSTLS\r\nQUIT\r\nNOOP\r\n',
      'S: -ERR\r\n+OK\r\n+OK\r\n-ERR\r\n-ERR\r\n+OK\r\n-ERR\r\n',
    ],
    [
      'S ok',
      'C STAT',
      'C USER',
      'C PASS',
      'C USER',
      'C STLS',
      'S error to STAT (not-signed-in)',
      'S ok to USER',
      'S ok to PASS',
      'S error to USER (already-signed-in)',
      'S error to STLS (already-signed-in)',
      'C QUIT',
      'C NOOP',
      'S ok to QUIT',
      'S error to NOOP (after-quit)',
    ],
  ],
  // form
  [
    'NUL, bare CR and bare LF in a command',
    [...greeted, 'C: NO\0OP\r\nNO\rOP\r\nNOOP\nQUIT\r\n', 'S: -ERR\r\n'],
    [
      'S ok',
      'C unreadable nul (nul)',
      'C unreadable bare-cr (bare-cr)',
      'C unreadable bare-lf (bare-lf)',
      'S error to []',
    ],
  ],
  [
    'bare LF in a body ends nothing',
    [...signedIn, 'C: RETR 1\r\n', 'S: +OK\r\na\n.\nb\r\n.\r\n'],
    [...heardSignedIn, 'C RETR', 'S ok more to RETR', 'S body "a\\n.\\nb\\r\\n" last (bare-lf)'],
  ],
  [
    'lenient: both sides end lines with LF',
    ['S: +OK\n', 'C: CAPA\n', 'S: +OK\nTOP\n.\n', 'C: QUIT\n', 'S: +OK\n'],
    [
      'S ok (bare-lf)',
      'C CAPA (bare-lf)',
      'S ok more to CAPA (bare-lf)',
      'S body "TOP\\n" (bare-lf)',
      'S body "" last (bare-lf)',
      'C QUIT (bare-lf)',
      'S ok to QUIT (bare-lf)',
    ],
    { lenient: true },
  ],
  [
    'lenient: LF inside a body that ends with CRLF',
    [...signedIn, 'C: RETR 1\r\n', 'S: +OK\r\na\n.\nb\r\n.\r\n'],
    [...heardSignedIn, 'C RETR', 'S ok more to RETR', 'S body "a\\n.\\nb\\r\\n" last (bare-lf)'],
    { lenient: true },
  ],
  // TLS
  [
    'STLS taken without a word of text',
    [...greeted, 'C: STLS\r\n', 'S: +OK\r\n', 'C: \x16\x03\x01\r\n'],
    ['S ok', 'C STLS', 'S ok to STLS', 'S sealed 13-13', 'C sealed 6-6'],
  ],
  [
    'STLS: plaintext on both sides',
    [...greeted, 'C: STLS\r\nCAPA\r\n', 'S: +OK\r\n+OK evil\r\n'],
    ['S ok', 'C STLS', 'S ok to STLS', 'S sealed 13-23 (plaintext-after-stls)', 'C sealed 6-12 (plaintext-after-stls)'],
  ],
  [
    'STLS inside TLS',
    [...greeted, 'C: STLS\r\n', 'S: -ERR\r\n'],
    ['S ok', 'C STLS', 'S error to STLS (stls-twice)'],
    { inside: 'tls' },
  ],
  [
    'inside TLS after STLS no greeting comes',
    ['C: CAPA\r\n', 'S: +OK\r\n.\r\n'],
    ['C CAPA', 'S ok more to CAPA', 'S body "" last'],
    { inside: 'stls' },
  ],
  // holes and ends
  [
    'a hole in a body',
    [...signedIn, 'C: RETR 1\r\n', 'S: +OK\r\nab', 'S? 20', 'S: .\r\nc\r\n.\r\n'],
    [
      ...heardSignedIn,
      'C RETR',
      'S ok more to RETR',
      'S body "ab"',
      'S hole 20 in body',
      'S body ".\\r\\nc\\r\\n" last',
    ],
  ],
  [
    'a status line that a hole cuts tells nothing',
    [...greeted, 'C: STAT\r\n', 'S: +OK 1', 'S? 5', 'S: -ERR late\r\n'],
    ['S ok', 'C STAT', 'S unreadable no-line-end (cut-by-hole)', 'S hole 5', 'S error to STAT'],
  ],
  [
    'a challenge in a hole',
    [...greeted, 'C: AUTH LOGIN\r\n', 'S? 10', 'C: YQ==\r\n', 'S: -ERR\r\n'],
    ['S ok', 'C AUTH', 'S hole 10', 'C answer assumed', 'S error to AUTH'],
  ],
  [
    'a hole in a command',
    [...signedIn, 'C: DE', 'C? 5', 'C: 1\r\nQUIT\r\n'],
    [
      ...heardSignedIn,
      'C unreadable unknown-command secret (cut-by-hole)',
      'C hole 5',
      'C unreadable unknown-command secret',
      'C QUIT',
    ],
  ],
  [
    'only the client was captured',
    ['S.', 'C: AUTH LOGIN\r\nYQ==\r\nYg==\r\nSTAT\r\nSTLS\r\n\x16\x03', 'C.'],
    [
      'C AUTH',
      'C answer assumed',
      'C answer assumed',
      'C STAT assumed',
      'C STLS',
      'C sealed 36-36 assumed',
      'S sealed 0-0 assumed',
    ],
  ],
  [
    'only the server was captured',
    ['C.', 'S: +OK hi\r\n+OK\r\nCAPA\r\n.\r\n+ abc\r\n-ERR no\r\n..\r\n', 'S.'],
    ['S ok', 'S stray "+OK"', 'S stray "CAPA"', 'S stray "."', 'S stray "+ abc"', 'S stray "-ERR no"', 'S stray ".."'],
  ],
  [
    'the end comes in the middle of lines',
    [...signedIn, 'C: PASS sec', 'S: +O', 'C.', 'S.'],
    [...heardSignedIn, 'C unreadable no-line-end secret', 'S unreadable no-line-end (cut-by-hole)'],
  ],
  [
    'joined in commands',
    ['C: nderland\r\nSTAT\r\n', 'S: +OK\r\n+OK 0 0\r\n'],
    ['C unreadable unknown-command secret', 'C STAT', 'S ok to []', 'S ok to STAT'],
    { joined: 'in commands' },
  ],
  [
    'joined in a message',
    ['S: lo\r\n..\r\n.\r\n', 'C: QUIT\r\n', 'S: +OK\r\n'],
    ['S body "lo\\r\\n" assumed', 'S body ".\\r\\n" last assumed', 'C QUIT', 'S ok to QUIT'],
    { joined: 'in message' },
  ],
  // credentials at the wrong place
  [
    'a password where a command is due',
    [...greeted, 'C: USER a\r\nnot-real\r\nNOOP\r\n', 'S: +OK\r\n-ERR\r\n-ERR\r\n', 'C: LOGIN\r\nLOGIN\r\n'],
    [
      'S ok',
      'C USER',
      'C unreadable unknown-command secret',
      'C NOOP',
      'S ok to USER',
      'S error to []',
      'S error to NOOP (not-signed-in)',
      'C unreadable unknown-command secret',
      'C unknown LOGIN',
    ],
  ],
]
for (const [name, events, heard, options] of stories) {
  void test(name, () => assert.deepEqual(hearAll(events, options), heard))
}

function greetedServer(): Pop3Conversation {
  const engine = new Pop3Conversation()
  engine.say({ what: 'reply', reply: { status: 'ok', code: undefined, text: 'ready', more: false } })
  return engine
}

void test('a server signs in, lists and sends', () => {
  const engine = greetedServer()
  const said: string[] = []
  const hear = (text: string): Pop3Command => {
    engine.hear('client', bytesOf(text))
    const next = engine.next('client')
    assert.ok(typeof next === 'object' && next.what === 'command', JSON.stringify(next))
    return next.command
  }
  const say = (status: 'ok' | 'error', more = false): void => {
    said.push(byteString(engine.say({ what: 'reply', reply: { status, code: undefined, text: '', more } })))
  }
  assert.equal(engine.objection(hear('PASS x\r\n'))?.rule, 'pass-without-user')
  say('error')
  assert.equal(engine.objection(hear('USER alice\r\n')), undefined)
  say('ok')
  assert.equal(engine.user, 'alice')
  assert.equal(engine.objection(hear('PASS x\r\n')), undefined)
  say('error')
  assert.equal(engine.user, undefined, 'a refused PASS takes its USER along')
  hear('APOP alice c4c9334bac560ecc979e58001b3e22fb\r\n')
  say('ok')
  assert.ok(engine.isSignedIn)
  hear('RETR 1\r\n')
  say('ok', true)
  for (const [piece, last] of [
    ['.a\r', false],
    ['\n', false],
    ['.', false],
    ['b', true],
  ] as const)
    said.push(byteString(engine.say({ what: 'body', bytes: bytesOf(piece), last })))
  assert.equal(said.join(''), '-ERR\r\n+OK\r\n-ERR\r\n+OK\r\n+OK\r\n..a\r\n..b\r\n.\r\n')
  assert.throws(() => engine.say({ what: 'body', bytes: bytesOf('x'), last: true }), TypeError)
})

void test('a server sees plaintext behind STLS before it answers, and after', () => {
  const engine = greetedServer()
  engine.hear('client', bytesOf('STLS\r\nCAPA\r\n'))
  engine.next('client')
  assert.equal(engine.objection({ verb: 'STLS' })?.rule, 'plaintext-after-stls')
  engine.say({ what: 'reply', reply: { status: 'ok', code: undefined, text: '', more: false } })
  assert.ok(engine.hasBuffered('client'))
  assert.equal(word('client', engine.next('client') as never), 'C sealed 6-12 (plaintext-after-stls)')
  assert.equal(engine.next('client'), 'for bytes')
})

void test('a client asks and hears; what it says is what a server hears', () => {
  const client = new Pop3Conversation()
  client.hear('server', bytesOf('+OK hi\r\n'))
  client.next('server')
  assert.equal(byteString(client.say({ what: 'command', command: { verb: 'RETR', number: 1 } })), 'RETR 1\r\n')
  client.hear('server', bytesOf('+OK\r\n..x\r\n'))
  assert.equal(word('server', client.next('server') as never), 'S ok more to RETR (not-signed-in)')
  assert.equal(word('server', client.next('server') as never), 'S body ".x\\r\\n"')
  assert.equal(client.next('server'), 'for bytes')
})

void test('lines have limits', () => {
  const heard = (text: string): string | undefined => hearAll([...greeted, `C: ${text}`])[1]
  assert.equal(heard(`USER ${'x'.repeat(200)}\r\n`), 'C USER')
  assert.equal(heard(`USER ${'x'.repeat(300)}\r\n`), 'C USER (line-too-long)')
  assert.equal(heard(`USER ${'x'.repeat(600)}\r\n`), 'C unreadable line-too-long (line-too-long)')
  assert.equal(heard(`PASS ${'x'.repeat(600)}\r\n`), 'C unreadable line-too-long secret (line-too-long)')
  assert.equal(heard(`AUTH XOAUTH2 ${'x'.repeat(12000)}\r\n`), 'C AUTH')
  assert.equal(heard(`AUTH XOAUTH2 ${'x'.repeat(13000)}\r\n`), 'C unreadable line-too-long secret (line-too-long)')
  assert.equal(hearAll([`S: +OK ${'x'.repeat(600)}\r\n`])[0], 'S ok (reply-line-too-long)')
})

void test('an endless line and a million one-byte segments bound work and memory', () => {
  const began = process.cpuUsage()
  const engine = greetedServer()
  const piece = new Uint8Array(1 << 20).fill(97)
  for (let i = 0; i < 100; i++) {
    engine.hear('client', piece)
    assert.equal(engine.next('client'), 'for bytes')
  }
  engine.hear('client', bytesOf('\r\n'))
  assert.equal(word('client', engine.next('client') as never), 'C unreadable line-too-long (line-too-long)')
  const client = new Pop3Conversation()
  client.hear('server', bytesOf('+OK hi\r\n'))
  client.next('server')
  client.say({ what: 'command', command: { verb: 'RETR', number: 1 } })
  client.hear('server', bytesOf('+OK\r\n'))
  client.next('server')
  const letters = 'ab.\r\n..x\r\n'.split('').map((letter) => bytesOf(letter))
  let size = 0
  for (let i = 0; i < 1_000_000; i++) {
    client.hear('server', letters[i % letters.length]!)
    for (let next = client.next('server'); typeof next === 'object'; next = client.next('server'))
      if (next.what === 'body') size += next.bytes.length
  }
  assert.equal(size, 900_000)
  assert.ok(process.cpuUsage(began).user < 8e6)
})

void test('no credential shows in anything that is heard, however it was typed and cut', () => {
  const secret = fc.stringMatching(/^[a-zA-Z0-9]{8,16}$/)
  const ways = fc.constantFrom(
    'pass',
    'pass lower',
    'initial',
    'answer',
    'malformed',
    'apop',
    'wrong prompt',
    'cut short',
  )
  fc.assert(
    fc.property(secret, ways, fc.array(fc.nat({ max: 100 }), { maxLength: 6 }), (value, way, cuts) => {
      const token = `Q${value}Q`
      const plain = printBase64(bytesOf(`\0user\0${token}`))
      const turns: Record<string, readonly [Side, string][]> = {
        pass: [
          ['client', `USER u\r\nPASS ${token}\r\n`],
          ['server', '+OK\r\n-ERR\r\n'],
        ],
        'pass lower': [
          ['client', `  pass \t ${token} \r\n`],
          ['server', '-ERR\r\n'],
        ],
        initial: [
          ['client', `AUTH PLAIN ${plain}\r\n`],
          ['server', '+OK\r\n'],
        ],
        answer: [
          ['client', 'AUTH PLAIN\r\n'],
          ['server', '+ \r\n'],
          ['client', `${plain}\r\n`],
          ['server', '+OK\r\n'],
        ],
        malformed: [
          ['client', `AUTH PLAIN ${token} ${plain}\r\n`],
          ['server', '-ERR\r\n'],
        ],
        apop: [
          ['client', `APOP u ${token}\r\n`],
          ['server', '-ERR\r\n'],
        ],
        'wrong prompt': [
          ['client', 'USER u\r\n'],
          ['server', '+OK\r\n'],
          ['client', `${token}\r\n`],
          ['server', '-ERR\r\n'],
        ],
        'cut short': [['client', `PASS ${token}`]],
      }
      const shown = listen(turns[way]!, cuts)
      for (const form of [token, plain]) assert.equal(shown.includes(form), false, `${way}: ${form} in ${shown}`)
    }),
    { numRuns: 300 },
  )
})

/** All that is shown of these turns, each cut at the same places. */
function listen(turns: readonly (readonly [Side, string])[], cuts: readonly number[]): string {
  const engine = new Pop3Conversation()
  let shown = ''
  const take = (): void => {
    for (const side of ['client', 'server', 'client', 'server'] as const)
      for (let next = engine.next(side); typeof next === 'object'; next = engine.next(side))
        shown += JSON.stringify(next)
  }
  for (const [side, text] of [['server', '+OK hi\r\n'], ...turns] as const) {
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
