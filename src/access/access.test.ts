import test from 'node:test'
import assert from 'node:assert/strict'
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import fc from 'fast-check'
import { Secret } from '../wire/talk.ts'
import type { Credential } from '../wire/sasl/words.ts'
import type { Account, MailStore, Mode, Scope } from '../store/contract.ts'
import { openMemoryStore } from '../store/memory.ts'
import { openAccess, type AccessOptions, type OpenedAccess } from './access.ts'
import { codeRecord, hashOf, makeCode, makeToken, newScram, normaliseCode, tokenRecord } from './code.ts'
import type { Peer } from './contract.ts'
import { Failures } from './failures.ts'
import { hashPassword, lockedPassword, verifyPassword } from './password.ts'

const sealed: Peer = { address: '192.0.2.7', port: 40000, sealed: true, client: 'DESKTOP' }
const local: Peer = { ...sealed, address: '127.0.0.1' }
const clear: Peer = { ...sealed, sealed: false }

const everything: readonly Scope[] = ['smtp', 'pop3', 'imap']

interface House {
  store: MailStore
  access: OpenedAccess
  alice: Account
  time: { now: Date }
  readonly code: (how?: {
    scope?: readonly Scope[]
    expires?: Date
    token?: boolean
    account?: Account
  }) => Promise<{ id: string; secret: Secret }>
}

async function house(
  modes: Record<string, Mode> = { 'north.test': 'lab' },
  options: Partial<AccessOptions> = {},
): Promise<House> {
  const time = { now: new Date('2026-11-24T10:00:00Z') }
  const store = openMemoryStore({ now: () => time.now })
  for (const [name, mode] of Object.entries(modes)) await store.directory.addDomain(name, mode)
  const [first = ''] = Object.keys(modes)
  const alice = await store.directory.addAccount({
    address: `alice@${first}`,
    passwordHash: lockedPassword,
    scram: newScram(),
  })
  const access = openAccess({ store, listensBeyondLoopback: false, now: () => time.now, ...options })
  return {
    store,
    access,
    alice,
    time,
    async code(how = {}) {
      const { scope = everything, expires, token = false, account = alice } = how
      const secret = token ? makeToken() : makeCode()
      const kept = token ? tokenRecord(secret) : codeRecord(secret, account)
      const code = await store.directory.addCode({ account: account.id, label: 'test', scope, expires, ...kept })
      return { id: code.id, secret }
    },
  }
}

const plain = (user: string, password: Secret | string, authorizeAs?: string): Credential => ({
  kind: 'password',
  method: 'PLAIN',
  user,
  authorizeAs,
  password: typeof password === 'string' ? new Secret(password) : password,
})
const bearer = (user: string, token: Secret): Credential => ({ kind: 'token', method: 'XOAUTH2', user, token })

/** What a SCRAM client that holds this code can prove. */
function scram(user: string, code: Secret, access: OpenedAccess, hash: 'sha1' | 'sha256'): Credential {
  const { salt, iterations } = access.salt(user)
  const salted = pbkdf2Sync(code.reveal(), salt, iterations, hash === 'sha1' ? 20 : 32, hash)
  const key = createHmac(hash, salted).update('Client Key').digest()
  const stored = createHash(hash).update(key).digest()
  return {
    kind: 'scram',
    method: hash === 'sha1' ? 'SCRAM-SHA-1' : 'SCRAM-SHA-256',
    user,
    hash,
    proves: (storedKey) => stored.equals(storedKey),
  }
}

void test('a code, a token and SCRAM open the account; the last use is noted', async () => {
  const { access, alice, code, store, time } = await house()
  const made = await code()
  const token = await code({ token: true })
  for (const credential of [
    plain(alice.address, made.secret),
    plain('ALICE@North.Test', made.secret),
    plain(alice.address, made.secret, 'Alice@north.test'),
    plain(
      alice.address,
      ` ${made.secret
        .reveal()
        .toUpperCase()
        .replace(/(.{4})/g, '$1-')} `,
    ),
    scram(alice.address, made.secret, access, 'sha1'),
    scram(alice.address, made.secret, access, 'sha256'),
    bearer(alice.address, token.secret),
  ]) {
    const verdict = await access.authenticate('smtp', credential, sealed)
    assert.equal(verdict.what, 'admitted', credential.method)
    if (verdict.what !== 'admitted') continue
    assert.equal(verdict.account.id, alice.id)
    assert.equal(verdict.codeId, credential.kind === 'token' ? token.id : made.id)
    assert.equal(verdict.method, credential.kind === 'token' ? 'token' : 'code')
    assert.equal(verdict.serverKey !== undefined, credential.kind === 'scram')
  }
  assert.deepEqual(store.directory.code(made.id)?.lastUsed, { at: time.now, address: '192.0.2.7', client: 'DESKTOP' })
})

