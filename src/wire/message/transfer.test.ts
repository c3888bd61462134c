import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { fromLatin1, latin1 } from './charset.ts'
import { decodeBase64, decodeQuotedPrintable, encodeBase64, encodeQuotedPrintable } from './transfer.ts'

type Row = readonly [what: string, text: string, decoded: string, sound: boolean]

const base64: readonly Row[] = [
  ['RFC 4648 §10', 'Zm9vYmFy', 'foobar', true],
  ['one pad', 'Zm9vYmE=', 'fooba', true],
  ['two pads', 'Zm9vYg==', 'foob', true],
  ['line ends and blanks', ' Zm9v\r\n\tYmFy\r\n', 'foobar', true],
  ['nothing', '', '', true],
  ['no pad', 'Zm9vYg', 'foob', false],
  ['one character over', 'Zm9vY', 'foo', false],
  ['foreign characters', 'Zm9v!*YmFy', 'foobar', false],
  ['padded in the middle', 'Zm8=\r\nYmFy', 'fobar', false],
  ['text behind it', 'Zm9v\r\n--\r\nAnything', latin1(decodeBase64(fromLatin1('Zm9vAnything')).bytes), false],
  ['NUL and 8-bit', 'Zm\0\xff9v', 'foo', false],
]

for (const [what, text, decoded, sound] of base64)
  void test(`base64: ${what}`, () => {
    const read = decodeBase64(fromLatin1(text))
    assert.equal(latin1(read.bytes), decoded)
    assert.equal(read.sound, sound)
  })

const quoted: readonly Row[] = [
  [
    'RFC 2045 §6.7',
    "Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.",
    "Now's the time for all folk to come to the aid of their country.",
    true,
  ],
  ['bytes', 'caf=E9=3D=3d', 'caf\xe9==', true],
  ['lower case', '=c3=a9', '\xc3\xa9', true],
  ['blanks at the end of a line', 'a  \t\r\nb ', 'a\r\nb', true],
  ['an encoded blank at the end of a line', 'a=20\r\nb', 'a \r\nb', true],
  ['blanks after a soft line end', 'a= \t\r\nb', 'ab', true],
  ['bare LF', 'a=\nb \nc', 'ab\nc', true],
  ['soft end at the end', 'abc=', 'abc', true],
  ['no hex', 'a=ZZb', 'a=ZZb', false],
  ['half hex', 'a=4', 'a=4', false],
  ['raw 8-bit', 'a\xe9', 'a\xe9', false],
  ['nothing', '', '', true],
]

for (const [what, text, decoded, sound] of quoted)
  void test(`quoted-printable: ${what}`, () => {
    const read = decodeQuotedPrintable(fromLatin1(text))
    assert.equal(latin1(read.bytes), decoded)
    assert.equal(read.sound, sound)
  })

void test('encoded base64 is decoded back, in lines of at most 76', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = latin1(encodeBase64(bytes))
      assert.deepEqual(decodeBase64(fromLatin1(text)), { bytes: Uint8Array.from(bytes), sound: true })
      assert.match(text, /^(?:[A-Za-z0-9+/=]{1,76}\r\n)*$/)
    }),
  )
})

void test('encoded quoted-printable is decoded back, in lines of at most 76 that no gateway harms', () => {
  const letters = fc.constantFrom(...Array.from('ab =\t.\xe9\0\rF~'), 'From ', '\r\n', '-- ')
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 200 }), (parts) => {
      const text = parts.join('')
      const printed = latin1(encodeQuotedPrintable(fromLatin1(text)))
      const read = decodeQuotedPrintable(fromLatin1(printed))
      assert.equal(latin1(read.bytes), text)
      assert.equal(read.sound, true)
      for (const line of printed.split('\r\n')) {
        assert.match(line, /^[\t\x20-\x7e]{0,76}$/)
        assert.doesNotMatch(line, /[ \t]$|^\.|^From /)
      }
    }),
    { numRuns: 400 },
  )
})
