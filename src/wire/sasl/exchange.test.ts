import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { Secret } from '../talk.ts'
import { byteString, bytesOf, decodeUtf8, utf8Bytes } from '../cutter/text.ts'
import { readBase64 } from './base64.ts'
import { apopDigest, apopTimestamp, cramDigest, readFailure, saslClient } from './client.ts'
import { scramKeys } from './scram.ts'
import { mechanismNamed, saslServer } from './server.ts'
import type { Credential, Mechanism, SaslStep } from './words.ts'

const nonce = '3rfcNHYJY1ZVvWVs7j'
const text = (bytes: Uint8Array | undefined): string | undefined => bytes && decodeUtf8(bytes)

/** A step as text, secrets told. */
function told(step: SaslStep): string {
  switch (step.what) {
    case 'challenge':
      return `challenge ${text(step.data)}`
    case 'salt':
      return `salt ${step.user}`
    case 'refused':
      return `refused ${step.why}`
    case 'credential': {
      const { credential } = step
      const shown =
        credential.kind === 'password'
          ? credential.password.reveal()
          : credential.kind === 'token'
            ? credential.token.reveal()
            : 'proof'
      return `${credential.method} ${credential.user} ${shown}`
    }
  }
}

const steps: readonly [mechanism: Mechanism, ...said: [response: string | undefined, step: string][]][] = [
  ['PLAIN', [undefined, 'challenge '], ['\0alice\0se cret', 'PLAIN alice se cret']],
  ['PLAIN', ['alice\0alice\0x', 'PLAIN alice x']],
  ['PLAIN', ['boss\0alice\0x', 'refused authzid-differs']],
  ['PLAIN', ['alice\0x', 'refused not-three-fields']],
  ['PLAIN', ['\0alice\0x\0y', 'refused not-three-fields']],
  ['PLAIN', ['\0\0x', 'refused bad-name-or-password']],
  ['PLAIN', ['\0alice\0', 'refused bad-name-or-password']],
  ['PLAIN', ['\0al\rice\0x', 'refused bad-name-or-password']],
  ['PLAIN', ['\0zoë\0pàss', 'PLAIN zoë pàss']],
  ['LOGIN', [undefined, 'challenge Username:'], ['alice', 'challenge Password:'], ['x', 'LOGIN alice x']],
  ['LOGIN', ['alice', 'challenge Password:'], ['x', 'LOGIN alice x']],
  ['LOGIN', ['al\0ice', 'refused bad-name-or-password']],
  ['LOGIN', ['alice', 'challenge Password:'], ['', 'refused bad-name-or-password']],
  ['XOAUTH2', [undefined, 'challenge '], ['user=a@b\u0001auth=Bearer t.k\u0001\u0001', 'XOAUTH2 a@b t.k']],
  ['XOAUTH2', ['user=a@b\u0001auth=Basic t\u0001\u0001', 'refused not-xoauth2']],
  ['XOAUTH2', ['user=\u0001auth=Bearer t\u0001\u0001', 'refused bad-name-or-token']],
  ['OAUTHBEARER', ['n,a=a@b,\u0001host=h\u0001port=143\u0001auth=Bearer t\u0001\u0001', 'OAUTHBEARER a@b t']],
  ['OAUTHBEARER', ['n,a=a=2Cb,\u0001auth=Bearer t\u0001\u0001', 'OAUTHBEARER a,b t']],
  ['OAUTHBEARER', ['n,a=a=b,\u0001auth=Bearer t\u0001\u0001', 'refused not-oauthbearer']],
  ['OAUTHBEARER', ['y,,\u0001auth=Bearer t\u0001\u0001', 'refused not-oauthbearer']],
  ['OAUTHBEARER', ['n,a=a@b,\u0001auth=Bearer t\u0001', 'refused not-oauthbearer']],
  ['CRAM-MD5', ['tim b913a602c7eda7a495b4e6e7334d3890', 'refused not-served']],
  ['SCRAM-SHA-1', ['n,,n=us=2Cer,r=fyko+d2lbbFgONRv9qkxdawL', 'salt us,er']],
  ['SCRAM-SHA-1', ['n,a=boss,n=user,r=fyko+d2lbbFgONRv9qkxdawL', 'refused authzid-differs']],
  ['SCRAM-SHA-1', ['p=tls-exporter,,n=user,r=fyko+d2lbbFgONRv9qkxdawL', 'refused channel-binding-not-offered']],
  ['SCRAM-SHA-1', ['n,,n=us=er,r=fyko+d2lbbFgONRv9qkxdawL', 'refused bad-name-or-nonce']],
  ['SCRAM-SHA-1', ['n,,n=user,r=', 'refused bad-name-or-nonce']],
  ['SCRAM-SHA-1', ['n,,m=x,n=user,r=fyko+d2lbbFgONRv9qkxdawL', 'refused not-scram']],
]
for (const [mechanism, ...said] of steps) {
  void test(`a server of ${mechanism}: ${said.map(([, step]) => step).join(', ')}`, () => {
    const server = saslServer(mechanism, { nonce })
    for (const [response, step] of said)
      assert.equal(told(server.step(response === undefined ? undefined : utf8Bytes(response))), step)
  })
}

