import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { SegmentHeap } from './segment-heap.ts'

void test('rows come out by offset, then by order of capture', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (starts) => {
      const heap = new SegmentHeap()
      for (const [row, start] of starts.entries()) heap.push(row, start)
      const out: number[] = []
      while (heap.size > 0) {
        const { first } = heap
        const row = heap.pop()
        assert.equal(first, starts[row])
        out.push(row)
      }
      const expected = [...starts.keys()].sort((one, other) => starts[one]! - starts[other]! || one - other)
      assert.deepEqual(out, expected)
      assert.equal(heap.first, Infinity)
      assert.equal(heap.pop(), -1)
    }),
  )
})
