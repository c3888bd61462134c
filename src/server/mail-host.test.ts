import test, { after } from 'node:test'
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import { dial } from '../net/dial.ts'
import { NetError } from '../net/errors.ts'
import { Talker } from '../net/talker.test-support.ts'
import { conversationOfRecording } from '../wire/packet/from-recording.ts'
import { writeCapture } from '../wire/packet/write-capture.ts'
import type { ListenerProtocol, MailHost } from './contract.ts'
import { house, pair, plain, type House, type HouseHow } from './house.test-support.ts'
import { openMailHost } from './mail-host.ts'

const run = promisify(execFile)
const hosts: MailHost[] = []
after(() => Promise.all(hosts.map((host) => host.close())))

const all: readonly ListenerProtocol[] = ['smtp', 'submission', 'submissions', 'pop3', 'pop3s']

async function opened(
  how: HouseHow = {},
): Promise<{ all: House; host: MailHost; port: (name: ListenerProtocol) => number }> {
  const people = await house({ limits: { closingMs: 200 }, ...how })
  const listeners = all.map((protocol) => ({ protocol, address: '127.0.0.1', port: 0 }))
  const host = await openMailHost({ ...people.options, listeners })
  hosts.push(host)
  return { all: people, host, port: (name) => host.listening.find(({ protocol }) => protocol === name)?.port ?? 0 }
}

const tls = { name: 'mail.north.test', ca: pair.certificate, handshakeMs: 5000 }

async function connected(port: number, sealed = false): Promise<Talker> {
  const talker = new Talker(await dial({ host: '127.0.0.1', port, ...(sealed && { tls }) }))
  if (sealed) talker.line.resume()
  return talker
}

async function ask(talker: Talker, text: string, answer: string): Promise<void> {
  talker.heard = []
  talker.say(`${text}\r\n`)
  await talker.untilText(answer)
}

const message = ['EHLO x', 'MAIL FROM:<x@elsewhere.example>', 'RCPT TO:<bob@north.test>', 'DATA']

test('STARTTLS, sign-in, a message, and its fetching inside TLS', async () => {
  const { all: people, port } = await opened()
  const smtp = await connected(port('submission'))
  await smtp.untilText('220 ')
  await ask(smtp, 'EHLO x', '250 CHUNKING')
  await ask(smtp, 'STARTTLS', '220 2.0.0')
  await smtp.line.seal({ as: 'client', ...tls })
  smtp.line.resume()
  await ask(smtp, 'EHLO x', '250 CHUNKING')
  assert.ok(!smtp.text.includes('STARTTLS'))
  await ask(smtp, `AUTH PLAIN ${plain('alice@north.test', people.codes.alice)}`, '235 ')
  smtp.say('MAIL FROM:<alice@north.test>\r\nRCPT TO:<bob@north.test>\r\nDATA\r\n')
  await smtp.untilText('354 ')
  await ask(smtp, 'Subject: hi\r\n\r\nhello\r\n.', 'queued as')
  await ask(smtp, 'QUIT', '221 ')
  await smtp.until(() => smtp.gone)
  const pop = await connected(port('pop3s'), true)
  await pop.untilText('+OK')
  await ask(pop, `AUTH PLAIN ${plain('bob@north.test', people.codes.bob)}`, '+OK 1')
  await ask(pop, 'RETR 1', '\r\n.\r\n')
  assert.match(pop.text, / \(TLSv1\.3 TLS_AES_256_GCM_SHA384\)\r\n[^]* with ESMTPSA\r\n[^]*\r\nhello\r\n\.\r\n$/)
  pop.line.destroy()
})

test('bytes in clear behind STARTTLS never reach the inside', async () => {
  const { all: people, port } = await opened()
  const smtp = await connected(port('smtp'))
  smtp.say('EHLO x\r\nSTARTTLS\r\nRSET\r\n')
  await smtp.until(() => smtp.gone)
  assert.match(smtp.text, /\r\n421 4\.7\.0 [^\r]*\r\n$/)
  assert.ok(people.log.some(({ event }) => event === 'starttls-injection'))
})

test('one port that is taken closes the others again', async () => {
  const { all: people, port } = await opened()
  const listeners = [
    { protocol: 'smtp', address: '127.0.0.1', port: 0 },
    { protocol: 'pop3', address: '127.0.0.1', port: port('pop3') },
  ] as const
  await assert.rejects(
    openMailHost({ ...people.options, listeners }),
    (fault) => fault instanceof NetError && fault.code === 'port-taken',
  )
})

test('closing: idle peers hear 421, open DATA is finished, nobody new comes, stories are kept', async () => {
  const { all: people, host, port } = await opened({ limits: { closingMs: 5000 } })
  const [idle, busy, silent] = await Promise.all([
    connected(port('smtp')),
    connected(port('smtp')),
    connected(port('pop3')),
  ])
  await Promise.all([idle.untilText('220 '), busy.untilText('220 '), silent.untilText('+OK')])
  busy.say(`${message.join('\r\n')}\r\n`)
  await busy.untilText('354 ')
  const closed = host.close()
  await idle.untilText('421 4.3.2')
  busy.say('Subject: hi\r\n\r\nhello\r\n.\r\n')
  await busy.untilText('421 4.3.2')
  assert.match(busy.text, /250 2\.0\.0 OK: queued as \w+\r\n421 4\.3\.2/)
  for (const one of [idle, busy, silent]) {
    await one.until(() => one.gone)
    one.line.end()
  }
  await closed
  await assert.rejects(connected(port('smtp')), { code: 'connection-refused' })
  assert.equal(people.inbox(people.bob).length, 1)
  assert.equal(people.summaries.length, 3)
})

