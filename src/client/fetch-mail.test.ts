import assert from 'node:assert/strict'
import test from 'node:test'
import { Secret } from '../wire/talk.ts'
import { ClientError } from './errors.ts'
import { fetchMail, type FetchOptions, type FetchReport } from './fetch-mail.ts'
import { scriptedServer } from './script.test-support.ts'

type More = Partial<Omit<FetchOptions, 'server'>> & { tls?: 'off' | 'starttls' }

async function talk(script: readonly string[], more: More = {}): Promise<{ report: FetchReport; got: string[] }> {
  const server = await scriptedServer(script)
  const { tls = 'off', ...options } = more
  const got: string[] = []
  try {
    const report = await fetchMail({
      server: { host: '127.0.0.1', port: server.port, tls },
      signIn: { user: 'bob@north.test', password: new Secret('abcd efgh') },
      silenceMs: 5000,
      take: async (message, bytes) => {
        let text = `${message.number} ${message.uidl} `
        for await (const piece of bytes) text += Buffer.from(piece).toString('latin1')
        got.push(text)
      },
      ...options,
    })
    assert.deepEqual(server.faults, [])
    return { report, got }
  } finally {
    await server.close()
  }
}

const byName = [
  'S: +OK ready',
  'C: CAPA',
  'S: -ERR what?',
  'C: USER bob@north.test',
  'S: +OK',
  'C: PASS abcd efgh',
  'S: +OK in',
]
const listing = ['C: LIST', 'S: +OK', 'S: 1 10', 'S: 3 12', 'S: .', 'C: UIDL', 'S: +OK', 'S: 1 aa', 'S: 3 cc', 'S: .']
const retr = (number: number): string[] => [
  `C: RETR ${number}`,
  'S: +OK',
  `S: Subject: ${number}`,
  'S: ',
  'S: ..dot',
  'S: .',
]
const bye = ['C: QUIT', 'S: +OK bye']

test('fetches all, un-stuffed, and deletes what was taken', async () => {
  const { report, got } = await talk(
    [...byName, ...listing, ...retr(1), 'C: DELE 1', 'S: +OK', ...retr(3), 'C: DELE 3', 'S: +OK', ...bye],
    { delete: true },
  )
  assert.deepEqual(report, { listed: 2, taken: 2, deleted: 2 })
  assert.deepEqual(got, ['1 aa Subject: 1\r\n\r\n.dot\r\n', '3 cc Subject: 3\r\n\r\n.dot\r\n'])
})

test('only what is wanted', async () => {
  const { report } = await talk([...byName, ...listing, ...retr(3), ...bye], {
    wanted: (message) => message.uidl === 'cc',
  })
  assert.deepEqual(report, { listed: 2, taken: 1, deleted: 0 })
})

test('a taker that stops early does not spoil what follows', async () => {
  const { report } = await talk([...byName, ...listing, ...retr(1), ...retr(3), ...bye], { take: async () => {} })
  assert.equal(report.taken, 2)
})

test('a taker that fails leaves the message on the server', async () => {
  const server = talk([...byName, ...listing, ...retr(1)], {
    delete: true,
    take: () => Promise.reject(new Error('disk full')),
  })
  await assert.rejects(server, /disk full/)
})

test('signs in by SASL where it is offered', async () => {
  await talk([
    'S: +OK ready',
    'C: CAPA',
    'S: +OK',
    'S: SASL PLAIN',
    'S: .',
    `C: AUTH PLAIN ${btoa('\0bob@north.test\0abcd efgh')}`,
    'S: +OK in',
    'C: LIST',
    'S: +OK',
    'S: .',
    'C: UIDL',
    'S: -ERR no',
    ...bye,
  ])
})

const faults: readonly { name: string; script: readonly string[]; more?: More; code: string }[] = [
  {
    name: 'STLS demanded and refused',
    script: ['S: +OK', 'C: STLS', 'S: -ERR no'],
    more: { tls: 'starttls' },
    code: 'no-starttls',
  },
  { name: 'wrong password', script: [...byName.slice(0, -1), 'S: -ERR [AUTH] no'], code: 'auth-refused' },
  {
    name: 'hangs up in a message',
    script: [...byName, ...listing, 'C: RETR 1', 'S: +OK', 'S: Subject: x', 'S: !close'],
    code: 'closed',
  },
]
for (const { name, script, more, code } of faults) {
  test(name, async () => {
    await assert.rejects(talk(script, more), (error) => error instanceof ClientError && error.code === code)
  })
}
