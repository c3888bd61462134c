/** `send` and `fetch` against our own host. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { anyPorts, running, until } from '../up/running.test-support.ts'
import type { Ready } from '../up/running.test-support.ts'
import { inFolder, run, testWorld } from '../world.test-support.ts'
import type { TestWorld } from '../world.test-support.ts'

interface Place {
  readonly world: TestWorld
  readonly folder: string
  readonly ready: Ready
  readonly code: (name: string) => string
}

async function withHost(work: (place: Place) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const host = testWorld(folder)
    // A client that turns away from our certificate leaves a handshake behind: the end does not wait for it.
    writeFileSync(join(folder, 'postglass.toml'), '[limits]\nclosing_ms = 200\n')
    await running(host, [...anyPorts, '--demo'], async (ready) => {
      await until(() => host.err.some((line) => line.includes('"fetched"')))
      const code = (name: string): string =>
        ready.demo?.find(({ address }) => address.startsWith(`${name}@`))?.code ?? ''
      await work({ world: testWorld(folder), folder, ready, code })
    })
  })
}

const people = ['--from', 'alice@north.test', '--to', 'bob@north.test']

void test('a text is sent as a message, signed in, and fetched into a folder', async () => {
  await withHost(async ({ world, folder, ready, code }) => {
    writeFileSync(join(folder, 'letter.txt'), '你好 bob\n.\nend\n')
    world.input = `${code('alice')}\n`
    const login = ['--user', 'alice@north.test', '--password-stdin', '--tls', 'off']
    const place = ['--server', ready.listen['submission'] ?? '']
    const sent = await run(world, 'send', ...people, '--subject', 'Grüße', 'letter.txt', ...place, ...login, '--json')
    assert.equal(sent.status, 0, sent.err + sent.out)
    const document = JSON.parse(sent.out) as {
      schema: string
      queueId: string
      recipients: { address: string; code: number }[]
    }
    assert.equal(document.schema, 'postglass/send/1')
    assert.match(document.queueId, /^[A-Za-z0-9]+$/)
    assert.deepEqual(
      document.recipients.map(({ address, code: reply }) => [address, reply]),
      [['bob@north.test', 250]],
    )

    world.input = code('bob')
    const args = ['fetch', 'bob@north.test', '--server', ready.listen['pop3'] ?? '', '--tls', 'off', '--password-stdin']
    const fetched = await run(world, ...args, '--out', 'mail', '--delete')
    assert.equal(fetched.status, 0, fetched.err)
    assert.match(fetched.out, /2 of 2 messages fetched\.\n$/)
    const files = readdirSync(join(folder, 'mail')).map((name) => join(folder, 'mail', name))
    assert.equal(files.length, 2)
    for (const file of files) assert.equal(statSync(file).mode & 0o777, 0o600)
    const letters = files.map((file) => readFileSync(file, 'latin1'))
    assert.ok(
      letters.some((letter) => letter.includes(` id ${document.queueId}\r\n`) && /^Subject: =\?/im.test(letter)),
    )
    const again = await run(world, ...args, '--json')
    assert.deepEqual([again.status, again.out], [0, ''])
  })
})

void test('a message is sent as it is; TLS is demanded, and a self-signed certificate must be named', async () => {
  await withHost(async ({ world, folder, ready, code }) => {
    writeFileSync(join(folder, 'a.eml'), 'From: a@north.test\nSubject: mine\n\nbody\n')
    const place = ['--server', ready.listen['submission'] ?? '', '--user', 'alice@north.test', '--password-stdin']
    world.input = code('alice')
    const refused = await run(world, 'send', ...people, 'a.eml', ...place)
    assert.equal(refused.status, 3)
    assert.match(refused.err, /--ca FILE[^]*Code: peer-certificate/)
    const sent = await run(world, 'send', ...people, 'a.eml', ...place, '--ca', 'data/tls/certificate.pem')
    assert.equal(sent.status, 0, sent.err)
    assert.match(sent.out, /^Accepted as \w+\.\nrecipient +code {2}the server says\nbob@north\.test {2}250 /)

    world.input = code('bob')
    const sealed = [
      '--server',
      ready.listen['pop3'] ?? '',
      '--tls',
      'starttls',
      '--ca',
      'data/tls/certificate.pem',
      '--password-stdin',
    ]
    const { status, out, err } = await run(world, 'fetch', 'bob@north.test', ...sealed, '--json')
    assert.equal(status, 0, err)
    const subjects = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { subject: string }).subject)
    assert.equal(subjects.at(-1), 'mine')
  })
})

void test('refusals are told: exit 1; a server that is not there: exit 3', async () => {
  await withHost(async ({ world, folder, ready }) => {
    writeFileSync(join(folder, 'letter.txt'), 'x')
    const mx = ['--server', ready.listen['smtp'] ?? '', '--tls', 'off']
    const nobody = await run(
      world,
      'send',
      '--from',
      'a@b.test',
      '--to',
      'nobody@north.test',
      '--subject',
      's',
      'letter.txt',
      ...mx,
    )
    assert.equal(nobody.status, 1, nobody.err)
    assert.match(nobody.out, /^Nothing was sent\.\n[^]*nobody@north\.test {2}550 /)
    const both = await run(
      world,
      'send',
      '--from',
      'a@b.test',
      '--to',
      'nobody@north.test',
      'bob@north.test',
      '--subject',
      's',
      'letter.txt',
      ...mx,
    )
    assert.equal(both.status, 1)
    assert.match(both.out, /^Accepted as/)
    world.input = 'wrongwrongwrongw'
    const wrong = await run(
      world,
      'fetch',
      'bob@north.test',
      '--server',
      ready.listen['pop3'] ?? '',
      '--tls',
      'off',
      '--password-stdin',
    )
    assert.equal(wrong.status, 1)
    assert.match(wrong.err, /Code: peer-refused {2}Exit: 1/)
    assert.ok(!wrong.err.includes('wrongwrong'))
    const gone = await run(
      world,
      'fetch',
      'bob@north.test',
      '--server',
      '127.0.0.1:1',
      '--tls',
      'off',
      '--password-stdin',
    )
    assert.match(gone.err, /Code: peer-unreachable {2}Exit: 3/)
  })
})
