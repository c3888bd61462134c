/** No space at every step that needs some, an index that cannot commit, a cut that fails: no caller hears of success, nothing half stays. */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'
import { StoreError, type MailStore } from './contract.ts'
import { ForgetfulDisk } from './disk/forgetful.test-support.ts'
import { type Database, openDatabase } from './index/driver.ts'
import { openUnflushed } from './index/unflushed.test-support.ts'
import { type StoreOptions, openStore } from './open.ts'
import { dump, steps, stillWorld } from './scenario.test-support.ts'

const root = fs.mkdtempSync(join(tmpdir(), 'postglass-full-'))
process.once('exit', () => fs.rmSync(root, { recursive: true, force: true }))
let count = 0

function open(folder: string, files: ForgetfulDisk, more: StoreOptions = {}): Promise<MailStore> {
  const fast = { segmentBytes: 2000, openDatabase: openUnflushed }
  return openStore(folder, { ...stillWorld(), ...fast, files, inThread: true, ...more })
}

async function codeOf(change: Promise<unknown>): Promise<string> {
  return change.then(
    () => 'done',
    (thrown: unknown) => (thrown instanceof StoreError ? thrown.code : `not a StoreError: ${String(thrown)}`),
  )
}

/** Opens, waiting for space if there is none. */
async function openAtLast(folder: string, disk: ForgetfulDisk): Promise<MailStore> {
  try {
    return await open(folder, disk)
  } catch (thrown) {
    assert.equal((thrown as StoreError).code, 'no-space')
    disk.fullAt = () => false
    return open(folder, disk)
  }
}

/** Returns how many steps there were. */
async function fullAt(step: number): Promise<number> {
  const folder = join(root, String(count++))
  const disk = new ForgetfulDisk()
  disk.fullAt = (at) => at >= step && at < step + 2
  let store = await openAtLast(folder, disk)
  for (const { name, run } of steps) {
    const before = await dump(store)
    const code = await codeOf(run(store))
    if (code === 'done') continue
    assert.equal(code, 'no-space', `step ${step}, ${name}`)
    const after = await dump(store)
    // two changes at once may be two groups when one of them streams first
    if (name !== 'a large message') assert.equal(after, before, `step ${step}, ${name}: half of it stayed`)
    disk.fullAt = () => false
    assert.equal(await codeOf(run(store)), 'done', `step ${step}, ${name}: again, with space`)
  }
  const last = await dump(store)
  await store.close()
  store = await open(
    folder,
    disk.afterCut('flushed', () => 0),
  )
  assert.equal(await dump(store), last, `step ${step}: after a restart`)
  assert.deepEqual(await store.check(), [], `step ${step}`)
  await store.close()
  return disk.steps
}

void test('no space at every step: the caller hears so, nothing of it stays, and it works again with space', async () => {
  const length = await fullAt(Infinity)
  assert.ok(length > 60)
  for (let step = 1; step <= length; step++) await fullAt(step)
})

interface FailingIndex {
  failing: boolean
}

/** An index whose commits fail when told. */
function failingIndex(state: FailingIndex): typeof openDatabase {
  return (path, options) => {
    const database: Database = openDatabase(path, options)
    return {
      ...database,
      prepare: (sql) => {
        const statement = database.prepare(sql)
        if (sql !== 'COMMIT') return statement
        const run = (): void => {
          if (state.failing) throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
          statement.run()
        }
        return { ...statement, run }
      },
    }
  }
}

void test('an index that cannot commit: the group is cut off the journal after its flush', async () => {
  const folder = join(root, String(count++))
  const disk = new ForgetfulDisk()
  const state = { failing: false }
  const store = await open(folder, disk, { openDatabase: failingIndex(state) })
  for (const { run } of steps.slice(0, 6)) await run(store)
  const before = await dump(store)
  state.failing = true
  const last = steps.at(-1)?.run
  assert.ok(last)
  assert.equal(await codeOf(last(store)), 'no-space')
  state.failing = false
  assert.equal(await dump(store), before)
  // what a power cut would leave has no trace of it either, whatever the index says
  const left = disk.afterCut('flushed', () => 0)
  assert.equal(await codeOf(last(store)), 'done')
  const after = await dump(store)
  await store.close()
  for (const name of ['index.db', 'index.db-wal']) fs.rmSync(join(folder, name), { force: true })
  const again = await open(folder, left)
  assert.equal(await dump(again), before)
  await again.close()
  for (const name of ['index.db', 'index.db-wal']) fs.rmSync(join(folder, name), { force: true })
  const whole = await open(folder, disk)
  assert.equal(await dump(whole), after)
  await whole.close()
})

void test('if the cut fails too, the store turns read-only and says so', async () => {
  const folder = join(root, String(count++))
  const disk = new ForgetfulDisk()
  const state = { failing: false }
  const store = await open(folder, disk, { openDatabase: failingIndex(state), segmentBytes: 2 ** 20 })
  for (const { run } of steps.slice(0, 6)) await run(store)
  const before = await dump(store)
  state.failing = true
  disk.cannotCut = true
  const last = steps.at(-1)?.run
  assert.ok(last)
  assert.equal(await codeOf(last(store)), 'no-space')
  state.failing = false
  assert.equal(await codeOf(last(store)), 'read-only')
  assert.equal(await dump(store), before, 'it can still be read')
  await store.close()
})

test('a large body stays while a record that could not be cut off still names it', async () => {
  const folder = join(root, String(count++))
  const disk = new ForgetfulDisk()
  const state = { failing: false }
  const store = await open(folder, disk, { openDatabase: failingIndex(state), segmentBytes: 2 ** 20 })
  const large = steps.findIndex(({ name }) => name === 'a large message')
  assert.ok(large > 0)
  for (const { run } of steps.slice(0, large)) await run(store)
  state.failing = true
  disk.cannotCut = true
  assert.equal(await codeOf(steps[large]!.run(store)), 'no-space')
  await store.close()
  disk.cannotCut = false
  const again = await open(folder, disk)
  assert.deepEqual(await again.check(), [], 'the message came back whole')
  await again.close()
})
