import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { latin1, utf8 } from './charset.ts'
import { decodePart, readMessage, type MailMessage } from './message.ts'
import { makeHeaderValue, type HeaderValue } from './header.ts'
import { MessageError, printMessage, type Draft, type DraftAttachment } from './print.ts'

const alice = { name: '爱丽丝', mailbox: { local: 'alice', domain: 'north.test' } }
const bob = { mailbox: { local: 'bob', domain: 'north.test' } }
const plain: Draft = {
  from: [alice],
  to: [bob],
  subject: 'hello',
  date: new Date('2026-11-24T13:43:44Z'),
  zoneMinutes: 480,
  messageId: '<1@north.test>',
  text: 'hi',
  boundary: 'b1',
}
const crlf = (text: string): string => text.replaceAll('\n', '\r\n')

void test('a plain message, byte for byte', () => {
  assert.equal(
    latin1(printMessage(plain)),
    crlf(`Date: Tue, 24 Nov 2026 21:43:44 +0800
From: =?UTF-8?B?54ix5Li95Lid?= <alice@north.test>
To: bob@north.test
Subject: hello
Message-ID: <1@north.test>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

hi
`),
  )
})

void test('text, HTML with a picture, attachments: nested as RFC 2046 and RFC 2387 want', () => {
  const bytes = printMessage({
    ...plain,
    html: '<p>你好</p><img src="cid:p@q">',
    attachments: [
      { filename: '图片.png', contentType: 'image/png', bytes: utf8('png'), contentId: 'p@q', disposition: 'inline' },
      { filename: '报告 2026.pdf', contentType: 'application/pdf', bytes: new Uint8Array([0, 255]) },
      { contentType: 'message/rfc822', bytes: utf8('Subject: inner\r\n\r\ndeep\r\n') },
      { contentType: 'message/rfc822', bytes: utf8('Subject: 中\r\n\r\n') },
    ],
  })
  const message = readMessage(bytes)
  const shape = (part: MailMessage['part']): string =>
    part.parts.length === 0 ? part.type : `${part.type}(${part.parts.map(shape).join(' ')})`
  assert.equal(
    shape(message.part),
    'multipart/mixed(multipart/alternative(text/plain multipart/related(text/html image/png)) application/pdf message/rfc822(text/plain) application/octet-stream)',
  )
  assert.deepEqual(message.remarks, [])
  assert.equal(message.text, 'hi\n')
  assert.equal(message.html, '<p>你好</p><img src="cid:p@q">\n')
})

const encodings: readonly (readonly [what: string, text: string, options: Partial<Draft>, encoding: string])[] = [
  ['ASCII', 'hello\nFrom here\n.\n', {}, '7bit'],
  ['Chinese', '实验三:邮件协议分析', {}, 'base64'],
  ['French', "Facture de 120 € pour l'été, à payer avant la fin du mois", {}, 'quoted-printable'],
  ['8bit asked for', '实验三', { eightBit: true }, '8bit'],
  ['a long line', 'x'.repeat(999), {}, 'quoted-printable'],
  ['the longest line', 'x'.repeat(998), {}, '7bit'],
  ['a long line, 8bit', '中'.repeat(400), { eightBit: true }, 'base64'],
  ['NUL', 'a\0b', {}, 'base64'],
  ['its own boundary', '--=_b1_1\n--=_b1_1--\n', {}, 'quoted-printable'],
]

for (const [what, text, options, encoding] of encodings)
  void test(`encoding: ${what}`, () => {
    for (const more of [{}, { html: '<p>' }]) {
      const message = readMessage(printMessage({ ...plain, text, ...options, ...more }))
      const part = message.part.parts[0] ?? message.part
      assert.equal(part.encoding, encoding)
      assert.equal(message.text, text.endsWith('\n') ? text : `${text}\n`)
      assert.deepEqual(
        message.remarks.filter((one) => one.rule !== 'nul'),
        [],
      )
    }
  })

const faults: readonly (readonly [what: string, change: Partial<Draft>, code: string])[] = [
  ['no author', { from: [] }, 'field-invalid'],
  ['message id', { messageId: '<a@b>\r\nBcc: x@y' }, 'message-id-invalid'],
  ['reference', { references: ['<a b>'] }, 'message-id-invalid'],
  ['address', { to: [{ mailbox: { local: 'a\r\nBcc: x', domain: 'north.test' } }] }, 'address-invalid'],
  ['domain', { to: [{ mailbox: { local: 'a', domain: 'x> , <y@z' } }] }, 'address-invalid'],
  ['UTF-8 address', { to: [{ mailbox: { local: '爱丽丝', domain: 'north.test' } }] }, 'address-needs-smtputf8'],
  ['boundary', { boundary: 'a"\r\n' }, 'boundary-invalid'],
  ['date', { date: new Date(Number.NaN) }, 'date-invalid'],
  ['field name', { headers: [{ name: 'A: b', value: '' as HeaderValue }] }, 'field-invalid'],
  ['field value', { headers: [{ name: 'A', value: 'x\r\nBcc: y' as HeaderValue }] }, 'field-invalid'],
  ['content type', { attachments: [{ contentType: 'a/b; x="\r\n"', bytes: utf8('') }] }, 'content-type-invalid'],
  ['content id', { attachments: [{ contentType: 'a/b', bytes: utf8(''), contentId: 'a>\r\n' }] }, 'message-id-invalid'],
]

