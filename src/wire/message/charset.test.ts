import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { canonicalCharset, decodeCharset, fromLatin1, guessText, isKnownCharset, latin1, utf8 } from './charset.ts'

const rows: readonly (readonly [label: string, hex: string, text: string])[] = [
  ['utf-8', 'e4b8ad', '中'],
  ['UTF8', 'efbbbfe4b8ad', '\ufeff中'],
  ['gb2312', 'd6d0 e946', '中镕'],
  ['GB_2312-80', 'd6d0', '中'],
  ['gb18030', '8139ee39', '㐀'],
  ['x-gbk', 'd6d0', '中'],
  ['ms936', '80', '€'],
  ['cp936', 'd6d0', '中'],
  ['big5', 'a4a4', '中'],
  ['big5-hkscs', 'a4a4', '中'],
  ['cp950', 'a4a4', '中'],
  ['hz-gb-2312', '7e7b 5650 4e44 7e7d 41', '中文A'],
  ['HZ', '7e7e 41 7e0a 42', '~AB'],
  ['HZ', '7e7b 5650 0a 5650', '中\nVP'],
  ['iso-2022-kr', '1b242943 0e 4751 315b 0f 41', '한글A'],
  ['ks_c_5601-1987', 'c7d1', '한'],
  ['ks_c_5601', 'c7d1', '한'],
  ['euc-kr', 'c7d1', '한'],
  ['iso-2022-jp', '1b2442 3271 3544 1b2842', '会議'],
  ['shift_jis', '89ef', '会'],
  ['cp932', '89ef', '会'],
  ['euc-jp', 'b2f1', '会'],
  ['utf-7', '2b546a302d', '丽'],
  ['utf-16', 'feff4e2d', '中'],
  ['utf-16', 'fffe2d4e', '中'],
  ['utf-16be', '4e2d', '中'],
  ['utf-16le', '2d4e', '中'],
  ['iso-8859-1', 'e9', 'é'],
  ['latin1', '80', '€'],
  ['iso-8859-2', 'b1', 'ą'],
  ['iso-8859-15', 'a4', '€'],
  ['windows-1251', 'cf', 'П'],
  ['koi8-r', 'f0', 'П'],
  ['tis-620', 'a1', 'ก'],
  ['cp437', '80', 'Ç'],
  ['macintosh', '8e', 'é'],
  ['us-ascii', 'c3a9', 'é'],
  ['iso-8859-8-i', 'f9', 'ש'],
]

for (const [label, hex, text] of rows)
  void test(`charset: ${label} ${hex}`, () => {
    const bytes = Uint8Array.from(hex.replace(/ /g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    assert.deepEqual(decodeCharset(bytes, label), { text, known: true })
  })

void test('codecs that are no charsets, and no charset at all, are not known', () => {
  for (const label of [
    'base64',
    'hex',
    'binary',
    'internal',
    '',
    'klingon',
    '__proto__',
    'constructor',
    'x'.repeat(5000),
  ])
    assert.equal(isKnownCharset(label), false, label)
  assert.equal(decodeCharset(utf8('中'), 'klingon').known, false)
  assert.equal(decodeCharset(utf8('中'), 'klingon').text, '中')
  assert.equal(canonicalCharset('GB2312'), canonicalCharset('x-gbk'))
})

void test('bytes without a label: UTF-8, else Chinese, else Latin-1', () => {
  assert.equal(guessText(utf8('Grüße 中')).charset, 'utf-8')
  assert.deepEqual(guessText(fromLatin1('\xb9\xd8\xd3\xda\xbb\xe1\xd2\xe9')), { text: '关于会议', charset: 'gb18030' })
  assert.deepEqual(guessText(fromLatin1('Grüße aus Köln')), { text: 'Grüße aus Köln', charset: 'latin1' })
  assert.deepEqual(guessText(fromLatin1('caf\xe9 \0 \xff\xfe')), { text: 'café \0 ÿþ', charset: 'latin1' })
  assert.deepEqual(guessText(fromLatin1('l\x92\xe9t\xe9')), { text: 'l’été', charset: 'latin1' })
})

void test('Latin-1 is one byte a character, both ways', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual([...fromLatin1(latin1(bytes))], [...bytes])))
  assert.equal(latin1(new Uint8Array([0x80, 0xff])), '\x80\xff')
})

void test('no bytes throw, in any charset', () => {
  const labels = fc.constantFrom(...rows.map((row) => row[0]))
  fc.assert(
    fc.property(labels, fc.uint8Array({ maxLength: 40 }), (label, bytes) => void decodeCharset(bytes, label)),
    { numRuns: 500 },
  )
})