void test('bytes that are not UTF-8 are refused by every mechanism', () => {
  for (const mechanism of ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER', 'SCRAM-SHA-256'] as const)
    assert.equal(told(saslServer(mechanism, { nonce }).step(bytesOf('\0a\xff\0b'))), 'refused not-utf8')
})

void test('a refused token is told why in JSON first', () => {
  for (const mechanism of ['XOAUTH2', 'OAUTHBEARER'] as const) {
    const last = saslServer(mechanism, { nonce }).finish(false)
    assert.ok(last && readFailure(last))
    assert.equal(saslServer(mechanism, { nonce }).finish(true), undefined)
  }
  assert.equal(saslServer('PLAIN', { nonce }).finish(false), undefined)
})

/** The examples of RFC 5802 §5 and RFC 7677 §3. */
const scram = [
  {
    mechanism: 'SCRAM-SHA-1',
    hash: 'sha1',
    client: 'fyko+d2lbbFgONRv9qkxdawL',
    server: '3rfcNHYJY1ZVvWVs7j',
    salt: 'QSXCR+Q6sek8bf92',
    final: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    signature: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    mechanism: 'SCRAM-SHA-256',
    hash: 'sha256',
    client: 'rOprNGfwEbeRWgbNEkqO',
    server: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    final: 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    signature: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
] as const
for (const { mechanism, hash, client: own, server: theirs, salt, final, signature } of scram) {
  void test(`${mechanism}: the example of its RFC, both sides`, () => {
    const password = new Secret('pencil')
    const client = saslClient(mechanism, { user: 'user', secret: password, nonce: own })
    const server = saslServer(mechanism, { nonce: theirs })
    const first = client.start()
    assert.equal(text(first), `n,,n=user,r=${own}`)
    assert.deepEqual(server.step(first), { what: 'salt', user: 'user' })
    const saltBytes = readBase64(salt)!
    const challenge = server.salted({ salt: saltBytes, iterations: 4096 })
    assert.equal(told(challenge), `challenge r=${own}${theirs},s=${salt},i=4096`)
    assert.ok(challenge.what === 'challenge')
    const proof = client.answer(challenge.data)
    assert.ok(proof instanceof Uint8Array)
    assert.equal(text(proof), final)
    assert.equal(client.isComplete, false)
    const step = server.step(proof)
    assert.ok(step.what === 'credential' && step.credential.kind === 'scram')
    const keys = scramKeys(password, saltBytes, 4096, hash)
    assert.ok(step.credential.proves(keys.storedKey))
    assert.ok(!step.credential.proves(scramKeys(new Secret('pencils'), saltBytes, 4096, hash).storedKey))
    assert.ok(!step.credential.proves(new Uint8Array(3)))
    const last = server.finish(true, keys.serverKey)
    assert.equal(text(last), signature)
    assert.deepEqual(client.answer(last!), new Uint8Array(0))
    assert.equal(client.isComplete, true)
    assert.throws(() => server.finish(true), TypeError)
    assert.equal(server.finish(false), undefined)
  })
}

void test('a SCRAM client refuses a server that cheats', () => {
  const begin = (): ReturnType<typeof saslClient> =>
    saslClient('SCRAM-SHA-1', { user: 'u', secret: new Secret('p'), nonce: 'fyko+d2lbbFgONRv9qkxdawL' })
  const why = (challenge: string): unknown => begin().answer(utf8Bytes(challenge))
  assert.deepEqual(why('r=other12345,s=QSXC,i=4096'), { what: 'refused', why: 'nonce-differs' })
  assert.deepEqual(why('r=fyko+d2lbbFgONRv9qkxdawL,s=QSXC,i=4096'), { what: 'refused', why: 'nonce-differs' })
  assert.deepEqual(why('r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXC,i=1'), { what: 'refused', why: 'iterations' })
  assert.deepEqual(why('r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXC,i=999999999'), { what: 'refused', why: 'iterations' })
  assert.deepEqual(why('m=x,r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXC,i=4096'), { what: 'refused', why: 'not-scram' })
  const client = begin()
  assert.ok(client.answer(utf8Bytes('r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXC,i=4096')) instanceof Uint8Array)
  assert.deepEqual(client.answer(utf8Bytes('v=AAAA')), { what: 'refused', why: 'server-not-proved' })
  assert.equal(client.isComplete, false)
})

void test('a SCRAM server takes each step once, in order', () => {
  const server = saslServer('SCRAM-SHA-1', { nonce })
  assert.equal(told(server.salted({ salt: new Uint8Array(4), iterations: 4096 })), 'refused out-of-order')
  server.step(utf8Bytes('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL'))
  assert.equal(told(server.step(utf8Bytes('c=biws,r=x,p=AAAA'))), 'refused out-of-order')
  server.salted({ salt: new Uint8Array(4), iterations: 4096 })
  assert.equal(
    told(server.step(utf8Bytes(`c=eSws,r=fyko+d2lbbFgONRv9qkxdawL${nonce},p=AAAA`))),
    'refused nonce-or-binding-differs',
  )
  assert.equal(told(server.step(utf8Bytes(`c=biws,r=fyko+d2lbbFgONRv9qkxdawL${nonce},p=AAAA`))), 'refused out-of-order')
  assert.throws(() => saslServer('SCRAM-SHA-1', { nonce: 'short' }), RangeError)
})

void test('CRAM-MD5, the example of RFC 2195 §2; APOP, that of RFC 1939 §7', () => {
  const password = new Secret('tanstaaftanstaaf')
  const challenge = utf8Bytes('<1896.697170952@postoffice.reston.mci.net>')
  assert.equal(cramDigest(challenge, password), 'b913a602c7eda7a495b4e6e7334d3890')
  const client = saslClient('CRAM-MD5', { user: 'tim', secret: password })
  assert.equal(client.start(), undefined)
  assert.equal(text(client.answer(challenge) as Uint8Array), 'tim b913a602c7eda7a495b4e6e7334d3890')
  assert.deepEqual(client.answer(challenge), { what: 'refused', why: 'unexpected-challenge' })
  const greeting = '+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>'
  assert.equal(apopTimestamp(greeting), '<1896.697170952@dbc.mtview.ca.us>')
  assert.equal(apopDigest(apopTimestamp(greeting)!, new Secret('tanstaaf')), 'c4c9334bac560ecc979e58001b3e22fb')
  assert.equal(apopTimestamp('+OK ready <not a timestamp>'), undefined)
})

void test('a failed token sign-in is closed politely', () => {
  const how = { user: 'a@b', secret: new Secret('t') }
  assert.deepEqual(saslClient('XOAUTH2', how).answer(utf8Bytes('{"status":"400"}')), new Uint8Array(0))
  assert.deepEqual(saslClient('OAUTHBEARER', how).answer(utf8Bytes('{"status":"invalid_token"}')), new Uint8Array([1]))
  assert.deepEqual(saslClient('PLAIN', how).answer(utf8Bytes('more?')), {
    what: 'refused',
    why: 'unexpected-challenge',
  })
})

void test('client and server understand each other, whatever the name and password', () => {
  const name = fc.string({
    unit: fc.constantFrom('a', '@', '.', ',', '=', ' ', 'é', '用'),
    minLength: 1,
    maxLength: 20,
  })
  const password = fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,20}$/)
  fc.assert(
    fc.property(
      name,
      password,
      fc.constantFrom('PLAIN' as const, 'LOGIN' as const, 'XOAUTH2' as const, 'OAUTHBEARER' as const),
      (user, secret, mechanism) => {
        const found = exchange(mechanism, user, secret)
        assert.equal(found.user, user)
        assert.equal(
          found.kind === 'password' ? found.password.reveal() : found.kind === 'token' && found.token.reveal(),
          secret,
        )
      },
    ),
  )
})

