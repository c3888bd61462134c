import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { anyText } from './text.test-support.ts'
import { printParameters, readParameters } from './parameters.ts'

type Row = readonly [
  what: string,
  text: string,
  value: string,
  parameters: Record<string, string>,
  rules?: readonly string[],
]

const rows: readonly Row[] = [
  ['plain', 'text/plain; charset=us-ascii', 'text/plain', { charset: 'us-ascii' }],
  ['quoted', 'text/plain; charset="us-ascii"', 'text/plain', { charset: 'us-ascii' }],
  ['RFC 2045 §5.1 comment', 'text/plain; charset=us-ascii (Plain text)', 'text/plain', { charset: 'us-ascii' }],
  ['letter case', 'TEXT/Plain; CharSet=UTF-8', 'text/plain', { charset: 'UTF-8' }],
  ['blanks everywhere', ' text/plain ;\r\n\tcharset = utf-8 ; ', 'text/plain', { charset: 'utf-8' }],
  ['no blank', 'text/plain;charset=utf-8;format=flowed', 'text/plain', { charset: 'utf-8', format: 'flowed' }],
  ['quotes and backslashes', 'a/b; name="a\\"b\\\\c"', 'a/b', { name: 'a"b\\c' }],
  ['a path of Windows', 'a/b; name="C:\\dir\\file.txt"', 'a/b', { name: 'C:\\dir\\file.txt' }],
  ['semicolon in quotes', 'a/b; name="a;b=c"', 'a/b', { name: 'a;b=c' }],
  ['unquoted blanks', 'attachment; filename=two words.pdf', 'attachment', { filename: 'two words.pdf' }],
  ['unquoted parentheses', 'attachment; filename=report(1).pdf', 'attachment', { filename: 'report(1).pdf' }],
  ['equals in a value', 'a/b; x=a=b', 'a/b', { x: 'a=b' }],
  ['nothing', '', '', {}],
  ['only a value', 'inline', 'inline', {}],
  ['empty parameter', 'a/b; name=', 'a/b', { name: '' }],
  // RFC 2231 §3
  [
    '§3 continuation',
    'message/external-body; access-type=URL;\r\n         URL*0="ftp://";\r\n         URL*1="cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar"',
    'message/external-body',
    { 'access-type': 'URL', url: 'ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar' },
  ],
  // RFC 2231 §4
  [
    '§4 charset and language',
    "application/x-stuff;\r\n         title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
    'application/x-stuff',
    { title: 'This is ***fun***' },
  ],
  [
    '§4.1 both',
    "application/x-stuff;\r\n    title*0*=us-ascii'en'This%20is%20even%20more%20;\r\n    title*1*=%2A%2A%2Afun%2A%2A%2A%20;\r\n    title*2=\"isn't it!\"",
    'application/x-stuff',
    { title: "This is even more ***fun*** isn't it!" },
  ],
  ['pieces out of order', "a/b; x*1*=%AD; x*0*=utf-8''%E4%B8", 'a/b', { x: '中' }],
  ['gb2312', "attachment; filename*=gb2312''%D6%D0%CE%C4.txt", 'attachment', { filename: '中文.txt' }],
  [
    'extended before plain',
    "attachment; filename=x.txt; filename*=utf-8''%E4%B8%AD.txt",
    'attachment',
    { filename: '中.txt' },
  ],
  [
    'extended before plain, other order',
    "attachment; filename*=utf-8''%E4%B8%AD.txt; filename=x.txt",
    'attachment',
    { filename: '中.txt' },
  ],
  ['raw UTF-8', 'attachment; filename="中文.txt"', 'attachment', { filename: '中文.txt' }],
  // what bends the rules
  [
    'encoded word',
    'attachment; filename="=?utf-8?B?5Lit5paH?=.txt"',
    'attachment',
    { filename: '中文.txt' },
    ['encoded-word-in-quotes'],
  ],
  [
    'encoded word unquoted',
    'attachment; filename==?utf-8?Q?=E4=B8=AD?=',
    'attachment',
    { filename: '中' },
    ['encoded-word-in-quotes'],
  ],
  [
    'encoded words in continuations',
    'attachment; filename*0="=?utf-8?B?5Lit"; filename*1="5paH?=.txt"',
    'attachment',
    { filename: '中文.txt' },
    ['encoded-word-in-quotes'],
  ],
  [
    'encoded words, folded and split',
    'attachment; filename="=?utf-8?B?5Lg=?=\r\n =?utf-8?B?rQ==?="',
    'attachment',
    { filename: '中' },
    ['encoded-word-in-quotes'],
  ],
  [
    'extended without a charset',
    'attachment; filename*=a%20b.txt',
    'attachment',
    { filename: 'a b.txt' },
    ['parameter-continuation-broken'],
  ],
  [
    'unknown charset',
    "attachment; filename*=klingon''%E4%B8%AD",
    'attachment',
    { filename: '中' },
    ['charset-unknown'],
  ],
  ['a hole', 'a/b; x*0=a; x*2=c', 'a/b', { x: 'a' }, ['parameter-continuation-broken']],
  ['without a beginning', 'a/b; x*1=b', 'a/b', {}, ['parameter-continuation-broken']],
  ['bad percent', "a/b; x*=utf-8''a%ZZ%4", 'a/b', { x: 'a%ZZ%4' }],
  ['first of two', 'a/b; boundary=one; boundary=two', 'a/b', { boundary: 'one' }, ['parameter-duplicate']],
  ['no value', 'a/b; name', 'a/b', {}, ['parameter-unreadable']],
  ['open quote', 'a/b; name="abc', 'a/b', { name: 'abc' }, ['parameter-unreadable']],
  ['text behind a quote', 'a/b; name="abc"def; x=1', 'a/b', { name: 'abc', x: '1' }, ['parameter-unreadable']],
  ['open comment', 'a/b; (x; name=1', 'a/b', { name: '1' }, ['parameter-unreadable']],
  ['a line end hidden in it', "a/b; x*=utf-8''a%0D%0AEvil:%20b", 'a/b', { x: 'a Evil: b' }],
]

