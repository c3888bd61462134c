/**
 * No secret of a capture stands in any output unless asked for: every mechanism, cut into any packets, and wherever the
 * same secret is said again. And more: two captures that differ only in the secret give the same document, so that
 * nothing in it (no length, digest, count or span) lets a guess be checked.
 */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import test from 'node:test'
import fc from 'fast-check'
import { maskOf } from './catalogue/say.ts'
import { explainDocument } from './document.ts'
import { explainCapture } from './explain.ts'
import { captureOf, digest, latin1, packetsOf, recut, streamOf } from './stream.test-support.ts'
import type { Sent } from './stream.test-support.ts'

const base64 = (text: string): string => btoa(text)
const user = 'alice@example.com'

interface Way {
  readonly port: number
  /** The whole talk, the secret shown in it. */
  readonly talk: (secret: string) => string[]
}

const hello = ['S: 220 mail.example.com ESMTP', 'C: EHLO lab', 'S: 250-mail.example.com', 'S: 250 AUTH PLAIN LOGIN']
const smtpRest = [
  'S: 235 2.7.0 Authentication successful',
  'C: MAIL FROM:<alice@example.com>',
  'S: 250 2.1.0 Ok',
  'C: QUIT',
  'S: 221 2.0.0 Bye',
]
const scramProof = (secret: string): string => createHash('sha256').update(secret).digest('base64')
const cram = (secret: string): string => createHmac('md5', secret).update('<1.2@example.com>').digest('hex')
const smtp = (...steps: readonly string[]): string[] => [...hello, ...steps, ...smtpRest]
const pop3 = (...steps: readonly string[]): string[] => [
  'S: +OK ready <1.2@example.com>',
  ...steps,
  'S: +OK Logged in.',
  'C: QUIT',
  'S: +OK',
]

