import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { edited, Hiding, kindOfPassword, Secrets, stableMiddles } from './hiding.ts'
import { latin1 } from './stream.test-support.ts'

const found = (secrets: Secrets, text: string): string[] =>
  secrets.find(latin1(text)).map(({ start, end }) => text.slice(start, end))

void test('a secret is found raw, in base64 at any alignment, in hex', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z]{4}[0-9!]{5,20}$/),
      fc.stringMatching(/^[A-Za-z ]{0,7}$/),
      (secret, before) => {
        fc.pre(new Set(secret).size > 1)
        const secrets = new Secrets()
        secrets.learn(latin1(secret), 'password')
        assert.equal(found(secrets, `${before}>${secret}<`).length, 1)
        assert.deepEqual(found(secrets, `(${btoa(before + secret)})`), [btoa(before + secret)])
        const hex = Array.from(latin1(secret), (byte) => byte.toString(16).padStart(2, '0')).join('')
        assert.deepEqual(found(secrets, `${hex}:${hex.toUpperCase()}`), [hex, hex.toUpperCase()])
      },
    ),
  )
})

void test('a short value is searched for as a word only, a shorter one not at all', () => {
  const secrets = new Secrets()
  secrets.learn(latin1('test'), 'password')
  secrets.learn(latin1('abc'), 'password')
  assert.deepEqual(found(secrets, 'test north.test testing abc'), ['test'])
})

void test('what the server says of its own accord, a user name, or filler is not searched for', () => {
  const secrets = new Secrets()
  secrets.learn(latin1('mail.north.test'), 'password', ['220 mail.north.test ESMTP'])
  secrets.learn(latin1('alice@north.test'), 'user')
  secrets.learn(latin1('[redacted][red'), 'password')
  secrets.learn(latin1('xxxxxxxxxx'), 'password')
  assert.ok(secrets.empty)
})

void test('of two that begin alike the longer is hidden', () => {
  const secrets = new Secrets()
  secrets.learn(latin1('hunter2-hunter2'), 'password')
  secrets.learn(latin1('hunter2-hunter2-more'), 'password')
  assert.deepEqual(found(secrets, 'is hunter2-hunter2-more so'), ['hunter2-hunter2-more'])
})

void test('a value longer than the search looks at is hidden whole', () => {
  const secrets = new Secrets()
  const long = Array.from({ length: 200 }, (_, index) => `k${index}`).join('')
  secrets.learn(latin1(long), 'token')
  assert.deepEqual(found(secrets, `a ${long} b`), [long])
})

void test('the stable middle is the same whatever stands around', () => {
  const [, middle] = stableMiddles(latin1('wonderland'))
  assert.ok(btoa('Xwonderland!').includes(middle ?? '?'))
})

void test('backspaces are what a person meant', () => {
  assert.deepEqual(edited(latin1('wonx\bder')), latin1('wonder'))
  assert.deepEqual(edited(latin1('a\x7f\x7fb')), latin1('b'))
  assert.equal(edited(latin1('plain')), undefined)
})

void test('overlapping stretches are one, named by the graver', () => {
  const hiding = new Hiding()
  hiding.add('client', { start: 5, end: 9 }, 'user')
  hiding.add('client', { start: 7, end: 12 }, 'password')
  hiding.add('client', { start: 20, end: 20 }, 'password')
  assert.deepEqual(hiding.of('client'), [{ start: 5, end: 12, kind: 'password' }])
  assert.equal(hiding.holdsSecret('client', { start: 0, end: 5 }), false)
  assert.equal(hiding.holdsSecret('client', { start: 11, end: 30 }), true)
})

void test('sixteen letters are a code', () => {
  assert.equal(kindOfPassword('qkzmwhtnrbxlfpcd'), 'code')
  assert.equal(kindOfPassword('qkzmwhtnrbxlfpc'), 'password')
})
