import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { isDomain, isIpv4, isIpv6, isSameAddress, printAddress, printPath, readAddress, readPath } from './address.ts'

const addresses: readonly [text: string, local: string, domain: string][] = [
  ['alice@north.test', 'alice', 'north.test'],
  ['Alice.B+tag@North.TEST', 'Alice.B+tag', 'north.test'],
  ['"a b"@x.test', 'a b', 'x.test'],
  ['"a\\"b\\\\c"@x.test', 'a"b\\c', 'x.test'],
  ['"a@b"@x.test', 'a@b', 'x.test'],
  ['""@x.test', '', 'x.test'],
  ["!#$%&'*+-/=?^_`{|}~@x", "!#$%&'*+-/=?^_`{|}~", 'x'],
  ['bob@[10.0.0.20]', 'bob', '[10.0.0.20]'],
  ['bob@[ipv6:2001:DB8::1]', 'bob', '[IPv6:2001:db8::1]'],
  ['bob@[x-tag:some.thing]', 'bob', '[x-tag:some.thing]'],
  ['用户@例子.测试', '用户', '例子.测试'],
  ['a@under_score.test', 'a', 'under_score.test'],
]
for (const [text, local, domain] of addresses) {
  void test(`an address: ${text}`, () => assert.deepEqual(readAddress(text), { local, domain }))
}

const refused = [
  '',
  'alice',
  '@',
  'a@',
  '@b',
  'a b@c',
  'a@b c',
  'a@b@c',
  'a@-b',
  'a@b-',
  'a@b..c',
  'a@.b',
  'a@b.',
  '.a@b',
  'a.@b',
  'a..b@c',
  '"a@b',
  '"a"b@c',
  '"a"',
  'a@[10.0.0.256]',
  'a@[10.0.0]',
  'a@[IPv6:1::2::3]',
  'a@[]',
  'a@[x',
  'a\r\nb@c',
  'a@b\r\n',
  '"a\0b"@c',
  '"a\nb"@c',
  'a@b\0',
  '(c)a@b',
  'a@b;c',
  '<a@b>',
  'a\u0085@b',
  '\ud800@b',
  `a@${'b'.repeat(64)}.test`,
]
for (const text of refused) {
  void test(`no address: ${JSON.stringify(text)}`, () => assert.equal(readAddress(text), undefined))
}

const paths: readonly [text: string, expected: unknown, ...rules: string[]][] = [
  ['', 'null'],
  ['postmaster', 'postmaster'],
  ['PostMaster', 'postmaster'],
  ['a@b', { local: 'a', domain: 'b' }],
  ['@x.test,@y.test:a@b', { local: 'a', domain: 'b' }, 'source-route'],
  ['"alice"@b', { local: 'alice', domain: 'b' }, 'needless-quotes'],
  ['a..b@c', { local: 'a..b', domain: 'c' }, 'dots-in-local-part'],
  [`${'l'.repeat(65)}@b`, { local: 'l'.repeat(65), domain: 'b' }, 'local-part-too-long'],
  ['@x.test:', 'no-domain'],
  ['@x.test', 'bad-source-route'],
  ['@x y:a@b', 'bad-source-route'],
  ['carol@@', 'bad-domain'],
  ['alice', 'no-domain'],
  [`${'l'.repeat(250)}@bcdef`, 'path-too-long'],
]
for (const [text, expected, ...rules] of paths) {
  void test(`a path: ${text.slice(0, 40)}`, () => {
    const read = readPath(text)
    assert.deepEqual('why' in read ? read.why : read.path, expected)
    assert.deepEqual('why' in read ? [] : read.remarks.map((remark) => remark.rule), rules)
  })
}

void test('domains and literals', () => {
  for (const text of ['a', 'a.b', '1.2', 'xn--fsq', 'a-b.c', `${'a'.repeat(63)}.b`]) assert.ok(isDomain(text), text)
  for (const text of ['', '.', 'a.', '-a', 'a b', 'a\u0000', `${'a'.repeat(64)}`, `${'ab.'.repeat(90)}c`])
    assert.ok(!isDomain(text), text)
  for (const text of ['::', '::1', '1::', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:1.2.3.4', '::ffff:1.2.3.4'])
    assert.ok(isIpv6(text), text)
  for (const text of [':', ':1', '1:2', '1:2:3:4:5:6:7:8:9', '12345::', ':::', '1.2.3.4', '::1.2.3'])
    assert.ok(!isIpv6(text), text)
  assert.ok(isIpv4('255.255.255.0') && !isIpv4('1.2.3') && !isIpv4('1.2.3.999') && !isIpv4(''))
})

const local = fc.string({
  unit: fc.constantFrom('a', 'Z', '9', '.', ' ', '"', '\\', '@', '<', '>', ',', 'é', '用', '🙂'),
  minLength: 0,
  maxLength: 20,
})
const domain = fc
  .array(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/), { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join('.'))

void test('what is printed is read again', () => {
  fc.assert(
    fc.property(local, domain, (name, host) => {
      const address = { local: name, domain: host }
      assert.deepEqual(readAddress(printAddress(address)), address)
      const path = printPath(address)
      const read = readPath(path.slice(1, -1))
      assert.ok(!('why' in read))
      assert.deepEqual(read.path, address)
    }),
  )
  assert.equal(printPath('null'), '<>')
  assert.equal(printPath('postmaster'), '<Postmaster>')
})

void test('no printed address holds a second line, whatever it is made of', () => {
  for (const bad of ['a\rb', 'a\nb', 'a\0b', '\u0085', '\u2028']) {
    assert.throws(() => printAddress({ local: bad, domain: 'b' }), RangeError)
    assert.throws(() => printAddress({ local: 'a', domain: bad }), RangeError)
  }
})

void test('nothing that is read holds CR, LF or NUL, and reading never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const read = readPath(text)
      if ('why' in read || typeof read.path === 'string') return
      assert.equal(/[\r\n\0]/.test(read.path.local + read.path.domain), false)
      assert.deepEqual(readAddress(printAddress(read.path)), read.path)
    }),
    { numRuns: 1000 },
  )
})

void test('hostile lengths take linear time', () => {
  const began = process.cpuUsage()
  for (const text of [
    'a'.repeat(1e6),
    `"${'\\'.repeat(1e6)}`,
    'a.'.repeat(5e5),
    `a@${'b.'.repeat(5e5)}`,
    `@a,${'@a,'.repeat(3e5)}:x@y`,
  ]) {
    readAddress(text)
    readPath(text)
  }
  assert.ok(process.cpuUsage(began).user < 2e6)
})

void test('local parts compare byte by byte, domains without case', () => {
  assert.ok(isSameAddress({ local: 'a', domain: 'X.test' }, { local: 'a', domain: 'x.TEST' }))
  assert.ok(!isSameAddress({ local: 'A', domain: 'x.test' }, { local: 'a', domain: 'x.test' }))
})
