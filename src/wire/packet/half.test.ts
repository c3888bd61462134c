import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Half, widest } from './half.ts'

void test('offsets go on over 2^32, forwards and a little back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.array(fc.tuple(fc.nat(widest), fc.nat(widest)), { maxLength: 30 }),
      (origin, steps) => {
        const half = new Half()
        let at: number = half.offsetOf(origin)
        assert.equal(at, 0)
        for (const [forward, back] of steps) {
          at += forward
          assert.equal(half.offsetOf((origin + at) % 2 ** 32), at)
          half.reach(at)
          const before: number = at - back
          assert.equal(half.offsetOf((((origin + before) % 2 ** 32) + 2 ** 32) % 2 ** 32), before)
        }
      },
    ),
  )
})

void test('a SYN belongs to what was seen if it stands just before it', () => {
  const seen = (first: number): Half => {
    const half = new Half()
    half.noteFirstByte(half.offsetOf(first))
    return half
  }
  assert.equal(new Half().takesSyn(7), true)
  assert.equal(seen(101).takesSyn(100), true)
  assert.equal(seen(0).takesSyn(2 ** 32 - 1), true)
  assert.equal(seen(5000).takesSyn(100), true) // bytes between were missed
  assert.equal(seen(100).takesSyn(5000), false)
  assert.equal(seen(1_000_000).takesSyn(100), false)
})
