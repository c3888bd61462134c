/** Space of what is gone comes back while the store runs, and nothing that is there moves. */
import fs from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'
import type { MailStore } from './contract.ts'
import { sampleFacts } from './contract.suite.ts'
import { packFacts } from './facts.ts'
import { openUnflushed } from './index/unflushed.test-support.ts'
import { openStore } from './open.ts'
import { addAccounts, deliverText, testFolder, textsOf } from './sample.test-support.ts'
import { dump, stillWorld } from './scenario.test-support.ts'

const folder = testFolder('reclaim')
const hour = 3_600_000

function open(path: string, more: { now?: () => Date } = {}): Promise<MailStore> {
  const small = { segmentBytes: 20_000, inThread: true, openDatabase: openUnflushed }
  return openStore(path, { ...stillWorld(), ...small, ...more })
}

function segmentsOf(path: string): readonly string[] {
  return fs.readdirSync(join(path, 'journal')).sort()
}

function forgetIndex(path: string): void {
  for (const name of ['index.db', 'index.db-wal', 'index.db-shm']) fs.rmSync(join(path, name), { force: true })
}

void test('mostly dead segments are written again, ids and numbers stay, also when the index is built anew', async (t) => {
  const path = folder.next()
  let store = await open(path)
  t.after(() => store.close())
  const [alice = '', bob = ''] = await addAccounts(store, 'alice', 'bob')
  for (let at = 0; at < 60; at++) await deliverText(store, at % 2 ? alice : bob, `${at} ${'x'.repeat(1500)}`)
  const inbox = store.mailbox(alice, 'INBOX')
  await inbox?.flag([3, 9, 27], { add: ['\\Seen'] })
  await store.addMailbox(alice, 'Kept')
  await inbox?.copy([9], 'Kept')
  await inbox?.expunge(Array.from({ length: 30 }, (_, at) => at + 1).filter((uid) => uid % 9 !== 0))
  await store.mailbox(bob, 'INBOX')?.expunge(Array.from({ length: 29 }, (_, at) => at + 1))
  const before = await dump(store)
  const size = (await store.stat()).journal
  const count = segmentsOf(path).length
  const won = await store.reclaim()
  assert.ok(won > size / 2, `${won} of ${size} bytes`)
  assert.ok(segmentsOf(path).length < count / 2, segmentsOf(path).join(' '))
  assert.ok((await store.stat()).journal < size / 3)
  assert.equal(await dump(store), before)
  assert.deepEqual(await store.check(), [])
  await deliverText(store, alice, 'after')
  const after = await dump(store)
  await store.close()
  forgetIndex(path)
  store = await open(path)
  assert.equal(await dump(store), after)
  // again and again, so that what was kept is kept once more
  for (let round = 0; round < 4; round++) {
    for (let at = 0; at < 20; at++) await deliverText(store, bob, `${at} ${'y'.repeat(1500)}`)
    const mailbox = store.mailbox(bob, 'INBOX')
    await mailbox?.expunge(
      mailbox
        .list()
        .map(({ uid }) => uid)
        .slice(0, -1),
    )
    await store.reclaim()
    const now = await dump(store)
    await store.close()
    if (round % 2) forgetIndex(path)
    store = await open(path)
    assert.equal(await dump(store), now, `round ${round}`)
    assert.deepEqual(await store.check(), [])
  }
  assert.equal((await store.stat()).journal < 60_000, true)
  await store.close()
})

void test('what was expunged stays so, though its delivery is still there and the expunge was reclaimed', async (t) => {
  const path = folder.next()
  let store = await open(path)
  t.after(() => store.close())
  const [alice = ''] = await addAccounts(store, 'alice')
  // the first segment stays, mostly alive
  for (let at = 0; at < 12; at++) await deliverText(store, alice, `first ${at} ${'x'.repeat(1500)}`)
  const inbox = store.mailbox(alice, 'INBOX')
  // the second holds an expunge and a flag of it, and dies
  await deliverText(store, alice, 'x'.repeat(19_000))
  await inbox?.expunge([2])
  await inbox?.flag([3], { add: ['\\Flagged'] })
  for (let at = 0; at < 12; at++) await deliverText(store, alice, `second ${at} ${'x'.repeat(1500)}`)
  await inbox?.expunge(
    inbox
      .list()
      .map(({ uid }) => uid)
      .slice(11, -2),
  )
  const before = await dump(store)
  assert.ok((await store.reclaim()) > 0)
  await store.close()
  forgetIndex(path)
  store = await open(path)
  assert.equal(await dump(store), before)
  await store.close()
})