void test('each protocol x each state of a credential', async () => {
  const { access, alice, code, store, time } = await house()
  const password = 'correct horse battery'
  await store.directory.changeAccount(alice.id, { passwordHash: await hashPassword(new Secret(password)) })
  const good = await code()
  const revoked = await code()
  await store.directory.revokeCode(revoked.id)
  const expired = await code({ expires: new Date(time.now.getTime() - 1) })
  const ends = await code({ expires: new Date(time.now.getTime() + 1) })
  const onlySmtp = await code({ scope: ['smtp'] })
  const token = await code({ token: true })
  const rows: [string, Credential, (scope: Scope) => string][] = [
    ['a good code', plain(alice.address, good.secret), () => 'admitted'],
    ['a code that ends later', plain(alice.address, ends.secret), () => 'admitted'],
    ['a revoked code', plain(alice.address, revoked.secret), () => 'credentials'],
    ['an expired code', plain(alice.address, expired.secret), () => 'credentials'],
    ['a code for SMTP', plain(alice.address, onlySmtp.secret), (scope) => (scope === 'smtp' ? 'admitted' : 'scope')],
    [
      'a scoped code by SCRAM',
      scram(alice.address, onlySmtp.secret, access, 'sha256'),
      (scope) => (scope === 'smtp' ? 'admitted' : 'scope'),
    ],
    ['another code', plain(alice.address, makeCode()), () => 'credentials'],
    ['the account password', plain(alice.address, password), () => 'credentials'],
    ['nothing', plain(alice.address, ''), () => 'credentials'],
    ['the stored hash', plain(alice.address, Buffer.from(hashOf(good.secret)).toString('hex')), () => 'credentials'],
    ['a token as password', plain(alice.address, token.secret), () => 'credentials'],
    ['a code as token', bearer(alice.address, good.secret), () => 'credentials'],
    ['an authzid of somebody else', plain(alice.address, good.secret, 'bob@north.test'), () => 'credentials'],
    ['an unknown name', plain('nobody@north.test', good.secret), () => 'credentials'],
    ['an unknown domain', plain('alice@south.test', good.secret), () => 'credentials'],
    ['a name without domain', plain('alice', good.secret), () => 'credentials'],
  ]
  for (const scope of ['smtp', 'pop3', 'imap'] as const)
    for (const [name, credential, expected] of rows) {
      const verdict = await access.authenticate(scope, credential, sealed)
      assert.equal(verdict.what === 'admitted' ? 'admitted' : verdict.why, expected(scope), `${name}, ${scope}`)
      if (verdict.what === 'refused' && credential.kind === 'password' && credential.password.reveal().length > 6)
        assert.ok(!verdict.log.includes(credential.password.reveal()), 'no secret in the log')
    }
  await store.directory.changeAccount(alice.id, { disabled: true })
  const verdict = await access.authenticate('pop3', plain(alice.address, good.secret), sealed)
  assert.equal(verdict.what === 'refused' && verdict.why, 'disabled')
})

void test('an account is closed after too many failures, from loopback too, and opens again by time', async () => {
  const { access, alice, code, time } = await house(
    { 'north.test': 'lab' },
    { limits: { failuresPerAccount: 3, banMs: 1000 } },
  )
  const good = await code()
  for (let i = 0; i < 3; i++) await access.authenticate('pop3', plain('Alice@north.test', 'wrong'), local)
  const banned = await access.authenticate('pop3', plain(alice.address, good.secret), local)
  assert.equal(banned.what === 'refused' && banned.why, 'later')
  time.now = new Date(time.now.getTime() + 1001)
  assert.equal((await access.authenticate('pop3', plain(alice.address, good.secret), local)).what, 'admitted')
})

