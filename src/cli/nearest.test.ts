import assert from 'node:assert/strict'
import test from 'node:test'
import { nearest } from './nearest.ts'

const known = ['account', 'alias', 'code', 'domain', 'explain', 'message', 'store', 'story', 'up']

const table: readonly (readonly [word: string, expected: string | undefined])[] = [
  ['acount', 'account'],
  ['explian', 'explain'],
  ['sotry', 'story'],
  ['EXPLAIN', 'explain'],
  ['dom', 'domain'],
  ['zebra', undefined],
  ['', undefined],
]

for (const [word, expected] of table) {
  void test(`nearest to "${word}"`, () => {
    assert.equal(nearest(word, known), expected)
  })
}
