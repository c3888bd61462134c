/** One flush a group, what rides along, streams that stay small, free space. */
import test from 'node:test'
import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { ForgetfulDisk } from './disk/forgetful.test-support.ts'
import { openStore } from './open.ts'
import { addAccounts, deliverText, testFolder, textsOf } from './sample.test-support.ts'

const folder = testFolder('group')

class CountingDisk extends ForgetfulDisk {
  flushes = 0
  writes = 0
  override flush(handle: number): void {
    this.flushes++
    super.flush(handle)
  }
  override write(handle: number, pieces: readonly Uint8Array[], at: number): void {
    this.writes++
    super.write(handle, pieces, at)
  }
}

void test('what comes in one turn is one write and one flush, and nobody hears before it', async (t) => {
  const disk = new CountingDisk()
  const store = await openStore(folder.next(), { files: disk, inThread: true })
  t.after(() => store.close())
  const [account = ''] = await addAccounts(store, 'a')
  disk.flushes = disk.writes = 0
  const heard: number[] = []
  await Promise.all(
    Array.from({ length: 50 }, (_, at) => deliverText(store, account, `${at}`).then(() => heard.push(disk.flushes))),
  )
  assert.deepEqual([disk.writes, disk.flushes], [1, 1])
  assert.deepEqual(new Set(heard), new Set([1]))
  assert.equal(textsOf(store, account).length, 50)
})

void test('a last use and a story of a connection cost no flush of their own, and are safe with the next', async (t) => {
  const disk = new CountingDisk()
  const path = folder.next()
  let store = await openStore(path, { files: disk, inThread: true })
  t.after(() => store.close())
  const [account = ''] = await addAccounts(store, 'a')
  const code = await store.directory.addCode({
    account,
    label: '',
    scope: ['smtp'],
    token: true,
    hash: new Uint8Array(32),
    scram: undefined,
    expires: undefined,
  })
  disk.flushes = 0
  const fact = { protocol: 'smtp', side: 'server', peer: 'p', local: 'l', account: undefined, code: undefined } as const
  const dates = { began: new Date(0), ended: new Date(0) }
  const id = store.stories.newId()
  store.directory.codeUsed(code.id, { at: new Date(5), address: '192.0.2.1', client: 'x' })
  await store.stories.keep({
    id,
    summary: { ...fact, ...dates, recorded: false, messages: [], outcome: 'nothing' },
    facts: new Uint8Array(0),
    recording: undefined,
    owners: [],
  })
  assert.equal(disk.flushes, 0)
  assert.equal(store.directory.code(code.id)?.lastUsed?.client, 'x')
  await deliverText(store, account, 'a')
  assert.equal(disk.flushes, 1)
  await store.close()
  store = await openStore(path, { files: disk.afterCut('flushed', () => 0), inThread: true })
  assert.equal(store.directory.code(code.id)?.lastUsed?.client, 'x')
  assert.equal(store.stories.find(id)?.outcome, 'nothing')
})

void test('a message of 20 MB streams in and out without standing in memory', async (t) => {
  const store = await openStore(folder.next())
  t.after(() => store.close())
  const [account = ''] = await addAccounts(store, 'a')
  const piece = new Uint8Array(65_536).fill(65)
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  let asked = 0
  // what is free to go does not count
  const held = (): number => {
    if (++asked % 8 === 0) collect()
    return asked % 8 === 0 ? process.memoryUsage().arrayBuffers : 0
  }
  collect()
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  const bytes = store.incoming()
  for (let at = 0; at < 320; at++) {
    await bytes.write(piece)
    most = Math.max(most, held())
  }
  assert.equal(bytes.size, 320 * 65_536)
  await deliverText(store, account, '', { bytes })
  let size = 0
  for await (const part of store.mailbox(account, 'INBOX')?.read(1) ?? []) {
    size += part.length
    most = Math.max(most, held())
  }
  assert.equal(size, 320 * 65_536)
  assert.equal(store.mailbox(account, 'INBOX')?.readSmall(1), undefined)
  assert.ok(most - before < 6 * 2 ** 20, `${most - before} bytes held`)
})

void test('below the set free space there is no room, and the disk is asked once a second at most', async (t) => {
  const disk = new ForgetfulDisk()
  let asked = 0
  disk.freeSpace = () => {
    asked++
    return 1000
  }
  const store = await openStore(folder.next(), { files: disk, inThread: true, freeSpaceLimit: 600 })
  t.after(() => store.close())
  assert.equal(store.hasRoom(400), true)
  assert.equal(store.hasRoom(401), false)
  assert.equal(asked, 1)
})

void test('the bytes that were handed over may be changed at once', async (t) => {
  const store = await openStore(folder.next(), { inThread: true })
  t.after(() => store.close())
  const [account = ''] = await addAccounts(store, 'a')
  const bytes = store.incoming()
  const buffer = Buffer.from('before')
  void bytes.write(buffer)
  buffer.fill('x')
  await deliverText(store, account, '', { bytes })
  assert.deepEqual(textsOf(store, account), ['before'])
})