const ways: Record<string, Way> = {
  'PLAIN initial': { port: 4000, talk: (secret) => smtp(`C: AUTH PLAIN ${base64(`\0${user}\0${secret}`)}`) },
  'PLAIN in any case, two blanks': {
    port: 25,
    talk: (secret) => smtp(`C: auth  plain  ${base64(`\0${user}\0${secret}`)}`),
  },
  'PLAIN asked': {
    port: 587,
    talk: (secret) => smtp('C: AUTH PLAIN', 'S: 334 ', `C: ${base64(`\0${user}\0${secret}`)}`),
  },
  LOGIN: {
    port: 25,
    talk: (secret) =>
      smtp('C: AUTH LOGIN', 'S: 334 VXNlcm5hbWU6', `C: ${base64(user)}`, 'S: 334 UGFzc3dvcmQ6', `C: ${base64(secret)}`),
  },
  'LOGIN, first refused, then in two places': {
    port: 25,
    talk: (secret) => [
      ...hello,
      'C: AUTH LOGIN',
      'S: 334 VXNlcm5hbWU6',
      `C: ${base64(user)}`,
      'S: 334 UGFzc3dvcmQ6',
      `C: ${base64(secret)}`,
      'S: 535 5.7.8 no',
      `C: AUTH PLAIN ${base64(`\0${user}\0${secret}`)}`,
      ...smtpRest,
    ],
  },
  'LOGIN, plain text instead of base64': {
    port: 25,
    talk: (secret) =>
      smtp('C: AUTH LOGIN', 'S: 334 VXNlcm5hbWU6', `C: ${base64(user)}`, 'S: 334 UGFzc3dvcmQ6', `C: ${secret}`),
  },
  'the wrong prompt, and the server says it again': {
    port: 25,
    talk: (secret) => [
      ...hello,
      'C: AUTH LOGIN',
      'S: 334 VXNlcm5hbWU6',
      `C: ${base64(user)}`,
      'S: 535 5.7.8 no',
      `C: ${base64(secret)}`,
      `S: 500 5.5.2 unknown command ${base64(secret)}`,
      `C: AUTH PLAIN ${base64(`\0${user}\0${secret}`)}`,
      ...smtpRest,
    ],
  },
  'a server that echoes what is typed': {
    port: 25,
    talk: (secret) => [
      ...hello,
      'C: AUTH LOGIN',
      'S: AUTH LOGIN',
      'S: 334 VXNlcm5hbWU6',
      `C: ${base64(user)}`,
      'S: 334 UGFzc3dvcmQ6',
      `C: ${base64(secret)}`,
      `S: ${base64(secret)}`,
      ...smtpRest,
    ],
  },
  'CRAM-MD5': {
    port: 25,
    talk: (secret) =>
      smtp('C: AUTH CRAM-MD5', `S: 334 ${base64('<1.2@example.com>')}`, `C: ${base64(`${user} ${cram(secret)}`)}`),
  },
  XOAUTH2: {
    port: 25,
    talk: (secret) => smtp(`C: AUTH XOAUTH2 ${base64(`user=${user}\x01auth=Bearer ${secret}\x01\x01`)}`),
  },
  OAUTHBEARER: {
    port: 25,
    talk: (secret) =>
      smtp('C: AUTH OAUTHBEARER', 'S: 334 ', `C: ${base64(`n,a=${user},\x01auth=Bearer ${secret}\x01\x01`)}`),
  },
  'SCRAM-SHA-256': {
    port: 25,
    talk: (secret) =>
      smtp(
        'C: AUTH SCRAM-SHA-256',
        'S: 334 ',
        `C: ${base64(`n,,n=${user},r=abc`)}`,
        `S: 334 ${base64('r=abcdef,s=c2FsdA==,i=4096')}`,
        `C: ${base64(`c=biws,r=abcdef,p=${scramProof(secret)}`)}`,
        `S: 334 ${base64(`v=${scramProof(`v${secret}`)}`)}`,
        'C: ',
      ),
  },
  'an unknown mechanism': { port: 25, talk: (secret) => smtp('C: AUTH NEW-WAY', 'S: 334 ', `C: ${base64(secret)}`) },
  'USER/PASS': { port: 4000, talk: (secret) => pop3(`C: USER ${user}`, 'S: +OK', `C: PASS ${secret}`) },
  'PASS in any case': { port: 110, talk: (secret) => pop3(`C: user ${user}`, 'S: +OK', `C: pass ${secret}`) },
  'a mistyped PASS': {
    port: 110,
    talk: (secret) =>
      pop3(
        `C: USER ${user}`,
        'S: +OK',
        `C: PSAS ${secret}`,
        `S: -ERR Unknown command: PSAS ${secret}`,
        `C: PASS ${secret}`,
      ),
  },
  'POP3 AUTH PLAIN': {
    port: 110,
    talk: (secret) => pop3('C: AUTH PLAIN', 'S: + ', `C: ${base64(`\0${user}\0${secret}`)}`),
  },
  'the password in a mail that is fetched': {
    port: 110,
    talk: (secret) => [
      ...pop3(`C: USER ${user}`, 'S: +OK', `C: PASS ${secret}`).slice(0, -2),
      'C: RETR 1',
      'S: +OK',
      'S: From: carol@example.net',
      `S: Subject: your password is ${secret}`,
      'S: ',
      `S: Keep ${secret} well. ${base64(`once more: ${secret}!`)}`,
      'S: .',
      'C: QUIT',
      'S: +OK',
    ],
  },
}

