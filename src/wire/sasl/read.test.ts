import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { byteString, bytesOf, utf8Bytes } from '../cutter/text.ts'
import { isCanonicalBase64, looksLikeCredential, printBase64, readBase64 } from './base64.ts'
import { readAnswer, readChallenge, secretOfAnswer, secretOfChallenge } from './read.ts'
import { SignInWatch, mayBeCredential } from './watch.ts'

const b64 = (text: string): string => printBase64(utf8Bytes(text))

void test('base64: what is printed is read again, and most of what people make of it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const text = printBase64(bytes)
      const url = text.replaceAll('+', '-').replaceAll('/', '_')
      for (const form of [text, text.replace(/=+$/, ''), url, text.replace(/(.{5})/g, '$1 \r\n\t')])
        assert.deepEqual(readBase64(form), bytes)
      assert.ok(isCanonicalBase64(text))
    }),
  )
  for (const text of ['a', 'a===', '*', 'YQ=a', 'é', 'YQ==YQ==', 'YWJjZ'])
    assert.equal(readBase64(text), undefined, text)
  for (const text of ['', '=', ' ']) assert.deepEqual(readBase64(text), new Uint8Array(0))
  assert.equal(isCanonicalBase64('YQ'), false)
})

/** `name=value` for each part of the decoded answer, `!kind` where secret; `whole !kind` where it cannot be told. */
function answer(mechanism: string, step: number, text: string, challenge?: string): string {
  const read = readAnswer(mechanism, step, text, challenge)
  if (read.whole) return `whole !${read.whole}`
  const value = byteString(read.decoded ?? new Uint8Array(0))
  return read.parts
    .map(({ name, at, secret }) => `${name}=${value.slice(at.start, at.end)}${secret ? `!${secret}` : ''}`)
    .join(' ')
}

const answers: readonly [mechanism: string, step: number, text: string, expected: string, challenge?: string][] = [
  ['PLAIN', 0, b64('\0alice\0se cret'), 'user=alice!user password=se cret!password'],
  ['PLAIN', 0, b64('boss\0alice\0x'), 'authzid=boss!user user=alice!user password=x!password'],
  ['PLAIN', 0, b64('\0alice\0a\0b'), 'user=alice!user password=a\0b!password'],
  ['PLAIN', 0, b64('alice secret'), 'whole !password'],
  ['PLAIN', 0, 'not base64!', 'whole !password'],
  ['PLAIN', 0, '=', ''],
  ['PLAIN', 0, '*', ''],
  ['LOGIN', 0, b64('alice'), 'user=alice!user'],
  ['LOGIN', 1, b64('x'), 'password=x!password'],
  ['LOGIN', 0, b64('x'), 'password=x!password', b64('Password:')],
  ['LOGIN', 0, b64('alice'), 'user=alice!user', b64('用户名')],
  ['LOGIN', 1, b64('x'), 'password=x!password', b64('Username:')],
  ['LOGIN', 1, b64('x'), 'password=x!password', b64('?')],
  [
    'CRAM-MD5',
    0,
    b64('tim b913a602c7eda7a495b4e6e7334d3890'),
    'user=tim!user digest=b913a602c7eda7a495b4e6e7334d3890!proof',
  ],
  ['CRAM-MD5', 0, b64('x'), 'whole !proof'],
  ['XOAUTH2', 0, b64('user=a@b\u0001auth=Bearer T0ken\u0001\u0001'), 'user=a@b!user token=T0ken!token'],
  ['XOAUTH2', 1, '', ''],
  ['XOAUTH2', 0, b64('T0ken'), 'whole !token'],
  [
    'OAUTHBEARER',
    0,
    b64('n,a=a@b,\u0001host=h\u0001port=25\u0001auth=Bearer T0ken\u0001\u0001'),
    'user=a@b!user token=T0ken!token',
  ],
  ['OAUTHBEARER', 0, b64('n,a=a@b,\u0001secret=T\u0001auth=Bearer T0ken\u0001\u0001'), 'whole !token'],
  ['OAUTHBEARER', 1, b64('\u0001'), 'whole !token'],
  [
    'SCRAM-SHA-256',
    0,
    b64('n,,n=user,r=rOprNGfwEbeRWgbNEkqO'),
    'gs2-header=n,, user=user!user nonce=rOprNGfwEbeRWgbNEkqO',
  ],
  [
    'SCRAM-SHA-1-PLUS',
    0,
    b64('p=tls-exporter,a=x,n=user,r=abc'),
    'gs2-header=p=tls-exporter,a=x, user=user!user nonce=abc',
  ],
  [
    'SCRAM-SHA-1',
    1,
    b64('c=biws,r=abc,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts='),
    'channel-binding=biws nonce=abc proof=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=!proof',
  ],
  ['SCRAM-SHA-1', 0, b64('secret'), 'whole !proof'],
  [
    'DIGEST-MD5',
    0,
    b64('username="chris", realm="x",nonce="OA",cnonce="OB",response=d388,qop=auth'),
    'username=chris!user realm=x nonce=OA cnonce=OB!proof response=d388!proof qop=auth',
  ],
  ['DIGEST-MD5', 0, b64('username="a\\"b",response=x'), 'username=a\\"b!user response=x!proof'],
  ['DIGEST-MD5', 0, b64('???'), 'whole !proof'],
  ['NTLM', 0, b64('NTLMSSP\0...'), 'whole !proof'],
  ['GSSAPI', 0, b64('blob'), 'whole !proof'],
  ['EXTERNAL', 0, b64('alice'), 'user=alice!user'],
  ['X-UNHEARD-OF', 0, b64('abc'), 'whole !password'],
]
for (const [mechanism, step, text, expected, challenge] of answers) {
  void test(`an answer of ${mechanism}, step ${step}: ${JSON.stringify(expected)}`, () => {
    assert.equal(answer(mechanism, step, text, challenge), expected)
  })
}

