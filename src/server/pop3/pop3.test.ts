import test from 'node:test'
import assert from 'node:assert/strict'
import type { MemoryLine } from '../../net/memory-line.test-support.ts'
import type { ListenerProtocol } from '../contract.ts'
import { base64, house, plain, settled, talk, type House, type HouseHow } from '../house.test-support.ts'

async function pop3(all: House, listener: ListenerProtocol = 'pop3', address?: string): Promise<MemoryLine> {
  const line = all.connect(listener, address)
  await settled()
  assert.equal(line.take(), '+OK mail.north.test POP3 Postglass\r\n')
  return line
}

async function deliver(all: House, ...texts: string[]): Promise<string[]> {
  const ids: string[] = []
  for (const text of texts) {
    const bytes = all.store.incoming()
    await bytes.write(Buffer.from(text, 'latin1'))
    const to = [{ account: all.bob.id }]
    const envelope = { from: 'x@elsewhere.example', to: ['bob@north.test'] }
    const queueId = all.store.newQueueId()
    const received = all.clock.now()
    ids.push(
      (await all.store.deliver({ bytes, to, received, queueId, envelope, facts: undefined, story: undefined })).id,
    )
  }
  return ids
}

/** The engine in memory gives every message at once; one on disk does not. */
function onlySmall({ store }: House): void {
  const whole = store.mailbox.bind(store)
  store.mailbox = (account, name) => {
    const box = whole(account, name)
    if (!box) return undefined
    return {
      ...box,
      readSmall(uid) {
        const bytes = box.readSmall(uid)
        return bytes && bytes.length > 1_048_576 ? undefined : bytes
      },
    }
  }
}

const three = ['A: 1\r\n\r\none\r\n', 'A: 2\r\n\r\n.two\r\n..\r\nlast\r\n', 'A: 3\r\nB: 3\r\n'] as const

async function full(how: HouseHow = {}): Promise<{ all: House; ids: string[]; signIn: [string, string][] }> {
  const all = await house(how)
  const ids = await deliver(all, ...three)
  const signIn: [string, string][] = [
    ['USER bob@north.test', '+OK'],
    [`PASS ${all.codes.bob}`, '+OK 3 messages (49 octets)'],
  ]
  return { all, ids, signIn }
}

void test('a whole session', async () => {
  const { all, ids, signIn } = await full()
  const line = await pop3(all)
  await talk(line, [
    ...signIn,
    ['STAT', '+OK 3 49\r\n'],
    ['LIST', '+OK 3 messages (49 octets)\r\n1 13\r\n2 24\r\n3 12\r\n.\r\n'],
    ['list 2', '+OK 2 24\r\n'],
    ['UIDL', `+OK Ids follow\r\n1 ${ids[0]}\r\n2 ${ids[1]}\r\n3 ${ids[2]}\r\n.\r\n`],
    ['UIDL 3', `+OK 3 ${ids[2]}\r\n`],
    ['RETR 2', '+OK 24 octets\r\nA: 2\r\n\r\n..two\r\n...\r\nlast\r\n.\r\n'],
    ['TOP 2 0', '+OK Top follows\r\nA: 2\r\n\r\n.\r\n'],
    ['TOP 2 2', '+OK Top follows\r\nA: 2\r\n\r\n..two\r\n...\r\n.\r\n'],
    ['TOP 2 99', '+OK Top follows\r\nA: 2\r\n\r\n..two\r\n...\r\nlast\r\n.\r\n'],
    ['TOP 3 5', '+OK Top follows\r\nA: 3\r\nB: 3\r\n.\r\n'],
    ['DELE 1', '+OK'],
    ['DELE 1', '-ERR No such message'],
    ['RETR 1', '-ERR No such message'],
    ['LIST 1', '-ERR No such message'],
    ['UIDL 1', '-ERR No such message'],
    ['LIST', '+OK 2 messages (36 octets)\r\n2 24\r\n3 12\r\n.\r\n'],
    ['STAT', '+OK 2 36'],
    ['RSET', '+OK 3 messages (49 octets)'],
    ['DELE 2', '+OK'],
    ['NOOP', '+OK'],
    ['CAPA', /^\+OK[^]*\r\nEXPIRE NEVER\r\n[^]*\.\r\n$/],
    ['QUIT', '+OK Bye'],
  ])
  assert.ok(line.ended)
  assert.deepEqual(all.inbox(all.bob), [three[0], three[2]])
  line.close()
  await settled()
  assert.equal(all.summaries[0]?.outcome, 'fetched')
  assert.equal(all.summaries[0]?.fetched, 1)
  assert.equal(all.summaries[0]?.account, 'bob@north.test')
})