/** Secrets long enough to be searched for, of one kind: no plain 16 letters, which would be called a code. */
const word = fc
  .stringMatching(/^[A-Za-z0-9!#%&*+./?_-]{9,30}$/)
  .filter((text) => /[0-9]/.test(text) && /[!#%&*+./?_-]/.test(text) && new Set(text).size > 4)

function documentOf(sent: readonly Sent[], port: number, reveal = false): string {
  const explained = explainCapture(captureOf(streamOf(sent, { port })), { digest })
  return JSON.stringify(explainDocument(explained, { file: 'x', language: 'en', reveal, digest }))
}

/** The forms in which a secret must not be found. */
function formsOf(secret: string): string[] {
  const middles = [0, 1, 2].map((before) => {
    const coded = btoa('\0'.repeat(before) + secret)
    return coded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + secret.length) * 8) / 6))
  })
  const hex = Array.from(latin1(secret), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [secret, JSON.stringify(secret).slice(1, -1), ...middles, hex, hex.toUpperCase()]
}

for (const [name, way] of Object.entries(ways)) {
  void test(`nothing of the secret is told: ${name}`, () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 1, max: 40 }), (secret, size) => {
        const sent = recut(packetsOf(way.talk(secret)), size)
        const document = documentOf(sent, way.port)
        for (const form of formsOf(secret))
          assert.ok(!document.includes(form), `${form} of ${secret} stands in ${document}`)
        for (const proof of [cram(secret), scramProof(secret)])
          assert.ok(!document.includes(proof), `${proof} stands there`)
      }),
      { numRuns: 40 },
    )
  })

  void test(`no guess can be checked: ${name}`, () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        assert.equal(documentOf(packetsOf(way.talk(one)), way.port), documentOf(packetsOf(way.talk(other)), way.port))
      }),
      { numRuns: 25 },
    )
  })

  void test(`asked for, it is told: ${name}`, () => {
    const document = documentOf(packetsOf(way.talk('Sunny-day-7x')), way.port, true)
    const asked = formsOf('Sunny-day-7x').some((form) => document.includes(form))
    assert.ok(asked || document.includes(base64(`${user} ${cram('Sunny-day-7x')}`)) || name.startsWith('SCRAM'))
  })
}

void test('sixteen letters are called a code, anything else a password', () => {
  const way = ways['PLAIN initial']
  assert.ok(way !== undefined)
  assert.ok(documentOf(packetsOf(way.talk('qkzmwhtnrbxlfpcd')), 25).includes(maskOf('code', 'en')))
  assert.ok(documentOf(packetsOf(way.talk('qkzmwhtnrbxlfpc7')), 25).includes(maskOf('password', 'en')))
})

void test('a secret of one conversation is hidden in all of the capture', () => {
  const secret = 'Sunny-day-7'
  const first = streamOf(packetsOf(smtp(`C: AUTH PLAIN ${base64(`\0${user}\0${secret}`)}`)), { port: 25 })
  const second = streamOf(packetsOf([...hello, `C: NOOP ${secret}`, 'S: 250 ok']), { port: 25, index: 1 })
  const explained = explainCapture(captureOf(second, first), { digest })
  const document = JSON.stringify(explainDocument(explained, { file: 'x', language: 'en', reveal: false, digest }))
  assert.ok(!document.includes(secret))
})

void test('keys taken back: what was typed, what was meant, and its echo are hidden', () => {
  const secret = 'Sunny-day-7'
  const typed = 'Sunnx\by-day-7'
  const talk = [
    'S: +OK',
    `C: USER ${user}`,
    'S: +OK',
    `C: PASS ${typed}`,
    `S: PASS Sunnx\b \by-day-7`,
    `S: -ERR no`,
    `C: PASS ${secret}`,
    'S: +OK',
  ]
  const document = documentOf(packetsOf(talk), 110)
  for (const form of [secret, JSON.stringify(typed).slice(1, -1), 'day-7']) assert.ok(!document.includes(form), form)
})

void test('a password that is also a host name is hidden where it was given, and not betrayed elsewhere', () => {
  const secret = 'mail.example.com'
  const document = documentOf(packetsOf(smtp(`C: AUTH PLAIN ${base64(`\0${user}\0${secret}`)}`)), 25)
  assert.ok(document.includes('220 mail.example.com ESMTP'))
  assert.ok(!document.includes(base64(`\0${user}\0${secret}`)))
})

void test('of a conversation that is not read no digest is told, since it may hold a secret', () => {
  const talk = ['S: * OK ready', 'C: a1 LOGIN alice secret', 'S: a1 OK']
  const document = documentOf(packetsOf(talk), 143)
  assert.ok(document.includes('"c2s":{"hidden":true}'))
  assert.ok(!document.includes(digest(latin1('a1 LOGIN alice secret\r\n'))))
})
