/** bin/postglass.js: which Node goes on, what is said where none can, what passes through. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'node:test'
import { inFolder } from './world.test-support.ts'

const bin = resolve(import.meta.dirname, '../../bin/postglass.js')
/** Makes this Node look like an old one, to the first process only. */
const old = ['--import', `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.1.0'}})`]

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

function ran(folder: string, args: readonly string[]): Promise<Ended> {
  return new Promise((done) => {
    const env = { PATH: join(folder, 'evil') }
    const child = execFile(process.execPath, args, { cwd: join(folder, 'elsewhere'), env }, (_fault, out, err) =>
      done({ status: child.exitCode, out, err }),
    )
  })
}

/** A package as npm lays it out, its program a stub that tells its arguments; traps in the current folder and on PATH. */
async function installed(
  work: (folder: string, program: string) => Promise<void>,
  how = { nested: false },
): Promise<void> {
  await inFolder(async (folder) => {
    const root = how.nested ? join(folder, 'node_modules/postglass') : folder
    for (const path of ['bin', 'dist/cli']) mkdirSync(join(root, path), { recursive: true })
    for (const path of ['elsewhere/node_modules', 'evil']) mkdirSync(join(folder, path), { recursive: true })
    writeFileSync(join(root, 'package.json'), '{"type": "module"}')
    copyFileSync(bin, join(root, 'bin/postglass.js'))
    writeFileSync(
      join(root, 'dist/cli/main.js'),
      `export async function start() { console.log(process.argv.slice(2).join('|')); process.exitCode = 2 }`,
    )
    await work(folder, join(root, 'bin/postglass.js'))
  })
}

function putNode(folder: string): void {
  const at = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin')
  mkdirSync(at, { recursive: true })
  symlinkSync(process.execPath, join(at, 'node'))
}

function putTrap(folder: string): void {
  const trap = '#!/bin/sh\necho trapped\n'
  const below = join(folder, 'elsewhere/node_modules', `node-${process.platform}-${process.arch}`, 'bin')
  mkdirSync(below, { recursive: true })
  for (const path of [join(folder, 'evil/node'), join(below, 'node')]) {
    writeFileSync(path, trap)
    chmodSync(path, 0o755)
  }
}

void test('a Node that is new enough runs the program itself', async () => {
  await installed(async (folder, program) => {
    assert.deepEqual(await ran(folder, [program, 'up', '--x y']), { status: 2, out: 'up|--x y\n', err: '' })
  })
})

for (const nested of [false, true]) {
  void test(`an old one goes on under the bundled one, ${nested ? 'a sibling package' : 'in the package'}`, async () => {
    await installed(
      async (folder, program) => {
        putNode(folder)
        putTrap(folder)
        assert.deepEqual(await ran(folder, [...old, program, 'a', 'b c']), { status: 2, out: 'a|b c\n', err: '' })
      },
      { nested },
    )
  })
}

void test('it is found from the real file, also through a link', async () => {
  await installed(async (folder, program) => {
    putNode(folder)
    putTrap(folder)
    const link = join(folder, 'elsewhere/postglass')
    symlinkSync(program, link)
    assert.equal((await ran(folder, [...old, link, 'x'])).out, 'x\n')
  })
})

void test('without one it says which to install; never from the current folder or PATH', async () => {
  await installed(async (folder, program) => {
    putTrap(folder)
    const { status, out, err } = await ran(folder, [...old, program])
    assert.deepEqual([status, out], [3, ''])
    assert.match(err, /^!! {2}Postglass needs Node 24\.15 or newer; [^\n]*\n {4}Do: install Node 24[^]*Exit: 3\n$/)
  })
})

void test('a signal reaches the program under the bundled Node, and its exit status comes back', async () => {
  await installed(async (folder, program) => {
    putNode(folder)
    writeFileSync(
      join(folder, 'dist/cli/main.js'),
      `export async function start() {
        const alive = setInterval(() => {}, 60000)
        process.on('SIGTERM', () => { clearInterval(alive); process.exitCode = 7 })
        console.log('ready')
      }`,
    )
    const child = spawn(process.execPath, [...old, program], { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.once('data', () => child.kill('SIGTERM'))
    const status = await new Promise((done) => child.on('close', done))
    assert.equal(status, 7)
  })
})

void test('a checkout that is not built says how', async () => {
  await inFolder(async (folder) => {
    for (const path of ['bin', 'elsewhere']) mkdirSync(join(folder, path))
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
    copyFileSync(bin, join(folder, 'bin/postglass.js'))
    const { status, err } = await ran(folder, [join(folder, 'bin/postglass.js')])
    assert.equal(status, 3)
    assert.match(err, /dist\/ is missing\.\n {4}Do: npm run build\n/)
  })
})
