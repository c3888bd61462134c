/** A world for tests: in-process commands with captured output, stores in memory or on disk, no terminal. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MailStore } from '../store/contract.ts'
import { openMemoryStore } from '../store/memory.ts'
import { main } from './main.ts'
import type { World } from './world.ts'

/** Stores in memory by directory: they outlive the command that opens them, as those on disk do. */
export function memoryStores(): World['openStore'] {
  const stores = new Map<string, MailStore>()
  return (folder) => {
    const store = stores.get(folder) ?? openMemoryStore()
    stores.set(folder, store)
    // The next command opens it again.
    return Promise.resolve(Object.assign(store, { close: () => Promise.resolve() }))
  }
}

export interface TestWorld extends World {
  readonly out: string[]
  readonly err: string[]
  /** What lies on standard input. */
  input: string | Uint8Array
  /** What is typed, prompt by prompt. */
  typed: string[]
  /** Columns of the terminal that standard output is; undefined: a pipe. */
  columns: number | undefined
  stop: (signal: string) => void
}

export function testWorld(folder: string, more: Partial<World> = {}): TestWorld {
  const out: string[] = []
  const err: string[] = []
  const output = (into: string[]) => ({
    get isTerminal() {
      return into === out && world.columns !== undefined
    },
    get columns() {
      return into === out ? world.columns : undefined
    },
    write: (text: string | Uint8Array) => {
      into.push(typeof text === 'string' ? text : Buffer.from(text).toString('latin1'))
      return Promise.resolve()
    },
  })
  const world: TestWorld = {
    out,
    err,
    input: '',
    typed: [],
    columns: undefined,
    stop: () => {},
    env: {},
    folder,
    stdin: {
      get isTerminal() {
        return world.typed.length > 0
      },
      // oxlint-disable-next-line require-yield
      bytes: async function* () {
        yield Buffer.from(world.input as string)
      },
      askHidden: () => Promise.resolve(world.typed.shift() ?? ''),
    },
    stdout: output(out),
    stderr: output(err),
    hasStore: existsSync,
    openStore: memoryStores(),
    checkStore: () => Promise.resolve([]),
    repairStore: () => Promise.resolve({ messages: 0, findings: [] }),
    now: () => new Date(),
    ticks: () => performance.now(),
    onStop: (stop) => {
      world.stop = stop
      return () => {}
    },
    ...more,
  }
  return world
}

export interface Ran {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** Runs one command in that world and gives what it printed. */
export async function run(world: TestWorld, ...args: readonly string[]): Promise<Ran> {
  world.out.length = 0
  world.err.length = 0
  const status = await main(args, world)
  return { status, out: world.out.join(''), err: world.err.join('') }
}

/** A folder that is gone when the work is done. */
export async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'postglass-cli-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
