import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { anyText } from './text.test-support.ts'
import libmime from 'libmime'
import { decodeWords, encodeWords, readWords } from './encoded-words.ts'
import { unfold } from './header.ts'

const rows: readonly (readonly [what: string, text: string, decoded: string])[] = [
  // RFC 2047 §8
  ['§8 1', '=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>', 'Keith Moore <moore@cs.utk.edu>'],
  ['§8 2', '=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>', 'Keld Jørn Simonsen <keld@dkuug.dk>'],
  ['§8 3', '=?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>', 'André Pirard <PIRARD@vm1.ulg.ac.be>'],
  [
    '§8 4',
    '=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=',
    'If you can read this you understand the example.',
  ],
  ['§8 5', '=?ISO-8859-8?b?7eXs+SDv4SDp7Oj08A==?=', 'םולש ןב ילטפנ'],
  ['§8 a', '(=?ISO-8859-1?Q?a?=)', '(a)'],
  ['§8 a b', '(=?ISO-8859-1?Q?a?= b)', '(a b)'],
  ['§8 ab', '(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)', '(ab)'],
  ['§8 ab two blanks', '(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)', '(ab)'],
  ['§8 ab folded', '(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)', '(ab)'],
  ['§8 a_b', '(=?ISO-8859-1?Q?a_b?=)', '(a b)'],
  ['§8 a _b', '(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)', '(a b)'],
  // RFC 2231 §5
  ['language', '=?US-ASCII*EN?Q?Keith_Moore?=', 'Keith Moore'],
  // split inside a character: UTF-8 by B and Q, GB 2312
  ['split B', '=?utf-8?B?5Lit5pY=?= =?utf-8?B?h+aWhw==?=', '中文文'],
  ['split Q', '=?utf-8?Q?=E4=B8?= =?UTF-8?Q?=AD?=', '中'],
  ['split B then Q', '=?utf-8?B?5Lg=?= =?utf8?Q?=AD?=', '中'],
  ['split inside a base64 quantum', '=?utf-8?B?5L?= =?utf-8?B?it?=', '中'],
  ['split gb2312', '=?gb2312?B?1g==?= =?GB2312?B?0A==?=', '中'],
  // charsets as they are meant
  ['gb2312 is gb18030', '=?gb2312?B?qpM=?=', new TextDecoder('gb18030').decode(new Uint8Array([0xaa, 0x93]))],
  ['euro sign of cp936 in gbk', '=?gbk?Q?=80?=', '€'],
  ['x-gbk', '=?x-gbk?B?1tDOxA==?=', '中文'],
  ['ms936', '=?ms936?B?1tDOxA==?=', '中文'],
  ['cp936', '=?CP936?B?1tDOxA==?=', '中文'],
  ['big5', '=?big5?B?pKSk5Q==?=', '中文'],
  [
    'ks_c_5601-1987',
    '=?ks_c_5601-1987?B?x9GxzA==?=',
    '한국'.slice(0, 1) +
      '글'.slice(0, 0) +
      '귰'.slice(0, 0) +
      new TextDecoder('euc-kr').decode(new Uint8Array([0xb1, 0xcc])),
  ],
  ['iso-2022-jp', '=?ISO-2022-JP?B?GyRCMnE1RBsoQg==?=', '会議'],
  ['hz', '=?HZ-GB-2312?Q?=7E{VPND=7E}?=', '中文'],
  ['iso-2022-kr', '=?ISO-2022-KR?B?GyQpQw5HUTFbDw==?=', '한글'],
  ['utf-7', '=?utf-7?Q?+Ti1lhw-?=', '中文'],
  ['utf-7 twice', '=?unicode-1-1-utf-7?Q?+Ti0?= =?utf-7?Q?+ZYc?=', '中文'],
  ['us-ascii that is UTF-8', '=?us-ascii?Q?caf=C3=A9?=', 'café'],
  ['unknown charset', '=?klingon?Q?caf=C3=A9?=', 'café'],
  ['windows-1252 in latin1', '=?iso-8859-1?Q?=93a=94?=', '“a”'],
  ['koi8-r', '=?koi8-r?B?8NLJ18XU?=', 'Привет'],
  // what bends the rules
  ['no blank between words', 'a=?utf-8?Q?b?=c', 'abc'],
  ['blanks inside Q', '=?utf-8?Q?a b?=', 'a b'],
  ['lower-case q and b', '=?utf-8?q?a?= =?utf-8?b?Yg==?=', 'ab'],
  ['raw UTF-8 beside words', '中 =?utf-8?Q?a?=', '中 a'],
  ['a bad =XX stays', '=?utf-8?Q?a=ZZ=?=', 'a=ZZ='],
  ['missing end', '=?utf-8?Q?a', '=?utf-8?Q?a'],
  ['no such encoding', '=?utf-8?X?a?=', '=?utf-8?X?a?='],
  ['empty word', '[=?utf-8?Q??=]', '[]'],
  ['a line end inside is a blank', '=?utf-8?Q?a=0D=0ABcc:_x?=', 'a Bcc: x'],
  ['nested start', '=?=?utf-8?Q?a?=', '=?a'],
  ['blanks between words and text stay', '=?utf-8?Q?a?=  b  =?utf-8?Q?c?=', 'a  b  c'],
]

