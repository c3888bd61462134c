import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { Cutter } from '../cutter.ts'
import { DotReader, DotWriter } from './dots.ts'
import { byteString, bytesOf } from './text.ts'

interface Read {
  readonly text: string
  readonly wire: number
  readonly last: boolean
  readonly rest: string
  readonly bareCr: boolean
  readonly bareLf: boolean
}

/** A body read from these pieces; doubtful marks are taken for the end or not. */
function read(pieces: readonly string[], how: { lenient?: boolean; isEnd?: boolean } = {}): Read {
  const cutter = new Cutter(how)
  const dots = new DotReader(how)
  const all = { text: '', wire: 0, last: false, rest: '', bareCr: false, bareLf: false }
  for (const piece of pieces) {
    cutter.push(bytesOf(piece))
    while (!all.last) {
      let body = dots.read(cutter)
      if (body === 'doubtful') {
        body = dots.decide(cutter, how.isEnd ?? false)
        if (!body) continue
      }
      if (!body) break
      assert.equal(body.at.start, all.wire, 'pieces follow each other')
      all.text += byteString(body.bytes)
      all.wire = body.at.end
      all.last = body.last
      all.bareCr ||= body.hasBareCr
      all.bareLf ||= body.hasBareLf
    }
  }
  all.rest = byteString(cutter.rest())
  return all
}

const tables: readonly [name: string, input: string, text: string, last: boolean, rest?: string, marks?: string][] = [
  ['an empty body', '.\r\n', '', true],
  ['one line', 'a\r\n.\r\n', 'a\r\n', true],
  ['commands follow', 'a\r\n.\r\nQUIT\r\n', 'a\r\n', true, 'QUIT\r\n'],
  ['a stuffed dot', '..a\r\n.\r\n', '.a\r\n', true],
  ['a lone dot, stuffed', '..\r\n.\r\n', '.\r\n', true],
  ['a dot that a careless client left single', '.a\r\n.\r\n', 'a\r\n', true],
  ['dots inside a line', 'a.b..\r\n.\r\n', 'a.b..\r\n', true],
  ['a dot at a line start, CR without LF', '.\rx\r\n.\r\n', '\rx\r\n', true, '', 'cr'],
  ['no end', 'a\r\n', 'a\r\n', false],
  ['an undecided dot', 'a\r\n.', 'a\r\n', false, '.'],
  ['an undecided CR', 'a\r', 'a', false, '\r'],
  ['bare LF around the dot does not end it', 'a\n.\n.\r\nb\r\n.\r\n', 'a\n.\n.\r\nb\r\n', true, '', 'lf'],
  ['CRLF.LF does not end it', 'a\r\n.\nb\r\n.\r\n', 'a\r\n\nb\r\n', true, '', 'lf'],
  ['LF.CRLF does not end it', 'a\n.\r\nb\r\n.\r\n', 'a\n.\r\nb\r\n', true, '', 'lf'],
  ['CR.CR does not end it', 'a\r.\rb\r\n.\r\n', 'a\r.\rb\r\n', true, '', 'cr'],
  ['CRCRLF.CRLF ends it', 'a\r\r\n.\r\n', 'a\r\r\n', true, '', 'cr'],
  ['NUL', '\0\r\n.\r\n', '\0\r\n', true],
]

for (const [name, input, text, last, rest = '', marks = ''] of tables) {
  void test(`a body: ${name}`, () => {
    const expected = {
      text,
      wire: input.length - rest.length,
      last,
      rest,
      bareCr: marks === 'cr',
      bareLf: marks === 'lf',
    }
    assert.deepEqual(read([input]), expected)
    assert.deepEqual(read(input.split('')), expected, 'byte by byte')
    for (let i = 1; i < input.length; i++)
      assert.deepEqual(read([input.slice(0, i), input.slice(i)]), expected, `cut at ${i}`)
  })
}