test('a recorded TLS connection is ciphertext with its keys, which tshark opens', async (t) => {
  const { all: people, port } = await opened({ record: { what: 'all' } })
  const smtp = await connected(port('smtp'))
  await smtp.untilText('220 ')
  await ask(smtp, 'EHLO x', '250 CHUNKING')
  await ask(smtp, 'STARTTLS', '220 2.0.0')
  await smtp.line.seal({ as: 'client', ...tls })
  smtp.line.resume()
  await ask(smtp, 'EHLO inside.example', '250 CHUNKING')
  await ask(smtp, 'QUIT', '221 ')
  await smtp.until(() => smtp.gone)
  smtp.line.end()
  while (people.summaries.length === 0) await new Promise<void>((next) => setImmediate(next))
  const [summary] = people.summaries
  let recording = await people.store.stories.recording(summary?.story ?? '')
  while (!recording) {
    await new Promise<void>((next) => setImmediate(next))
    recording = await people.store.stories.recording(summary?.story ?? '')
  }
  const text = recording.kept
    .map((item) => (item.what === 'bytes' ? Buffer.from(item.bytes).toString('latin1') : ''))
    .join('')
  assert.ok(text.includes('STARTTLS\r\n') && !text.includes('inside.example'))
  assert.ok(recording.keyLog.length >= 4)
  if (spawnSync('tshark', ['--version']).error) {
    t.skip('tshark is not installed')
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'postglass-server-'))
  try {
    const file = join(folder, 'story.pcapng')
    writeFileSync(file, writeCapture([conversationOfRecording(recording)]))
    const decode = ['-d', `tcp.port==${port('smtp')},smtp`]
    const { stdout } = await run('tshark', [
      '-r',
      file,
      ...decode,
      '-Y',
      'smtp.req',
      '-T',
      'fields',
      '-e',
      'smtp.req.parameter',
    ])
    assert.ok(stdout.includes('inside.example'), stdout)
    const expert = await run('tshark', ['-r', file, ...decode, '-Y', '_ws.expert.severity >= 6291456'])
    assert.equal(expert.stdout, '')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('nodemailer signs in and sends, over STARTTLS and over TLS', async () => {
  const { all: people, port } = await opened()
  for (const [listener, secure] of [
    ['submission', false],
    ['submissions', true],
  ] as const) {
    const transport = createTransport({
      host: '127.0.0.1',
      port: port(listener),
      secure,
      requireTLS: true,
      auth: { user: 'alice@north.test', pass: people.codes.alice },
      tls: { ca: pair.certificate, servername: 'mail.north.test' },
    })
    const sent = await transport.sendMail({
      from: 'alice@north.test',
      to: 'bob@north.test',
      subject: '你好',
      text: '.\r\n..\r\nhello',
      attachments: [{ filename: 'big.bin', content: Buffer.alloc(2_000_000, 7) }],
    })
    assert.match(sent.response, /^250 2\.0\.0 OK: queued as \w+$/)
    transport.close()
  }
  assert.equal(people.inbox(people.bob).length, 2)
})

test('curl fetches by POP3 with STLS what it sent by SMTP', async (t) => {
  if (spawnSync('curl', ['--version']).error) {
    t.skip('curl is not installed')
    return
  }
  const { all: people, port } = await opened()
  const folder = mkdtempSync(join(tmpdir(), 'postglass-server-'))
  try {
    const [file, ca] = [join(folder, 'message.eml'), join(folder, 'ca.pem')]
    const text = 'Date: now\r\nMessage-ID: <1@x>\r\nSubject: hi\r\n\r\n.dot\r\n..\r\nend\r\n'
    writeFileSync(file, text)
    writeFileSync(ca, pair.certificate)
    const common = ['-sS', '--ssl-reqd', '--cacert', ca, '--resolve', `mail.north.test:${port('submission')}:127.0.0.1`]
    await run('curl', [
      ...common,
      `smtp://mail.north.test:${port('submission')}/client.example`,
      '--user',
      `alice@north.test:${people.codes.alice}`,
      '--mail-from',
      'alice@north.test',
      '--mail-rcpt',
      'bob@north.test',
      '-T',
      file,
    ])
    const fetched = await run('curl', [
      ...common,
      '--resolve',
      `mail.north.test:${port('pop3')}:127.0.0.1`,
      `pop3://mail.north.test:${port('pop3')}/1`,
      '--user',
      `bob@north.test:${people.codes.bob}`,
    ])
    assert.ok(fetched.stdout.endsWith(`\r\n${text}`), fetched.stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a peer that left in the middle of the handshake does not hold up the end', async () => {
  const { host, port } = await opened({ limits: { closingMs: 60_000, handshakeMs: 60_000 } })
  const talker = await connected(port('submissions'))
  talker.line.write(Uint8Array.of(0x16, 3, 1))
  talker.line.end()
  // another connection is answered: the first was accepted before it
  await (await connected(port('smtp'))).untilText('220 ')
  await host.close()
})
