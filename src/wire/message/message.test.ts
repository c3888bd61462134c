import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import test from 'node:test'
import fc from 'fast-check'
import type { Digest } from '../talk.ts'
import { fromLatin1, utf8 } from './charset.ts'
import { decodePart, messageDocument, partText, readMessage } from './message.ts'

const digest: Digest = (bytes) => createHash('sha256').update(bytes).digest('hex')
const crlf = (text: string): string => text.replaceAll('\n', '\r\n')

const report = crlf(`Date: Tue, 24 Nov 2026 13:43:44 +0800
From: =?gb2312?B?sK7A9su/?= <alice@north.test>
Sender: desk@north.test
To: "Bob, the Builder" <bob@north.test>, Team: carol@north.test, dora@south.test;
Cc: carol@example.net
Reply-To: desk@north.test
Message-ID: <2@north.test>
In-Reply-To: <1@north.test>
References: <0@north.test>
 <1@north.test>
Subject: =?UTF-8?B?5ZGo5oql?= – raw
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=gb2312
Content-Transfer-Encoding: quoted-printable

=C4=E3=BA=C3
--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html

<meta charset="gbk"><p>x</p>
--r
Content-Type: image/png
Content-ID: <p@q>
Content-Disposition: inline
Content-Transfer-Encoding: base64

AQID
--r--
--a--
--m
Content-Type: application/pdf; name="old.pdf"
Content-Disposition: attachment; filename*=utf-8''%E6%8A%A5%E5%91%8A.pdf
Content-Transfer-Encoding: base64

JVBERg==
--m
Content-Type: text/plain

--
the list
--m
Content-Type: message/rfc822

Subject: inner

deep
--m--
`)

void test('a message with everything', () => {
  const message = readMessage(utf8(report), { digest })
  assert.equal(message.subject, '周报 – raw')
  assert.deepEqual(message.from, [
    { name: '爱丽丝', address: 'alice@north.test', mailbox: { local: 'alice', domain: 'north.test' } },
  ])
  assert.deepEqual(
    message.to.map((one) => one.address),
    ['bob@north.test', 'carol@north.test', 'dora@south.test'],
  )
  assert.equal(message.messageId, '<2@north.test>')
  assert.equal(message.inReplyTo, '<1@north.test>')
  assert.deepEqual(message.references, ['<0@north.test>', '<1@north.test>'])
  assert.equal(message.date?.toISOString(), '2026-11-24T05:43:44.000Z')
  assert.equal(message.mailDate?.zoneMinutes, 480)
  assert.equal(message.text, '你好\n--\nthe list')
  assert.equal(message.html, '<meta charset="gbk"><p>x</p>')
  assert.deepEqual(
    message.attachments.map((one) => [one.filename, one.contentType, one.size, one.contentId, one.disposition]),
    [
      [undefined, 'image/png', 3, 'p@q', 'inline'],
      ['报告.pdf', 'application/pdf', 4, undefined, 'attachment'],
      [undefined, 'message/rfc822', 22, undefined, undefined],
    ],
  )
  assert.equal(message.attachments[1]?.sha256, digest(utf8('%PDF')))
  const inner = message.part.parts.at(-1)?.parts[0]
  assert.ok(inner)
  assert.equal(partText(message, inner), 'deep')
  assert.deepEqual([...decodePart(message, inner)], [...utf8('deep')])
  assert.deepEqual(
    message.remarks.map((one) => one.rule),
    ['utf8-header'],
  )
})

void test('the document is JSON and holds what the message says', () => {
  const text = crlf(`From: a@b.test
Date: 1 Jan 2026 00:00 GMT
Message-ID: <1@b.test>

hi
`)
  const document = messageDocument(readMessage(utf8(text), { digest }))
  assert.deepEqual(JSON.parse(JSON.stringify(document)), {
    schema: 'postglass/message/1',
    size: 74,
    headers: [
      { name: 'From', value: 'a@b.test', raw: ' a@b.test', span: { start: 0, end: 16 } },
      { name: 'Date', value: '1 Jan 2026 00:00 GMT', raw: ' 1 Jan 2026 00:00 GMT', span: { start: 16, end: 44 } },
      { name: 'Message-ID', value: '<1@b.test>', raw: ' <1@b.test>', span: { start: 44, end: 68 } },
    ],
    from: [{ name: '', address: 'a@b.test' }],
    to: [],
    cc: [],
    bcc: [],
    replyTo: [],
    date: '2026-01-01T00:00:00.000Z',
    messageId: '<1@b.test>',
    references: [],
    text: 'hi\n',
    attachments: [],
    part: {
      type: 'text/plain',
      parameters: {},
      encoding: '7bit',
      headerSpan: { start: 0, end: 70 },
      bodySpan: { start: 70, end: 74 },
      parts: [],
    },
    remarks: [],
  })
})

/** A message without fault, into which a row puts one. */
const sound = 'Date: 1 Jan 2026 00:00:00 +0000\r\nFrom: a@b.test\r\nMessage-ID: <1@b.test>\r\nMIME-Version: 1.0\r\n'

