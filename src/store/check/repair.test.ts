/** Damage of every kind is found by a check, and a repair keeps what can be kept, with the same numbers. */
import fs from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'
import type { CheckFinding, MailStore, StoreError } from '../contract.ts'
import { openDatabase } from '../index/driver.ts'
import { openStore } from '../open.ts'
import { addAccounts, deliverText, testFolder, textsOf } from '../sample.test-support.ts'
import { checkClosedStore, repairStore } from './repair.ts'

const folder = testFolder('repair')

async function storeOf(texts: readonly (string | Uint8Array)[]): Promise<{ path: string; account: string }> {
  const path = folder.next()
  const store = await openStore(path)
  const [account = ''] = await addAccounts(store, 'a')
  for (const text of texts) await deliverText(store, account, text)
  await store.close()
  return { path, account }
}

function alter(file: string, change: (bytes: Buffer) => Buffer | void): void {
  const bytes = fs.readFileSync(file)
  fs.writeFileSync(file, change(bytes) ?? bytes)
}

/** One bit of where that text begins. */
function flip(bytes: Buffer, text: string): void {
  const at = bytes.indexOf(text)
  bytes[at] = (bytes[at] ?? 0) ^ 1
}

const segmentOf = (path: string): string => join(path, 'journal', '0000000001.seg')

function kinds(findings: readonly CheckFinding[]): readonly string[] {
  return [...new Set(findings.map(({ what }) => what))].sort()
}

async function reopened<Result>(path: string, look: (store: MailStore) => Promise<Result> | Result): Promise<Result> {
  const store = await openStore(path)
  try {
    return await look(store)
  } finally {
    await store.close()
  }
}

void test('a sound store has no findings, and progress reaches its end', async () => {
  const { path } = await storeOf(['one', 'two', new Uint8Array(1_200_000)])
  const seen: number[] = []
  assert.deepEqual(await checkClosedStore(path, (done, total) => seen.push(done / total)), [])
  assert.equal(seen.at(-1), 1)
  assert.deepEqual(await reopened(path, (store) => store.check()), [])
})

void test('a flipped bit in a message is found, and nothing is thrown away by a start', async () => {
  const { path, account } = await storeOf(['one', 'two-two', 'three'])
  alter(segmentOf(path), (bytes) => flip(bytes, 'two-two'))
  assert.deepEqual(kinds(await checkClosedStore(path)), ['journal-damaged', 'message-missing'])
  await assert.rejects(openStore(path), (thrown: StoreError) => {
    assert.equal(thrown.code, 'damaged')
    assert.match(thrown.message, /run `postglass store repair`/)
    return true
  })
  const { messages, findings } = await repairStore(path)
  assert.equal(messages, 2)
  assert.deepEqual(kinds(findings), ['journal-damaged'])
  assert.match(findings[0]?.why ?? '', /1 records could not be read/)
  assert.deepEqual(await checkClosedStore(path), [])
  await reopened(path, async (store) => {
    assert.deepEqual(textsOf(store, account), ['one', 'three'])
    assert.deepEqual(
      store
        .mailbox(account, 'INBOX')
        ?.list()
        .map(({ uid }) => uid),
      [1, 3],
    )
    assert.equal((await deliverText(store, account, 'four')).uids[0]?.uid, 4)
  })
})

void test('the same damage in the last message is no torn tail, since the index knows it was safe', async () => {
  const { path } = await storeOf(['one', 'last-one'])
  alter(segmentOf(path), (bytes) => flip(bytes, 'last-one'))
  await assert.rejects(openStore(path), { code: 'damaged' })
})

void test('damage in the middle is found without an index too', async () => {
  const { path } = await storeOf(['one', 'two-two', 'three'])
  fs.rmSync(join(path, 'index.db'))
  alter(segmentOf(path), (bytes) => flip(bytes, 'two-two'))
  await assert.rejects(openStore(path), { code: 'damaged' })
})

void test('a head that cannot be read, and a hole of zeros, are mended', async () => {
  const { path, account } = await storeOf(['one', 'two-two', 'three'])
  alter(segmentOf(path), (bytes) => {
    bytes.fill(0, 0, 32)
    const at = bytes.indexOf('two-two')
    bytes.fill(0, at - 90, at + 7)
  })
  await assert.rejects(openStore(path), { code: 'damaged' })
  assert.equal((await repairStore(path)).messages, 2)
  await reopened(path, (store) => assert.deepEqual(textsOf(store, account), ['one', 'three']))
  assert.ok(fs.readdirSync(join(path, 'journal')).includes('0000000001.damaged'))
})

void test('an index that tells something else is found, and repaired with the same numbers', async () => {
  const { path, account } = await storeOf(['one', 'two', 'three'])
  const before = await reopened(path, (store) => {
    const inbox = store.mailbox(account, 'INBOX')
    return { state: inbox?.state(), list: inbox?.list() }
  })
  const changes = [
    ["UPDATE entry SET flags = '\\Seen' WHERE uid = 1", /^entry \d+ 1$/],
    ['DELETE FROM entry WHERE uid = 2', /^entry \d+ 2$/],
    ['UPDATE message SET at = at + 1 WHERE number = (SELECT max(number) FROM message)', /^message \S+\.\S+$/],
    ['UPDATE mailbox SET validity = validity + 1', /^mailbox \d+$/],
    ['DELETE FROM people WHERE kind = 1', /^people 1 /],
  ] as const
  for (const [sql, where] of changes) {
    const database = openDatabase(join(path, 'index.db'), { readOnly: false })
    database.execute(sql)
    database.close()
    const [finding, ...others] = await checkClosedStore(path)
    assert.equal(finding?.what, 'index-differs', sql)
    assert.match(finding?.where ?? '', where)
    assert.deepEqual(others, [])
    assert.deepEqual((await repairStore(path)).findings, [])
    assert.deepEqual(await checkClosedStore(path), [])
  }
  const after = await reopened(path, (store) => {
    const inbox = store.mailbox(account, 'INBOX')
    return { state: inbox?.state(), list: inbox?.list() }
  })
  assert.deepEqual(after, before)
})

void test('an index that is broken or gone is built anew by a start', async () => {
  const { path, account } = await storeOf(['one', 'two'])
  for (const harm of [
    (file: string) => fs.rmSync(file),
    (file: string) => fs.writeFileSync(file, 'no database at all, but long enough to be read as one'.repeat(50)),
    (file: string) => fs.truncateSync(file, 3000),
  ]) {
    harm(join(path, 'index.db'))
    await reopened(path, (store) => assert.deepEqual(textsOf(store, account), ['one', 'two']))
  }
})

void test('a large body that was altered or lost is found', async () => {
  const { path } = await storeOf([new Uint8Array(1_200_000), new Uint8Array(1_300_000)])
  const [first = '', second = ''] = fs.readdirSync(join(path, 'bodies')).sort()
  alter(join(path, 'bodies', first), (bytes) => {
    bytes[77] = 1
  })
  assert.deepEqual(kinds(await checkClosedStore(path)), ['message-altered'])
  fs.rmSync(join(path, 'bodies', second))
  fs.writeFileSync(join(path, 'bodies', 'stray'), 'x')
  assert.deepEqual(kinds(await checkClosedStore(path)), ['file-stray', 'message-altered', 'message-missing'])
})

void test('an index whose journal is missing is not taken for an empty store', async () => {
  const { path } = await storeOf(['one'])
  fs.rmSync(join(path, 'journal'), { recursive: true })
  await assert.rejects(openStore(path), { code: 'damaged' })
})
