import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { ink } from './ink.ts'
import { cutRow, cutText, padEnd, padStart, rowWidth, widthOf, wrapRow, wrapText } from './layout.ts'

const words = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '中', '，', '信', '.', 'é'), maxLength: 60 })

void test('a Chinese character counts two', () => {
  assert.equal(widthOf('a中b'), 4)
  assert.equal(padEnd('中', 4), '中  ')
  assert.equal(padStart('中', 3), ' 中')
})

void test('cut text ends in .. and fits', () => {
  assert.equal(cutText('abcdef', 6), 'abcdef')
  assert.equal(cutText('abcdefg', 6), 'abcd..')
  assert.equal(cutText('中中中中', 6), '中中..')
  fc.assert(
    fc.property(words, fc.integer({ min: 4, max: 30 }), (text, columns) => {
      assert.ok(widthOf(cutText(text, columns)) <= columns)
    }),
  )
})

void test('a row is cut across its inks', () => {
  const row = [ink('client', 'EHLO'), ink('text', ' a-very-long-name')]
  assert.deepEqual(cutRow(row, 10), [ink('client', 'EHLO'), ink('text', ' a-v..')])
  assert.deepEqual(cutRow(row, 40), row)
  assert.equal(rowWidth(cutRow([ink('client', 'EHLO'), ink('text', 'x')], 4)), 4)
})

void test('a wrapped row loses nothing and fits', () => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 4 }), fc.integer({ min: 2, max: 30 }), (texts, columns) => {
      const rows = wrapRow(
        texts.map((text) => ink('text', text)),
        columns,
      )
      assert.equal(rows.flatMap((row) => row.map((piece) => piece.text)).join(''), texts.join(''))
      for (const row of rows) assert.ok(rowWidth(row) <= columns)
    }),
  )
})

void test('a wrapped sentence keeps its words and fits', () => {
  assert.deepEqual(wrapText('one two three', 8), ['one two', 'three'])
  assert.deepEqual(wrapText('', 8), [''])
  assert.deepEqual(wrapText('abcdefghij', 4), ['abcd', 'efgh', 'ij'])
  // A mark never begins a line, GB/T 15834.
  assert.deepEqual(wrapText('编码，不是加密', 5), ['编', '码，', '不是', '加密'])
  fc.assert(
    fc.property(words, fc.integer({ min: 8, max: 30 }), (text, columns) => {
      const lines = wrapText(text, columns)
      assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''))
      for (const line of lines) assert.ok(widthOf(line) <= columns, line)
    }),
  )
})
