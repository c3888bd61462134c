import assert from 'node:assert/strict'
import test from 'node:test'
import { Fault } from '../fault.ts'
import { tellFault } from '../words/faults.ts'
import { defaultConfig, readConfig } from './config.ts'
import { lineOf } from './lines.ts'

void test('an empty file is the default', () => {
  assert.deepEqual(readConfig('', 'postglass.toml'), defaultConfig)
})

void test('every setting of the contract is read', () => {
  const config = readConfig(
    `[server]
name = "Mail.North.test"
[tls]
"mail.north.test" = { certificate = "fullchain.pem", key = "privkey.pem" }
[auth]
in_clear = "loopback"
[smtp]
size = 1000000
relay_from = []
proxy_from = []
[test]
public = true
[record]
keep_hours = 48
bytes_per_side = 65536
[limits]
silence_ms = 1000
connections = 7
ban_ms = 9
`,
    'postglass.toml',
  )
  assert.deepEqual(config, {
    name: 'mail.north.test',
    tls: new Map([['mail.north.test', { certificate: 'fullchain.pem', key: 'privkey.pem' }]]),
    inClear: 'loopback',
    testPublic: true,
    keepHours: 48,
    bytesPerSide: 65536,
    limits: { messageBytes: 1000000, silenceMs: 1000, connections: 7 },
    accessLimits: { banMs: 9 },
  })
})

const faults: readonly (readonly [name: string, toml: string, sentence: string | RegExp])[] = [
  ['an unknown table', '\n[sever]\nname = "x"', 'c.toml, line 2: there is no setting sever.'],
  ['an unknown key', '[server]\nnam = "x"', 'c.toml, line 2: there is no setting server.nam.'],
  ['an unknown limit', '[limits]\nsilence = 3', 'c.toml, line 2: there is no setting limits.silence.'],
  ['not TOML', '[server\nname=', /^c.toml, line 1: this is not TOML\.$/],
  [
    'a number for a text',
    '[server]\n\nname = 3',
    'c.toml, line 3: server.name wants a host name such as "mail.north.test".',
  ],
  [
    'no host name',
    '[server]\nname = "a b"',
    'c.toml, line 2: server.name wants a host name such as "mail.north.test".',
  ],
  [
    'a word that is none of them',
    '[auth]\nin_clear = "yes"',
    'c.toml, line 2: auth.in_clear wants "off" or "loopback" or "on".',
  ],
  ['too small', '[smtp]\nsize = 5', 'c.toml, line 2: smtp.size wants a whole number from 65536 to 2147483648 (bytes).'],
  ['a part of a number', '[record]\nkeep_hours = 1.5', /^c.toml, line 2: record.keep_hours wants a whole number/],
  [
    'more than a number holds',
    '[record]\nkeep_hours = 9223372036854775807',
    /^c.toml, line 2: record.keep_hours wants/,
  ],
  [
    'everybody',
    '[smtp]\nrelay_from = ["0.0.0.0/0"]',
    'c.toml, line 2: smtp.relay_from wants networks smaller than /0, which is everybody.',
  ],
  ['no network', '[smtp]\nproxy_from = ["10.0.0.1/33"]', /^c.toml, line 2: smtp.proxy_from wants addresses/],
  ['half a certificate', '[tls]\n"a.test" = { certificate = "x" }', 'c.toml, line 2: tls.a.test wants the key key.'],
  [
    'a second transport',
    '[[transport]]\ndomain="*"\nhost="a:1"\n[[transport]]\nhost="a:1"',
    'c.toml, line 4: transport wants the key domain.',
  ],
  [
    'relaying, not built',
    '[smtp]\nrelay_from = ["127.0.0.1"]',
    /^c.toml, line 2: smtp.relay_from sends mail on to other servers/,
  ],
  [
    'a transport, not built',
    '\n[[transport]]\ndomain="*"\nhost="127.0.0.1:1"',
    /^c.toml, line 2: transport sends mail on/,
  ],
]

for (const [name, toml, sentence] of faults) {
  void test(`configuration: ${name}`, () => {
    assert.throws(
      () => readConfig(toml, 'c.toml'),
      (fault) => {
        assert.ok(fault instanceof Fault, String(fault))
        const { text, exit } = tellFault(fault.code, fault.values, 'en')
        assert.equal(exit, 64)
        if (typeof sentence === 'string') assert.equal(text, sentence)
        else assert.match(text, sentence)
        return true
      },
    )
  })
}

void test('the nearest key is offered', () => {
  assert.throws(
    () => readConfig('[record]\nkeep_hour = 3', 'c.toml'),
    (fault) => fault instanceof Fault && tellFault(fault.code, fault.values, 'en').todo === 'did you mean  keep_hours',
  )
})

void test('a key is found by its path', () => {
  const toml = `# one
[server]
name = "a"   # two
[[transport]]
domain = "x"
[[transport]]
"domain" = "y"
tls.a = 1
`
  const table: readonly (readonly [readonly (string | number)[], number])[] = [
    [['server', 'name'], 3],
    [['transport', 0, 'domain'], 5],
    [['transport', 1, 'domain'], 7],
    [['transport', 1, 'tls', 'a'], 8],
    [['server', 'other'], 2],
    [['nothing'], 1],
  ]
  for (const [path, line] of table) assert.equal(lineOf(toml, path), line, path.join('.'))
})
