/** Hostile input: everything is answered, and twice the input costs about twice the work. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { readAddressList } from './address-list.ts'
import { utf8 } from './charset.ts'
import { readDate } from './date.ts'
import { decodeWords, encodeWords } from './encoded-words.ts'
import { readHeaders } from './header.ts'
import { messageDocument, readMessage } from './message.ts'
import { readParameters } from './parameters.ts'
import type { MimePart } from './tree.ts'

/** Milliseconds of the fastest of three runs. */
function cost(run: () => void): number {
  let best = Infinity
  for (let turn = 0; turn < 3 && !(best > 200 && best < Infinity); turn++) {
    const start = performance.now()
    run()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

/**
 * A quadratic reader needs 64 times as long for eight times the input; a linear one about eight times. The bound lies
 * between, and small times, where the clock and the machine's other work decide, always pass.
 */
function assertLinear(what: string, make: (size: number) => () => void, size: number): void {
  const small = cost(make(size / 8))
  const large = cost(make(size))
  assert.ok(
    large < 100 || large < small * 32,
    `${what}: ${small.toFixed(1)} ms, then ${large.toFixed(1)} ms for eight times as much`,
  )
}

const texts: readonly (readonly [what: string, make: (size: number) => string])[] = [
  ['open comments', (size) => '('.repeat(size)],
  ['nested comments', (size) => `${'('.repeat(size / 2)}${')'.repeat(size / 2)}`],
  ['many comments', (size) => '(a)'.repeat(size / 3)],
  ['open quotes', (size) => '"a'.repeat(size / 2)],
  ['backslashes', (size) => `"${'\\'.repeat(size)}`],
  ['open literals', (size) => '['.repeat(size)],
  ['commas', (size) => ','.repeat(size)],
  ['semicolons', (size) => ';'.repeat(size)],
  ['groups', (size) => 'a:'.repeat(size / 2)],
  ['open brackets', (size) => '<'.repeat(size)],
  ['brackets', (size) => '<a@b>,'.repeat(size / 6)],
  ['routes', (size) => '<@a,'.repeat(size / 4)],
  ['at signs', (size) => '@'.repeat(size)],
  ['dots', (size) => '.'.repeat(size)],
  ['words', (size) => 'a '.repeat(size / 2)],
  ['blanks', (size) => `a${' '.repeat(size)}b`],
  ['folds', (size) => `a${'\r\n '.repeat(size / 3)}b`],
  ['starts of encoded words', (size) => '=?'.repeat(size / 2)],
  ['almost encoded words', (size) => '=?a?q?b'.repeat(size / 7)],
  ['one long encoded word without an end', (size) => `=?utf-8?q?${'a'.repeat(size)}`],
  ['encoded words', (size) => '=?utf-8?q?a?= '.repeat(size / 14)],
  ['encoded words of base64 pieces', (size) => '=?utf-8?b?YQ?= '.repeat(size / 15)],
  ['encoded words with long blanks', (size) => `=?utf-8?q?a?=${' '.repeat(size)}`],
  ['equals', (size) => `=?utf-8?q?${'='.repeat(size)}?=`],
  ['parameters', (size) => `a/b${';x=y'.repeat(size / 4)}`],
  ['pieces of one parameter', (size) => `a/b${Array.from({ length: size / 10 }, (_, at) => `;x*${at}=a`).join('')}`],
  ['quotes in parameters', (size) => `a/b;x=a${'"'.repeat(size)}`],
  ['open parentheses in parameters', (size) => `a/b; ${'( '.repeat(size / 2)}`],
  ['percent signs', (size) => `a/b;x*=utf-8''${'%4'.repeat(size / 2)}`],
  ['hyphens of a date', (size) => '1-'.repeat(size / 2)],
  ['colons of a date', (size) => `1 ${' :'.repeat(size / 2)}`],
]

for (const [what, make] of texts)
  void test(`linear: ${what}`, () => {
    const readers = { readAddressList, decodeWords, readParameters, readDate }
    for (const [name, read] of Object.entries(readers))
      assertLinear(
        `${name} of ${what}`,
        (size) => {
          const text = make(size)
          return () => void read(text)
        },
        64_000,
      )
  })

void test('comments nested a million deep', () => {
  const read = readAddressList(`${'('.repeat(1_000_000)}${')'.repeat(1_000_000)} a@b.test`)
  assert.equal(read.mailboxes[0]?.address, 'a@b.test')
})

void test('encoding is linear too', () => {
  assertLinear('encodeWords', (size) => () => void encodeWords('中 '.repeat(size)), 50_000)
})

function deepest(part: MimePart): number {
  return 1 + Math.max(0, ...part.parts.map(deepest))
}

const messages: readonly (readonly [what: string, make: (size: number) => string, rule: string | undefined])[] = [
  [
    'multiparts 5,000 deep',
    (size) =>
      Array.from(
        { length: size / 50 },
        (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
      ).join(''),
    'limit-depth',
  ],
  ['messages 5,000 deep', (size) => 'Content-Type: message/rfc822\r\n\r\n'.repeat(size / 32), 'limit-depth'],
  [
    '100,000 parts',
    (size) => `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(size / 10)}`,
    'limit-parts',
  ],
  [
    'parts with headers',
    (size) => `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nA: 1\r\n\r\nx\r\n'.repeat(size / 16)}`,
    'limit-parts',
  ],
  [
    'lines that look like boundaries',
    (size) => `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--c\r\n'.repeat(size / 5)}`,
    'boundary-not-found',
  ],
  [
    'a line of dashes',
    (size) => `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'-'.repeat(size)}`,
    'boundary-not-found',
  ],
  [
    'boundaries with long padding',
    (size) => `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b${' '.repeat(size)}\r\n`,
    'boundary-not-closed',
  ],
  ['an endless header line', (size) => `Subject: ${'x'.repeat(size)}`, undefined],
  ['a 5 MB header', (size) => `${'A: 1\r\n'.repeat(size / 6)}\r\n`, 'limit-fields'],
  ['a 5 MB header of one field', (size) => `A: 1\r\n${' 1\r\n'.repeat(size / 4)}\r\n`, undefined],
  ['recipients', (size) => `To: ${'a@b.test,\r\n '.repeat(size / 12)}\r\n\r\n`, undefined],
  ['line feeds', (size) => `A: 1\n\n${'\n'.repeat(size)}`, 'bare-lf'],
  ['base64 of nothing', (size) => `Content-Transfer-Encoding: base64\r\n\r\n${'='.repeat(size)}`, undefined],
  [
    'soft line ends',
    (size) => `Content-Transfer-Encoding: quoted-printable\r\n\r\n${'= '.repeat(size / 2)}`,
    'quoted-printable-broken',
  ],
  ['HTML of meta elements', (size) => `Content-Type: text/html\r\n\r\n${'<meta '.repeat(size / 6)}`, undefined],
]

for (const [what, make, rule] of messages)
  void test(`linear: ${what}`, () => {
    const bytes = utf8(make(1_000_000))
    const message = readMessage(bytes)
    assert.equal(message.part.bodySpan.end, bytes.length)
    assert.ok(deepest(message.part) <= 66)
    if (rule !== undefined)
      assert.ok(
        message.remarks.some((one) => one.rule === rule),
        `no ${rule}`,
      )
    assertLinear(
      what,
      (size) => {
        const piece = utf8(make(size))
        return () => void messageDocument(readMessage(piece))
      },
      400_000,
    )
  })

void test('a header beyond its limit is skipped, not read', () => {
  const bytes = utf8(`Subject: x\r\nA: ${'x'.repeat(5_000_000)}\r\n\r\nbody`)
  const read = readHeaders(bytes)
  assert.deepEqual(
    read.fields.map((field) => field.name),
    ['Subject'],
  )
  assert.deepEqual(
    read.remarks.map((one) => one.rule),
    ['limit-header-bytes'],
  )
  assert.equal(bytes.length - read.span.end, 4)
})