const faults: readonly (readonly [rule: string, text: string])[] = [
  ['missing-date', 'From: a@b.test\r\nMessage-ID: <1@b.test>\r\n\r\n'],
  ['missing-from', 'Date: 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <1@b.test>\r\n\r\n'],
  ['missing-message-id', 'Date: 1 Jan 2026 00:00:00 +0000\r\nFrom: a@b.test\r\n\r\n'],
  ['message-id-unreadable', `${sound.replace('<1@b.test>', '1@b.test')}\r\n`],
  ['missing-sender', `${sound.replace('a@b.test', 'a@b.test, c@d.test')}\r\n`],
  ['duplicate-field', `${sound}Subject: a\r\nsubject: b\r\n\r\n`],
  ['date-unreadable', `${sound.replace('1 Jan', '32 Jan')}\r\n`],
  ['address-unreadable', `${sound}To: a@b@c\r\n\r\n`],
  ['encoded-word-in-quotes', `${sound}To: "=?utf-8?Q?a?=" <a@b.test>\r\n\r\n`],
  [
    'missing-mime-version',
    `${sound.replace('MIME-Version: 1.0\r\n', '')}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--b--`,
  ],
  ['line-too-long', `${sound}\r\n${'x'.repeat(999)}\r\n`],
  ['bare-lf', `${sound}\r\na\nb\r\n`],
  ['bare-cr', `${sound}\r\na\rb\r\n`],
  ['nul', `${sound}\r\na\0b\r\n`],
  ['eight-bit-header', `${sound}Subject: caf\xe9\r\n\r\n`],
  ['utf8-header', `${sound}Subject: caf\xc3\xa9\r\n\r\n`],
  ['eight-bit-body', `${sound}\r\ncaf\xe9\r\n`],
  ['encoded-word-broken', `${sound}Subject: =?utf-8?B?!?=\r\n\r\n`],
  ['missing-blank-line', `${sound}hello\r\n`],
  ['base64-broken', `${sound}Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n`],
  ['quoted-printable-broken', `${sound}Content-Transfer-Encoding: quoted-printable\r\n\r\n=ZZ\r\n`],
  ['charset-unknown', `${sound}Content-Type: text/plain; charset=klingon\r\n\r\nx\r\n`],
  ['boundary-missing', `${sound}Content-Type: multipart/mixed\r\n\r\nx\r\n`],
  ['boundary-not-found', `${sound}Content-Type: multipart/mixed; boundary=b\r\n\r\nx\r\n`],
  ['boundary-not-closed', `${sound}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n`],
  ['parameter-duplicate', `${sound}Content-Disposition: inline; a=1; a=2\r\n\r\nx\r\n`],
]

for (const [rule, text] of faults)
  void test(`remark: ${rule}`, () => {
    assert.deepEqual(
      readMessage(fromLatin1(text)).remarks.map((one) => one.rule),
      [rule],
    )
  })

void test('a sound message has no remark, at the very limit of a line too', () => {
  const text = `${sound}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${'x'.repeat(998)}\r\n\xe4\xb8\xad\r\n`
  assert.deepEqual(readMessage(fromLatin1(text)).remarks, [])
})

const bodies: readonly (readonly [what: string, head: string, body: string, text: string])[] = [
  ['a byte order mark', 'Content-Type: text/plain; charset=utf-8', '\xef\xbb\xbf\xe4\xb8\xad', '中'],
  ['no charset, UTF-8', 'Content-Type: text/plain', '\xe4\xb8\xad', '中'],
  ['no charset, GB 18030', 'Content-Type: text/plain', '\xb9\xd8\xd3\xda', '关于'],
  ['no charset, Latin-1', 'Content-Type: text/plain', 'caf\xe9', 'café'],
  ['unknown charset', 'Content-Type: text/plain; charset=klingon', '\xe4\xb8\xad', '中'],
  ['line ends', 'Content-Type: text/plain', 'a\r\nb\nc\rd', 'a\nb\nc\nd'],
  ['HZ', 'Content-Type: text/plain; charset=HZ-GB-2312', '~{VPND~}', '中文'],
  [
    'base64 of gb2312',
    'Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: BASE64',
    '1tDOxA==',
    '中文',
  ],
  ['an unknown encoding stays', 'Content-Transfer-Encoding: x-own', 'abc', 'abc'],
  ['charset in quotes with a blank', 'Content-Type: text/plain; charset=" utf-8 "', '\xe4\xb8\xad', '中'],
  ['opaque multipart', 'Content-Type: multipart/mixed; boundary=b', 'hello', 'hello'],
]

for (const [what, head, body, text] of bodies)
  void test(`text: ${what}`, () => {
    assert.equal(readMessage(fromLatin1(`${head}\r\n\r\n${body}`)).text, text)
  })

void test('HTML may name its charset itself', () => {
  const page = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head>\xd6\xd0'
  assert.match(readMessage(fromLatin1(`Content-Type: text/html\r\n\r\n${page}`)).html ?? '', /中$/)
})

void test('one text part that is an attachment is not the text', () => {
  const message = readMessage(utf8('Content-Disposition: attachment; filename="../../etc/passwd"\r\n\r\nroot'))
  assert.equal(message.text, undefined)
  assert.equal(message.attachments[0]?.filename, '../../etc/passwd')
  assert.equal(message.attachments[0]?.sha256, undefined)
})

void test('whatever the bytes, every property answers', () => {
  const parts = fc.array(
    fc.constantFrom(
      'From: ',
      'To: ',
      'Date: ',
      'Content-Type: ',
      'multipart/mixed; boundary=b',
      'text/html; charset=',
      'gb2312',
      '\r\n',
      '\r\n\r\n',
      '--b',
      '--',
      '=?utf-8?B?',
      '?=',
      '<a@b>',
      '"',
      '(',
      '\0',
      '\xe4\xb8',
      'Content-Transfer-Encoding: base64',
      '====',
      '1 Jan',
      ',',
    ),
    { maxLength: 50 },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        parts.map((pieces) => fromLatin1(pieces.join(''))),
        fc.uint8Array({ maxLength: 300 }),
      ),
      (bytes) => {
        const document = messageDocument(readMessage(bytes, { digest }))
        assert.equal(document.part.bodySpan.end, bytes.length)
        JSON.stringify(document)
      },
    ),
    { numRuns: 1000 },
  )
})
