/** `postglass send` and `postglass fetch`: to a stranger's server, and to a host of our own over TLS that is checked. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { missing, postglass, startHost, type Account, type Host } from './host.test-support.ts'

const letter =
  'From: alice@north.test\nTo: bob@north.test\nSubject: by hand\nDate: Tue, 24 Nov 2026 10:00:00 +0000\nMessage-ID: <c@north.test>\n\n.dot\nend\n'

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => done(port))
    })
  })
}

/** Resolves once something listens there; gives up after ten seconds. */
async function listening(port: number): Promise<void> {
  for (const until = Date.now() + 10_000; Date.now() < until;) {
    const stands = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => done(true))
      socket.on('error', () => done(false))
      socket.once('connect', () => socket.destroy())
    })
    if (stands) return
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`nothing listens on ${port}`)
}

describe('postglass as a client', () => {
  let folder: string
  let file: string
  let host: Host
  let alice: Account
  let bob: Account
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postglass-client-'))
    file = join(folder, 'letter.eml')
    writeFileSync(file, letter)
    host = await startHost()
    alice = await host.account('alice')
    bob = await host.account('bob')
  })
  after(async () => {
    assert.equal(await host.stop(), 0)
    rmSync(folder, { recursive: true, force: true })
  })

  const send = (account: Account, server: string, ...more: string[]) =>
    postglass(
      [
        'send',
        '--from',
        alice.address,
        '--to',
        bob.address,
        file,
        '--server',
        server,
        '--user',
        account.address,
        '--password-stdin',
        '--json',
        ...more,
      ],
      `${account.code}\n`,
    )

  it("sends to Postfix's smtp-sink", { skip: missing('smtp-sink') }, async () => {
    const port = await freePort()
    const args = [...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []), `127.0.0.1:${port}`, '10']
    const sink = spawn('smtp-sink', args, {
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
      stdio: 'ignore',
    })
    try {
      await listening(port)
      const ran = await postglass([
        'send',
        '--from',
        alice.address,
        '--to',
        bob.address,
        'carol@north.test',
        '--server',
        `127.0.0.1:${port}`,
        '--tls',
        'off',
        '--json',
        '--',
        file,
      ])
      assert.equal(ran.code, 0, ran.stdout.toString() + ran.stderr)
      const told = JSON.parse(ran.stdout.toString()) as { recipients: { code: number }[] }
      assert.deepEqual(
        told.recipients.map(({ code }) => code),
        [250, 250],
      )
    } finally {
      sink.kill()
    }
  })

  it('sends and fetches over TLS with the certificate checked', async () => {
    const ca = ['--ca', join(host.data, 'tls', 'certificate.pem')]
    for (const [server, ...how] of [
      [`localhost:${host.port('submission')}`, '--tls', 'starttls'],
      [`localhost:${host.port('submissions')}`, '--tls', 'on'],
    ]) {
      const ran = await send(alice, server as string, ...how, ...ca)
      assert.equal(ran.code, 0, ran.stdout.toString() + ran.stderr + host.log())
    }
    for (const [server, tls] of [
      [`localhost:${host.port('pop3')}`, 'starttls'],
      [`localhost:${host.port('pop3s')}`, 'on'],
    ] as const) {
      const out = mkdtempSync(join(folder, 'out-'))
      const ran = await postglass(
        ['fetch', bob.address, '--server', server, '--tls', tls, ...ca, '--password-stdin', '--out', out],
        `${bob.code}\n`,
      )
      assert.equal(ran.code, 0, ran.stdout.toString() + ran.stderr)
      const got = readdirSync(out).map((name) => readFileSync(join(out, name), 'latin1'))
      assert.equal(got.length, 2)
      for (const text of got) assert.ok(text.endsWith(letter.replaceAll('\n', '\r\n')))
    }
  })

  it('refuses a certificate that nobody vouches for, before any credential', async () => {
    const ran = await send(alice, `localhost:${host.port('submissions')}`, '--tls', 'on')
    assert.equal(ran.code, 3)
    assert.match(ran.stdout.toString(), /"code":"peer-certificate"/)
  })

  it('says no with 1 when the sign-in is refused, and never shows the code', async () => {
    const ran = await send(
      { ...alice, code: 'abcdefghijklmnop' },
      `127.0.0.1:${host.port('submission')}`,
      '--tls',
      'off',
    )
    assert.equal(ran.code, 1, ran.stdout.toString() + ran.stderr)
    assert.ok(!`${ran.stdout.toString()}${ran.stderr}${host.log()}`.includes('abcdefghijklmnop'))
  })
})
