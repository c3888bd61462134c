/** Arguments, exit statuses and answers of the whole command line, run in this process over stores in memory. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { inFolder, memoryStores, run, testWorld } from './world.test-support.ts'
import type { Ran, TestWorld } from './world.test-support.ts'
import { version } from './version.ts'

async function world<Result>(work: (world: TestWorld, folder: string) => Promise<Result>): Promise<Result> {
  return inFolder((folder) => work(testWorld(folder, { openStore: memoryStores() }), folder))
}

/** The document on the one line of standard output. */
function document(ran: Ran): Record<string, unknown> {
  assert.equal(ran.out.trimEnd().split('\n').length, 1, ran.out)
  return JSON.parse(ran.out) as Record<string, unknown>
}

const wrongUse: readonly (readonly [args: string, code: string, near?: string])[] = [
  ['explian x', 'unknown-verb', 'explain'],
  ['domain ad x', 'unknown-verb', 'add'],
  ['domain', 'missing-argument'],
  ['explain', 'missing-argument'],
  ['explain x --jso', 'unknown-option', '--json'],
  ['--nothing', 'unknown-option'],
  ['domain add a.test b.test', 'too-many-arguments'],
  ['domain add a.test --mode lob', 'bad-value'],
  ['domain add a..test', 'bad-domain'],
  ['account add alice --password-stdin --data .', 'bad-address'],
  ['account add alice@north.test', 'no-password'],
  ['code add a@north.test --label x', 'missing-argument'],
  ['code add a@north.test --label x --scope ftp', 'bad-value'],
  ['code add a@north.test --label x --scope smtp --expires soon', 'bad-value'],
  ['alias add a@north.test', 'missing-argument'],
  ['explain x --line 0', 'bad-value'],
  ['explain x --conversation -1', 'bad-value'],
  ['up --listen imap=127.0.0.1:2143', 'not-built'],
  ['up --listen https=127.0.0.1:8443', 'not-built'],
  ['up --listen smpt=127.0.0.1:25', 'bad-value'],
  ['up --listen smtp=25', 'bad-value'],
  ['up --listen smtp=mail.north.test:25', 'bad-value'],
  ['up --listen smtp=127.0.0.1:70000', 'bad-value'],
  ['up --shift x', 'bad-value'],
  ['fetch a@north.test --protocol imap', 'not-built'],
  ['fetch a@north.test --server mail.north.test:110 --tls off', 'tls-demanded'],
  ['send --from a@north.test --to b', 'bad-address'],
  ['domain list --lang fr', 'bad-value'],
]

for (const [args, code, near] of wrongUse) {
  void test(`wrong use: postglass ${args}`, async () => {
    await world(async (at) => {
      const people = await run(at, ...args.split(' '))
      assert.equal(people.status, 64, people.err)
      assert.match(people.err, new RegExp(`^!!  [^]*Code: ${code}  Exit: 64\n$`))
      if (near !== undefined) assert.match(people.err, new RegExp(`Do: did you mean  .*${near}\\b`))
      const program = await run(at, ...args.split(' '), '--json')
      assert.equal(program.status, 64)
      assert.equal(program.err, '')
      assert.equal((document(program)['error'] as { code: string }).code, code)
    })
  })
}

void test('errors speak Chinese where the locale does, or when told', async () => {
  await world(async (at) => {
    const told = await run(at, 'domain', 'remove', 'x.test', '--lang', 'zh-CN', '--data', '.')
    assert.match(told.err, /^!! {2}这里没有域 x\.test。\n[^]*代码：unknown-domain {2}退出码：1\n$/)
    const locale = await run({ ...at, env: { LANG: 'zh_CN.UTF-8' } }, 'explain', 'none.pcap')
    assert.match(locale.err + at.err.join(''), /读不了 none\.pcap/)
  })
})

void test('--version is the version of the package', async () => {
  await world(async (at) => {
    assert.deepEqual(await run(at, '--version'), { status: 0, out: `${version}\n`, err: '' })
  })
})

const verbs =
  'up|explain|message|send|fetch|domain|domain add|domain list|domain remove|account|account add|account list|account password|account disable|account delete|alias|alias add|alias list|alias delete|code|code add|code list|code revoke|story|story list|story show|story export|story delete|story prune|store|store check|store repair|store stat'

