import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { inert } from './inert.ts'

const table: readonly (readonly [name: string, input: string, expected: string])[] = [
  ['escape', '\u001b[2J', '\\x1b[2J'],
  ['carriage return and line feed', 'a\r\nb', 'a\\x0d\\x0ab'],
  ['tab', 'a\tb', 'a\\tb'],
  ['delete', '\u007f', '\\x7f'],
  ['C1 control sequence introducer', '\u009b31m', '\\x9b31m'],
  ['bidi override', 'a\u202eb', 'a\\u202eb'],
  ['bidi isolate', '\u2066', '\\u2066'],
  ['zero width space', '\u200b', '\\u200b'],
  ['byte order mark', '\ufeff', '\\ufeff'],
  ['line separator', '\u2028', '\\u2028'],
  ['language tag', '\u{e0041}', '\\u{e0041}'],
  ['half of a surrogate pair', '\ud800', '\\ud800'],
  ['what is harmless', 'MAIL FROM:<小明@example.test>', 'MAIL FROM:<小明@example.test>'],
]

for (const [name, input, expected] of table) {
  void test(`inert: ${name}`, () => {
    assert.equal(inert(input), expected)
  })
}

void test('nothing that steers a terminal is left, whatever comes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      for (const character of inert(text)) {
        const code = character.codePointAt(0) ?? 0
        assert.ok(code >= 0x20 && !(code >= 0x7f && code < 0xa0), `U+${code.toString(16)}`)
        assert.ok(!(code >= 0x202a && code <= 0x202e) && !(code >= 0x2060 && code <= 0x206f))
        assert.ok(!(code >= 0x200b && code <= 0x200f) && code !== 0x061c && code !== 0xfeff)
      }
    }),
  )
})

void test('what is inert stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      assert.equal(inert(inert(text)), inert(text))
    }),
  )
})
