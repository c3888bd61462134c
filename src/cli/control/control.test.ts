import assert from 'node:assert/strict'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { openMemoryStore } from '../../store/memory.ts'
import type { MailStore } from '../../store/contract.ts'
import type { Line } from '../../net/line.ts'
import { Fault } from '../fault.ts'
import { inFolder, run, testWorld } from '../world.test-support.ts'
import { version } from '../version.ts'
import { ask, reachServer } from './ask.ts'
import { LineCutter, longestRequest } from './messages.ts'
import { serveControl } from './serve.ts'

/** A host's control socket over a store in memory. */
async function served<Result>(work: (data: string, store: MailStore) => Promise<Result>): Promise<Result> {
  return inFolder(async (folder) => {
    const data = join(folder, 'data')
    mkdirSync(data, { mode: 0o700 })
    const store = openMemoryStore()
    const control = await serveControl({ data, version, hands: { store, now: () => new Date() } })
    try {
      return await work(data, store)
    } finally {
      await control.close()
      assert.equal(await reachServer(data), undefined)
    }
  })
}

async function lineTo(data: string): Promise<Line> {
  const line = await reachServer(data)
  assert.ok(line !== undefined)
  return line
}

void test('a command is answered by the running server, not by opening the store', async () => {
  await served(async (data, store) => {
    const world = testWorld(data, { openStore: () => Promise.reject(new Error('the store must not be opened')) })
    const added = await run(world, 'domain', 'add', 'north.test', '--data', data)
    assert.equal(added.status, 0, added.err)
    assert.equal(store.directory.domain('north.test')?.mode, 'lab')
    world.input = 'secret\n'
    const account = await run(world, 'account', 'add', 'a@north.test', '--password-stdin', '--data', data)
    assert.equal(account.status, 0, account.err)
    assert.match(store.directory.account('a@north.test')?.passwordHash ?? '', /^\$argon2id\$/)
  })
})

void test('only its owner may open the socket', async () => {
  await served(async (data) => {
    assert.equal(statSync(join(data, 'control.sock')).mode & 0o777, 0o600)
  })
})

void test('a refusal crosses the socket with its values', async () => {
  await served(async (data) => {
    const answers = ask(await lineTo(data), { version, verb: 'domain remove', args: { name: 'south.test' } }, data)
    await assert.rejects(answers.next(), (fault) => {
      assert.ok(fault instanceof Fault)
      assert.equal(fault.code, 'unknown-domain')
      assert.deepEqual(fault.values, { name: 'south.test' })
      return true
    })
  })
})

void test('another version is told so', async () => {
  await served(async (data) => {
    const answers = ask(await lineTo(data), { version: '0.0.0', verb: 'domain list', args: {} }, data)
    await assert.rejects(answers.next(), (fault) => fault instanceof Fault && fault.code === 'version-differs')
  })
})

const nonsense: readonly (readonly [name: string, bytes: string])[] = [
  ['no JSON', 'hello\n'],
  ['no verb', '{"version":"1"}\n'],
  ['an unknown verb', `${JSON.stringify({ version, verb: '__proto__', args: {} })}\n`],
  ['an endless line', 'x'.repeat(longestRequest + 10)],
]

for (const [name, bytes] of nonsense) {
  void test(`nonsense is refused: ${name}`, async () => {
    await served(async (data) => {
      const line = await lineTo(data)
      const heard = await new Promise<string>((told) => {
        let text = ''
        line.handle({
          onBytes: (more) => (text += Buffer.from(more).toString()),
          onDrain: () => {},
          onEnd: () => {
            line.end()
            told(text)
          },
          onSilence: () => {},
          onClose: () => told(text),
        })
        line.write(Buffer.from(bytes))
      })
      assert.match(heard, /"what":"fault","code":"control-failed"/)
    })
  })
}

void test('an asker that goes away does not disturb the next', async () => {
  await served(async (data, store) => {
    for (let at = 0; at < 300; at++) await store.directory.addDomain(`d${at}.test`, 'lab')
    const gone = ask(await lineTo(data), { version, verb: 'domain list', args: {} }, data)
    await gone.next()
    await gone.return(undefined)
    let rows = 0
    for await (const answer of ask(await lineTo(data), { version, verb: 'domain list', args: {} }, data))
      if (answer.what === 'row') rows++
    assert.equal(rows, 300)
  })
})

void test('a socket file that nobody listens on does not stop a new server', async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'control.sock'), '')
    const store = openMemoryStore()
    const control = await serveControl({ data: folder, version, hands: { store, now: () => new Date() } })
    const line = await reachServer(folder)
    assert.ok(line !== undefined)
    line.destroy()
    await control.close()
  })
})

void test('lines are cut wherever the bytes are cut', () => {
  const bytes = Buffer.from('{"a":"中"}\n{"b":2}\n{"c"')
  for (let at = 0; at <= bytes.length; at++) {
    const cutter = new LineCutter(100)
    const lines = [cutter.cut(bytes.subarray(0, at)), cutter.cut(bytes.subarray(at))].flat()
    assert.deepEqual(lines, ['{"a":"中"}', '{"b":2}'])
  }
  assert.equal(new LineCutter(5).cut(Buffer.from('123456')), 'too long')
})