function exchange(mechanism: Mechanism, user: string, secret: string): Credential {
  const client = saslClient(mechanism, { user, secret: new Secret(secret) })
  const server = saslServer(mechanism, { nonce })
  let step = server.step(client.start())
  while (step.what === 'challenge') {
    const answer = client.answer(step.data)
    assert.ok(answer instanceof Uint8Array)
    step = server.step(answer)
  }
  assert.ok(step.what === 'credential')
  return step.credential
}

void test('what cannot be said is our own fault; what comes in is never an exception', () => {
  for (const bad of ['a\0b', 'a\u0001b', 'a\r\nb']) {
    assert.throws(() => saslClient('PLAIN', { user: bad, secret: new Secret('x') }), RangeError)
    assert.throws(() => saslClient('XOAUTH2', { user: 'x', secret: new Secret(bad) }), RangeError)
  }
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
      fc.constantFrom('PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER', 'SCRAM-SHA-1', 'SCRAM-SHA-256'),
      (responses, name) => {
        const mechanism = mechanismNamed(name.toLowerCase())
        assert.ok(mechanism)
        const server = saslServer(mechanism, { nonce })
        for (const response of responses)
          assert.ok(['challenge', 'salt', 'credential', 'refused'].includes(server.step(response).what))
      },
    ),
  )
  assert.equal(mechanismNamed('NTLM'), undefined)
  assert.equal(byteString(utf8Bytes('x')), 'x')
})

void test('a password does not show in any step that is printed', () => {
  const step = saslServer('PLAIN', { nonce }).step(utf8Bytes('\0alice\0not-real-42'))
  assert.equal(JSON.stringify(step).includes('not-real-42'), false)
})