void test('an address is refused after too many failures, or with too many connections; loopback never', async () => {
  const { access } = await house(undefined, {
    limits: { failuresPerAddress: 2, failuresPerAccount: 100, connectionsPerAddress: 2 },
  })
  const open = [access.connect('2001:db8::1'), access.connect('2001:db8::2')]
  assert.deepEqual(access.connect('2001:DB8:0:0:ffff::1'), { refused: 'too-many' }, 'one /64 is one peer')
  assert.ok('close' in access.connect('2001:db8:0:1::1'))
  for (const one of open) if ('close' in one) for (const close of [one.close, one.close]) close()
  assert.ok('close' in access.connect('2001:db8::3'))
  for (let i = 0; i < 5; i++) assert.ok('close' in access.connect('127.0.0.1'))
  for (const peer of [sealed, local])
    for (let i = 0; i < 2; i++) await access.authenticate('smtp', plain(`x${i}@north.test`, 'wrong'), peer)
  assert.deepEqual(access.connect('192.0.2.7'), { refused: 'banned' })
  assert.ok('close' in access.connect('127.0.0.1'))
})

void test('what is remembered of failures is bounded', () => {
  const failures = new Failures({ allowed: 2, windowMs: 10, banMs: 10, remembered: 3 })
  for (const name of ['a', 'b', 'c', 'd']) failures.failed(name, 0)
  assert.equal(failures.failed('a', 1), false, 'the oldest was forgotten')
  assert.equal(failures.failed('d', 1), true)
  assert.equal(failures.isBanned('d', 5), true)
  assert.equal(failures.isBanned('d', 12), false)
  assert.equal(failures.failed('c', 100), false, 'the window is over')
})

const clearRows: [string, Record<string, Mode>, Partial<AccessOptions>, Peer, string[], string, boolean][] = [
  // domains, rules, peer, offered, user, may the user
  [
    'a lab',
    { 'north.test': 'lab' },
    {},
    clear,
    ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
    'alice@north.test',
    true,
  ],
  ['a real one', { 'north.example': 'production' }, {}, clear, [], 'alice@north.example', false],
  [
    'a real one from loopback',
    { 'north.example': 'production' },
    {},
    { ...local, sealed: false },
    ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
    'alice@north.example',
    true,
  ],
  [
    'both, the lab account',
    { 'north.test': 'lab', 'n.example': 'production' },
    {},
    clear,
    ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'LOGIN'],
    'alice@north.test',
    true,
  ],
  [
    'both, the real account',
    { 'north.test': 'lab', 'n.example': 'production' },
    {},
    clear,
    ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'LOGIN'],
    'bob@n.example',
    false,
  ],
  [
    'both and the world',
    { 'north.test': 'lab', 'n.example': 'production' },
    { listensBeyondLoopback: true },
    clear,
    [],
    'alice@north.test',
    false,
  ],
  [
    'a lab and the world',
    { 'north.test': 'lab' },
    { listensBeyondLoopback: true },
    clear,
    ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
    'alice@north.test',
    true,
  ],
  [
    'a test domain',
    { 'app.test': 'test' },
    {},
    clear,
    ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
    'any@app.test',
    true,
  ],
  [
    'a test domain, a caught name',
    { 'app.test': 'test' },
    {},
    clear,
    ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
    'bob@elsewhere.example',
    true,
  ],
  ['off', { 'north.test': 'lab' }, { inClear: 'off' }, { ...local, sealed: false }, [], 'alice@north.test', false],
  [
    'on',
    { 'n.example': 'production' },
    { inClear: 'on' },
    clear,
    ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
    'bob@n.example',
    true,
  ],
  ['loopback only', { 'north.test': 'lab' }, { inClear: 'loopback' }, clear, [], 'alice@north.test', false],
  [
    'a stranger of a lab',
    { 'north.test': 'lab' },
    {},
    clear,
    ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
    'x@elsewhere.example',
    false,
  ],
]
for (const [name, modes, options, peer, offered, user, allowed] of clearRows)
  void test(`sign-in in clear: ${name}`, async () => {
    const { access } = await house(modes, options)
    assert.deepEqual(access.offered(peer), offered)
    assert.equal(access.allowsInClear(user, peer), allowed)
    assert.equal(access.allowsInClear(user, { ...peer, sealed: true }), true)
    const verdict = await access.authenticate('smtp', plain(user, 'x'), peer)
    assert.equal(verdict.what === 'refused' && verdict.why === 'encryption', !allowed)
  })