const doubtful: readonly [name: string, input: string, asEnd: string, asText: string][] = [
  ['LF.LF', 'a\n.\nb\r\n.\r\n', 'a\n', 'a\n.\nb\r\n'],
  ['LF.CRLF', 'a\n.\r\nb\r\n.\r\n', 'a\n', 'a\n.\r\nb\r\n'],
  ['CRLF.LF', 'a\r\n.\nb\r\n.\r\n', 'a\r\n', 'a\r\n\nb\r\n'],
]

for (const [name, input, asEnd, asText] of doubtful) {
  void test(`a lenient reader asks about ${name}`, () => {
    for (const pieces of [[input], input.split('')]) {
      assert.equal(read(pieces, { lenient: true, isEnd: true }).text, asEnd)
      assert.equal(read(pieces, { lenient: true, isEnd: false }).text, asText)
    }
  })
}

const odd = fc.string({ unit: fc.constantFrom('a', '.', '\r', '\n', '\r\n', '\r\n.', '\0'), maxLength: 40 })

void test('however a body is cut, the same is read', () => {
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 10 }), fc.boolean(), fc.boolean(), (pieces, lenient, isEnd) => {
      const whole = [`${pieces.join('')}\r\n.\r\n`]
      assert.deepEqual(read([...pieces, '\r\n', '.\r\n'], { lenient, isEnd }), read(whole, { lenient, isEnd }))
    }),
  )
})

/** What must come out: CRLF for every line end. */
function normal(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n')
}

void test('what is written is read again, with every line end as CRLF, and ends where it should', () => {
  fc.assert(
    fc.property(fc.array(odd, { minLength: 1, maxLength: 10 }), (pieces) => {
      const writer = new DotWriter()
      const wire = pieces.map((piece, i) => byteString(writer.write(bytesOf(piece), i === pieces.length - 1))).join('')
      const body = normal(pieces.join(''))
      const back = read([`${wire}QUIT\r\n`])
      assert.equal(back.rest, 'QUIT\r\n')
      assert.equal(back.text, body === '' || body.endsWith('\r\n') ? body : `${body}\r\n`)
      assert.equal(back.bareCr || back.bareLf, false)
      assert.equal(/(^|[^\r])\n|\r(?!\n)/.test(wire), false)
    }),
    { numRuns: 500 },
  )
})

void test('a piece that needs nothing is written as it is', () => {
  const piece = bytesOf('a line\r\nanother')
  assert.equal(new DotWriter().write(piece, false), piece)
})

void test('a body of 30 MB passes in pieces that are views, with time in proportion', () => {
  const line = bytesOf(`${'x'.repeat(76)}\r\n`)
  const piece = new Uint8Array(line.length * 840)
  for (let at = 0; at < piece.length; at += line.length) piece.set(line, at)
  const cutter = new Cutter()
  const dots = new DotReader()
  const began = process.cpuUsage()
  for (let i = 0; i < 458; i++) {
    cutter.push(piece)
    const body = dots.read(cutter)
    assert.ok(body && body !== 'doubtful')
    assert.equal(body.bytes.buffer, piece.buffer)
    assert.equal(cutter.size, 0)
  }
  assert.ok(process.cpuUsage(began).user < 2e6)
})

void test('a body of nothing but stuffed dots, one byte a segment, takes linear time', () => {
  const cutter = new Cutter()
  const dots = new DotReader()
  const began = process.cpuUsage()
  const bytes = bytesOf('..\r\n')
    .values()
    .toArray()
    .map((byte) => Uint8Array.of(byte))
  let size = 0
  for (let i = 0; i < 1_000_000; i++) {
    cutter.push(bytes[i % 4]!)
    for (let body = dots.read(cutter); typeof body === 'object'; body = dots.read(cutter)) size += body.bytes.length
  }
  assert.equal(size, 750_000)
  assert.ok(process.cpuUsage(began).user < 6e6)
})
