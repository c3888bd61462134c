import assert from 'node:assert/strict'
import test from 'node:test'
import { readAddress, type Address } from '../wire/address.ts'
import { Secret } from '../wire/talk.ts'
import { ClientError } from './errors.ts'
import { scriptedServer } from './script.test-support.ts'
import { sendMail, type SendOptions, type SendReport } from './send-mail.ts'

const alice = readAddress('alice@north.test') as Address
const bob = readAddress('bob@north.test') as Address
const carol = readAddress('carol@north.test') as Address

type More = Partial<Omit<SendOptions, 'server'>> & { tls?: 'off' | 'starttls' }

async function talk(script: readonly string[], more: More = {}): Promise<SendReport> {
  const server = await scriptedServer(script)
  const { tls = 'off', ...options } = more
  try {
    const report = await sendMail({
      server: { host: '127.0.0.1', port: server.port, tls },
      name: 'client.test',
      from: alice,
      to: [bob],
      message: [Buffer.from('Subject: x\n\n.dot\nend')],
      silenceMs: 5000,
      ...options,
    })
    assert.deepEqual(server.faults, [])
    return report
  } finally {
    await server.close()
  }
}

const greeting = ['S: 220 mx.test ESMTP', 'C: EHLO client.test']
const message = [
  'C: Subject: x',
  'C: ',
  'C: ..dot',
  'C: end',
  'C: .',
  'S: 250 2.0.0 Ok: queued as 4F00ABCD',
  'C: QUIT',
  'S: 221 Bye',
]

test('sends with what is offered: pipelined, SIZE, one recipient of two refused', async () => {
  const report = await talk(
    [
      ...greeting,
      'S: 250-mx.test',
      'S: 250-PIPELINING',
      'S: 250 SIZE 1000',
      'C: MAIL FROM:<alice@north.test> SIZE=22',
      'C: RCPT TO:<bob@north.test>',
      'C: RCPT TO:<carol@north.test>',
      'S: 250 2.1.0 Ok',
      'S: 250 2.1.5 Ok',
      'S: 550 5.1.1 no such person',
      'C: DATA',
      'S: 354 go',
      ...message,
    ],
    { to: [bob, carol], size: 22 },
  )
  assert.deepEqual(report, {
    queueId: '4F00ABCD',
    recipients: [
      { address: 'bob@north.test', code: 250, enhanced: '2.0.0', text: '2.0.0 Ok: queued as 4F00ABCD' },
      { address: 'carol@north.test', code: 550, enhanced: '5.1.1', text: '5.1.1 no such person' },
    ],
  })
})

test('falls back to HELO, one command at a time', async () => {
  const report = await talk([
    ...greeting,
    'S: 502 what?',
    'C: HELO client.test',
    'S: 250 mx.test',
    'C: MAIL FROM:<alice@north.test>',
    'S: 250 ok',
    'C: RCPT TO:<bob@north.test>',
    'S: 250 ok',
    'C: DATA',
    'S: 354 go',
    ...message,
  ])
  assert.equal(report.recipients[0]?.code, 250)
})

test('all recipients refused: no DATA', async () => {
  const report = await talk([
    ...greeting,
    'S: 250 mx.test',
    'C: MAIL FROM:<alice@north.test>',
    'S: 250 ok',
    'C: RCPT TO:<bob@north.test>',
    'S: 450 4.2.1 later',
    'C: QUIT',
    'S: 221 Bye',
  ])
  assert.deepEqual(report.recipients, [
    { address: 'bob@north.test', code: 450, enhanced: '4.2.1', text: '4.2.1 later' },
  ])
})

test('signs in by LOGIN, step by step', async () => {
  await talk(
    [
      ...greeting,
      'S: 250-mx.test',
      'S: 250 AUTH LOGIN',
      'C: AUTH LOGIN',
      'S: 334 VXNlcm5hbWU6',
      `C: ${btoa('alice@north.test')}`,
      'S: 334 UGFzc3dvcmQ6',
      `C: ${btoa('abcdefghijklmnop')}`,
      'S: 235 ok',
      'C: MAIL FROM:<alice@north.test>',
      'S: 250 ok',
      'C: RCPT TO:<bob@north.test>',
      'S: 250 ok',
      'C: DATA',
      'S: 354 go',
      ...message,
    ],
    { signIn: { user: 'alice@north.test', password: new Secret('abcdefghijklmnop') } },
  )
})

const faults: readonly { name: string; script: readonly string[]; more?: More; code: string }[] = [
  {
    name: 'STARTTLS demanded and not offered',
    script: [...greeting, 'S: 250 mx.test'],
    more: { tls: 'starttls' },
    code: 'no-starttls',
  },
  { name: 'greeted by 554', script: ['S: 554 go away', 'S: !close'], code: 'refused' },
  { name: 'the connection ends in the middle', script: [...greeting, 'S: !close'], code: 'closed' },
  { name: 'no word', script: [], more: { silenceMs: 50 }, code: 'timeout' },
  {
    name: 'too large',
    script: [...greeting, 'S: 250-mx.test', 'S: 250 SIZE 10'],
    more: { size: 22 },
    code: 'not-supported',
  },
  {
    name: 'an address beyond ASCII without SMTPUTF8',
    script: [...greeting, 'S: 250 mx.test'],
    more: { to: [readAddress('李雷@north.test') as Address] },
    code: 'not-supported',
  },
  {
    name: 'the sign-in is refused, and the code stays out of the error',
    script: [
      ...greeting,
      'S: 250-mx.test',
      'S: 250 AUTH PLAIN',
      `C: AUTH PLAIN ${btoa('\0a\0secretsecret')}`,
      'S: 535 5.7.8 no',
    ],
    more: { signIn: { user: 'a', password: new Secret('secretsecret') } },
    code: 'auth-refused',
  },
  {
    name: 'no mechanism in common',
    script: [...greeting, 'S: 250-mx.test', 'S: 250 AUTH GSSAPI'],
    more: { signIn: { user: 'a', password: new Secret('secretsecret') } },
    code: 'no-mechanism',
  },
]
for (const { name, script, more, code } of faults) {
  test(name, async () => {
    await assert.rejects(talk(script, more), (error) => {
      assert.ok(error instanceof ClientError)
      assert.equal(error.code, code)
      assert.doesNotMatch(`${error.message} ${error.reply ?? ''}`, /secretsecret/)
      return true
    })
  })
}
