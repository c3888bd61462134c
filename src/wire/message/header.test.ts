import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { fromLatin1, latin1, utf8 } from './charset.ts'
import { fieldOf, foldAtBlanks, makeHeaderValue, readHeaders, unfold } from './header.ts'
import { defaultLimits } from './rules.ts'

type Row = readonly [
  what: string,
  text: string,
  fields: readonly (readonly [name: string, value: string])[],
  /** What is left for the body. */
  body: string,
  rules?: readonly string[],
]

const rows: readonly Row[] = [
  [
    'two fields',
    'A: 1\r\nB: 2\r\n\r\nbody',
    [
      ['A', '1'],
      ['B', '2'],
    ],
    'body',
  ],
  ['no body', 'A: 1\r\n\r\n', [['A', '1']], ''],
  ['no blank line', 'A: 1\r\n', [['A', '1']], ''],
  ['no line end', 'A: 1', [['A', '1']], ''],
  ['nothing', '', [], ''],
  ['only a body', '\r\nbody', [], 'body'],
  [
    'folded',
    'A: 1\r\n 2\r\n\t3\r\nB: x\r\n\r\n',
    [
      ['A', '1 2\t3'],
      ['B', 'x'],
    ],
    '',
  ],
  ['folded before the value', 'A:\r\n  1\r\n\r\n', [['A', '1']], ''],
  // a line of blanks alone belongs to the field, RFC 5322 appendix A.6.3
  ['a line of blanks', 'To: Mary Smith\r\n  \r\n <a@b>\r\n\r\n', [['To', 'Mary Smith   <a@b>']], ''],
  ['no blank after the colon', 'A:1\r\n\r\n', [['A', '1']], ''],
  [
    'empty value',
    'A:\r\nB: \r\n\r\n',
    [
      ['A', ''],
      ['B', ''],
    ],
    '',
  ],
  ['blanks at the end stay', 'A: 1 \r\n\r\n', [['A', '1 ']], ''],
  ['colons in the value', 'A: b: c\r\n\r\n', [['A', 'b: c']], ''],
  [
    'bare LF',
    'A: 1\n 2\nB: 3\n\nbody',
    [
      ['A', '1 2'],
      ['B', '3'],
    ],
    'body',
  ],
  ['bare CR in a value', 'A: 1\r2\r\n\r\n', [['A', '1\r2']], ''],
  [
    'blank before the colon',
    'A : 1\r\nB\t:2\r\n\r\n',
    [
      ['A', '1'],
      ['B', '2'],
    ],
    '',
    ['space-before-colon'],
  ],
  [
    'a line that is none',
    'A: 1\r\nno field here\r\nB: 2\r\n\r\nbody',
    [['A', '1']],
    'no field here\r\nB: 2\r\n\r\nbody',
    ['missing-blank-line'],
  ],
  [
    'a blank in the name',
    'A: 1\r\nHello Bob: how are you\r\n',
    [['A', '1']],
    'Hello Bob: how are you\r\n',
    ['missing-blank-line'],
  ],
  ['no name', ': 1\r\n', [], ': 1\r\n', ['missing-blank-line']],
  ['a body at once', 'Hello Bob\r\n', [], 'Hello Bob\r\n', ['missing-blank-line']],
  ['a continuation of nothing', ' x\r\nA: 1\r\n\r\n', [], ' x\r\nA: 1\r\n\r\n', ['missing-blank-line']],
  ['a mailbox file', 'From alice Tue Nov 24 13:43:44 2026\r\nA: 1\r\n\r\n', [['A', '1']], '', ['mbox-from-line']],
  ['a quoted From line', '>From alice Tue\nA: 1\n\n', [['A', '1']], '', ['mbox-from-line']],
  ['UTF-8', 'Subject: \xe4\xb8\xad\r\n\r\n', [['Subject', '中']], '', ['utf8-header']],
  [
    'GB 18030',
    'Subject: \xb9\xd8\xd3\xda\xbb\xe1\xd2\xe9\r\n\r\n',
    [['Subject', '关于会议']],
    '',
    ['eight-bit-header'],
  ],
  ['Latin-1', 'Subject: caf\xe9 \0 \xff\xfe\r\n\r\n', [['Subject', 'café \0 ÿþ']], '', ['eight-bit-header']],
  ['encoded words', 'Subject: =?utf-8?B?5Lit?=\r\n =?utf-8?B?5paH?= x\r\n\r\n', [['Subject', '中文 x']], ''],
  ['broken encoded word', 'Subject: =?utf-8?B?!?=\r\n\r\n', [['Subject', '']], '', ['encoded-word-broken']],
]