void test('LIST tells the octets that RETR sends, dots taken away', async () => {
  const { all, signIn } = await full()
  const line = await pop3(all)
  await talk(line, signIn)
  line.send('LIST\r\n')
  const sizes = [...line.take().matchAll(/^\d+ (\d+)\r$/gm)].map((found) => Number(found[1]))
  for (const [index, size] of sizes.entries()) {
    line.send(`RETR ${index + 1}\r\n`)
    const body = line
      .take()
      .replace(/^\+OK[^\r]*\r\n/, '')
      .replace(/\.\r\n$/, '')
      .replace(/^\.\./gm, '.')
    assert.equal(body.length, size)
    assert.equal(body, three[index])
  }
})

const tables: Readonly<Record<string, readonly (readonly [string, string | RegExp])[]>> = {
  'before the sign-in': [
    ['STAT', '-ERR Sign in first'],
    ['RETR 1', '-ERR Sign in first'],
    ['DELE 1', '-ERR Sign in first'],
    ['NOOP', '-ERR Sign in first'],
    ['PASS x', '-ERR USER first'],
    ['FOO', '-ERR Unknown command'],
    ['RETR', '-ERR'],
    ['TOP 1', '-ERR'],
    ['APOP bob 0123456789abcdef0123456789abcdef', '-ERR APOP is not offered'],
    ['UTF8', '+OK'],
    ['QUIT', '+OK Bye'],
  ],
  'CAPA and the list of AUTH': [
    [
      'CAPA',
      '+OK Capabilities follow\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nUSER\r\nSASL SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN XOAUTH2 OAUTHBEARER\r\nSTLS\r\nUTF8 USER\r\nEXPIRE NEVER\r\nIMPLEMENTATION Postglass\r\n.\r\n',
    ],
    [
      'AUTH',
      '+OK Mechanisms follow\r\nSCRAM-SHA-256\r\nSCRAM-SHA-1\r\nPLAIN\r\nLOGIN\r\nXOAUTH2\r\nOAUTHBEARER\r\n.\r\n',
    ],
    ['AUTH CRAM-MD5', '-ERR This mechanism is not offered'],
  ],
  STLS: [
    ['STLS', '+OK Begin TLS'],
    ['CAPA', /^(?!.*STLS)\+OK/s],
    ['STLS', '-ERR TLS is on already'],
  ],
}
for (const [name, rows] of Object.entries(tables))
  void test(`POP3: ${name}`, async () => {
    const { all } = await full()
    await talk(await pop3(all), rows)
  })

void test('every way in, and out', async () => {
  const { all } = await full({ limits: { failedSignIns: 100, errors: 100 } })
  const { bob } = all.codes
  const ways: readonly (readonly (readonly [string, string | RegExp])[])[] = [
    [
      ['USER bob@north.test', '+OK'],
      [`PASS ${bob.replace(/(.{4})/g, '$1 ')}`, '+OK 3'],
    ],
    [[`AUTH PLAIN ${plain('bob@north.test', bob)}`, '+OK 3']],
    [
      ['AUTH PLAIN', '+ \r\n'],
      [plain('bob@north.test', bob), '+OK 3'],
    ],
    [
      ['AUTH LOGIN', '+ VXNlcm5hbWU6'],
      [base64('bob@north.test'), '+ UGFzc3dvcmQ6'],
      [base64(bob), '+OK 3'],
    ],
  ]
  for (const way of ways)
    await talk(await pop3(all), [...way, ['AUTH PLAIN', '-ERR Already'], ['USER x', '-ERR Already'], ['QUIT', '+OK']])
  await talk(await pop3(all), [
    ['USER bob@north.test', '+OK'],
    ['PASS wrong', '-ERR [AUTH]'],
    [`PASS ${bob}`, '-ERR USER first'],
    ['USER nobody@north.test', '+OK'],
    [`PASS ${bob}`, '-ERR [AUTH]'],
    ['AUTH LOGIN', '+ '],
    ['*', '-ERR Cancelled'],
    ['AUTH PLAIN %%', '-ERR Not understood'],
  ])
})

void test('in clear a real account is refused before its password is asked for', async () => {
  const all = await house({ modes: { 'real.example': 'production' } })
  await talk(await pop3(all, 'pop3', '192.0.2.7'), [
    ['CAPA', /^(?!.*(?:USER\r\n(?!EXPIRE)|SASL))\+OK/s],
    ['USER alice@real.example', '-ERR [AUTH] Send STLS first'],
    ['AUTH PLAIN', '-ERR [AUTH] Send STLS first'],
    ['STLS', '+OK'],
    ['USER alice@real.example', '+OK'],
    [`PASS ${all.codes.alice}`, '+OK 0'],
  ])
})

void test('one session holds a maildrop; the next may have it after the end, however it came', async () => {
  const { all, signIn } = await full()
  const first = await pop3(all)
  await talk(first, signIn)
  const second = await pop3(all)
  await talk(second, [
    ['USER bob@north.test', '+OK'],
    [`PASS ${all.codes.bob}`, '-ERR [IN-USE]'],
    ['STAT', '-ERR Sign in first'],
  ])
  first.close()
  await settled()
  await talk(second, signIn)
  await talk(second, [['QUIT', '+OK']])
  await talk(await pop3(all), signIn)
})