const challenges: readonly [mechanism: string, text: string, asks: string, secret: string | undefined][] = [
  ['LOGIN', b64('Username:'), 'user', undefined],
  ['LOGIN', b64('User Name\0'), 'user', undefined],
  ['LOGIN', b64('Password:'), 'password', undefined],
  ['LOGIN', b64('授权码'), 'password', undefined],
  ['LOGIN', 'Password: please', 'password', undefined],
  ['LOGIN', '', 'other', undefined],
  ['CRAM-MD5', b64('<1896.697170952@x>'), 'other', undefined],
  ['SCRAM-SHA-1', b64('r=abc,s=QSXCR+Q6sek8bf92,i=4096'), 'other', undefined],
  ['SCRAM-SHA-1', b64('v=rmF9pqV8S7suAoZWja4dJRkFsKQ='), 'other', 'proof'],
  ['DIGEST-MD5', b64('rspauth=ea40f60335c427b5527b84dbabcdfffd'), 'other', 'proof'],
  ['DIGEST-MD5', b64('realm="",nonce="Dg==",qop="auth",charset=utf-8,algorithm=md5-sess'), 'other', undefined],
  ['NTLM', b64(`NTLMSSP\0${'x'.repeat(40)}`), 'other', 'proof'],
  ['GSSAPI', b64('blob'), 'other', 'proof'],
]
for (const [mechanism, text, asks, secret] of challenges) {
  void test(`a challenge of ${mechanism}: ${text.slice(0, 30)}`, () => {
    assert.equal(readChallenge(mechanism, text).asks, asks)
    assert.equal(secretOfChallenge(mechanism, text), secret)
  })
}

void test('no answer leaves a byte of the secret outside a secret part', () => {
  const secret = fc.stringMatching(/^[a-zA-Z0-9]{6,20}$/)
  fc.assert(
    fc.property(secret, fc.nat({ max: 2 }), (value, at) => {
      const token = `Z${value}Z`
      const said: readonly [string, number, string][] = [
        ['PLAIN', 0, `\0u\0${token}`],
        ['LOGIN', 1, token],
        ['XOAUTH2', 0, `user=u\u0001auth=Bearer ${token}\u0001\u0001`],
        ['OAUTHBEARER', 0, `n,a=u,\u0001auth=Bearer ${token}\u0001\u0001`],
        ['CRAM-MD5', 0, `u ${token}`],
        ['SCRAM-SHA-1', 1, `c=biws,r=x,p=${token}`],
      ]
      for (const [mechanism, step, text] of said) {
        // damage it, too: a letter more somewhere
        for (const form of [text, text.slice(0, at) + 'q' + text.slice(at)]) {
          const read = readAnswer(mechanism, step, b64(form))
          if (read.whole) continue
          const open = bytesOf(form)
          for (const part of read.parts)
            if (part.secret && part.secret !== 'user') open.fill(0, part.at.start, part.at.end)
          assert.equal(byteString(open).includes(token), false, `${mechanism} ${form}`)
          assert.ok(secretOfAnswer(mechanism, step, b64(form)))
        }
      }
    }),
  )
})

void test('what may be a credential at a wrong prompt', () => {
  for (const text of [b64('not-real'), b64('\0u\0pw'), 'bm90LXJlYWw']) assert.ok(looksLikeCredential(text), text)
  for (const text of ['HELLO', 'QUIT', 'not-real', 'MAIL FROM', '', '===', b64('ÿþýüû')])
    assert.ok(!looksLikeCredential(text), text)
  assert.ok(mayBeCredential('not-real', true))
  assert.ok(!mayBeCredential('not-real!', false))
  assert.ok(!mayBeCredential('*', true))
  assert.ok(!mayBeCredential('', true))
})

void test('three lines after a sign-in are near it', () => {
  const watch = new SignInWatch()
  assert.equal(watch.isNear(), false)
  watch.begin('LOGIN', false)
  assert.deepEqual([watch.isNear(), watch.isNear(), watch.isNear(), watch.isNear()], [true, true, true, false])
})

void test('an answer is marked by mechanism, step and prompt', () => {
  const watch = new SignInWatch()
  const at = { start: 3, end: 9 }
  watch.begin('LOGIN', false)
  watch.challenged(b64('Username:'))
  assert.equal(watch.answerPart(b64('alice'), at).secret, 'user')
  watch.answered()
  watch.challenged(b64('Password:'))
  assert.deepEqual(watch.answerPart(b64('x'), at), { name: 'response', at, secret: 'password' })
  watch.finish()
  watch.challenged('')
  assert.equal(watch.answerPart(b64('who knows'), at).secret, 'password')
})

void test('reading hostile answers takes linear time', () => {
  const began = process.cpuUsage()
  for (const text of [
    ','.repeat(1e5),
    '\u0001'.repeat(1e5),
    '\0'.repeat(1e5),
    'a="'.repeat(5e4),
    `x="${'\\'.repeat(1e5)}`,
    ' '.repeat(1e5),
  ])
    for (const mechanism of ['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2', 'SCRAM-SHA-1', 'DIGEST-MD5', 'NTLM']) {
      readAnswer(mechanism, 0, b64(text))
      readAnswer(mechanism, 1, b64(text))
      readChallenge(mechanism, b64(text))
    }
  assert.ok(process.cpuUsage(began).user < 4e6)
})
