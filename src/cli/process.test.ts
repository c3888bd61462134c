/** The program as a process, its store on disk: one host, other commands beside it, signals, and what stays. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import test from 'node:test'
import { sendMail } from '../client/send-mail.ts'
import { inFolder } from './world.test-support.ts'

const program = resolve(import.meta.dirname, 'main.ts')

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

type Child = ChildProcessByStdio<null, Readable, Readable>

function started(folder: string, args: readonly string[]): Child {
  return spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
}

function ended(child: Child): Promise<Ended> {
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes) => (out += String(bytes)))
  child.stderr.on('data', (bytes) => (err += String(bytes)))
  return new Promise((done) => child.on('close', (status) => done({ status, out, err })))
}

const pg = (folder: string, ...args: string[]): Promise<Ended> => ended(started(folder, args))

interface Host {
  readonly child: Child
  readonly smtp: number
  readonly end: Promise<Ended>
}

/** Starts a host and waits for its first line. */
async function host(folder: string, ...args: string[]): Promise<Host> {
  const child = started(folder, ['up', '--json', '--listen', 'smtp=127.0.0.1:0', ...args])
  const end = ended(child)
  const line = await new Promise<string>((told, failed) => {
    let text = ''
    child.stdout.on('data', (bytes) => {
      text += String(bytes)
      if (text.includes('\n')) told(text)
    })
    void end.then(({ err }) => failed(new Error(`it ended before it was ready: ${text}${err}`)))
  })
  const { listen } = JSON.parse(line) as { listen: { smtp: string } }
  return { child, smtp: Number(listen.smtp.split(':')[1]), end }
}

function letter(port: number, subject: string): Promise<unknown> {
  return sendMail({
    server: { host: '127.0.0.1', port, tls: 'off' },
    name: 'tester.test',
    from: { local: 'eve', domain: 'south.test' },
    to: [{ local: 'alice', domain: 'north.test' }],
    message: [Buffer.from(`Subject: ${subject}\r\n\r\nhello\r\n`)],
  })
}

async function withAccount(folder: string): Promise<void> {
  const { status, err } = await pg(folder, 'domain', 'add', 'north.test')
  assert.equal(status, 0, err)
  const child = spawn(process.execPath, [program, 'account', 'add', 'alice@north.test', '--password-stdin'], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  child.stdin.end('correct horse\n')
  assert.equal(await new Promise((done) => child.on('close', done)), 0)
}

/** How many messages the store holds. */
async function messages(folder: string): Promise<number> {
  const { status, out, err } = await pg(folder, 'store', 'stat', '--json')
  assert.equal(status, 0, out + err)
  return (JSON.parse(out) as { messages: number }).messages
}

void test('what was acknowledged is there after SIGTERM and after kill -9; other commands work beside the host', async () => {
  await inFolder(async (folder) => {
    await withAccount(folder)
    const first = await host(folder)
    await letter(first.smtp, 'one')
    assert.equal(await messages(folder), 1)
    const second = await pg(folder, 'up', '--listen', 'smtp=127.0.0.1:0')
    assert.equal(second.status, 3)
    assert.match(second.err, /Code: server-running {2}Exit: 3/)
    first.child.kill('SIGTERM')
    assert.equal((await first.end).status, 0)
    assert.equal(await messages(folder), 1)
    const killed = await host(folder)
    await letter(killed.smtp, 'two')
    killed.child.kill('SIGKILL')
    await killed.end
    assert.equal(await messages(folder), 2)
    const third = await host(folder)
    await letter(third.smtp, 'three')
    third.child.kill('SIGINT')
    assert.equal((await third.end).status, 0)
    const check = await pg(folder, 'store', 'check', '--json')
    assert.deepEqual([check.status, JSON.parse(check.out)], [0, { schema: 'postglass/store-check/1', findings: [] }])
    const repaired = await pg(folder, 'store', 'repair', '--json')
    assert.deepEqual(JSON.parse(repaired.out), { schema: 'postglass/store-repair/1', messages: 3, findings: [] })
    assert.equal(await messages(folder), 3)
  })
})

void test('the directory is private and so is every file in it', async () => {
  await inFolder(async (folder) => {
    await withAccount(folder)
    const { child, smtp, end } = await host(folder)
    await letter(smtp, 'one')
    const open: string[] = []
    const look = (path: string): void => {
      const facts = statSync(path)
      if ((facts.mode & 0o077) !== 0) open.push(path)
      if (facts.isDirectory()) for (const name of readdirSync(path)) look(join(path, name))
    }
    look(join(folder, 'data'))
    child.kill('SIGTERM')
    await end
    assert.deepEqual(open, [])
  })
})

void test('a reader that goes away (head) ends a command quietly', async () => {
  await inFolder(async (folder) => {
    const child = started(folder, ['--help'])
    child.stdout.destroy()
    const { status, err } = await ended(child)
    assert.deepEqual([status, err], [0, ''])
  })
})

const isRoot = process.getuid?.() === 0

void test(
  'a directory that may not be written is one sentence',
  { skip: isRoot ? 'root may write everywhere' : false },
  async () => {
    await inFolder(async (folder) => {
      mkdirSync(join(folder, 'closed'), { mode: 0o700 })
      chmodSync(join(folder, 'closed'), 0o500)
      const { status, err } = await pg(folder, 'up', '--listen', 'smtp=127.0.0.1:0', '--data', 'closed/data')
      chmodSync(join(folder, 'closed'), 0o700)
      assert.equal(status, 3)
      assert.match(err, /Code: data-denied {2}Exit: 3/)
      assert.equal(existsSync(join(folder, 'closed/data')), false)
    })
  },
)