void test('without QUIT nothing is removed: gone, silent, or too many errors', async () => {
  const { all, signIn } = await full({ limits: { errors: 2 } })
  for (const end of [
    (line: MemoryLine) => line.close(),
    (line: MemoryLine) => line.silence(),
    (line: MemoryLine) => line.send('FOO\r\nFOO\r\n'),
    (line: MemoryLine) => line.finish(),
  ]) {
    const line = await pop3(all)
    await talk(line, [...signIn, ['DELE 1', '+OK']])
    end(line)
    await settled()
    assert.ok(line.ended || line.destroyed)
    line.close()
    await settled()
    assert.equal(all.inbox(all.bob).length, 3)
  }
})

void test('the snapshot stands: what comes meanwhile is not seen, what is gone is told', async () => {
  const { all, signIn } = await full()
  const line = await pop3(all)
  await talk(line, signIn)
  await deliver(all, 'A: 4\r\n\r\n')
  await all.store.mailbox(all.bob.id, 'INBOX')?.expunge([1])
  await talk(line, [
    ['STAT', '+OK 3 49'],
    ['RETR 1', '-ERR The message is gone'],
    ['TOP 1 0', '-ERR The message is gone'],
    ['RETR 4', '-ERR No such message'],
    ['DELE 1', '+OK'],
    ['QUIT', '+OK'],
  ])
  assert.equal(all.inbox(all.bob).length, 3)
})

void test('pipelined commands are answered in order, in one write', async () => {
  const { all, signIn } = await full()
  const line = await pop3(all)
  await talk(line, signIn)
  line.send('RETR 1\r\nRETR 2\r\nDELE 1\r\nSTAT\r\n')
  assert.equal(line.writes.length, 1)
  assert.equal(
    line.take(),
    '+OK 13 octets\r\nA: 1\r\n\r\none\r\n.\r\n+OK 24 octets\r\nA: 2\r\n\r\n..two\r\n...\r\nlast\r\n.\r\n+OK Message 1 marked\r\n+OK 2 36\r\n',
  )
})

void test('a big message is sent by pieces, as the peer takes them, and what is pipelined behind it waits', async () => {
  const { all, signIn } = await full()
  const big = `A: big\r\n\r\n${'0123456789abcdef'.repeat(8)}\r\n.`.padEnd(3_000_000, 'x') + '\r\n'
  await deliver(all, big)
  onlySmall(all)
  const line = await pop3(all)
  await talk(line, [signIn[0]!, [`PASS ${all.codes.bob}`, '+OK 4']])
  line.isSlow = true
  line.send('RETR 4\r\nSTAT\r\n')
  await settled()
  let got = line.take()
  assert.ok(got.length < big.length / 2, 'it waits for the peer')
  while (!got.endsWith(`+OK 4 ${49 + big.length}\r\n`)) {
    line.drain()
    await settled()
    const more = line.take()
    assert.notEqual(more, '')
    got += more
  }
  const body = got.slice(got.indexOf('\r\n') + 2, got.lastIndexOf('.\r\n'))
  assert.equal(body.replace(/^\.\./gm, '.'), big)
  line.isSlow = false
  line.drain()
  line.send('TOP 4 1\r\n')
  await settled()
  assert.equal(line.take(), `+OK Top follows\r\n${big.slice(0, big.indexOf('\r\n.') + 2)}.\r\n`)
  line.isSlow = true
  line.send('RETR 4\r\n')
  await settled()
  line.close()
  await settled()
  assert.equal(all.connections.size, 0, 'a peer that leaves in the middle is let go')
})

void test('bytes behind STLS are an attack', async () => {
  const { all } = await full()
  const line = await pop3(all)
  line.send('STLS\r\nUSER bob@north.test\r\n')
  await settled()
  assert.match(line.take(), /^-ERR Bytes in clear behind STLS[^\r]*\r\n$/)
  assert.ok(line.ended && !line.tls)
})

void test('a test domain opens with any password, under the address of who was to get the mail', async () => {
  const all = await house({ modes: { 'app.test': 'test' } })
  const smtp = all.connect('smtp')
  await settled()
  smtp.take()
  await talk(smtp, [
    ['EHLO app', '250'],
    ['MAIL FROM:<shop@app.example>', '250'],
    ['RCPT TO:<customer@elsewhere.example>', '250'],
    ['RCPT TO:<new@app.test>', '250'],
    ['DATA', '354'],
    ['Subject: order\r\n\r\nthanks\r\n.', '250'],
  ])
  for (const user of ['customer@elsewhere.example', 'NEW@app.test'])
    await talk(await pop3(all), [
      [`USER ${user}`, '+OK'],
      ['PASS whatever', '+OK 1'],
      ['RETR 1', /\r\nthanks\r\n\.\r\n$/],
    ])
})