for (const [what, text, value, parameters, rules] of rows)
  void test(`parameters: ${what}`, () => {
    assert.deepEqual(readParameters(text), { value, parameters, rules: rules ?? [] })
  })

void test('a name of Object.prototype is a name like others', () => {
  const read = readParameters('a/b; __proto__=x; constructor=y')
  assert.deepEqual(Object.entries(read.parameters), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ])
})

const names = fc.constantFrom('filename', 'name', 'charset', 'boundary', 'x-a')
const values = fc
  .array(
    fc.constantFrom(
      'a',
      'B',
      '9',
      '.',
      ' ',
      '"',
      '\\',
      ';',
      '=',
      "'",
      '%',
      '*',
      '(',
      ')',
      '=?',
      '?=',
      '中',
      'é',
      '😀',
      '/',
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''))

void test('printed parameters are read back, in lines of at most 76 columns', () => {
  fc.assert(
    fc.property(fc.dictionary(names, values), fc.nat(30), (parameters, column) => {
      const printed = printParameters('attachment', parameters, column)
      const read = readParameters(printed)
      assert.deepEqual({ ...read.parameters }, { ...parameters }, printed)
      assert.equal(read.value, 'attachment')
      assert.deepEqual(read.rules, [], printed)
      for (const line of printed.split('\r\n').slice(1)) assert.ok(line.length <= 76, line)
      assert.match(printed, /^[\x20-\x7e\r\n]*$/)
    }),
    { numRuns: 400 },
  )
})

void test('no text throws', () => {
  const parts = fc.array(fc.constantFrom(';', '=', '"', '\\', '(', ')', '*', '0', "''", '%41', 'x', ' ', '=?', '?='), {
    maxLength: 40,
  })
  fc.assert(fc.property(parts, (pieces) => void readParameters(pieces.join(''))))
  fc.assert(fc.property(anyText(), (text) => void readParameters(text)))
})
