/**
 * A whole mail host of our own for a test: started by its command line as a user would, on loopback, ports of the
 * system's choice, in a folder that is removed afterwards. And the programs of others that talk to it.
 */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const program = join(root, 'bin/postglass.js')

export interface Ran {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** Runs a program to its end (at most a minute), as another user where one is given; never throws for its exit code. */
export function run(
  command: string,
  args: readonly string[],
  input: Uint8Array | string = '',
  uid?: number,
): Promise<Ran> {
  return new Promise((done) => {
    const child = execFile(
      command,
      args,
      {
        encoding: 'buffer',
        maxBuffer: 256 * 1024 * 1024,
        timeout: 60_000,
        cwd: uid === undefined ? root : tmpdir(),
        ...(uid === undefined ? {} : { uid, gid: uid }),
      },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : 127) : 0
        done({ code, stdout, stderr: stderr.toString() })
      },
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** False when the program is there, else the reason for a skip. */
export function missing(name: string): false | string {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { env: { ...process.env, PATH: path } }).status === 0
  return found ? false : `${name} is not installed`
}

/** False when swaks is there and can speak TLS, else the reason for a skip. */
export function missingSwaksTls(): false | string {
  if (missing('swaks')) return missing('swaks')
  return spawnSync('perl', ['-MNet::SSLeay', '-e1']).status === 0
    ? false
    : "swaks has no TLS (Perl's Net::SSLeay is not installed)"
}

/** Runs `postglass ARGS` as it is. */
export function postglass(args: readonly string[], input = ''): Promise<Ran> {
  return run(process.execPath, [program, ...args], input)
}

export interface Account {
  readonly address: string
  readonly code: string
}

export interface Host {
  readonly data: string
  /** Port of a protocol of `--listen`. */
  port(protocol: string): number
  /** Runs `postglass ARGS --data …` beside the running server. */
  postglass(args: readonly string[], input?: string): Promise<Ran>
  account(name: string): Promise<Account>
  /** What the server wrote on stderr so far. */
  log(): string
  stop(): Promise<number>
}

const protocols = ['smtp', 'submission', 'submissions', 'pop3', 'pop3s']

interface Ready {
  readonly listen: Readonly<Record<string, string>>
}

/** Reads the first line of `up --json`. */
function ready(child: ChildProcess, log: () => string): Promise<Ready> {
  return new Promise((done, fail) => {
    let text = ''
    child.stdout?.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      const end = text.indexOf('\n')
      if (end >= 0) done(JSON.parse(text.slice(0, end)) as Ready)
    })
    child.once('exit', (code) => fail(new Error(`postglass up ended with ${code}: ${text}${log()}`)))
  })
}

export async function startHost(
  options: { readonly mode?: string; readonly up?: readonly string[] } = {},
): Promise<Host> {
  const data = mkdtempSync(join(tmpdir(), 'postglass-walk-'))
  const onData = (args: readonly string[], input = ''): Promise<Ran> => postglass([...args, '--data', data], input)
  const must = async (args: readonly string[], input = ''): Promise<string> => {
    const ran = await onData(args, input)
    if (ran.code !== 0) throw new Error(`postglass ${args.join(' ')}: ${ran.code} ${ran.stderr}`)
    return ran.stdout.toString()
  }
  await must(['domain', 'add', 'north.test', '--mode', options.mode ?? 'lab'])
  const listen = protocols.flatMap((protocol) => ['--listen', `${protocol}=127.0.0.1:0`])
  const child = spawn(process.execPath, [program, 'up', '--data', data, '--json', ...listen, ...(options.up ?? [])], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (bytes: Buffer) => {
    log += bytes.toString()
  })
  const { listen: bound } = await ready(child, () => log)
  const ended = new Promise<number>((done) => child.once('exit', (code) => done(code ?? -1)))
  return {
    data,
    port: (protocol) => Number(bound[protocol]?.split(':').at(-1)),
    postglass: onData,
    async account(name) {
      const address = `${name}@north.test`
      await must(['account', 'add', address, '--password-stdin'], `the account password of ${name}\n`)
      const told = JSON.parse(
        await must(['code', 'add', address, '--label', 'walk', '--scope', 'smtp,pop3', '--json']),
      ) as { code: string }
      return { address, code: told.code }
    },
    log: () => log,
    async stop() {
      child.kill('SIGTERM')
      const code = await ended
      rmSync(data, { recursive: true, force: true })
      return code
    },
  }
}

/** What a stored message is: the trace fields that the server put first, and the bytes that were sent. */
export function splitTrace(stored: Buffer, sent: Buffer): { readonly trace: string; readonly same: boolean } {
  const trace = stored.subarray(0, Math.max(0, stored.length - sent.length))
  return { trace: trace.toString('latin1'), same: stored.subarray(trace.length).equals(sent) }
}

/** Fetches message `number` byte for byte with curl. */
export async function fetchWithCurl(host: Host, account: Account, number: number): Promise<Buffer> {
  const ran = await run('curl', [
    '-sS',
    '--user',
    `${account.address}:${account.code}`,
    `pop3://127.0.0.1:${host.port('pop3')}/${number}`,
  ])
  if (ran.code !== 0) throw new Error(`curl: ${ran.code} ${ran.stderr}`)
  return ran.stdout
}