void test('deleted mailboxes, accounts, codes and domains do not come back', async (t) => {
  const path = folder.next()
  let store = await open(path)
  t.after(() => store.close())
  const [alice = '', bob = ''] = await addAccounts(store, 'alice', 'bob')
  await store.directory.addDomain('gone.test', 'lab')
  await store.addMailbox(alice, 'Gone')
  for (let at = 0; at < 10; at++)
    await deliverText(store, alice, 'x'.repeat(1500), { to: [{ account: alice, mailbox: at % 2 ? 'Gone' : 'INBOX' }] })
  await deliverText(store, bob, 'for bob')
  await store.renameMailbox(alice, 'Gone', 'Renamed')
  await store.addMailbox(alice, 'Gone')
  await store.deleteMailbox(alice, 'Renamed')
  await store.directory.deleteAccount(bob)
  await store.directory.removeDomain('gone.test')
  for (let round = 0; round < 4; round++) {
    for (let at = 0; at < 14; at++) await deliverText(store, alice, 'y'.repeat(1500))
    const inbox = store.mailbox(alice, 'INBOX')
    await inbox?.expunge(
      inbox
        .list()
        .map(({ uid }) => uid)
        .slice(0, -1),
    )
    await store.reclaim()
    const now = await dump(store)
    await store.close()
    forgetIndex(path)
    store = await open(path)
    assert.equal(await dump(store), now, `round ${round}`)
  }
  assert.equal(store.mailbox(alice, 'Gone')?.state().messages, 0)
  await store.close()
})

void test('a reader keeps its segment, and the file goes when it has read', async () => {
  const path = folder.next()
  const store = await open(path)
  const [alice = ''] = await addAccounts(store, 'alice')
  const big = Buffer.alloc(100_000, 'abc')
  await deliverText(store, alice, big)
  await deliverText(store, alice, 'y'.repeat(20_000))
  await deliverText(store, alice, 'z')
  const inbox = store.mailbox(alice, 'INBOX')
  const pieces = inbox?.read(1)[Symbol.asyncIterator]()
  const reading = pieces?.next()
  await inbox?.expunge([1, 2])
  await store.reclaim()
  assert.deepEqual(Buffer.from((await reading)?.value ?? []), big)
  assert.ok(!segmentsOf(path).includes('0000000001.seg'))
  assert.deepEqual(textsOf(store, alice), ['z'])
  await store.close()
})

void test('facts of mail that is gone outlast a reclaim, for their time', async () => {
  const path = folder.next()
  const clock = { now: new Date(Date.UTC(2026, 2, 1)) }
  const now = (): Date => clock.now
  let store = await open(path, { now })
  const [alice = ''] = await addAccounts(store, 'alice')
  const facts = packFacts(sampleFacts(['220 hello\r\n', 'EHLO x\r\n']))
  const { id } = await deliverText(store, alice, `secret ${'x'.repeat(30_000)}`, { facts })
  await deliverText(store, alice, 'x'.repeat(30_000))
  await store.mailbox(alice, 'INBOX')?.expunge([1, 2])
  await store.reclaim()
  const inJournal = (): Buffer =>
    Buffer.concat(segmentsOf(path).map((name) => fs.readFileSync(join(path, 'journal', name))))
  assert.equal(inJournal().includes('secret xxx'), false, 'the bytes are gone from the disk')
  for (let round = 0; round < 2; round++) {
    assert.equal((await store.stories.facts(`m${id}`))?.kept.length, 2)
    assert.equal(store.stories.find(`m${id}`)?.messages[0], id)
    await store.close()
    forgetIndex(path)
    store = await open(path, { now })
  }
  clock.now = new Date(clock.now.getTime() + 25 * hour)
  await store.stories.prune(clock.now)
  assert.equal(store.stories.find(`m${id}`), undefined)
  await deliverText(store, alice, 'x'.repeat(30_000))
  await store.mailbox(alice, 'INBOX')?.expunge([3])
  await store.reclaim()
  assert.equal(inJournal().includes('EHLO x'), false)
  await store.close()
})
