import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import test from 'node:test'
import fc from 'fast-check'
import { explainCapture } from '../explain.ts'
import type { OverheardConversation } from '../model.ts'
import { captureOf, digest, latin1, packetsOf, recut, streamOf } from '../stream.test-support.ts'
import { asLatin1 } from '../text.ts'
import { writeCapture } from '../../wire/packet/write-capture.ts'
import { formsOf } from './forms.ts'
import { redactStream, type Redacted } from './redact.ts'
import { verifyRedacted } from './verify.ts'

const base64 = (text: string): string => btoa(text)
const user = 'alice@example.com'
const hello = ['S: 220 mail.example.com ESMTP', 'C: EHLO lab', 'S: 250-mail.example.com', '250 AUTH PLAIN LOGIN']
const rest = ['S: 235 2.7.0 in', 'C: MAIL FROM:<alice@example.com>', 'S: 250 ok', 'C: QUIT', 'S: 221 bye']
const smtp = (...steps: readonly string[]): string[] => [...hello, ...steps, ...rest]
const pop3 = (...steps: readonly string[]): string[] => [
  'S: +OK ready <1.2@example.com>',
  ...steps,
  'C: QUIT',
  'S: +OK bye',
]
const cram = (secret: string): string => createHmac('md5', secret).update('<1.2@example.com>').digest('hex')
const login = (secret: string): string[] => [
  'C: AUTH LOGIN',
  'S: 334 VXNlcm5hbWU6',
  `C: ${base64(user)}`,
  'S: 334 UGFzc3dvcmQ6',
  `C: ${secret}`,
]
const mask = base64('[redacted]')

interface Way {
  readonly port: number
  readonly talk: (secret: string) => string[]
  /** The lines that held the secret, as they must come out. */
  readonly masked: readonly string[]
}

const ways: Record<string, Way> = {
  'AUTH LOGIN': { port: 25, talk: (secret) => smtp(...login(base64(secret))), masked: [mask] },
  'AUTH LOGIN in plain text': { port: 25, talk: (secret) => smtp(...login(secret)), masked: [mask] },
  'AUTH PLAIN at once': {
    port: 587,
    talk: (secret) => smtp(`C: AUTH PLAIN ${base64(`\0${user}\0${secret}`)}`),
    masked: [`AUTH PLAIN ${base64(`\0${user}\0[redacted]`)}`],
  },
  'AUTH PLAIN asked, in any case': {
    port: 25,
    talk: (secret) => smtp('C: auth  plain', 'S: 334 ', `C: ${base64(`z\0${user}\0${secret}`)}`),
    masked: [base64(`z\0${user}\0[redacted]`)],
  },
  'AUTH CRAM-MD5': {
    port: 25,
    talk: (secret) =>
      smtp('C: AUTH CRAM-MD5', `S: 334 ${base64('<1.2@example.com>')}`, `C: ${base64(`${user} ${cram(secret)}`)}`),
    masked: [base64(`${user} [redacted]`)],
  },
  'AUTH XOAUTH2': {
    port: 25,
    talk: (secret) => smtp(`C: AUTH XOAUTH2 ${base64(`user=${user}\x01auth=Bearer ${secret}\x01\x01`)}`),
    masked: [`AUTH XOAUTH2 ${base64(`user=${user}\x01auth=Bearer [redacted]\x01\x01`)}`],
  },
  'AUTH OAUTHBEARER': {
    port: 25,
    talk: (secret) =>
      smtp('C: AUTH OAUTHBEARER', 'S: 334 ', `C: ${base64(`n,a=${user},\x01auth=Bearer ${secret}\x01\x01`)}`),
    masked: [base64(`n,a=${user},\x01auth=Bearer [redacted]\x01\x01`)],
  },
  'AUTH SCRAM-SHA-256': {
    port: 25,
    talk: (secret) =>
      smtp(
        'C: AUTH SCRAM-SHA-256',
        'S: 334 ',
        `C: ${base64(`n,,n=${user},r=abc`)}`,
        `S: 334 ${base64('r=abcdef,s=c2FsdA==,i=4096')}`,
        `C: ${base64(`c=biws,r=abcdef,p=${base64(secret)}`)}`,
        `S: 334 ${base64(`v=${base64(`v${secret}`)}`)}`,
        'C: ',
      ),
    masked: [base64('c=biws,r=abcdef,p=[redacted]'), `334 ${base64('v=[redacted]')}`],
  },
  'an unknown mechanism': {
    port: 25,
    talk: (secret) => smtp('C: AUTH NEW-WAY', 'S: 334 ', `C: ${base64(secret)}`),
    masked: [mask],
  },
  'NTLM, whose pieces cannot move': {
    port: 25,
    talk: (secret) =>
      smtp(
        'C: AUTH NTLM',
        'S: 334 ',
        `C: ${base64(`NTLMSSP\0\x01${secret}`)}`,
        `S: 334 ${base64(`NTLMSSP\0${'\x02'.repeat(16)}${'8bytes!!'.repeat(2)}`)}`,
        `C: ${base64(`NTLMSSP\0\x03${secret}`)}`,
      ),
    masked: [mask, `334 ${mask}`],
  },
  'a credential at the wrong prompt': {
    port: 25,
    talk: (secret) => [
      ...hello,
      ...login(base64(secret)),
      'S: 535 no',
      `C: ${base64(secret)}`,
      'S: 500 what',
      'C: QUIT',
      'S: 221 bye',
    ],
    masked: [mask],
  },
  'USER and PASS': {
    port: 110,
    talk: (secret) => pop3(`C: USER ${user}`, 'S: +OK', `C: PASS ${secret}`, 'S: +OK in'),
    masked: [`USER ${user}`, 'PASS [redacted]'],
  },
  APOP: {
    port: 110,
    talk: (secret) => pop3(`C: APOP ${user} ${cram(secret)}`, 'S: +OK in'),
    masked: [`APOP ${user} [redacted]`],
  },
  'AUTH PLAIN over POP3': {
    port: 110,
    talk: (secret) => pop3('C: AUTH PLAIN', 'S: + ', `C: ${base64(`\0${user}\0${secret}`)}`, 'S: +OK in'),
    masked: [base64(`\0${user}\0[redacted]`)],
  },
  'said again in a mail, coded and not': {
    port: 110,
    talk: (secret) => [
      ...pop3(`C: USER ${user}`, 'S: +OK', `C: PASS ${secret}`, 'S: +OK in').slice(0, -2),
      'C: RETR 1',
      'S: +OK',
      'S: From: carol@example.net',
      `S: Subject: yours is ${secret}`,
      'S: ',
      `S: Keep ${secret} well. ${base64(`once more: ${secret}!`)}`,
      'S: .',
      'C: QUIT',
      'S: +OK bye',
    ],
    masked: ['PASS [redacted]', 'Subject: yours is [redacted]', `Keep [redacted] well. ${mask}`],
  },
}