for (const verb of verbs.split('|')) {
  void test(`help of ${verb}`, async () => {
    await world(async (at) => {
      const { status, out, err } = await run(at, ...verb.split(' '), '--help')
      assert.equal(status, 0)
      assert.equal(err, '')
      assert.match(out, new RegExp(`^Usage: postglass ${verb}`))
      // A group shows its commands; a command teaches by example.
      assert.match(out, /Examples:\n {2}\$ postglass|Commands:\n/)
    })
  })
}

void test('help offers nothing that is not built', async () => {
  await world(async (at) => {
    const { out } = await run(at, '--help')
    for (const word of ['report', 'telnet', 'doctor', 'capture FILE', 'queue', 'backup', 'redact'])
      assert.doesNotMatch(out, new RegExp(`^ {2}${word}\\b`, 'm'))
  })
})

void test('without a verb the help is shown, and that is wrong use', async () => {
  await world(async (at) => {
    const { status, out } = await run(at)
    assert.equal(status, 64)
    assert.match(out, /^Usage: postglass/)
  })
})

void test('domains, accounts, aliases and codes from end to end', async () => {
  await world(async (at, folder) => {
    const pg = (...args: string[]) => run(at, ...args, '--data', folder)
    assert.deepEqual(document(await pg('domain', 'add', 'North.test', '--json')), {
      schema: 'postglass/domain/1',
      name: 'north.test',
      mode: 'lab',
      accounts: 0,
    })
    assert.equal(document(await pg('domain', 'add', 'example.org', '--json'))['mode'], 'production')
    assert.equal((await pg('domain', 'add', 'north.test')).status, 1)
    at.input = 'correct horse\nignored\n'
    const added = document(await pg('account', 'add', 'alice@north.test', '--password-stdin', '--json'))
    assert.equal(added['address'], 'alice@north.test')
    assert.deepEqual([added['messages'], added['bytes'], added['disabled']], [0, 0, false])
    assert.equal((await pg('account', 'add', 'alice@north.test', '--password-stdin')).status, 1)
    assert.equal((await pg('account', 'add', 'alice@south.test', '--password-stdin')).status, 1)
    assert.equal((await pg('domain', 'remove', 'north.test')).status, 1)

    const code = document(
      await pg('code', 'add', 'alice@north.test', '--label', 'x y', '--scope', 'pop3,smtp', '--json'),
    )
    assert.match(String(code['code']), /^[a-z]{16}$/)
    assert.deepEqual(
      [code['label'], code['scope'], code['revoked'], code['lastUsed']],
      ['x y', ['pop3', 'smtp'], null, null],
    )
    const listed = await pg('code', 'list', 'alice@north.test', '--json')
    assert.ok(!listed.out.includes(String(code['code'])))
    assert.equal((document(listed)['codes'] as unknown[]).length, 1)
    assert.notEqual(document(await pg('code', 'revoke', String(code['id']), '--json'))['revoked'], null)
    assert.equal((await pg('code', 'revoke', String(code['id']))).status, 1)
    assert.equal((await pg('code', 'revoke', 'none')).status, 1)
    const token = document(
      await pg(
        'code',
        'add',
        'alice@north.test',
        '--label',
        't',
        '--scope',
        'imap',
        '--token',
        '--expires',
        '2999-01-01',
        '--json',
      ),
    )
    assert.match(String(token['code']), /^[\w-]{43}$/)
    assert.equal(token['expires'], '2999-01-01T23:59:59.000Z')
    assert.equal(
      (await pg('code', 'add', 'alice@north.test', '--label', 't', '--scope', 'imap', '--expires', '2001-01-01'))
        .status,
      64,
    )

    assert.deepEqual(document(await pg('alias', 'add', 'info@north.test', '--to', 'alice@north.test', '--json')), {
      schema: 'postglass/alias/1',
      address: 'info@north.test',
      to: ['alice@north.test'],
    })
    assert.equal((await pg('alias', 'add', 'other@north.test', '--to', 'eve@north.test')).status, 1)
    assert.match((await pg('alias', 'list')).out, /info@north\.test {2}alice@north\.test/)
    assert.equal((await pg('alias', 'delete', 'info@north.test')).status, 0)
    assert.equal((await pg('alias', 'delete', 'info@north.test')).status, 1)

    assert.equal(document(await pg('account', 'disable', 'alice@north.test', '--json'))['disabled'], true)
    assert.match((await pg('account', 'list')).out, /alice@north\.test {2}0 +0 +disabled/)
    assert.equal((await pg('account', 'delete', 'alice@north.test')).status, 0)
    assert.equal((await pg('account', 'delete', 'alice@north.test')).status, 1)
    assert.equal((await pg('domain', 'remove', 'north.test')).status, 0)
    assert.equal((await pg('store', 'check')).status, 0)
    assert.deepEqual(Object.keys(document(await pg('store', 'stat', '--json'))), [
      'schema',
      'messages',
      'bytes',
      'accounts',
      'segments',
      'journal',
      'index',
    ])
  })
})

