import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { printIpAddress, readIpAddress } from './ip-address.ts'
import { lend } from './lent.ts'

const print = (bytes: Uint8Array): string => printIpAddress(lend(bytes).view, 0, bytes.length)

/** RFC 5952 §4 and others. */
const rows: readonly [string, string][] = [
  ['192.0.2.1', '192.0.2.1'],
  ['0.0.0.0', '0.0.0.0'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0DB8::0001', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
]

void test('addresses in text', () => {
  for (const [given, printed] of rows) assert.equal(print(readIpAddress(given)!), printed, given)
})

void test('what is no address', () => {
  const wrong = [
    '',
    'a',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '12345::',
  ]
  for (const text of [...wrong, '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8:9', 'g::', '::1.2.3', '1.2.3.4::', '-1.0.0.0'])
    assert.equal(readIpAddress(text), undefined, text)
})

void test('an IPv4-mapped address of a packet is printed as one', () => {
  const mapped = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1])
  assert.equal(print(mapped), '::ffff:192.0.2.1')
})

void test('what is printed reads as it was', () => {
  const long = fc.array(fc.constantFrom(0, 0, 0, 1, 0x20, 0xff), { minLength: 16, maxLength: 16 })
  const short = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(fc.oneof(long, short), (values) => {
      const bytes = Uint8Array.from(values)
      const text = print(bytes)
      fc.pre(!text.startsWith('::ffff:'))
      assert.deepEqual(readIpAddress(text), bytes)
    }),
  )
})
