/** Recordings at rest: unreadable without the key, keys first to go, never in the journal. */
import fs from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'
import type { MailStore, NewStory } from './contract.ts'
import { sampleFacts } from './contract.suite.ts'
import { ForgetfulDisk } from './disk/forgetful.test-support.ts'
import { openStore } from './open.ts'
import { packFacts } from './facts.ts'
import { addAccounts, modesOf, testFolder } from './sample.test-support.ts'

const folder = testFolder('seal')
const keyLog = ['CLIENT_RANDOM 0011 2233\n', 'SERVER_TRAFFIC_SECRET_0 44 55\n']

function storyOf(store: MailStore): NewStory {
  const fact = { protocol: 'smtp', side: 'server', peer: 'p', local: 'l', account: undefined, code: undefined } as const
  const dates = { began: new Date(0), ended: new Date(0) }
  return {
    id: store.stories.newId(),
    summary: { ...fact, ...dates, recorded: true, messages: [], outcome: 'nothing' },
    facts: packFacts(sampleFacts(['x'])),
    owners: [],
    recording: { ...sampleFacts(['a very plain text']), keyLog },
  }
}

function everything(path: string): Buffer {
  const files = modesOf(path)
    .map((line) => line.slice(0, line.lastIndexOf(' ')))
    .filter((name) => !name.endsWith('/'))
  return Buffer.concat(files.map((name) => fs.readFileSync(name)))
}

void test('neither bytes nor keys lie readable anywhere', async (t) => {
  const path = folder.next()
  const store = await openStore(path)
  t.after(() => store.close())
  const story = storyOf(store)
  await store.stories.keep(story)
  assert.deepEqual((await store.stories.recording(story.id))?.keyLog, keyLog)
  await store.close()
  const disk = everything(path)
  for (const text of ['a very plain text', 'CLIENT_RANDOM', '2233']) assert.equal(disk.includes(text), false, text)
  assert.deepEqual(
    fs.readdirSync(join(path, 'stories')).sort(),
    [`${story.id}.bytes`, `${story.id}.keys`, 'key'].sort(),
  )
})

void test('without its keys a recording has none, without the key file it is gone, altered it is nothing', async () => {
  const path = folder.next()
  const names = { key: join(path, 'stories', 'key'), bytes: '', keys: '' }
  let store = await openStore(path)
  const story = storyOf(store)
  await store.stories.keep(story)
  names.bytes = join(path, 'stories', `${story.id}.bytes`)
  names.keys = join(path, 'stories', `${story.id}.keys`)
  const sealed = fs.readFileSync(names.bytes)
  fs.writeFileSync(
    names.bytes,
    sealed.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
  )
  assert.equal(await store.stories.recording(story.id), undefined)
  fs.writeFileSync(names.bytes, fs.readFileSync(names.keys))
  assert.equal(await store.stories.recording(story.id), undefined, 'one file is no other')
  fs.writeFileSync(names.bytes, sealed)
  fs.rmSync(names.keys)
  assert.deepEqual((await store.stories.recording(story.id))?.keyLog, [])
  assert.equal((await store.stories.recording(story.id))?.kept.length, 1)
  await store.close()
  // as after a restore: a backup leaves the key out
  fs.rmSync(names.key)
  store = await openStore(path)
  assert.equal(await store.stories.recording(story.id), undefined)
  assert.equal((await store.stories.facts(story.id))?.kept.length, 1)
  await store.close()
})

void test('keys are removed before bytes', async () => {
  const disk = new ForgetfulDisk()
  const path = folder.next()
  const store = await openStore(path, { files: disk, inThread: true })
  await addAccounts(store, 'a')
  const story = storyOf(store)
  await store.stories.keep(story)
  const removed: string[] = []
  const remove = disk.remove.bind(disk)
  disk.remove = (name) => {
    removed.push(name.slice(-5))
    remove(name)
  }
  await store.stories.delete(story.id)
  assert.deepEqual(removed, ['.keys', 'bytes'])
  await store.close()
})
