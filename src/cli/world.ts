/** What a command is given of the process: streams, environment, clock. Tests hand in their own. */
import { existsSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Readable, Writable } from 'node:stream'
import { layoutOf } from '../store/layout.ts'
import type { Repaired } from '../store/check/repair.ts'
import type { CheckFinding, MailStore, Progress } from '../store/contract.ts'

export interface Output {
  readonly isTerminal: boolean
  /** Undefined where it is no terminal. */
  readonly columns: number | undefined
  /** Resolves when more may come. */
  write(text: string | Uint8Array): Promise<void>
}

export interface Input {
  readonly isTerminal: boolean
  bytes(): AsyncIterable<Uint8Array>
  /** Asks on the terminal; what is typed is not shown. */
  askHidden(prompt: string): Promise<string>
}

export interface StoreOptions {
  /** Hours that recordings are kept. */
  readonly keepHours?: number
}

export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute. */
  readonly folder: string
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  /** True where a store lies in that directory. */
  hasStore(folder: string): boolean
  /** Opens the store in that directory; throws `StoreError`. */
  openStore(folder: string, options: StoreOptions): Promise<MailStore>
  /** Checks the store in that directory, which nothing else has open, without changing it; throws `StoreError`. */
  checkStore(folder: string, progress: Progress): Promise<readonly CheckFinding[]>
  /** Mends its journal and builds its index anew, while nothing else has it open; throws `StoreError`. */
  repairStore(folder: string, progress: Progress): Promise<Repaired>
  now(): Date
  /** Milliseconds of a clock that only goes forward. */
  ticks(): number
  /** Calls back at SIGINT and SIGTERM; returns how to stop listening. */
  onStop(stop: (signal: string) => void): () => void
}

/** Ends with this when whoever read our output has gone (`| head`): that is no failure. */
export class OutputClosed extends Error {}

/** A stream of the process; a reader that is gone ends the command quietly. */
export function outputOf(stream: Writable & { isTTY?: boolean; columns?: number }): Output {
  let isClosed = false
  stream.on('error', () => (isClosed = true))
  return {
    get isTerminal() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.isTTY === true ? stream.columns : undefined
    },
    write: (text) =>
      new Promise((done, failed) => {
        if (isClosed) {
          failed(new OutputClosed())
          return
        }
        stream.write(text, (fault) => {
          if (fault === null || fault === undefined) done()
          else failed('code' in fault && fault.code === 'EPIPE' ? new OutputClosed() : fault)
        })
      }),
  }
}

type Terminal = Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown }

/** What the user types until Enter, unseen; Ctrl-C ends the program as it would anywhere. */
async function hiddenLine(stdin: Terminal): Promise<string> {
  stdin.setRawMode?.(true)
  stdin.resume()
  let typed = ''
  try {
    for await (const chunk of stdin.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer | string>) {
      for (const character of chunk.toString('utf8')) {
        if (character === '\r' || character === '\n' || character === '\u0004') return typed
        if (character === '\u0003') process.kill(process.pid, 'SIGINT')
        else if (character === '\u007f' || character === '\b') typed = typed.slice(0, -1)
        else if (character >= ' ') typed += character
      }
    }
    return typed
  } finally {
    stdin.setRawMode?.(false)
    stdin.pause()
  }
}

/** The process we are. */
export function processWorld(): World {
  return {
    env: process.env,
    folder: process.cwd(),
    stdin: {
      isTerminal: isatty(0),
      bytes: () => process.stdin as AsyncIterable<Buffer>,
      askHidden: async (prompt) => {
        process.stderr.write(prompt)
        const line = await hiddenLine(process.stdin)
        process.stderr.write('\n')
        return line
      },
    },
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    hasStore: (folder) => existsSync(layoutOf(folder).format),
    openStore: async (folder, options) => (await import('../store/open.ts')).openStore(folder, options),
    checkStore: async (folder, progress) =>
      (await import('../store/check/repair.ts')).checkClosedStore(folder, progress),
    repairStore: async (folder, progress) => (await import('../store/check/repair.ts')).repairStore(folder, progress),
    now: () => new Date(),
    ticks: () => performance.now(),
    onStop: (stop) => {
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
      const listeners = signals.map((signal) => [signal, (): void => stop(signal)] as const)
      for (const [signal, listener] of listeners) process.on(signal, listener)
      return () => {
        for (const [signal, listener] of listeners) process.off(signal, listener)
      }
    },
  }
}
