import test, { after, before } from 'node:test'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate, openCertificates, readCertificate, type Certificates, type KeyPair } from './certificate.ts'
import { systemClock } from './clock.ts'
import { dial, dialUnix, type DialOptions } from './dial.ts'
import { NetError } from './errors.ts'
import { listen, listenUnix, shortWay, type Listening } from './listen.ts'
import type { Line } from './line.ts'
import { Recorder } from './recorder.ts'
import { Talker } from './talker.test-support.ts'

let pair: KeyPair
let certificates: Certificates
before(async () => {
  pair = await makeCertificate({ names: ['mail.north.test'], now: new Date() })
  certificates = openCertificates([{ name: 'mail.north.test', ...pair }])
})
const open: Listening[] = []
const lines: Line[] = []
after(async () => {
  for (const line of lines) line.destroy()
  await Promise.all(open.map((one) => one.close()))
})

/** One connection over loopback: both its ends. */
async function pairOfLines(onServer?: (line: Line) => void, how: Partial<DialOptions> = {}): Promise<[Line, Line]> {
  const { promise, resolve } = Promise.withResolvers<Line>()
  const listening = await listen({
    address: '127.0.0.1',
    port: 0,
    onLine: (line) => {
      lines.push(line)
      onServer?.(line)
      resolve(line)
    },
  })
  open.push(listening)
  const client = await dial({ host: '127.0.0.1', port: listening.at.port, ...how })
  const server = await promise
  lines.push(client)
  return [server, client]
}

const recorderFor = (line: Line, ours: 'client' | 'server'): Recorder =>
  new Recorder({
    protocol: 'smtp',
    ours,
    client: ours === 'client' ? line.local : line.peer,
    server: ours === 'client' ? line.peer : line.local,
    implicitTls: false,
    began: systemClock.ns(),
  })

const serverSeal = {
  as: 'server',
  context: (name?: string) => certificates.context(name, true),
  handshakeMs: 5000,
} as const
const clientSeal = () => ({ as: 'client', name: 'mail.north.test', ca: pair.certificate, handshakeMs: 5000 }) as const

void test('bytes cross in clear, both ends know each other, and the goodbye is heard', async () => {
  const [a, b] = await pairOfLines()
  const [server, client] = [new Talker(a), new Talker(b)]
  assert.deepEqual(server.line.peer, client.line.local)
  assert.deepEqual(server.line.local, client.line.peer)
  server.say('220 hello\r\n')
  assert.equal(await client.untilText('\r\n'), '220 hello\r\n')
  client.say('QUIT\r\n')
  client.line.end()
  await server.until(() => server.ended)
  assert.equal(server.text, 'QUIT\r\n')
  server.say('221 bye\r\n')
  server.line.end()
  await Promise.all([server.until(() => server.closed), client.until(() => client.closed)])
  assert.equal(client.text, '220 hello\r\n221 bye\r\n')
  assert.equal(client.fault, undefined)
})

for (const recorded of [false, true])
  void test(`STARTTLS and 3 MB each way, ${recorded ? 'recorded' : 'native'}`, async () => {
    const [a, b] = await pairOfLines(undefined, recorded ? { record: (line) => recorderFor(line, 'client') } : {})
    if (recorded) a.record(recorderFor(a, 'server'))
    const [server, client] = [new Talker(a), new Talker(b)]
    client.say('STARTTLS\r\n')
    await server.untilText('STARTTLS\r\n')
    server.say('220 go\r\n')
    const sealed = server.line.seal(serverSeal)
    await client.untilText('220 go\r\n')
    const [inServer, inClient] = await Promise.all([sealed, client.line.seal(clientSeal())])
    assert.equal(inServer.version, 'TLSv1.3')
    assert.equal(inServer.sni, 'mail.north.test')
    assert.equal(inServer.cipher, inClient.cipher)
    const [up, down] = [randomBytes(3_000_000), randomBytes(3_000_000)]
    server.heard = []
    client.heard = []
    server.line.resume()
    client.line.resume()
    client.line.write(up)
    server.line.write(down)
    await Promise.all([
      server.until(() => server.bytes.length >= up.length),
      client.until(() => client.bytes.length >= down.length),
    ])
    assert.ok(server.bytes.equals(up) && client.bytes.equals(down))
    client.line.end()
    await server.until(() => server.ended)
    server.line.end()
    await Promise.all([server.until(() => server.closed), client.until(() => client.closed)])
    if (!recorded) return
    const kept = server.line.recorder!.finish(systemClock.ns())
    const total = (side: string) =>
      kept.kept.reduce((sum, item) => sum + (item.what === 'bytes' && item.side === side ? item.bytes.length : 0), 0)
    assert.ok(total('client') > up.length && total('server') > down.length, 'ciphertext of both sides is kept')
    const clear = kept.kept.slice(0, 2).map((item) => item.what === 'bytes' && Buffer.from(item.bytes).toString())
    assert.deepEqual(clear, ['STARTTLS\r\n', '220 go\r\n'])
    assert.equal(kept.keyLog.filter((line) => line.startsWith('SERVER_TRAFFIC_SECRET_0 ')).length, 1)
    const randoms = new Set(kept.keyLog.map((line) => line.split(' ')[1]))
    assert.equal(randoms.size, 1, 'the key log is of this connection alone')
    assert.ok(kept.keyLog.every((line) => line.endsWith('\n')))
    // both ends heard the same ciphertext
    const other = client.line.recorder!.finish(systemClock.ns())
    const stream = (all: typeof kept, side: string) =>
      Buffer.concat(all.kept.flatMap((item) => (item.what === 'bytes' && item.side === side ? [item.bytes] : [])))
    assert.ok(stream(kept, 'client').equals(stream(other, 'client')))
    assert.ok(stream(kept, 'server').equals(stream(other, 'server')))
  })