function explained(lines: readonly string[], port: number, size = 4096): OverheardConversation {
  const sent = recut(packetsOf(lines), size)
  const [conversation] = explainCapture(captureOf(streamOf(sent, { port })), { digest }).conversations
  assert.ok(conversation !== undefined)
  return conversation
}

function written(conversation: OverheardConversation, redacted: Redacted): Uint8Array {
  const { client, server } = conversation.stream
  return writeCapture([{ client, server, chunks: redacted.chunks }])
}

function saidBy(redacted: Redacted, side: 'client' | 'server'): string {
  return redacted.chunks.map((chunk) => (chunk.side === side && 'bytes' in chunk ? asLatin1(chunk.bytes) : '')).join('')
}

/** Secrets long enough to be searched for, and not to be taken for anything else. */
const word = fc
  .stringMatching(/^[A-Za-z0-9!#%&*+./?_-]{9,30}$/)
  .filter((text) => /[0-9]/.test(text) && /[!#%&*+./?_-]/.test(text) && new Set(text).size > 4)

for (const [name, way] of Object.entries(ways)) {
  void test(`redacted: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(word, fc.constantFrom(1, 2, 7, 4096), async (secret, size) => {
        const conversation = explained(way.talk(secret), way.port, size)
        const redacted = redactStream(conversation, 'secrets')
        const said = `${saidBy(redacted, 'client')}${saidBy(redacted, 'server')}`.split('\r\n')
        for (const line of way.masked) assert.ok(said.includes(line), `${line} in ${said.join('|')}`)
        const file = written(conversation, redacted)
        assert.deepEqual(await verifyRedacted(file, conversation, redacted, digest).then(({ ok }) => ok), true)
        const text = asLatin1(file)
        for (const form of formsOf(secret)) assert.ok(!text.includes(form.text), `${form.name} of ${secret}`)
      }),
      { numRuns: 15 },
    )
  })

  void test(`redacted at one width: ${name}`, () => {
    const chunksOf = (secret: string, size: number) =>
      redactStream(explained(way.talk(secret), way.port, size), 'secrets').chunks.map((chunk) => [
        chunk.side,
        'bytes' in chunk ? asLatin1(chunk.bytes) : chunk.lost,
      ])
    assert.deepEqual(chunksOf('Sunny-day-7', 4096), chunksOf('a-much-longer-secret.of-many-Letters9', 4096))
  })
}

void test('outside the places every byte stays, and user names stay', () => {
  const talk = smtp(...login(base64('Sunny-day-7')), 'S: 235 in', 'C: NOOP \u00ff\u0080', 'S: 250 odd\u0000bytes')
  const redacted = redactStream(explained(talk, 25), 'secrets')
  const expected = (side: 'C' | 'S') => {
    let speaker = ''
    return talk
      .filter((line) => {
        if (/^[CS]: ?/.test(line)) speaker = line.slice(0, 1)
        return speaker === side
      })
      .map((line) => `${line.replace(/^[CS]: ?/, '').replace(base64('Sunny-day-7'), mask)}\r\n`)
      .join('')
  }
  assert.equal(saidBy(redacted, 'client'), expected('C'))
  assert.equal(saidBy(redacted, 'server'), expected('S'))
  assert.deepEqual(redacted.hidden, [{ kind: 'password', count: 1 }])
})

void test('keys typed one by one come out in one piece', () => {
  const conversation = explained(ways['USER and PASS']?.talk('Sunny-day-7') ?? [], 110, 1)
  const { chunks } = redactStream(conversation, 'secrets')
  const pieces = chunks.map((chunk) => ('bytes' in chunk ? asLatin1(chunk.bytes) : ''))
  assert.equal(pieces.filter((piece) => piece === '[redacted]').length, 1)
  assert.ok(pieces.every((piece) => piece === '[redacted]' || piece.length === 1))
})

void test('a hole keeps its size, but not within a secret', () => {
  const sent = packetsOf(smtp('C: NOOP', 'S: 250 ok'))
  const stream = streamOf(sent, { port: 25, holes: [{ before: 5, side: 'server', size: 100 }] })
  const [conversation] = explainCapture(captureOf(stream), { digest }).conversations
  assert.ok(conversation !== undefined)
  const { chunks } = redactStream(conversation, 'secrets')
  assert.deepEqual(
    chunks.flatMap((chunk) => ('lost' in chunk ? [chunk.lost] : [])),
    [100],
  )
  const span = { side: 'server', layer: 0, kind: 'password', start: 0, end: 1_000_000 } as const
  const hidden = redactStream({ ...conversation, secretSpans: [span] }, 'secrets')
  assert.ok(hidden.chunks.every((chunk) => !('lost' in chunk)))
})

void test('a short value, and one that stands open too, are proved by position', async () => {
  for (const secret of ['test', 'mail.example.com', user]) {
    const conversation = explained(smtp(`C: AUTH PLAIN ${base64(`\0${user}\0${secret}`)}`), 25)
    const redacted = redactStream(conversation, 'secrets')
    const verified = await verifyRedacted(written(conversation, redacted), conversation, redacted, digest)
    assert.deepEqual(verified, { ok: true, values: 1, places: 1, byPositionOnly: 1 }, secret)
  }
})

void test('an export exported again stays as it is', () => {
  const once = redactStream(explained(smtp(...login(base64('Sunny-day-7'))), 25), 'secrets')
  const twice = redactStream(explained(smtp(...login(mask)), 25), 'secrets')
  assert.equal(saidBy(twice, 'client'), saidBy(once, 'client'))
})

const secret = 'Sunny-day-7'
const broken: readonly (readonly [
  name: string,
  file: (conversation: OverheardConversation, redacted: Redacted) => Uint8Array,
  what: string,
])[] = [
  ['nothing was replaced', (conversation) => written(conversation, whole(conversation)), 'unmasked'],
  ['no capture at all', () => latin1('nothing'), 'unreadable'],
  [
    'two conversations',
    (conversation, { chunks }) => writeCapture([ends(conversation, chunks), ends(conversation, chunks)]),
    'unreadable',
  ],
  [
    'a byte too many',
    (conversation, redacted) =>
      written(conversation, {
        ...redacted,
        chunks: [...redacted.chunks, { side: 'client', time: 0n, bytes: latin1('x') }],
      }),
    'differs',
  ],
  [
    'the secret in a comment',
    (conversation, { chunks }) => writeCapture([ends(conversation, chunks)], { comment: `pw ${secret}` }),
    'found',
  ],
  [
    'the secret coded in a comment',
    (conversation, { chunks }) => writeCapture([ends(conversation, chunks)], { comment: `pw ${base64(`x${secret}`)}` }),
    'found',
  ],
]

function ends(conversation: OverheardConversation, chunks: Redacted['chunks']) {
  return { client: conversation.stream.client, server: conversation.stream.server, chunks }
}

function whole(conversation: OverheardConversation): Redacted {
  const chunks = conversation.stream.arrivals.flatMap((one) =>
    one.what === 'bytes' ? [{ side: one.side, time: one.time, bytes: one.bytes }] : [],
  )
  return { chunks, places: [], hidden: [] }
}

for (const [name, make, what] of broken) {
  void test(`an export is held back: ${name}`, async () => {
    const conversation = explained(smtp(...login(base64(secret))), 25)
    const redacted = redactStream(conversation, 'secrets')
    const verified = await verifyRedacted(make(conversation, redacted), conversation, redacted, digest)
    assert.ok(!verified.ok)
    assert.ok(
      verified.faults.some((fault) => fault.what === what),
      JSON.stringify(verified.faults),
    )
    for (const form of formsOf(secret)) assert.ok(!JSON.stringify(verified).includes(form.text))
  })
}

void test('a secret in a form that only people read is found', async () => {
  for (const form of formsOf(secret)) {
    const talk = [...hello, ...login(base64(secret)), 'S: 235 in', 'C: QUIT', 'S: 221 bye']
    const conversation = explained(talk, 25)
    const redacted = redactStream(conversation, 'secrets')
    const extra = { side: 'client', time: 0n, bytes: latin1(`x ${form.text} y`) } as const
    const file = written(conversation, { ...redacted, chunks: [...redacted.chunks, extra] })
    const verified = await verifyRedacted(file, conversation, redacted, digest)
    assert.ok(!verified.ok && verified.faults.some((fault) => fault.what === 'found'), form.name)
  }
})
