import test from 'node:test'
import assert from 'node:assert/strict'
import type { MemoryLine } from '../net/memory-line.test-support.ts'
import type { ListenerProtocol } from './contract.ts'
import { house, plain, settled, talk, type House } from './house.test-support.ts'
import { defaultLimits, type Limits } from './limits.ts'

async function begin(all: House, listener: ListenerProtocol = 'smtp'): Promise<MemoryLine> {
  const line = all.connect(listener)
  await settled()
  line.take()
  return line
}

async function inData(all: House): Promise<MemoryLine> {
  const line = await begin(all)
  await talk(line, [
    ['EHLO client.example', '250'],
    ['MAIL FROM:<x@elsewhere.example>', '250'],
    ['RCPT TO:<bob@north.test>', '250'],
    ['DATA', '354'],
  ])
  return line
}

/** What is heard is a goodbye with this code, and the connection is closed. */
async function dropped(line: MemoryLine, code: string): Promise<void> {
  await settled()
  const heard = line.take()
  assert.ok(
    heard.split('\r\n').some((one) => one.startsWith(code)),
    `expected ${code}, heard ${JSON.stringify(heard)}`,
  )
  assert.ok(line.ended || line.destroyed)
}

/** Each limit, how it is set for the test, and what hits it. */
const hits: { readonly [name in keyof Limits]: { set: number; hit: (all: House) => Promise<void> } } = {
  connections: {
    set: 2,
    async hit(all) {
      await begin(all)
      await begin(all, 'pop3')
      for (const [listener, heard] of [
        ['smtp', /^421 4\.7\.0/],
        ['pop3', /^-ERR \[SYS\/TEMP\]/],
        ['submissions', /^$/],
      ] as const) {
        const line = all.connect(listener)
        assert.match(line.take(), heard)
        assert.ok(line.ended)
      }
    },
  },
  handshakeMs: {
    set: 123,
    async hit(all) {
      const line = all.connect('smtp')
      let asked = 0
      line.seal = (async (options: { handshakeMs: number }) => {
        asked = options.handshakeMs
        throw new Error('no handshake')
      }) as never
      line.send('EHLO x\r\nSTARTTLS\r\n')
      await settled()
      assert.equal(asked, 123)
    },
  },
  silenceMs: {
    set: 77,
    async hit(all) {
      const line = await begin(all)
      assert.equal(line.silenceMs, 77)
      line.silence()
      await dropped(line, '421 4.4.2')
      const body = await inData(all)
      body.send('Subject: hi\r\n')
      body.silence()
      await dropped(body, '421 4.4.2')
      assert.deepEqual(all.inbox(all.bob), [])
    },
  },
  maildropSilenceMs: {
    set: 99,
    async hit(all) {
      const line = await begin(all, 'pop3')
      await talk(line, [[`AUTH PLAIN ${plain('bob@north.test', all.codes.bob)}`, '+OK']])
      assert.equal(line.silenceMs, 99)
      line.silence()
      assert.equal(line.take(), '', 'POP3 says nothing')
      assert.ok(line.ended)
    },
  },
  lineMs: {
    set: 1000,
    async hit(all) {
      const line = await begin(all)
      line.send('E')
      all.clock.pass(900)
      line.send('H')
      assert.equal(line.ended, false)
      all.clock.pass(900)
      line.send('L')
      await dropped(line, '421 4.4.2')
    },
  },
  progressMs: {
    set: 1000,
    async hit(all) {
      const line = await begin(all)
      await talk(line, [['NOOP', '250']])
      all.clock.pass(1001)
      line.send('NOOP\r\n')
      await dropped(line, '421 4.7.0')
      const signedIn = await begin(all)
      await talk(signedIn, [['EHLO x', '250']])
      all.clock.pass(900)
      await talk(signedIn, [[`AUTH PLAIN ${plain('bob@north.test', all.codes.bob)}`, '235']])
      all.clock.pass(900)
      await talk(signedIn, [['NOOP', '250']])
    },
  },
  progressBytes: {
    set: 3000,
    async hit(all) {
      const line = await begin(all)
      for (let i = 0; i < 29; i++) line.send(`NOOP ${'x'.repeat(95)}\r\n`)
      assert.equal(line.ended, false)
      line.send(`NOOP ${'x'.repeat(95)}\r\n`)
      await dropped(line, '421 4.7.0')
      const endless = await begin(all)
      for (let i = 0; i < 40; i++) endless.send('x'.repeat(100))
      await dropped(endless, '421 4.7.0')
      const pop = await begin(all, 'pop3')
      for (let i = 0; i < 31; i++) pop.send(`CAPA${' '.repeat(94)}\r\n`)
      await dropped(pop, '-ERR')
    },
  },
  progressCommands: {
    set: 10,
    async hit(all) {
      const line = await begin(all)
      line.send('NOOP\r\n'.repeat(11))
      await dropped(line, '421 4.7.0')
      const pop = await begin(all, 'pop3')
      pop.send('CAPA\r\n'.repeat(11))
      await dropped(pop, '-ERR')
      const signedIn = await begin(all, 'pop3')
      await talk(signedIn, [[`AUTH PLAIN ${plain('bob@north.test', all.codes.bob)}`, '+OK']])
      signedIn.send('NOOP\r\n'.repeat(20))
      assert.equal(signedIn.ended, false)
    },
  },
  errors: {
    set: 3,
    async hit(all) {
      const line = await begin(all)
      await talk(line, [
        ['FOO', '500'],
        ['FOO', '500'],
      ])
      line.send('FOO\r\n')
      await dropped(line, '421 4.7.0')
      const pop = await begin(all, 'pop3')
      pop.send('FOO\r\nFOO\r\nFOO\r\n')
      await dropped(pop, '-ERR')
    },
  },
  failedSignIns: {
    set: 2,
    async hit(all) {
      const line = await begin(all)
      await talk(line, [
        ['EHLO x', '250'],
        [`AUTH PLAIN ${plain('bob@north.test', 'wrong')}`, '535'],
      ])
      line.send(`AUTH PLAIN ${plain('bob@north.test', 'wrong')}\r\n`)
      await dropped(line, '421 4.7.0')
      const pop = await begin(all, 'pop3')
      await talk(pop, [[`AUTH PLAIN ${plain('bob@north.test', 'wrong')}`, '-ERR']])
      pop.send(`AUTH PLAIN ${plain('bob@north.test', 'wrong')}\r\n`)
      await dropped(pop, '-ERR')
    },
  },
  recipients: {
    set: 2,
    async hit(all) {
      await talk(await begin(all), [
        ['EHLO x', '250'],
        ['MAIL FROM:<x@elsewhere.example>', '250'],
        ['RCPT TO:<bob@north.test>', '250'],
        ['RCPT TO:<alice@north.test>', '250'],
        ['RCPT TO:<alice@north.test>', '452 4.5.3'],
        ['DATA', '354'],
        ['hi\r\n.', '250'],
      ])
    },
  },
  messageBytes: {
    set: 100,
    async hit(all) {
      const line = await begin(all)
      await talk(line, [
        ['EHLO x', /SIZE 100\r\n/],
        ['MAIL FROM:<x@elsewhere.example> SIZE=101', '552 5.3.4'],
        ['MAIL FROM:<x@elsewhere.example> SIZE=100', '250'],
        ['RCPT TO:<bob@north.test>', '250'],
        ['DATA', '354'],
        [`A: b\r\n\r\n${'x'.repeat(100)}\r\n.`, '552 5.3.4'],
        ['MAIL FROM:<x@elsewhere.example>', '250'],
        ['RCPT TO:<bob@north.test>', '250'],
        ['BDAT 60\r\n' + 'x'.repeat(58), '250'],
        ['BDAT 60 LAST\r\n' + 'x'.repeat(58), '552 5.3.4'],
        ['RCPT TO:<bob@north.test>', '503'],
      ])
      assert.deepEqual(all.inbox(all.bob), [])
    },
  },
  headerBytes: {
    set: 50,
    async hit(all) {
      const line = await inData(all)
      for (let i = 0; i < 10; i++) line.send('Subject: hi\r\n')
      await talk(line, [['\r\nbody\r\n.', '552 5.3.4']])
    },
  },
  hops: {
    set: 3,
    async hit(all) {
      await talk(await inData(all), [['RECEIVED: x\r\n'.repeat(4) + '\r\nbody\r\n.', '554 5.4.6']])
      await talk(await inData(all), [['Received: x\r\n'.repeat(3) + '\r\nReceived: y\r\n.', '250']])
    },
  },
  bodyGraceMs: {
    set: 1000,
    async hit(all) {
      const line = await inData(all)
      line.send('A: b\r\n\r\n')
      all.clock.pass(999)
      line.send('x\r\n')
      assert.equal(line.ended, false)
      all.clock.pass(100)
      line.send('x\r\n')
      await dropped(line, '421 4.4.2')
      assert.deepEqual(all.inbox(all.bob), [])
    },
  },
  bodyBytesPerSecond: {
    set: 10,
    async hit(all) {
      const line = await inData(all)
      all.clock.pass(defaultLimits.bodyGraceMs + 1000)
      line.send(`A: b\r\n\r\n${'x'.repeat(700)}\r\n`)
      assert.equal(line.ended, false)
      all.clock.pass(60_000)
      line.send('x\r\n')
      await dropped(line, '421 4.4.2')
    },
  },
  waitingBytes: {
    set: 100,
    async hit(all) {
      const line = await inData(all)
      line.send('A: b\r\n\r\n.\r\n')
      line.send('NOOP\r\n'.repeat(30))
      assert.equal(line.isPaused, true, 'nothing more is read while the store works')
      await settled()
      assert.equal(line.isPaused, false)
      assert.equal(
        line
          .take()
          .split('\r\n')
          .filter((one) => one.startsWith('250')).length,
        31,
      )
    },
  },
  closingMs: {
    set: 5,
    async hit(all) {
      const idle = await begin(all)
      const busy = await inData(all)
      const ends = all.connections.close()
      await dropped(idle, '421 4.3.2')
      idle.close()
      assert.equal(busy.ended, false, 'a message that is being taken may be finished')
      await ends
      assert.ok(busy.destroyed, 'and is cut off at the end')
    },
  },
}