void test('TLS from the first byte', async () => {
  const [a, b] = await pairOfLines((line) => void line.seal(serverSeal).then(() => line.resume()), {
    tls: { name: '127.0.0.1', ca: '', handshakeMs: 5000, insecure: true },
  })
  const [server, client] = [new Talker(a), new Talker(b)]
  client.line.resume()
  client.say('hello')
  server.line.resume()
  await server.untilText('hello')
  assert.equal(b.tls?.version, 'TLSv1.3')
  client.line.destroy()
  await server.until(() => server.gone)
})

void test('a certificate that is not trusted, or bears another name, is refused by the client', async () => {
  for (const [name, ca, why] of [
    ['mail.north.test', undefined, /self-signed/],
    ['mail.south.test', pair.certificate, /altnames/],
  ] as const) {
    const faults: unknown[] = []
    await assert.rejects(
      pairOfLines((line) => void line.seal(serverSeal).catch((fault: unknown) => faults.push(fault)), {
        tls: { name, ...(ca !== undefined && { ca }), handshakeMs: 5000 },
      }),
      (fault: unknown) => fault instanceof NetError && fault.code === 'certificate' && why.test(fault.message),
    )
  }
})

void test('bytes in clear that wait before TLS begins are an attack', async () => {
  const [a, b] = await pairOfLines()
  const server = new Talker(a)
  const client = new Talker(b)
  server.line.pause()
  client.say('STARTTLS\r\nMAIL FROM:<evil@example.test>\r\n')
  // a paused socket still reads once into its own buffer
  const { promise: turn, resolve } = Promise.withResolvers<void>()
  setImmediate(() => setImmediate(() => setImmediate(resolve)))
  await turn
  await assert.rejects(
    server.line.seal(serverSeal),
    (fault: unknown) => fault instanceof NetError && fault.code === 'tls-injection',
  )
  await client.until(() => client.gone)
})

void test('a peer that does not shake hands is dropped', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const [, b] = await pairOfLines((line) => void line.seal({ ...serverSeal, handshakeMs: 20 }).catch(resolve))
  const fault = await promise
  assert.ok(fault instanceof NetError && fault.code === 'timeout')
  const client = new Talker(b)
  await client.until(() => client.gone)
})

void test('garbage instead of a handshake closes the connection with a fault, recorded or not', async () => {
  for (const recorded of [false, true]) {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const [, b] = await pairOfLines((line) => {
      if (recorded) line.record(recorderFor(line, 'server'))
      void line.seal(serverSeal).catch(resolve)
    })
    const client = new Talker(b)
    client.say('EHLO not-tls\r\n')
    const fault = await promise
    assert.ok(fault instanceof NetError && fault.code === 'tls', String(fault))
    await client.until(() => client.gone)
  }
})

void test('silence is told, and again; a peer that never answers the goodbye is dropped by it', async () => {
  const [a, b] = await pairOfLines()
  const server = new Talker(a)
  new Talker(b)
  server.line.limitSilence(5)
  await server.until(() => server.silences >= 2)
  server.line.end()
  server.line.limitSilence(5)
  await server.until(() => server.closed)
})

void test('write says when enough waits, and drain when to go on', async () => {
  const [a, b] = await pairOfLines()
  const server = new Talker(a)
  let taken = true
  const piece = Buffer.alloc(1_000_000)
  for (let i = 0; i < 50 && taken; i++) taken = server.line.write(piece)
  assert.equal(taken, false)
  assert.ok(server.line.unsent > 0)
  const client = new Talker(b)
  await server.until(() => server.line.unsent === 0)
  client.line.destroy()
  await server.until(() => server.gone)
})

void test('a reset tells the fault once', async () => {
  const [a, b] = await pairOfLines()
  const server = new Talker(a)
  new Talker(b)
  b.destroy()
  await server.until(() => server.gone)
  server.line.destroy()
  await server.until(() => server.closed)
})

void test('faults of dialling and listening have a code to act on', async () => {
  const listening = await listen({ address: '127.0.0.1', port: 0, onLine: (line) => line.destroy() })
  await assert.rejects(
    listen({ address: '127.0.0.1', port: listening.at.port, onLine() {} }),
    (fault: unknown) => fault instanceof NetError && fault.code === 'port-taken',
  )
  await listening.close()
  await assert.rejects(
    dial({ host: '127.0.0.1', port: listening.at.port }),
    (fault: unknown) => fault instanceof NetError && fault.code === 'connection-refused',
  )
  await assert.rejects(
    dial({ host: '127.0.0.1', port: 1, signal: AbortSignal.abort() }),
    (fault: unknown) => fault instanceof NetError && fault.code === 'aborted',
  )
})

