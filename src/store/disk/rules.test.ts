/** Who may open a store: the lock, the format, modes and owners. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'
import type { StoreError } from '../contract.ts'
import { layoutOf } from '../layout.ts'
import { openStore } from '../open.ts'
import { addAccounts, deliverText, modesOf, testFolder, textsOf } from '../sample.test-support.ts'
import { checkFormat, formatVersion } from './format.ts'
import { realFiles } from './port.ts'

const folder = testFolder('rules')

function refusal(code: string, words: RegExp): (thrown: unknown) => boolean {
  return (thrown) => {
    const { code: found, message } = thrown as StoreError
    assert.equal(found, code)
    assert.match(message, words)
    assert.doesNotMatch(message, /\n/)
    return true
  }
}

void test('a second opener is told in one sentence, in this process and from another', async () => {
  const path = folder.next()
  const store = await openStore(path)
  await assert.rejects(openStore(path), refusal('locked', /in use by another postglass/))
  const script = `import { openStore } from ${JSON.stringify(join(import.meta.dirname, '../open.ts'))}
    await openStore(${JSON.stringify(path)}).catch(({ code }) => console.log(code))`
  const output = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], { encoding: 'utf8' })
  assert.equal(output, 'locked\n')
  await store.close()
  await (await openStore(path)).close()
})

void test('a newer store is refused and left as it is', async () => {
  const path = folder.next()
  await (await openStore(path)).close()
  fs.writeFileSync(join(path, 'format'), 'postglass store\nversion 99\n')
  await assert.rejects(openStore(path), refusal('newer-format', /newer postglass \(format 99, this one knows 1\)/))
  assert.equal(fs.readFileSync(join(path, 'format'), 'latin1'), 'postglass store\nversion 99\n')
})

void test('what is no store is refused', async () => {
  const file = folder.next()
  fs.writeFileSync(file, 'x')
  await assert.rejects(openStore(file), refusal('not-a-store', /is a file/))
  const path = folder.next()
  await (await openStore(path)).close()
  fs.writeFileSync(join(path, 'format'), 'something else')
  await assert.rejects(openStore(path), refusal('not-a-store', /cannot be read/))
  fs.rmSync(join(path, 'format'))
  await assert.rejects(openStore(path), refusal('not-a-store', /format is missing/))
})

void test('an older store is migrated, a step at a time, each noted when it is done', () => {
  const path = folder.next()
  const files = realFiles()
  files.makeFolder(path)
  const layout = layoutOf(path)
  const run: number[] = []
  const steps = [
    { from: 1, run: () => void run.push(1) },
    {
      from: 2,
      run: () => {
        run.push(2)
        if (run.length === 2) throw new Error('no power')
      },
    },
  ]
  checkFormat(files, layout, steps, 1)
  assert.throws(() => checkFormat(files, layout, steps, 3), /no power/)
  checkFormat(files, layout, steps, 3)
  checkFormat(files, layout, steps, 3)
  assert.deepEqual(run, [1, 2, 2])
  assert.equal(formatVersion, 1)
})

void test('folders are 0700 and files 0600 whatever the umask', async () => {
  for (const umask of [0o000, 0o022, 0o777]) {
    const path = folder.next()
    fs.mkdirSync(path, { mode: 0o755 })
    fs.chmodSync(path, 0o755)
    const before = process.umask(umask)
    try {
      const store = await openStore(path)
      const [account = ''] = await addAccounts(store, 'a')
      await deliverText(store, account, new Uint8Array(1_200_000))
      await store.stories.keep(sealedStory(store.stories.newId()))
      const wrong = modesOf(path).filter((line) => !line.endsWith(line.includes('/ ') ? ' 700' : ' 600'))
      assert.deepEqual(wrong, [])
      assert.ok(modesOf(path).length > 10)
      await store.close()
    } finally {
      process.umask(before)
    }
  }
})

function sealedStory(id: string): Parameters<Awaited<ReturnType<typeof openStore>>['stories']['keep']>[0] {
  const fact = { protocol: 'smtp', side: 'server', peer: 'p', local: 'l', account: undefined, code: undefined } as const
  const dates = { began: new Date(0), ended: new Date(0) }
  return {
    id,
    summary: { ...fact, ...dates, recorded: true, messages: [], outcome: 'nothing' },
    facts: new Uint8Array(0),
    owners: [],
    recording: {
      protocol: 'smtp',
      ours: 'server',
      client: { address: '192.0.2.1', port: 1 },
      server: { address: '192.0.2.2', port: 25 },
      implicitTls: true,
      began: 0n,
      ended: 1n,
      kept: [{ what: 'bytes', side: 'client', time: 0n, bytes: Buffer.from('some plain bytes') }],
      keyLog: ['CLIENT_RANDOM 00 11\n'],
      secrets: [],
    },
  }
}

void test(
  'run as root in the folder of somebody else, new files are theirs',
  { skip: process.getuid?.() !== 0 && 'only root can try' },
  async () => {
    const path = folder.next()
    fs.mkdirSync(path)
    fs.chownSync(path, 65534, 65534)
    const store = await openStore(path)
    const [account = ''] = await addAccounts(store, 'a')
    await deliverText(store, account, new Uint8Array(1_200_000))
    await store.stories.keep(sealedStory(store.stories.newId()))
    const names = modesOf(path).map((line) => line.slice(0, line.lastIndexOf(' ')))
    for (const name of names) assert.equal(fs.statSync(name).uid, 65534, name)
    await store.close()
  },
)

void test('a torn tail is cut off, a stray is removed, and all goes on', async () => {
  const path = folder.next()
  let store = await openStore(path)
  const [account = ''] = await addAccounts(store, 'a')
  for (const text of ['one', 'two', 'three']) await deliverText(store, account, text)
  await store.close()
  const segment = join(path, 'journal', '0000000001.seg')
  const bytes = fs.readFileSync(segment)
  const end = bytes.lastIndexOf('three') + 5
  // the index knows of the third: it is thrown away with it, as a power cut before the commit would have it
  for (const name of ['index.db', 'index.db-wal', 'index.db-shm']) fs.rmSync(join(path, name), { force: true })
  fs.writeFileSync(segment, Buffer.concat([bytes.subarray(0, end - 2), Buffer.alloc(100, 7)]))
  fs.writeFileSync(join(path, 'bodies', 'stray'), 'x')
  fs.writeFileSync(join(path, 'stories', 'sX.keys'), 'x')
  store = await openStore(path)
  assert.deepEqual(textsOf(store, account), ['one', 'two'])
  assert.deepEqual(fs.readdirSync(join(path, 'bodies')), [])
  assert.deepEqual(fs.readdirSync(join(path, 'stories')), [])
  assert.equal((await deliverText(store, account, 'four')).uids[0]?.uid, 3)
  await store.close()
  store = await openStore(path)
  assert.deepEqual(textsOf(store, account), ['one', 'two', 'four'])
  await store.close()
})

void test('a folder that cannot be written says so in words', async () => {
  await assert.rejects(openStore('/proc/postglass-store'), (thrown: StoreError) => {
    assert.equal(thrown.code, 'io')
    assert.match(thrown.message, /\/proc\/postglass-store cannot be used/)
    return true
  })
})
