/** kill -9 under load, twenty times over one store. */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'
import { openStore } from './open.ts'
import { checkClosedStore } from './check/repair.ts'

interface Acknowledged {
  readonly id: string
  readonly key: string
  /** An expunge was asked for, and perhaps acknowledged. */
  expunge: 'no' | 'asked' | 'done'
}

type Told = Map<string, Acknowledged>

/** Runs the child until it has told so many lines, then kills it; everything it told goes into `told`. */
function runAndKill(folder: string, round: number, lines: number, told: Told): Promise<void> {
  const script = join(import.meta.dirname, 'kill.test-support.ts')
  const child = spawn(process.execPath, [script, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let rest = ''
  let count = 0
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) {
      hear(line, told)
      if (++count === lines) child.kill('SIGKILL')
    }
  })
  return new Promise((resolve, reject) => {
    child.on('close', (_, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`the child ended by itself in round ${round}`)),
    )
  })
}

function hear(line: string, told: Told): void {
  const [what, account, uid, id = '', key = ''] = line.split(' ')
  const place = `${account}/${uid}`
  if (what === '+') told.set(place, { id, key, expunge: 'no' })
  const there = told.get(place)
  if (there && what !== '+') there.expunge = what === '?' ? 'asked' : 'done'
}

async function verify(folder: string, told: Told, validities: Map<string, number>, round: number): Promise<void> {
  const store = await openStore(folder)
  try {
    for (const { id: account } of store.directory.accounts()) {
      const inbox = store.mailbox(account, 'INBOX')
      assert.ok(inbox)
      const { uidValidity } = inbox.state()
      assert.equal(validities.get(account) ?? uidValidity, uidValidity, 'UIDVALIDITY moved')
      validities.set(account, uidValidity)
      const list = inbox.list()
      const keys = list.map(({ uid }) => /^Key: (\S+)/.exec(Buffer.from(inbox.readSmall(uid) ?? []).toString())?.[1])
      assert.equal(new Set(keys).size, keys.length, `round ${round}: a message is there twice`)
      const there = new Map(list.map(({ uid, id }, at) => [uid, { id, key: keys[at] }]))
      for (const [place, one] of told) {
        const [of, uid] = place.split('/')
        if (of !== account) continue
        const found = there.get(Number(uid))
        if (one.expunge === 'done') assert.equal(found, undefined, `round ${round}: ${place} came back`)
        if (one.expunge === 'no') assert.deepEqual(found, { id: one.id, key: one.key }, `round ${round}: ${place}`)
      }
    }
  } finally {
    await store.close()
  }
}

void test('kill -9 under load, 20 times: nothing acknowledged is missing, altered, moved or there twice', async () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'postglass-kill-'))
  try {
    const store = await openStore(folder)
    await store.directory.addDomain('north.test', 'lab')
    for (const name of ['a', 'b', 'c'])
      await store.directory.addAccount({
        address: `${name}@north.test`,
        passwordHash: '',
        scram: { salt: new Uint8Array(1), iterations: 1 },
      })
    await store.close()
    const told: Told = new Map()
    const validities = new Map<string, number>()
    for (let round = 0; round < 20; round++) {
      await runAndKill(folder, round, 20 + ((round * 53) % 300), told)
      await verify(folder, told, validities, round)
    }
    assert.ok(told.size > 1000)
    assert.deepEqual(await checkClosedStore(folder), [])
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
})
