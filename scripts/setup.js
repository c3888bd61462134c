/**
 * Brings a fresh clone to where the program runs: packages, then the build. Plain JavaScript that Node 20 reads, since
 * it runs before the bundled Node 24 is there. May be run again at once, and by two processes at the same time.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const cache = join(root, '.cache')
const oldest = [24, 15]

/** Ends the program with one sentence and the exit code that says who is to blame (docs/guide/command-line.md). */
export function give(up, code) {
  process.stderr.write(`\n!!  ${up}\n`)
  process.exit(code)
}

function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}

/** The Node that runs Postglass: the one npm brought, else this one if it is new enough. By path, never through PATH. */
export function node() {
  const bundled = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(bundled)) return bundled
  if (isNewEnough(process.version)) return process.execPath
  return give(
    `Postglass needs Node ${oldest.join('.')} or newer, and this is ${process.version}: install Node 24 and run the command again.`,
    3,
  )
}

/** Runs a command to its end; resolves with its exit code and what it printed (also shown, unless quiet). */
export function run(command, args, options = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options.spawn })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => {
        output += bytes
        if (options.show) process.stdout.write(bytes)
      })
    }
    child.on('error', (error) => done({ code: 127, output: String(error) }))
    child.on('close', (code, signal) => done({ code: code ?? (signal ? 128 : 1), output }))
  })
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms))

function holderIsAlive(lock) {
  try {
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'))
    process.kill(pid, 0)
    return true
  } catch (error) {
    if (error.code === 'EPERM') return true
    // No pid file yet: its owner is between two calls, unless the folder is old.
    if (error.code === 'ENOENT') return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 10_000
    return false
  }
}

/** Lets one process at a time set up this checkout. A lock whose holder is gone is taken over. */
async function alone(work) {
  mkdirSync(cache, { recursive: true })
  const lock = join(cache, 'setup.lock')
  let told = false
  for (;;) {
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!holderIsAlive(lock)) {
      rmSync(lock, { recursive: true, force: true })
      continue
    }
    if (!told) process.stdout.write('Another set-up of this checkout is running; waiting for it.\n')
    told = true
    await pause(200)
  }
  writeFileSync(join(lock, 'pid'), String(process.pid))
  try {
    return await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function stampOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths) hash.update(path.slice(root.length)).update(readFileSync(path))
  return hash.update(`${process.platform} ${process.arch}`).digest('hex')
}

function readStamp(name) {
  try {
    return readFileSync(join(root, name), 'utf8')
  } catch {
    return ''
  }
}

const packagesStamp = () => stampOf([join(root, 'package.json'), join(root, 'package-lock.json')])
const networkTrouble = /ETIMEDOUT|ECONNRESET|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ERR_SOCKET_TIMEOUT|network|50[0-9] /i

async function install() {
  const stamp = packagesStamp()
  if (readStamp('node_modules/.postglass') === stamp) return
  process.stdout.write('Installing packages (once, about half a minute) ...\n')
  const npm = process.env.npm_execpath
  const [command, first] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm]] : ['npm', []]
  for (let left = 2; ; left--) {
    const { code, output } = await run(command, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'])
    if (code === 0) break
    const network = networkTrouble.test(output)
    if (network && left > 0) {
      process.stdout.write('The package registry did not answer; trying again.\n')
      await pause(3000)
      continue
    }
    process.stderr.write(output)
    if (network)
      give(
        'The package registry could not be reached: that is the network, no test has failed. Run the command again later.',
        3,
      )
    give('The packages could not be installed; what npm said stands above.', 3)
  }
  writeFileSync(join(root, 'node_modules/.postglass'), stamp)
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [path] : []
  })
}

async function compile() {
  const inputs = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => join(root, name))
  const stamp = stampOf([...inputs, ...sources(join(root, 'src')).sort()])
  if (readStamp('dist/.postglass') === stamp) return
  process.stdout.write('Building ...\n')
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  const { code, output } = await run(node(), ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'])
  if (code !== 0) {
    process.stderr.write(output)
    give('The program does not compile; the compiler names the places above.', 1)
  }
  writeFileSync(join(root, 'dist/.postglass'), stamp)
}

/** Packages and build, each only when what it is made from has changed. */
export async function setUp(options = { build: true }) {
  const ready = readStamp('node_modules/.postglass') === packagesStamp() && !options.build
  if (ready) return
  await alone(async () => {
    await install()
    if (options.build) await compile()
  })
}

/** Runs the bundled Node on a script in the foreground, passing signals on; ends with its exit code. */
export function become(args) {
  const child = spawn(node(), args, { cwd: process.env.INIT_CWD ?? process.cwd(), stdio: 'inherit' })
  // Ctrl-C reaches the child through the terminal; the others are passed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => give(`Cannot start ${node()}: ${error.message}.`, 3))
  child.on('close', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}

export function has(command) {
  return (
    spawnSync('sh', ['-c', `command -v ${command}`], {
      stdio: 'ignore',
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    }).status === 0
  )
}