for (const [what, change, code] of faults)
  void test(`refused: ${what}`, () => {
    assert.throws(
      () => printMessage({ ...plain, ...change }),
      (error) => error instanceof MessageError && error.code === code,
    )
  })

void test('with SMTPUTF8 headers are raw', () => {
  const bytes = printMessage({
    ...plain,
    subject: '国际化邮件地址测试',
    to: [{ name: '爱丽丝', mailbox: { local: '爱丽丝', domain: '例子.测试' } }],
    utf8: true,
  })
  assert.ok(
    new TextDecoder().decode(bytes).includes('\r\nTo: 爱丽丝 <爱丽丝@例子.测试>\r\nSubject: 国际化邮件地址测试\r\n'),
  )
  const message = readMessage(bytes)
  assert.equal(message.to[0]?.address, '爱丽丝@例子.测试')
  assert.deepEqual(
    message.remarks.map((one) => one.rule),
    ['utf8-header'],
  )
})

const words = fc.array(
  fc.constantFrom('a', 'Re:', ' ', '=?', '?=', '实验三', 'é', '😀', '"', '<x@y>', '\r\n', '\0', '(', ','),
  { maxLength: 40 },
)
const subjects = words.map((parts) => parts.join(''))
const texts = fc
  .array(
    fc.constantFrom('a', ' ', '\n', '\r\n', '.', 'From ', '=', '中', 'é', '--', '--=_id_1', '\t', 'x'.repeat(300)),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))
const boxes = fc.record(
  {
    name: fc.constantFrom('', 'Bob', 'Bob, the Builder', '爱丽丝', '"q\\', 'a@b <c@d>'),
    mailbox: fc.record(
      {
        local: fc.constantFrom('bob', 'a b', 'x@y', '"', 'a.b', 'a..b'),
        domain: fc.constantFrom('north.test', '[192.0.2.1]'),
      },
      { noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
)
const attachments: fc.Arbitrary<DraftAttachment> = fc.record(
  {
    filename: fc.constantFrom('a.txt', '报告 2026.pdf', '../x', 'a"b\\c', 'x'.repeat(150), 'a\r\nb'),
    contentType: fc.constantFrom('text/plain', 'application/pdf'),
    bytes: fc.uint8Array({ maxLength: 100 }),
    disposition: fc.constantFrom('attachment' as const, 'inline' as const),
  },
  { noNullPrototype: true },
)
const drafts = fc.record(
  {
    from: fc.array(boxes, { minLength: 1, maxLength: 3 }),
    to: fc.array(boxes, { maxLength: 8 }),
    subject: subjects,
    date: fc.constant(new Date('2026-11-24T13:43:44Z')),
    messageId: fc.constant('<id@north.test>'),
    references: fc.array(fc.constantFrom('<a@b>', `<${'x'.repeat(60)}@y>`), { maxLength: 5 }),
    text: texts,
    html: texts,
    attachments: fc.array(attachments, { maxLength: 3 }),
    boundary: fc.constant('id'),
    eightBit: fc.boolean(),
    utf8: fc.boolean(),
  },
  { requiredKeys: ['from', 'date', 'messageId', 'boundary'], noNullPrototype: true },
)
/** A decoded subject holds no line end: runs of CR, LF, NUL are one blank. */
const flat = (text: string): string => text.replace(/[\r\n\0]+/g, ' ')
const ended = (text: string): string => {
  const lines = text.replace(/\r\n?/g, '\n')
  return lines.endsWith('\n') ? lines : `${lines}\n`
}

void test('any message is read as it was printed, and bends no rule', () => {
  fc.assert(
    fc.property(drafts, (draft) => {
      const bytes = printMessage(draft)
      const message = readMessage(bytes)
      const named = (list: readonly { name?: string }[]): unknown =>
        list.map(({ name, ...rest }) => ({ name: name ?? '', mailbox: 'mailbox' in rest ? rest.mailbox : undefined }))
      assert.deepEqual(named(message.from), named(draft.from))
      assert.deepEqual(named(message.to), named(draft.to ?? []))
      assert.equal(
        message.subject?.trimStart(),
        draft.subject === undefined ? undefined : flat(draft.subject).trimStart(),
      )
      assert.deepEqual(message.references, draft.references ?? [])
      assert.equal(
        message.text,
        draft.text === undefined ? (draft.html === undefined ? '' : undefined) : ended(draft.text),
      )
      assert.equal(message.html, draft.html === undefined ? undefined : ended(draft.html))
      assert.deepEqual(
        message.attachments.map((one) => [one.filename, one.disposition, [...decodePart(message, one.part)]]),
        (draft.attachments ?? []).map((one) => [flat(one.filename ?? ''), one.disposition, [...one.bytes]]),
      )
      assert.deepEqual(
        message.remarks.filter((one) => one.rule !== 'utf8-header'),
        [],
        latin1(bytes),
      )
      for (const line of latin1(bytes).split('\r\n')) assert.ok(line.length <= 998)
    }),
    { numRuns: 500 },
  )
})

void test('further fields are folded and kept', () => {
  const value = makeHeaderValue(`<https://north.test/${'x'.repeat(100)}>, <mailto:leave@north.test>`)
  assert.ok(value)
  const message = readMessage(printMessage({ ...plain, headers: [{ name: 'List-Unsubscribe', value }] }))
  assert.equal(message.header('list-unsubscribe')?.value, value)
})