for (const [what, text, decoded] of rows)
  void test(`words: ${what}`, () => {
    assert.equal(decodeWords(unfold(text)), decoded)
  })

void test('what is broken is said', () => {
  assert.equal(readWords('=?klingon?Q?a?=').sound, false)
  assert.equal(readWords('=?utf-8?B?a?=').sound, false)
  assert.equal(readWords('=?utf-8?B?YW!j?=').sound, false)
  assert.equal(readWords('=?utf-8?Q?=ZZ?=').sound, false)
  assert.equal(readWords('=?utf-8?B?YWJj?=').sound, true)
})

const texts = fc
  .oneof(
    anyText(200),
    fc
      .array(fc.constantFrom('a', 'word', ' ', '  ', '=?', '?=', '_', '实验三', 'é', '😀', '=?utf-8?Q?a?='), {
        maxLength: 80,
      })
      .map((parts) => parts.join('')),
  )
  .filter((text) => !/[\r\n\0\t]/.test(text))

void test('encoded text is decoded back, and its lines are short', () => {
  fc.assert(
    fc.property(texts, fc.nat(60), fc.boolean(), (text, column, phrase) => {
      const printed = encodeWords(text, column, phrase)
      assert.equal(decodeWords(unfold(printed)), text.toWellFormed(), printed)
      const lines = printed.split('\r\n')
      assert.ok(/^[\x20-\x7e\r\n]*$/.test(printed), printed)
      lines.forEach((line, index) => {
        assert.ok(line.length + (index === 0 ? column : 0) <= Math.max(76, index === 0 ? column + 75 : 76), line)
        if (index > 0) assert.match(line, /^ .*\S/)
      })
      for (const word of printed.match(/=\?UTF-8\?[BQ]\?[^?]*\?=/g) ?? []) {
        assert.ok(word.length <= 75, word) // RFC 2047 §2
        assert.ok(!decodeWords(word).includes('\ufffd') || text.toWellFormed().includes('\ufffd'), word) // whole characters
      }
    }),
    { numRuns: 500 },
  )
})

void test('a library reads what we write', () => {
  const simple = fc
    .array(fc.constantFrom('a', 'word', '实验三', 'é', '😀', ' '), { maxLength: 40 })
    .map((parts) => parts.join('').replace(/ +/g, ' ').trim())
  fc.assert(
    fc.property(simple, (text) => {
      assert.equal(libmime.decodeWords(unfold(encodeWords(text))), text)
    }),
  )
})

void test('no text throws', () => {
  const parts = fc.array(fc.constantFrom('=?', '?=', '?', 'utf-8', 'gb2312', 'B', 'Q', '=', 'A4', ' ', '\r\n '), {
    maxLength: 40,
  })
  fc.assert(fc.property(parts, (pieces) => void readWords(pieces.join(''))))
  fc.assert(fc.property(anyText(), (text) => void readWords(text)))
})
