import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Kept, MarkedSecret, Recording } from '../wire/packet/recording.ts'
import { packFacts, readFacts } from './facts.ts'

const time = fc.bigInt({ min: 0n, max: 2n ** 62n })
const side = fc.constantFrom('client' as const, 'server' as const)
const size = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const endpoint = fc.record({ address: fc.string(), port: fc.integer({ min: 0, max: 65535 }) })
const maybe = fc.option(fc.string(), { nil: undefined })
const kept: fc.Arbitrary<Kept> = fc.oneof(
  fc.record({ what: fc.constant('bytes' as const), side, time, bytes: fc.uint8Array() }),
  fc.record({ what: fc.constant('lost' as const), side, time, size }),
  fc.record({
    what: fc.constant('sealed' as const),
    time,
    tls: fc.record({
      version: fc.string(),
      cipher: fc.string({ maxLength: 200 }),
      sni: maybe,
      alpn: maybe,
      group: maybe,
    }),
  }),
)
const secret: fc.Arbitrary<MarkedSecret> = fc.record({
  side,
  epoch: fc.nat(),
  start: size,
  end: size,
  kind: fc.constantFrom('password' as const, 'user' as const, 'token' as const, 'proof' as const),
})
const recording: fc.Arbitrary<Recording> = fc.record({
  protocol: fc.constantFrom('smtp' as const, 'pop3' as const, 'imap' as const, 'http' as const),
  ours: side,
  client: endpoint,
  server: endpoint,
  implicitTls: fc.boolean(),
  began: time,
  ended: fc.option(time, { nil: undefined }),
  kept: fc.array(kept),
  keyLog: fc.array(fc.string({ unit: 'grapheme' })),
  secrets: fc.array(secret),
})

void test('what is packed is read back', () => {
  fc.assert(
    fc.property(recording, (one) => {
      // the clone gives the generated objects a prototype
      assert.deepEqual(readFacts(packFacts(one)), structuredClone(one))
    }),
  )
})

void test('bytes that are not facts, or are cut short, are undefined and never an exception', () => {
  fc.assert(
    fc.property(recording, fc.nat(), (one, cut) => {
      const packed = packFacts(one)
      assert.equal(readFacts(packed.subarray(0, cut % packed.length)), undefined)
      assert.equal(readFacts(Buffer.concat([packed, Buffer.from([0])])), undefined)
    }),
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readFacts(bytes)))
})

void test('a small conversation packs small', () => {
  const lines = ['220 mail.north.test\r\n', 'EHLO a\r\n', '250 OK\r\n', 'MAIL FROM:<a@b>\r\n', '250 OK\r\n']
  const packed = packFacts({
    protocol: 'smtp',
    ours: 'server',
    client: { address: '127.0.0.1', port: 4000 },
    server: { address: '127.0.0.1', port: 2525 },
    implicitTls: false,
    began: 1_700_000_000_000_000_000n,
    ended: undefined,
    kept: lines.map((line, at) => ({
      what: 'bytes',
      side: at % 2 ? 'client' : 'server',
      time: 1_700_000_000_000_000_000n + BigInt(at * 1000),
      bytes: Buffer.from(line),
    })),
    keyLog: [],
    secrets: [],
  })
  assert.ok(packed.length < lines.join('').length + 8 * lines.length + 40, `${packed.length} bytes`)
})
