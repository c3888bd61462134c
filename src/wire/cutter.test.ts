import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { Cutter } from './cutter.ts'
import type { CutLine } from './cutter.ts'
import { byteString, bytesOf } from './cutter/text.ts'

/** All lines of these pieces, each as `start-end text` with marks. */
function cut(pieces: readonly string[], how: { lenient?: boolean; limit?: number } = {}): string[] {
  const cutter = new Cutter(how)
  const lines: string[] = []
  const take = (line: CutLine | undefined): boolean => {
    if (!line) return false
    const marks = `${line.tooLong ? ' too-long' : ''}${line.ending === 'crlf' ? '' : ` ${line.ending}`}`
    lines.push(`${line.at.start}-${line.at.end} ${JSON.stringify(byteString(line.bytes))}${marks}`)
    return true
  }
  const limit = how.limit ?? 100
  for (const piece of pieces) {
    cutter.push(bytesOf(piece))
    while (take(cutter.line(limit)));
  }
  cutter.end()
  take(cutter.fragment(limit))
  return lines
}

const tables: readonly [
  name: string,
  input: string,
  how: { lenient?: boolean; limit?: number },
  expected: readonly string[],
][] = [
  ['two lines', 'NOOP\r\nQUIT\r\n', {}, ['0-6 "NOOP"', '6-12 "QUIT"']],
  ['an empty line', '\r\n', {}, ['0-2 ""']],
  ['a bare LF ends nothing', 'a\nb\r\n', {}, ['0-5 "a\\nb"']],
  ['a bare CR ends nothing', 'a\rb\r\r\n', {}, ['0-6 "a\\rb\\r"']],
  ['LF first', '\n\r\n', {}, ['0-3 "\\n"']],
  ['NUL is a byte like others', 'a\0b\r\n', {}, ['0-5 "a\\u0000b"']],
  ['no end', 'a\r\nbc', {}, ['0-3 "a"', '3-5 "bc" none']],
  ['a last CR is no text of a fragment', 'bc\r', {}, ['0-3 "bc" none']],
  ['lenient: LF ends', 'a\nb\r\n\n', { lenient: true }, ['0-2 "a" lf', '2-5 "b"', '5-6 "" lf']],
  ['at the limit', 'abcde\r\n', { limit: 5 }, ['0-7 "abcde"']],
  ['one beyond', 'abcdef\r\nx\r\n', { limit: 5 }, ['0-8 "abcde" too-long', '8-11 "x"']],
  ['far beyond', `${'y'.repeat(300)}\r\nx\r\n`, { limit: 5 }, ['0-302 "yyyyy" too-long', '302-305 "x"']],
  ['beyond, no end', 'abcdefghi', { limit: 5 }, ['0-9 "abcde" too-long none']],
  ['beyond, bare LFs inside', 'abcdefg\nhi\n\r\nx\r\n', { limit: 5 }, ['0-13 "abcde" too-long', '13-16 "x"']],
]

for (const [name, input, how, expected] of tables) {
  void test(`lines: ${name}`, () => {
    assert.deepEqual(cut([input], how), expected)
    assert.deepEqual(cut(input.split(''), how), expected, 'byte by byte')
    for (let i = 1; i < input.length; i++)
      assert.deepEqual(cut([input.slice(0, i), input.slice(i)], how), expected, `cut at ${i}`)
  })
}

void test('lines are the same however the bytes are cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n', '\r\n', '\0', 'ÿ'), maxLength: 60 })
  const pieces = fc.array(text, { maxLength: 12 })
  fc.assert(
    fc.property(pieces, fc.boolean(), fc.integer({ min: 0, max: 8 }), (parts, lenient, limit) => {
      assert.deepEqual(cut(parts, { lenient, limit }), cut([parts.join('')], { lenient, limit }))
    }),
  )
})

void test('what was handed out does not change when more comes', () => {
  const cutter = new Cutter()
  cutter.push(bytesOf('abc'))
  cutter.push(bytesOf('def'))
  const first = cutter.take(4)
  for (let i = 0; i < 2000; i++) cutter.push(bytesOf('xyz'))
  cutter.take(3000)
  for (let i = 0; i < 2000; i++) cutter.push(bytesOf('uvw'))
  assert.equal(byteString(first), 'abcd')
})

void test('a whole piece is not copied', () => {
  const cutter = new Cutter()
  const bytes = bytesOf('NOOP\r\nrest')
  cutter.push(bytes)
  assert.equal(cutter.line(100)?.bytes.buffer, bytes.buffer)
  assert.equal(cutter.take(4).buffer, bytes.buffer)
})

void test('holes stand between the bytes', () => {
  const cutter = new Cutter()
  cutter.push(bytesOf('one\r\ntw'))
  cutter.lose(10)
  cutter.lose(5)
  cutter.push(bytesOf('o\r\n'))
  cutter.lose(7)
  cutter.push(bytesOf('three\r\n'))
  cutter.end()
  assert.equal(byteString(cutter.line(100)!.bytes), 'one')
  assert.equal(cutter.line(100), undefined)
  assert.equal(cutter.hole(), undefined, 'bytes before it come first')
  assert.ok(cutter.isCut && !cutter.isEnded)
  assert.deepEqual(cutter.fragment(100)?.at, { start: 5, end: 7 })
  assert.deepEqual(cutter.hole(), { start: 7, end: 22 })
  assert.deepEqual(cutter.line(100)?.at, { start: 22, end: 25 })
  assert.deepEqual(cutter.hole(), { start: 25, end: 32 })
  assert.deepEqual(cutter.line(100)?.at, { start: 32, end: 39 })
  assert.ok(cutter.isEnded && !cutter.hasUnread)
})

void test('a million one-byte segments take linear time', () => {
  const cutter = new Cutter()
  const letter = bytesOf('x')
  const began = process.cpuUsage()
  for (let i = 0; i < 1_000_000; i++) {
    cutter.push(letter)
    cutter.line(1 << 21)
  }
  cutter.push(bytesOf('\r\n'))
  assert.equal(cutter.line(1 << 21)?.bytes.length, 1_000_000)
  assert.ok(process.cpuUsage(began).user < 3e6)
})

void test('pieces that wait unread are joined in linear time', () => {
  const cutter = new Cutter()
  const began = process.cpuUsage()
  for (let i = 0; i < 300_000; i++) cutter.push(bytesOf('N\r\n'))
  let count = 0
  while (cutter.line(100)) count++
  assert.equal(count, 300_000)
  assert.ok(process.cpuUsage(began).user < 3e6)
})

void test('an endless line of 100 MB keeps no more than its head', () => {
  const cutter = new Cutter()
  const piece = new Uint8Array(1 << 16).fill(97)
  let most = 0
  for (let i = 0; i < 1600; i++) {
    cutter.push(piece)
    assert.equal(cutter.line(12288), undefined)
    most = Math.max(most, cutter.size)
  }
  assert.ok(most <= 1)
  cutter.push(bytesOf('\r\nQUIT\r\n'))
  const line = cutter.line(12288)
  assert.ok(line?.tooLong)
  assert.equal(line.bytes.length, 12288)
  assert.equal(line.bytes.buffer.byteLength, 12288, 'the head alone is kept, not what it was cut from')
  assert.deepEqual(line.at, { start: 0, end: 1600 * (1 << 16) + 2 })
  assert.equal(byteString(cutter.line(12288)!.bytes), 'QUIT')
})
