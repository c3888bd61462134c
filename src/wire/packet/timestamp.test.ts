import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Timestamps, nanoseconds } from './timestamp.ts'

void test('any count in any unit is exact, whole nanoseconds down', () => {
  const resolution = fc.oneof(fc.constantFrom(0, 3, 6, 9), fc.nat(255))
  const count = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(10n ** 15n, 2n * 10n ** 18n))
  fc.assert(
    fc.property(resolution, count, fc.integer({ min: -100_000, max: 100_000 }), (unit, value, offset) => {
      const times = new Timestamps(unit, offset)
      times.read(Number(value >> 32n), Number(value & 0xffffffffn))
      const perSecond = (unit < 0x80 ? 10n : 2n) ** BigInt(unit & 0x7f)
      // seconds beyond 2^53 belong to no capture
      fc.pre(value / perSecond < 2n ** 53n - 200_000n)
      const expected = BigInt(offset) * 1_000_000_000n + (value * 1_000_000_000n) / perSecond
      assert.equal(nanoseconds(times.seconds, times.nanos), expected)
    }),
    { numRuns: 2000 },
  )
})