void test('any password opens a test account, which is made once; SCRAM does not', async () => {
  const { access, store } = await house({ 'app.test': 'test', 'north.test': 'lab' })
  const all = await Promise.all(
    ['a', 'b'].map((password) => access.authenticate('pop3', plain('New@app.test', password), local)),
  )
  assert.deepEqual(
    all.map((verdict) => verdict.what === 'admitted' && [verdict.account.address, verdict.method]),
    [
      ['new@app.test', 'any'],
      ['new@app.test', 'any'],
    ],
  )
  assert.equal(store.directory.accounts().filter(({ address }) => address === 'new@app.test').length, 1)
  const caught = await access.authenticate('pop3', plain('bob@elsewhere.example', 'x'), local)
  assert.equal(caught.what === 'admitted' && caught.account.address, '"bob@elsewhere.example"@app.test')
  const proof = await access.authenticate('pop3', scram('new@app.test', new Secret('x'), access, 'sha1'), local)
  assert.equal(proof.what === 'refused' && proof.why, 'mechanism')
  // the lab's accounts on the same server still want their codes
  assert.equal((await access.authenticate('pop3', plain('nobody@north.test', 'x'), local)).what, 'refused')
  const long = access.testAccounts.caught({ local: 'x'.repeat(64), domain: 'elsewhere.example' }, 'app.test')
  assert.ok(long.local.length <= 64)
  await access.testAccounts.open(long)
})

void test('salts of unknown names are made up, stable, and not to be told from real ones', async () => {
  const nameSecret = Buffer.alloc(32, 7)
  const { access, alice } = await house(undefined, { nameSecret })
  const unknown = access.salt('nobody@north.test')
  assert.deepEqual(access.salt('Nobody@north.test'), unknown)
  assert.notDeepEqual(access.salt('other@north.test').salt, unknown.salt)
  assert.equal(unknown.salt.length, alice.scram.salt.length)
  assert.equal(unknown.iterations, alice.scram.iterations)
  assert.deepEqual(access.salt(alice.address), alice.scram)
  assert.deepEqual((await house(undefined, { nameSecret })).access.salt('nobody@north.test'), unknown)
  assert.notDeepEqual((await house()).access.salt('nobody@north.test'), unknown)
})

void test('codes: 16 letters, read however they are typed', () => {
  const made = Array.from({ length: 200 }, () => makeCode().reveal())
  assert.ok(made.every((code) => /^[a-z]{16}$/.test(code)))
  assert.equal(new Set(made).size, 200)
  assert.ok(new Set(made.map((code) => code.at(-1))).size > 20, 'the last letter varies too')
  assert.match(makeToken().reveal(), /^[A-Za-z0-9_-]{43}$/)
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(' ', '-', ''), { minLength: 16, maxLength: 16 }),
      fc.boolean(),
      (gaps, upper) => {
        const code = makeCode().reveal()
        const typed = code
          .split('')
          .map((letter, at) => `${upper ? letter.toUpperCase() : letter}${gaps[at]}`)
          .join('')
        assert.equal(normaliseCode(new Secret(typed))?.reveal(), code)
      },
    ),
  )
  for (const not of ['', 'abc', 'a'.repeat(15), 'a'.repeat(17), 'abcdefghijklmno1', ' '.repeat(100_000)])
    assert.equal(normaliseCode(new Secret(not)), undefined)
})

void test('passwords: argon2id in PHC form, and nothing else opens', async () => {
  const hash = await hashPassword(new Secret('öpen sesame'))
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.equal(await verifyPassword(new Secret('öpen sesame'.normalize('NFD')), hash), true)
  assert.equal(await verifyPassword(new Secret('open sesame'), hash), false)
  for (const broken of [lockedPassword, '', '$argon2id$', hash.replace('m=19456', 'm=9999999'), hash.slice(0, -30)])
    assert.equal(await verifyPassword(new Secret('öpen sesame'), broken), false)
  const all = await Promise.all(Array.from({ length: 5 }, () => verifyPassword(new Secret('x'), hash)))
  assert.deepEqual(all, [false, false, false, false, false])
})