for (const [name, { set, hit }] of Object.entries(hits))
  void test(`limit: ${name}`, async () => {
    await hit(await house({ limits: { errors: 100, failedSignIns: 100, [name]: set } }))
  })

void test('every limit has its test, and a default', () => {
  assert.deepEqual(Object.keys(hits).sort(), Object.keys(defaultLimits).sort())
  assert.ok(Object.values(defaultLimits).every((value) => value > 0))
  assert.ok(defaultLimits.silenceMs >= 300_000 && defaultLimits.maildropSilenceMs >= 600_000)
})

void test('limits per address spare loopback and nobody else', async () => {
  const all = await house({ access: { limits: { connectionsPerAddress: 1, failuresPerAddress: 2 } } })
  for (let i = 0; i < 3; i++) await begin(all)
  const first = all.connect('smtp', '192.0.2.7')
  assert.match(first.take(), /^220/)
  assert.match(all.connect('smtp', '192.0.2.7').take(), /^421/)
  first.close()
  await settled()
  const again = all.connect('smtp', '192.0.2.7')
  await settled()
  again.take()
  await talk(again, [
    ['EHLO x', '250'],
    [`AUTH PLAIN ${plain('bob@north.test', 'wrong')}`, '535'],
    [`AUTH PLAIN ${plain('alice@north.test', 'wrong')}`, '535'],
  ])
  again.close()
  await settled()
  assert.match(all.connect('pop3', '192.0.2.7').take(), /^-ERR \[SYS\/TEMP\]/)
})

void test('the end lets an open message be finished, then says 421', async () => {
  const all = await house()
  const line = await inData(all)
  const ends = all.connections.close()
  line.send('A: b\r\n\r\nhello\r\n.\r\n')
  await settled()
  const heard = line.take()
  assert.match(heard, /^250 2\.0\.0 OK: queued as \w+\r\n421 4\.3\.2 /)
  assert.ok(line.ended)
  line.close()
  await ends
  assert.equal(all.inbox(all.bob).length, 1)
  assert.match(all.connect('smtp').take(), /^421/)
})

void test('a peer that takes nothing is cut off, not told', async () => {
  const all = await house()
  const line = await begin(all)
  line.isSlow = true
  line.send('NOOP\r\n')
  line.silence()
  assert.ok(line.destroyed)
})