void test('a password is asked for twice where there is a terminal', async () => {
  await world(async (at, folder) => {
    await run(at, 'domain', 'add', 'north.test', '--data', folder)
    at.typed.push('one', 'two')
    const differs = await run(at, 'account', 'add', 'a@north.test', '--data', folder)
    assert.match(differs.err, /Code: bad-password {2}Exit: 64/)
    at.typed.push('same', 'same')
    const { status, out, err } = await run(at, 'account', 'add', 'a@north.test', '--data', folder)
    assert.equal(status, 0)
    assert.ok(!(out + err).includes('same'))
  })
})

void test('a list is one document, and a table for people', async () => {
  await world(async (at, folder) => {
    await run(at, 'domain', 'add', 'north.test', '--data', folder)
    const { out } = await run(at, 'domain', 'list', '--data', folder)
    assert.equal(out, 'domain      mode  accounts\nnorth.test  lab   0\n')
    const listed = document(await run(at, 'domain', 'list', '--data', folder, '--json'))
    assert.equal(listed['schema'], 'postglass/domains/1')
  })
})

void test('a directory without a store is told', async () => {
  await world(async (at) => {
    const { status, err } = await run(at, 'account', 'list', '--data', 'nowhere')
    assert.equal(status, 3)
    assert.match(err, /Code: no-store {2}Exit: 3/)
  })
})

void test('stories of no store, unknown ids', async () => {
  await world(async (at, folder) => {
    await run(at, 'domain', 'add', 'north.test', '--data', folder)
    assert.deepEqual(await run(at, 'story', 'list', '--json', '--data', folder), { status: 0, out: '', err: '' })
    for (const verb of ['show', 'delete'])
      assert.match((await run(at, 'story', verb, 'x', '--data', folder)).err, /Code: unknown-story {2}Exit: 1/)
    assert.match(
      (await run(at, 'story', 'list', '--account', 'x@north.test', '--data', folder)).err,
      /Code: unknown-account {2}Exit: 1/,
    )
    assert.equal((await run(at, 'story', 'prune', '--data', folder)).status, 0)
  })
})

void test('message: one document in the shape of the contract, and for people', async () => {
  await world(async (at, folder) => {
    const eml = 'From: Alice <alice@north.test>\r\nSubject: =?utf-8?B?5L2g5aW9?=\r\n\r\nhello \u001b[31m\r\n'
    writeFileSync(join(folder, 'a.eml'), eml)
    const read = document(await run(at, 'message', 'a.eml', '--json'))
    assert.equal(read['schema'], 'postglass/message/1')
    assert.equal(read['subject'], '你好')
    assert.deepEqual(read['from'], [{ name: 'Alice', address: 'alice@north.test' }])
    at.input = eml
    assert.deepEqual(document(await run(at, 'message', '-', '--json')), read)
    assert.deepEqual(document(await run(at, 'message', 'a.eml')), read, 'a pipe gets the document too')
    const terminal = testWorld(folder, { env: { NO_COLOR: '1' } })
    terminal.columns = 100
    const { out } = await run(terminal, 'message', 'a.eml')
    assert.match(out, /hello \\x1b\[31m/)
    assert.ok(!out.includes('\u001b'))
    assert.equal((await run(at, 'message', 'none.eml')).status, 2)
    assert.equal((await run(at, 'message', folder)).status, 2)
  })
})

void test('a configuration that is wrong stops the start, with its line', async () => {
  await world(async (at, folder) => {
    writeFileSync(join(folder, 'c.toml'), '[server]\nnam = "x"\n')
    const { status, err } = await run(at, 'up', '--config', 'c.toml')
    assert.equal(status, 64)
    assert.match(err, /c\.toml, line 2: there is no setting server\.nam\.\n {4}Do: did you mean {2}name/)
    assert.equal((await run(at, 'up', '--config', 'none.toml')).status, 2)
  })
})

void test('--debug adds the stack', async () => {
  await world(async (at) => {
    assert.match((await run(at, 'message', 'none.eml', '--debug')).err, /Fault: file-missing\n +at /)
  })
})
