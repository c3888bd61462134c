import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { anyText } from './text.test-support.ts'
import { readDate } from './date.ts'
import { readHeaders } from './header.ts'
import { printReceived, printReturnPath, type Received } from './trace.ts'

const received: Received = {
  helo: 'client.example.com',
  address: '192.0.2.1',
  by: 'mail.north.test',
  protocol: 'ESMTP',
  id: 'Q1',
  date: new Date('2026-11-24T13:43:44Z'),
}
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const rows: readonly (readonly [what: string, change: Partial<Received>, lines: readonly string[]])[] = [
  ['plain', {}, ['from client.example.com ([192.0.2.1])', 'by mail.north.test with ESMTP', 'id Q1;']],
  [
    'everything',
    {
      reverseName: 'host.example.com',
      protocol: 'ESMTPSA',
      recipient: { local: 'bob b', domain: 'north.test' },
      tls: 'TLSv1.3 TLS_AES_256_GCM_SHA384',
    },
    [
      'from client.example.com (host.example.com [192.0.2.1])',
      '(TLSv1.3 TLS_AES_256_GCM_SHA384)',
      'by mail.north.test with ESMTPSA',
      'id Q1',
      'for <"bob b"@north.test>;',
    ],
  ],
  [
    'IPv6',
    { address: '2001:db8::1' },
    ['from client.example.com ([IPv6:2001:db8::1])', 'by mail.north.test with ESMTP', 'id Q1;'],
  ],
  [
    'mapped IPv4',
    { address: '::ffff:192.0.2.1' },
    ['from client.example.com ([192.0.2.1])', 'by mail.north.test with ESMTP', 'id Q1;'],
  ],
  [
    'a zone',
    { address: 'fe80::1%eth0' },
    ['from client.example.com ([IPv6:fe80::1])', 'by mail.north.test with ESMTP', 'id Q1;'],
  ],
  [
    'a literal as name',
    { helo: '[192.0.2.9]' },
    ['from [192.0.2.9] ([192.0.2.1])', 'by mail.north.test with ESMTP', 'id Q1;'],
  ],
  [
    'what is no name',
    { helo: 'x) by evil with\r\nSubject: y (é' },
    ['from [192.0.2.1] (HELO x? by evil with??Subject: y ??)', 'by mail.north.test with ESMTP', 'id Q1;'],
  ],
  [
    'UTF-8 recipient without SMTPUTF8',
    { recipient: { local: '爱丽丝', domain: 'north.test' } },
    ['from client.example.com ([192.0.2.1])', 'by mail.north.test with ESMTP', 'id Q1;'],
  ],
  [
    'UTF-8 recipient',
    { protocol: 'UTF8SMTPS', recipient: { local: '爱丽丝', domain: 'north.test' } },
    ['from client.example.com ([192.0.2.1])', 'by mail.north.test with UTF8SMTPS', 'id Q1', 'for <爱丽丝@north.test>;'],
  ],
]

for (const [what, change, lines] of rows)
  void test(`Received: ${what}`, () => {
    const printed = text(printReceived({ ...received, ...change }))
    assert.equal(printed, `Received: ${[...lines, 'Tue, 24 Nov 2026 13:43:44 +0000'].join('\r\n ')}\r\n`)
  })

void test('whatever a client says, it is one field with one date', () => {
  const wild = fc.oneof(anyText(300), fc.constantFrom('(', ')', '\\', ';', '\r\n', '[x:)]'))
  fc.assert(
    fc.property(wild, wild, wild, wild, (helo, reverseName, tls, id) => {
      const bytes = printReceived({ ...received, helo, reverseName, tls, id })
      const read = readHeaders(bytes)
      assert.equal(read.fields.length, 1)
      assert.equal(read.fields[0]?.span.end, bytes.length)
      const value = read.fields[0]?.value ?? ''
      assert.ok(readDate(value.slice(value.lastIndexOf(';') + 1)))
      for (const line of text(bytes).split('\r\n')) assert.ok(line.length <= 998)
    }),
  )
})

void test('Return-Path', () => {
  assert.equal(text(printReturnPath('null')), 'Return-Path: <>\r\n')
  assert.equal(text(printReturnPath('postmaster')), 'Return-Path: <Postmaster>\r\n')
  assert.equal(text(printReturnPath({ local: 'a b', domain: 'north.test' })), 'Return-Path: <"a b"@north.test>\r\n')
})