for (const [what, text, fields, body, rules] of rows)
  void test(`header: ${what}`, () => {
    const bytes = fromLatin1(text)
    const read = readHeaders(bytes)
    assert.deepEqual(
      read.fields.map(({ name, value }) => [name, value]),
      fields,
    )
    assert.equal(latin1(bytes.subarray(read.span.end)), body)
    assert.deepEqual(
      read.remarks.map((one) => one.rule),
      rules ?? [],
    )
    for (const field of read.fields)
      assert.ok(latin1(bytes.subarray(field.span.start, field.span.end)).startsWith(latin1(utf8(field.name))))
  })

void test('raw is what stands after the colon', () => {
  const read = readHeaders(utf8('Subject:  =?utf-8?Q?a?=\r\n b\r\n\r\n'))
  assert.equal(read.fields[0]?.raw, '  =?utf-8?Q?a?=\r\n b')
  assert.equal(fieldOf(read.fields, 'SUBJECT')?.value, 'a b')
})

void test('limits leave the rest of the header unread, and the body where it is', () => {
  const many = utf8(`${'A: 1\r\n'.repeat(30)}\r\nbody`)
  const few = readHeaders(many, { limits: { ...defaultLimits, fields: 10 } })
  assert.equal(few.fields.length, 10)
  assert.equal(latin1(many.subarray(few.span.end)), 'body')
  assert.deepEqual(
    few.remarks.map((one) => one.rule),
    ['limit-fields'],
  )
  const long = readHeaders(many, { limits: { ...defaultLimits, headerBytes: 60 } })
  assert.equal(long.fields.length, 10)
  assert.equal(latin1(many.subarray(long.span.end)), 'body')
  assert.deepEqual(
    long.remarks.map((one) => one.rule),
    ['limit-header-bytes'],
  )
})

void test('a header value holds no CR, LF or NUL', () => {
  assert.equal(makeHeaderValue('fine, 中'), 'fine, 中')
  for (const text of ['a\r', 'a\nBcc: x', '\0']) assert.equal(makeHeaderValue(text), undefined)
})

void test('folding at blanks loses nothing', () => {
  const words = fc.array(fc.constantFrom('a', 'word', ' ', '  ', '\t', 'x'.repeat(90)), { maxLength: 60 })
  fc.assert(
    fc.property(words, fc.nat(40), (parts, column) => {
      const text = parts.join('')
      const folded = foldAtBlanks(text, column)
      assert.equal(unfold(folded), text)
      for (const line of folded.split('\r\n').slice(1)) assert.match(line, /^[ \t].*\S/)
    }),
  )
})

const pieces = fc.array(
  fc.constantFrom('A', 'Subject', ':', ' ', '\t', '\r\n', '\n', '\r', '\0', '\xe9', '=?utf-8?B?', '?=', 'From ', 'x'),
  { maxLength: 40 },
)

void test('any bytes: fields follow each other, nothing throws', () => {
  fc.assert(
    fc.property(pieces, (parts) => {
      const bytes = fromLatin1(parts.join(''))
      const read = readHeaders(bytes)
      let at = 0
      for (const field of read.fields) {
        assert.ok(field.span.start >= at && field.span.end > field.span.start)
        at = field.span.end
      }
      assert.ok(read.span.start === 0 && read.span.end >= at && read.span.end <= bytes.length)
    }),
    { numRuns: 500 },
  )
})
