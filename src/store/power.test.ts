/**
 * The power goes at every step that changes the disk: in groups of changes, in a reclaim, in a start. Whatever was
 * acknowledged is there afterwards, as it was, once; what was under way is there whole or not at all.
 */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'
import type { MailStore } from './contract.ts'
import { ForgetfulDisk, type Left, seeded } from './disk/forgetful.test-support.ts'
import { openUnflushed } from './index/unflushed.test-support.ts'
import { openStore } from './open.ts'
import { dump, steps, stillWorld } from './scenario.test-support.ts'

const root = fs.mkdtempSync(join(tmpdir(), 'postglass-power-'))
process.once('exit', () => fs.rmSync(root, { recursive: true, force: true }))
let count = 0

interface Place {
  readonly folder: string
  disk: ForgetfulDisk
}

function freshPlace(): Place {
  return { folder: join(root, String(count++)), disk: new ForgetfulDisk() }
}

function open(place: Place, world = stillWorld()): Promise<MailStore> {
  const options = { files: place.disk, inThread: true, segmentBytes: 2000, openDatabase: openUnflushed }
  return openStore(place.folder, { ...world, ...options })
}

const indexNames = ['index.db', 'index.db-wal']

/** The index as it lies there now; only its own files, since it is never behind this copy's back. */
function copyIndex({ folder }: Place): ReadonlyMap<string, Buffer> {
  const there = indexNames.filter((name) => fs.existsSync(join(folder, name)))
  return new Map(there.map((name) => [name, fs.readFileSync(join(folder, name))]))
}

function layIndex({ folder }: Place, copy: ReadonlyMap<string, Buffer>): void {
  for (const name of [...indexNames, 'index.db-shm']) fs.rmSync(join(folder, name), { force: true })
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const [name, bytes] of copy) fs.writeFileSync(join(folder, name), bytes, { mode: 0o600 })
}

interface Course {
  /** What the store looks like after each step that was acknowledged; [0]: before the first. */
  readonly dumps: readonly string[]
  readonly indexes: readonly ReadonlyMap<string, Buffer>[]
  readonly isWhole: boolean
}

/** Runs the steps until the end or until the power goes. */
async function runCourse(place: Place): Promise<Course> {
  const dumps: string[] = []
  const indexes: ReadonlyMap<string, Buffer>[] = []
  let store: MailStore | undefined
  try {
    store = await open(place)
    dumps.push(await dump(store))
    indexes.push(copyIndex(place))
    for (const step of steps) {
      await step.run(store)
      dumps.push(await dump(store))
      indexes.push(copyIndex(place))
    }
  } catch {
    // no power
  }
  const isWhole = dumps.length === steps.length + 1
  await store?.close().catch(() => undefined)
  return { dumps, indexes, isWhole }
}

interface Found {
  readonly dump: string
  /** Steps of the start. */
  readonly steps: number
}

/** What a start finds; the store must take more afterwards: nothing of what was cut off is in the way. */
async function find(place: Place, name: string, { checks }: { checks: boolean }): Promise<Found> {
  const store = await open(place).catch((cause: unknown) => {
    throw new Error(`${name}: the store does not open`, { cause })
  })
  try {
    const found = { dump: await dump(store), steps: place.disk.steps }
    if (checks) assert.deepEqual(await store.check(), [], name)
    await store.directory.addDomain('later.test', 'lab')
    return found
  } finally {
    await store.close()
  }
}

const whole = await runCourse(freshPlace())

/** What may be found: what was acknowledged, or also the step that was under way. */
function allowed(acknowledged: number): ReadonlySet<string> {
  return new Set([whole.dumps[Math.max(0, acknowledged - 1)] ?? '', whole.dumps[acknowledged] ?? ''])
}

const variants: readonly { readonly left: Left; readonly index: 'kept' | 'lost' | 'older' }[] = [
  { left: 'flushed', index: 'kept' },
  { left: 'flushed', index: 'older' },
  { left: 'some', index: 'lost' },
  { left: 'some', index: 'kept' },
  { left: 'all', index: 'older' },
]

async function cutAt(step: number): Promise<void> {
  const place = freshPlace()
  place.disk.cutAt = step
  const course = await runCourse(place)
  const dead = place.disk
  const expected = allowed(course.dumps.length)
  const kept = copyIndex(place)
  const random = seeded(step)
  for (const { left, index } of variants) {
    const name = `cut at ${step} (${steps[course.dumps.length - 1]?.name ?? 'the start'}), ${left} is left, index ${index}`
    const older = course.indexes[Math.floor(random() * course.indexes.length)]
    const there = index === 'kept' ? kept : ((index === 'older' ? older : undefined) ?? new Map<string, Buffer>())
    const disk = dead.afterCut(left, random)
    layIndex(place, there)
    place.disk = disk.clone()
    const found = await find(place, name, { checks: left === 'some' })
    assert.ok(expected.has(found.dump), `${name}: what is found was never there`)
    const starts = left === 'some' ? found.steps : 0
    for (let again = 1; again <= starts; again++) {
      layIndex(place, there)
      await cutStart(place, disk.clone(), { again, random, expected, name: `${name}, and at ${again} of the start` })
    }
  }
}

/** The power goes again, at a step of that start. */
async function cutStart(
  place: Place,
  disk: ForgetfulDisk,
  cut: { again: number; random: () => number; expected: ReadonlySet<string>; name: string },
): Promise<void> {
  place.disk = disk
  disk.cutAt = cut.again
  await open(place).then(
    (store) => store.close().catch(() => undefined),
    () => undefined,
  )
  place.disk = disk.afterCut('some', cut.random)
  const found = await find(place, cut.name, { checks: false })
  assert.ok(cut.expected.has(found.dump), `${cut.name}: what is found was never there`)
}

void test('the course runs, and every kind of step changes the disk', () => {
  assert.ok(whole.isWhole)
  assert.equal(new Set(whole.dumps).size > steps.length / 2, true)
})

const length = await (async () => {
  const place = freshPlace()
  await runCourse(place)
  return place.disk.steps
})()

void test(`the power goes at each of ${length} steps`, async () => {
  for (let step = 1; step <= length; step++) await cutAt(step)
})

void test('a flush that is never called is noticed', async () => {
  const place = freshPlace()
  place.disk.neverFlushes = true
  place.disk.cutAt = length
  const course = await runCourse(place)
  place.disk = place.disk.afterCut('flushed', () => 0)
  layIndex(place, new Map())
  const seen = await find(place, 'no flush', { checks: false })
  assert.ok(!allowed(course.dumps.length).has(seen.dump), 'the loss of everything went unseen')
})
