import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { anyText } from './text.test-support.ts'
import { printDate, readDate } from './date.ts'

const rows: readonly (readonly [text: string, at: string | undefined, zone?: number | undefined])[] = [
  ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06.000Z', -360],
  ['Tue, 1 Jul 2003 10:52:37 +0200', '2003-07-01T08:52:37.000Z', 120],
  // RFC 5322 appendix A.5: comments and folding
  [
    'Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)',
    '1969-02-14T03:02:00.000Z',
    -210,
  ],
  // appendix A.6.2: obsolete
  ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06.000Z', 0],
  ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06.000Z', -360],
  ['Mon, 1 Jan 49 00:00 +0000', '2049-01-01T00:00:00.000Z', 0],
  ['1 Jan 50 00:00 +0000', '1950-01-01T00:00:00.000Z', 0],
  ['1 Jan 103 00:00 +0000', '2003-01-01T00:00:00.000Z', 0],
  ['Sun, 06 Nov 1994 08:49:37 EST', '1994-11-06T13:49:37.000Z', -300],
  ['Sun, 06 Nov 1994 08:49:37 PDT', '1994-11-06T15:49:37.000Z', -420],
  ['Sun, 06 Nov 1994 08:49:37 Z', '1994-11-06T08:49:37.000Z', 0],
  ['Sun, 06 Nov 1994 08:49:37 K', '1994-11-06T08:49:37.000Z', undefined],
  ['Sun, 06 Nov 1994 08:49:37 XYZ', '1994-11-06T08:49:37.000Z', undefined],
  ['Sun, 06 Nov 1994 08:49:37 -0000', '1994-11-06T08:49:37.000Z', undefined],
  ['Sun, 06 Nov 1994 08:49:37', '1994-11-06T08:49:37.000Z', undefined],
  ['Wed, 31 Dec 2025 23:59:60 +0800 (CST)', '2025-12-31T16:00:00.000Z', 480],
  ['Tue Nov 24 13:43:44 2026', '2026-11-24T13:43:44.000Z', undefined],
  ['Tue Nov 24 13:43:44 CST 2026', '2026-11-24T19:43:44.000Z', -360],
  ['24-Nov-2026 13:43:44 +0530', '2026-11-24T08:13:44.000Z', 330],
  ['Tuesday, 24 November 2026 13:43:44 GMT+0800', '2026-11-24T05:43:44.000Z', 480],
  ['tue,24 nov 2026 1:02:03 +0000', '2026-11-24T01:02:03.000Z', 0],
  ['29 Feb 2024 00:00:00 +0000', '2024-02-29T00:00:00.000Z', 0],
  ['29 Feb 2023 00:00:00 +0000', undefined],
  ['31 Apr 2023 00:00:00 +0000', undefined],
  ['0 Apr 2023 00:00:00 +0000', undefined],
  ['1 Apr 2023 24:00:00 +0000', undefined],
  ['1 Apr 2023 00:60:00 +0000', undefined],
  ['1 Apr 2023 00:00:00 +0199', undefined],
  ['1 Foo 2023 00:00:00 +0000', undefined],
  ['', undefined],
  ['(only a comment', undefined],
  ['2026-11-24T13:43:44Z', undefined],
]

for (const [text, at, zone] of rows)
  void test(`date: ${JSON.stringify(text)}`, () => {
    const read = readDate(text)
    assert.equal(read?.at.toISOString(), at)
    assert.equal(read?.zoneMinutes, zone)
  })

void test('a printed date is read back', () => {
  const moments = fc.date({
    min: new Date('1900-01-02T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(moments, fc.integer({ min: -1439, max: 1439 }), (moment, zone) => {
      const seconds = new Date(Math.floor(moment.getTime() / 1000) * 1000)
      assert.deepEqual(readDate(printDate(seconds, zone)), { at: seconds, zoneMinutes: zone })
    }),
  )
})

void test('no text throws', () => {
  fc.assert(fc.property(anyText(), (text) => void readDate(text)))
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9A-Za-z:,+() -]{0,40}$/), (text) => {
      const read = readDate(text)
      assert.ok(read === undefined || !Number.isNaN(read.at.getTime()))
    }),
  )
})
