import assert from 'node:assert/strict'
import test from 'node:test'
import { readMessage, decodePart } from './message.ts'
import { printMessage } from './print.ts'

void test('a message is read as it was printed', () => {
  const bytes = printMessage({
    from: [{ name: '爱丽丝', mailbox: { local: 'alice', domain: 'north.test' } }],
    to: [{ mailbox: { local: 'bob', domain: 'north.test' } }],
    subject: '实验三:邮件协议分析',
    date: new Date('2026-11-24T13:43:44Z'),
    zoneMinutes: 480,
    messageId: '<1@north.test>',
    text: 'hello\n',
    html: '<p>你好</p>\n',
    attachments: [{ filename: '报告 2026.pdf', contentType: 'application/pdf', bytes: new Uint8Array([1, 2, 3]) }],
    boundary: 'b1',
  })
  const message = readMessage(bytes, { digest: (content) => `digest of ${content.length}` })
  assert.equal(message.subject, '实验三:邮件协议分析')
  assert.deepEqual(
    message.from.map(({ name, address }) => ({ name, address })),
    [{ name: '爱丽丝', address: 'alice@north.test' }],
  )
  assert.equal(message.text, 'hello\n')
  assert.equal(message.html, '<p>你好</p>\n')
  assert.equal(message.date?.toISOString(), '2026-11-24T13:43:44.000Z')
  const [attachment] = message.attachments
  assert.equal(attachment?.filename, '报告 2026.pdf')
  assert.equal(attachment?.sha256, 'digest of 3')
  assert.deepEqual([...decodePart(message, attachment.part)], [1, 2, 3])
  assert.deepEqual(message.remarks, [])
})
