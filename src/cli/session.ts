/** One run of one command: the world, and how its answers are written. */
import type { InkRow, Look } from './terminal/ink.ts'
import { lookOf, paint } from './terminal/ink.ts'
import { errorDocument, errorRows } from './terminal/errors.ts'
import { progressBar } from './terminal/progress.ts'
import type { ProgressBar } from './terminal/progress.ts'
import type { Fault } from './fault.ts'
import type { Language } from './words/words.ts'
import { tellFault } from './words/faults.ts'
import type { World } from './world.ts'

export interface Manner {
  readonly language: Language
  /** Documents for programs instead of screens for people. */
  readonly json: boolean
  /** Stack traces with errors. */
  readonly debug: boolean
}

export interface Session extends Manner {
  readonly world: World
  /** Of standard output. */
  readonly look: Look
  /** Rows for people, each with a line end. */
  show(rows: Iterable<InkRow>): Promise<void>
  /** One JSON document on a line of its own. */
  document(value: unknown): Promise<void>
  /** A bar on stderr, where that is a terminal. */
  progress(what: string, name: string): ProgressBar
  /** Writes an error as people or programs read it; returns its exit status. */
  complain(fault: Fault): Promise<number>
}

/** About this many characters are written at once: neither each row alone nor a whole capture. */
const batch = 65_536

/** Long whole numbers of a document as numbers, times in nanoseconds are texts already. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}

export function openSession(world: World, manner: Manner): Session {
  const look = lookOf(world.stdout, world.env)
  const errorLook = lookOf(world.stderr, world.env)
  const session: Session = {
    ...manner,
    world,
    look,
    show: async (rows) => {
      let waiting = ''
      for (const row of rows) {
        waiting += `${paint(row, look)}\n`
        if (waiting.length < batch) continue
        await world.stdout.write(waiting)
        waiting = ''
      }
      if (waiting !== '') await world.stdout.write(waiting)
    },
    document: (value) => world.stdout.write(`${JSON.stringify(value, plain)}\n`),
    progress: (what, name) =>
      progressBar(what, name, {
        isTerminal: world.stderr.isTerminal,
        look: errorLook,
        write: (text) => void world.stderr.write(text).catch(() => {}),
        now: () => world.ticks(),
      }),
    complain: async (fault) => {
      if (manner.json) await session.document(errorDocument(fault, manner.language))
      else {
        // A screen on a terminal begins with an empty line.
        const rows = [...(world.stderr.isTerminal ? [[]] : []), ...errorRows(fault, manner.language, errorLook.columns)]
        await world.stderr.write(rows.map((row) => `${paint(row, errorLook)}\n`).join(''))
      }
      if (manner.debug && fault.stack !== undefined) await world.stderr.write(`${stackOf(fault)}\n`)
      return tellFault(fault.code, fault.values, manner.language).exit
    },
  }
  return session
}

function stackOf(fault: Error): string {
  const { cause } = fault
  return cause instanceof Error ? `${fault.stack ?? ''}\ncaused by ${stackOf(cause)}` : (fault.stack ?? '')
}
