/** The running host in this process, its store in memory: what it says, what it refuses, how it stops. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import test from 'node:test'
import { StoreError } from '../../store/contract.ts'
import { sendMail } from '../../client/send-mail.ts'
import { main } from '../main.ts'
import { inFolder, memoryStores, run, testWorld } from '../world.test-support.ts'
import { anyPorts, portOf, running, until } from './running.test-support.ts'
import type { Ready } from './running.test-support.ts'

void test('the first line tells every listener, the directory and the version', async () => {
  await inFolder(async (folder) => {
    const world = testWorld(folder)
    const status = await running(world, anyPorts, (ready) => {
      assert.deepEqual(Object.keys(ready), ['listen', 'data', 'version'])
      assert.deepEqual(Object.keys(ready.listen), ['smtp', 'submission', 'pop3', 'pop3s'])
      for (const place of Object.values(ready.listen)) assert.match(place, /^127\.0\.0\.1:\d+$/)
      assert.equal(ready.data, join(folder, 'data'))
      return Promise.resolve()
    })
    assert.equal(status, 0)
  })
})

void test('a protocol that is given twice is a list', async () => {
  await inFolder(async (folder) => {
    const twice = ['--listen', 'smtp=127.0.0.1:0', '--listen', 'smtp=127.0.0.1:0']
    await running(testWorld(folder), twice, ({ listen }) => {
      assert.equal((listen['smtp'] as unknown as string[]).length, 2)
      return Promise.resolve()
    })
  })
})

void test('the directory is private, and so is every file of the host in it', async () => {
  await inFolder(async (folder) => {
    const before = process.umask(0)
    try {
      await running(testWorld(folder), anyPorts, ({ data }) => {
        const mode = (...path: string[]): number => statSync(join(data, ...path)).mode & 0o777
        assert.equal(mode(), 0o700)
        assert.equal(mode('tls'), 0o700)
        for (const path of [['tls', 'key.pem'], ['tls', 'certificate.pem'], ['name-secret'], ['control.sock']])
          assert.equal(mode(...path), 0o600, path.join('/'))
        return Promise.resolve()
      })
    } finally {
      process.umask(before)
    }
    assert.equal(existsSync(join(folder, 'data', 'control.sock')), false)
  })
})

void test('the certificate and the secret last from one start to the next', async () => {
  await inFolder(async (folder) => {
    const world = testWorld(folder)
    const seen: string[] = []
    for (let start = 0; start < 2; start++) {
      await running(world, anyPorts, ({ data }) => {
        seen.push(
          readFileSync(join(data, 'tls/certificate.pem'), 'utf8') + readFileSync(join(data, 'name-secret'), 'utf8'),
        )
        return Promise.resolve()
      })
    }
    assert.equal(seen[0], seen[1])
  })
})

void test('other commands work while it runs', async () => {
  await inFolder(async (folder) => {
    const world = testWorld(folder, { openStore: memoryStores() })
    await running(world, anyPorts, async ({ data }) => {
      const other = testWorld(folder, { openStore: () => Promise.reject(new Error('only the server opens it')) })
      assert.equal((await run(other, 'domain', 'add', 'north.test', '--data', data)).status, 0)
      other.input = 'secret'
      assert.equal((await run(other, 'account', 'add', 'bob@north.test', '--password-stdin', '--data', data)).status, 0)
      const listed = await run(other, 'account', 'list', '--json', '--data', data)
      assert.equal((JSON.parse(listed.out) as { accounts: unknown[] }).accounts.length, 1)
    })
  })
})

void test('a mail that comes in has a story that list, show and export tell', async () => {
  await inFolder(async (folder) => {
    const world = testWorld(folder)
    await running(world, [...anyPorts, '--demo'], async ({ data, demo, listen }) => {
      // The demonstration has been sent and fetched.
      await until(() => world.err.some((line) => line.includes('"fetched"')))
      assert.deepEqual(
        demo?.map(({ address }) => address),
        ['alice@north.test', 'bob@north.test'],
      )
      await sendMail({
        server: { host: '127.0.0.1', port: portOf(listen['smtp']), tls: 'off' },
        name: 'tester.test',
        from: { local: 'eve', domain: 'south.test' },
        to: [{ local: 'alice', domain: 'north.test' }],
        message: [Buffer.from('Subject: hi\r\n\r\nhello\r\n')],
      })
      const pg = testWorld(folder)
      let stories: { id: string; protocol: string; account: string | null; findings: unknown[] }[] = []
      for (let tries = 0; tries < 200 && stories.length < 3; tries++) {
        const { out } = await run(pg, 'story', 'list', '--json', '--data', data)
        stories = out
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as (typeof stories)[number])
      }
      assert.deepEqual(
        stories.map(({ protocol, account }) => [protocol, account]),
        [
          ['smtp', 'alice@north.test'],
          ['pop3', 'bob@north.test'],
          ['smtp', null],
        ],
      )
      assert.ok((stories[0]?.findings.length ?? 0) > 0)
      const id = stories[0]?.id ?? ''
      const shown = await run(pg, 'story', 'show', id, '--data', data)
      assert.match(shown.out, /AUTH LOGIN[^]*\[authorization code hidden\][^]*235 2\.7\.0/)
      assert.ok(!shown.out.includes(demo?.[0]?.code ?? 'none'))
      const exported = await run(pg, 'story', 'export', id, 'lab.pcapng', '--data', data)
      assert.equal(exported.status, 0, exported.err)
      const file = readFileSync(join(folder, 'lab.pcapng')).toString('latin1')
      assert.ok(!file.includes(Buffer.from(demo?.[0]?.code ?? 'none').toString('base64')))
      assert.match((await run(pg, 'explain', 'lab.pcapng')).out, /250 2\.0\.0 OK: queued as/)
      const again = await run(pg, 'story', 'export', id, 'lab.pcapng', '--data', data)
      assert.match(again.err, /Code: exists {2}Exit: 1/)
      assert.equal((await run(pg, 'story', 'delete', id, '--data', data)).status, 0)
      assert.equal((await run(pg, 'story', 'show', id, '--data', data)).status, 1)
    })
  })
})

void test('a story inside TLS is shown as far as it is visible, and not exported; one without bytes neither', async () => {
  await inFolder(async (folder) => {
    const letter = (listen: Ready['listen'], tls: 'starttls' | 'off', ca?: string) =>
      sendMail({
        server: { host: '127.0.0.1', port: portOf(listen['smtp']), tls, ...(ca === undefined ? {} : { ca }) },
        name: 'tester.test',
        from: { local: 'eve', domain: 'south.test' },
        to: [{ local: 'alice', domain: 'north.test' }],
        message: [Buffer.from('Subject: hi\r\n\r\nhello\r\n')],
      })
    const cases: readonly (readonly ['starttls' | 'off', string, string])[] = [
      ['starttls', 'all', 'story-sealed'],
      ['off', 'off', 'story-facts'],
    ]
    for (const [tls, record, code] of cases) {
      const host = testWorld(join(folder), { openStore: memoryStores() })
      await running(host, ['--listen', 'smtp=127.0.0.1:0', '--record', record], async ({ data, listen }) => {
        const pg = testWorld(folder)
        await run(pg, 'domain', 'add', 'north.test', '--data', data)
        pg.input = 'secret'
        await run(pg, 'account', 'add', 'alice@north.test', '--password-stdin', '--data', data)
        await letter(listen, tls, readFileSync(join(data, 'tls/certificate.pem'), 'utf8'))
        let lines: string[] = []
        await until(() => host.err.some((line) => line.includes('"accepted"')))
        for (let tries = 0; tries < 200 && lines.length === 0; tries++)
          lines = (await run(pg, 'story', 'list', '--json', '--data', data)).out
            .trim()
            .split('\n')
            .filter((line) => line.includes('"connection"'))
        const { id } = JSON.parse(lines[0] ?? '') as { id: string }
        const shown = await run(pg, 'story', 'show', id, '--data', data)
        assert.equal(shown.status, 0, shown.err)
        assert.match(shown.out, /220 mail\.north\.test|220 \S+ ESMTP/)
        const { status, err } = await run(pg, 'story', 'export', id, 'x.pcapng', '--data', data)
        assert.equal(status, 1)
        assert.match(err, new RegExp(`Code: ${code}  Exit: 1`))
        assert.equal(existsSync(join(folder, 'x.pcapng')), false)
      })
    }
  })
})

void test('the demonstration: a table, both conversations explained, fresh codes at every start', async () => {
  await inFolder(async (folder) => {
    const world = testWorld(folder, { openStore: memoryStores() })
    const codes: string[] = []
    for (let start = 1; start <= 2; start++) {
      world.out.length = 0
      const ended = main(['up', '--demo', ...anyPorts], world)
      await until(() => world.out.join('').includes('by POP3'))
      world.stop('SIGINT')
      assert.equal(await ended, 0)
      const out = world.out.join('')
      assert.match(out, new RegExp(`^Postglass [^]*  ok  Storage     \\./data, 2 accounts, ${start - 1} message`))
      assert.match(
        out,
        /swaks --server localhost:\d+ --to alice@north\.test\n {12}curl pop3:[^]*telnet localhost \d+\n/,
      )
      assert.match(out, /alice sends to bob[^]*AUTH LOGIN[^]*\[authorization code hidden\][^]*accepted for 1 of 1/)
      assert.match(out, /bob fetches it[^]*RETR[^]*1 message, \d+ bytes, fetched/)
      for (const line of out.split('\n')) assert.ok(line.length <= 82, line)
      codes.push(/alice@north\.test +code ([a-z]{16})/.exec(out)?.[1] ?? '')
    }
    assert.notEqual(codes[0], codes[1])
    const listed = await run(world, 'code', 'list', 'alice@north.test', '--json')
    const states = (JSON.parse(listed.out) as { codes: { revoked: string | null }[] }).codes
    assert.deepEqual(
      states.map(({ revoked }) => revoked === null),
      [false, true],
    )
  })
})

void test('each connection is one live line', async () => {
  await inFolder(async (folder) => {
    const world = testWorld(folder)
    const ended = main(['up', '--listen', 'smtp=127.0.0.1:0'], world)
    await until(() => world.out.length > 0)
    const port = Number(/SMTP +127\.0\.0\.1:(\d+)/.exec(world.out.join(''))?.[1])
    await assert.rejects(
      sendMail({
        server: { host: '127.0.0.1', port, tls: 'off' },
        name: 'tester.test',
        from: { local: 'eve', domain: 'south.test' },
        to: [{ local: 'nobody', domain: 'north.test' }],
        message: [Buffer.from('\r\n')],
      }).then(() => Promise.reject(new Error('done'))),
    )
    await until(() => /#1\n/.test(world.out.join('')))
    world.stop('SIGTERM')
    assert.equal(await ended, 0)
    assert.match(world.out.join(''), /\n\d\d:\d\d:\d\d {2}-> {2}SMTP 127\.0\.0\.1:\d+ {2}refused.* #1\n$/)
  })
})

void test('a port that is taken is told with the process that holds it; exit 3', async () => {
  await inFolder(async (folder) => {
    const holder = createServer()
    await new Promise<void>((go) => holder.listen(0, '127.0.0.1', go))
    const { port } = holder.address() as AddressInfo
    const { status, err } = await run(testWorld(folder), 'up', '--listen', `smtp=127.0.0.1:${port}`)
    await new Promise((go) => holder.close(go))
    assert.equal(status, 3)
    const who = process.platform === 'linux' ? ` \\(process ${process.pid}, .+\\)` : ''
    assert.match(
      err.replaceAll(/\n {4}/g, ' '),
      new RegExp(`^!!  Cannot listen on port ${port}: another program holds it${who}\\.`),
    )
    assert.match(err, /Code: port-taken {2}Exit: 3\n$/)
  })
})

void test('an address that the machine does not have', async () => {
  await inFolder(async (folder) => {
    const { status, err } = await run(testWorld(folder), 'up', '--listen', 'smtp=192.0.2.77:0')
    assert.equal(status, 3)
    assert.match(err, /Code: address-not-here {2}Exit: 3/)
  })
})

const failing: readonly (readonly [name: string, thrown: Error, code: string])[] = [
  ['a full disk', new StoreError('no-space', 'no space'), 'disk-full'],
  ['a read-only directory', new StoreError('read-only', 'read only'), 'data-denied'],
  ['a store of a newer program', new StoreError('newer-format', 'newer'), 'store-newer'],
  ['a damaged store', new StoreError('damaged', 'segment 3'), 'store-damaged'],
  ['a full disk, from the system', Object.assign(new Error('x'), { code: 'ENOSPC' }), 'disk-full'],
]

for (const [name, thrown, code] of failing) {
  void test(`${name} is one sentence; exit 3`, async () => {
    await inFolder(async (folder) => {
      const world = testWorld(folder, { openStore: () => Promise.reject(thrown) })
      const { status, out, err } = await run(world, 'up', ...anyPorts)
      assert.deepEqual([status, out], [3, ''])
      assert.match(err, new RegExp(`Code: ${code}  Exit: 3\n$`))
    })
  })
}

void test('a second host on the same directory is refused', async () => {
  await inFolder(async (folder) => {
    await running(testWorld(folder), anyPorts, async ({ data }) => {
      const locked = (): Promise<never> => Promise.reject(new StoreError('locked', 'locked'))
      const { status, err } = await run(testWorld(folder, { openStore: locked }), 'up', '--data', data, ...anyPorts)
      assert.equal(status, 3)
      assert.match(err, /Code: server-running {2}Exit: 3/)
      const repair = await run(testWorld(folder), 'store', 'repair', '--data', data)
      assert.match(repair.err, /Code: server-running/)
    })
  })
})

void test('a test domain is not served beyond this machine, unless the configuration says so', async () => {
  await inFolder(async (folder) => {
    const world = testWorld(folder, { openStore: memoryStores() })
    await run(world, 'domain', 'add', 'app.test', '--mode', 'test')
    const open = ['--listen', 'smtp=0.0.0.0:0']
    assert.match((await run(world, 'up', ...open)).err, /Code: test-domain-public {2}Exit: 3/)
    writeFileSync(join(folder, 'c.toml'), '[test]\npublic = true\n')
    assert.equal(await running(world, [...open, '--config', 'c.toml'], () => Promise.resolve()), 0)
  })
})

void test('nor can it be added to a host that others reach', async () => {
  await inFolder(async (folder) => {
    await running(testWorld(folder), ['--listen', 'smtp=0.0.0.0:0'], async ({ data }) => {
      const { status, err } = await run(
        testWorld(folder),
        'domain',
        'add',
        'app.test',
        '--mode',
        'test',
        '--data',
        data,
      )
      assert.equal(status, 3)
      assert.match(err, /test-domain-public/)
    })
  })
})

void test('certificates that cannot be used stop the start', async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'c.toml'), '[tls]\n"a.test" = { certificate = "a.pem", key = "b.pem" }\n')
    const { status, err } = await run(testWorld(folder), 'up', '--config', 'c.toml', ...anyPorts)
    assert.equal(status, 3)
    assert.match(err, /a\.pem[^]*Code: certificate-unreadable/)
  })
})

void test('only an account that is there can be recorded', async () => {
  await inFolder(async (folder) => {
    const { status, err } = await run(testWorld(folder), 'up', ...anyPorts, '--record', 'eve@north.test')
    assert.equal(status, 1)
    assert.match(err, /Code: unknown-account/)
  })
})