void test('the control socket is 0600, refuses a path that would be cut, and talks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postglass-net-'))
  try {
    const path = join(folder, 'control')
    const { promise, resolve } = Promise.withResolvers<Talker>()
    const listening = await listenUnix({ path, onLine: (line) => resolve(new Talker(line)) })
    assert.equal(statSync(path).mode & 0o777, 0o600)
    const client = new Talker(await dialUnix({ path }))
    client.say('{"stat":1}\n')
    const server = await promise
    await server.untilText('\n')
    client.line.end()
    await server.until(() => server.ended)
    server.line.end()
    await client.until(() => client.closed)
    await listening.close()
    const long = `/${'x'.repeat(120)}`
    await assert.rejects(listenUnix({ path: long, onLine() {} }), { code: 'path-too-long' })
    await assert.rejects(dialUnix({ path: long }), { code: 'path-too-long' })
    assert.equal(shortWay(`${process.cwd()}/data/${'x'.repeat(90)}`).startsWith('data/'), process.cwd().length > 10)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

void test('a certificate says what it is; a key that does not fit is refused', async () => {
  const facts = readCertificate(pair.certificate)
  assert.ok(facts)
  assert.deepEqual(facts.names, ['mail.north.test', 'localhost', '127.0.0.1', '0:0:0:0:0:0:0:1'])
  assert.equal(facts.selfSigned, true)
  assert.match(facts.fingerprint, /^[0-9a-f]{64}$/)
  assert.ok(facts.notAfter.getTime() > Date.now() + 86_400_000)
  assert.equal(readCertificate('nothing'), undefined)
  const other = await makeCertificate({ names: ['x.test'], now: new Date() })
  const mixed = [{ name: 'x.test', certificate: pair.certificate, key: other.key }]
  assert.throws(() => openCertificates(mixed), { code: 'certificate' })
  const before = certificates.context('mail.north.test', true)
  assert.throws(() => certificates.replace(mixed), { code: 'certificate' })
  assert.equal(certificates.context(undefined, true), before, 'the old one stays')
})

void test('TLS 1.1 is not spoken, and no tickets of TLS 1.2 are given where they hurt', async () => {
  const tls = await import('node:tls')
  const listening = await listen({
    address: '127.0.0.1',
    port: 0,
    onLine: (line) =>
      void line
        .seal({ ...serverSeal, context: (name) => certificates.context(name, false) })
        .then(() => line.end())
        .catch(() => {}),
  })
  open.push(listening)
  const shake = (version: 'TLSv1.1' | 'TLSv1.2'): Promise<string> =>
    new Promise((done) => {
      const socket = tls.connect(
        {
          port: listening.at.port,
          host: '127.0.0.1',
          minVersion: version,
          maxVersion: version,
          rejectUnauthorized: false,
          ciphers: 'DEFAULT@SECLEVEL=0',
        },
        () => {
          done(socket.getTLSTicket() === undefined ? 'no ticket' : 'ticket')
          socket.destroy()
        },
      )
      socket.on('error', () => done('refused'))
    })
  assert.equal(await shake('TLSv1.1'), 'refused')
  assert.equal(await shake('TLSv1.2'), 'no ticket')
})

void test('a recorder keeps up to its cap, counts the rest, and covers credentials that crossed in clear', () => {
  const recorder = new Recorder(
    {
      protocol: 'pop3',
      ours: 'server',
      client: { address: '127.0.0.1', port: 1 },
      server: { address: '127.0.0.1', port: 2 },
      implicitTls: false,
      began: 1n,
    },
    20,
  )
  const bytes = Buffer.from('PASS open')
  recorder.bytes('client', bytes, 2n)
  recorder.bytes('server', Buffer.from('+OK\r\n'), 3n)
  recorder.bytes('client', Buffer.from('sesame\r\nSTAT\r\n'), 4n)
  recorder.bytes('client', Buffer.from('QUIT\r\n'), 5n)
  recorder.mark({ side: 'client', epoch: 0, start: 5, end: 15, kind: 'password' }, Buffer.from('[redacted]'))
  assert.equal(recorder.held, 25)
  const kept = recorder.finish(9n)
  assert.deepEqual(
    kept.kept.map((item) =>
      item.what === 'bytes' ? Buffer.from(item.bytes).toString() : item.what === 'lost' && item.size,
    ),
    ['PASS [red', '+OK\r\n', 'acted]\r\nSTA', 9],
  )
  assert.equal(bytes.toString(), 'PASS open', 'what the server reads is untouched')
  assert.deepEqual(kept.secrets, [{ side: 'client', epoch: 0, start: 5, end: 15, kind: 'password' }])
  assert.equal(recorder.held, 0)
})
