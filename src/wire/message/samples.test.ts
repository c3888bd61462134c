/** Whole messages of others: RFC 2049 appendix A, and what another program writes. */
import assert from 'node:assert/strict'
import test from 'node:test'
import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import { utf8 } from './charset.ts'
import { decodePart, readMessage, type MailMessage } from './message.ts'

const shape = (part: MailMessage['part']): string =>
  part.parts.length === 0 ? part.type : `${part.type}(${part.parts.map(shape).join(' ')})`

const complex = `MIME-Version: 1.0
From: Nathaniel Borenstein <nsb@nsb.fv.com>
To: Ned Freed <ned@innosoft.com>
Date: Fri, 07 Oct 1994 16:15:05 -0700 (PDT)
Subject: A multipart example
Content-Type: multipart/mixed;
             boundary=unique-boundary-1

This is the preamble area of a multipart message.

--unique-boundary-1

  ... Some text appears here ...
--unique-boundary-1
Content-type: text/plain; charset=US-ASCII

This could have been part of the previous part.
--unique-boundary-1
Content-Type: multipart/parallel; boundary=unique-boundary-2

--unique-boundary-2
Content-Type: audio/basic
Content-Transfer-Encoding: base64

AAEC
--unique-boundary-2
Content-Type: image/jpeg
Content-Transfer-Encoding: base64

/9j/
--unique-boundary-2--

--unique-boundary-1
Content-type: text/enriched

This is <bold><italic>enriched.</italic></bold>
--unique-boundary-1
Content-Type: message/rfc822

From: (mailbox in US-ASCII)
To: (address in US-ASCII)
Subject: (subject in US-ASCII)
Content-Type: Text/plain; charset=ISO-8859-1
Content-Transfer-Encoding: Quoted-printable

  ... Additional text in ISO-8859-1 goes here =E9 ...
--unique-boundary-1--
`.replaceAll('\n', '\r\n')

void test('RFC 2049 appendix A', () => {
  const message = readMessage(utf8(complex))
  assert.equal(
    shape(message.part),
    'multipart/mixed(text/plain text/plain multipart/parallel(audio/basic image/jpeg) text/enriched message/rfc822(text/plain))',
  )
  assert.equal(message.text, '  ... Some text appears here ...\nThis could have been part of the previous part.')
  assert.deepEqual(
    message.attachments.map((one) => one.contentType),
    ['audio/basic', 'image/jpeg', 'text/enriched', 'message/rfc822'],
  )
  const inner = message.part.parts.at(-1)?.parts[0]
  assert.ok(inner)
  assert.match(new TextDecoder('latin1').decode(decodePart(message, inner)), /here é \.\.\./)
  assert.equal(message.date?.toISOString(), '1994-10-07T23:15:05.000Z')
  assert.deepEqual(
    message.remarks.map((one) => one.rule),
    ['missing-message-id'],
  )
})

void test('what nodemailer writes is read as it was meant', async () => {
  const subject = '周报 – weekly report ✔ 关于会议的通知以及很长很长的标题，需要折行'
  const bytes = await new MailComposer({
    from: { name: '爱丽丝', address: 'alice@north.test' },
    to: ['Bob, the Builder <bob@north.test>', '"Carol" <carol@north.test>'],
    subject,
    date: new Date('2026-11-24T13:43:44Z'),
    messageId: '<1@north.test>',
    text: 'Grüße\n实验三\n',
    html: '<p>实验三</p>',
    attachments: [
      { filename: '报告 2026 很长很长很长很长很长很长很长很长的名字.pdf', content: '%PDF' },
      { filename: '图片.png', content: 'png', cid: 'p@q' },
    ],
  })
    .compile()
    .build()
  const message = readMessage(new Uint8Array(bytes))
  assert.equal(message.subject, subject)
  assert.deepEqual(
    message.from.map(({ name, address }) => `${name}|${address}`),
    ['爱丽丝|alice@north.test'],
  )
  assert.equal(message.text, 'Grüße\n实验三\n')
  assert.equal(message.html, '<p>实验三</p>')
  assert.deepEqual(
    new Set(message.attachments.map((one) => one.filename)),
    new Set(['图片.png', '报告 2026 很长很长很长很长很长很长很长很长的名字.pdf']),
  )
  // it writes the name of Content-Type as an encoded word in quotes
  assert.deepEqual(
    message.remarks.map((one) => one.rule),
    ['encoded-word-in-quotes'],
  )
})
