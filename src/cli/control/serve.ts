/** The running server's ear for other commands: a socket in its data directory, one request a connection. */
import { join } from 'node:path'
import { listenUnix } from '../../net/listen.ts'
import type { Listening } from '../../net/listen.ts'
import type { Line } from '../../net/line.ts'
import { rmSync } from 'node:fs'
import { Fault } from '../fault.ts'
import { giveToOwner } from '../up/folder.ts'
import type { Hands, StoreVerbs } from '../verbs/store-verb.ts'
import { isStoreVerb, storeVerbs } from '../verbs/store-verbs.ts'
import { LineCutter, longestRequest, printMessage, readRequest } from './messages.ts'
import type { Answer } from './messages.ts'
import { faultOf } from './trouble.ts'

export const socketName = 'control.sock'

export interface ControlOptions {
  /** Absolute. */
  readonly data: string
  readonly version: string
  readonly hands: Omit<Hands, 'progress'>
  /** One line for the log: a verb was asked for. Never its arguments. */
  readonly onRequest?: (verb: string) => void
}

/** Listens; whoever calls holds the store's lock, so a socket that lies there belongs to nobody. */
export async function serveControl(options: ControlOptions): Promise<Listening> {
  const path = join(options.data, socketName)
  rmSync(path, { force: true })
  const open = new Set<Line>()
  const listening = await listenUnix({
    path,
    onLine: (line) => {
      open.add(line)
      answer(line, options, () => open.delete(line))
    },
  })
  giveToOwner(path)
  return {
    at: listening.at,
    close: async () => {
      for (const line of open) line.destroy()
      await listening.close()
      rmSync(path, { force: true })
    },
  }
}

/** A request must come whole within this time. */
const patienceMs = 30_000

function answer(line: Line, options: ControlOptions, over: () => void): void {
  const cutter = new LineCutter(longestRequest)
  let isAsked = false
  let isGone = false
  let drained: (() => void) | undefined
  const say = (message: Answer): Promise<void> | undefined => {
    if (isGone) throw new Gone()
    if (line.write(printMessage(message))) return undefined
    return new Promise((go) => (drained = go))
  }
  line.limitSilence(patienceMs)
  line.handle({
    onBytes: (bytes) => {
      if (isAsked) return
      const lines = cutter.cut(bytes)
      const [first] = lines === 'too long' ? [''] : lines
      if (first === undefined) return
      isAsked = true
      line.limitSilence(0)
      void perform(first, options, say)
        .catch(() => {})
        .finally(() => line.end())
    },
    onDrain: () => drained?.(),
    onEnd: () => {
      if (!isAsked) line.end()
    },
    onSilence: () => line.destroy(),
    onClose: () => {
      isGone = true
      drained?.()
      over()
    },
  })
}

/** The asking side went away. */
class Gone extends Error {}

async function perform(
  line: string,
  options: ControlOptions,
  say: (message: Answer) => Promise<void> | undefined,
): Promise<void> {
  const request = readRequest(line)
  try {
    if (request === undefined || !isStoreVerb(request.verb))
      throw new Fault('control-failed', { data: options.data, why: 'The request could not be read.' })
    if (request.version !== options.version)
      throw new Fault('version-differs', { running: options.version, own: request.version })
    options.onRequest?.(request.verb)
    await stream(request.verb, request.args, options, say)
    await say({ what: 'done' })
  } catch (thrown) {
    if (thrown instanceof Gone) return
    const { code, values } = faultOf(thrown, options.data)
    await say({ what: 'fault', code, values })
  }
}

/** The other side is the same program in the same version, by the check above: its arguments have the verb's shape. */
async function stream<Name extends keyof StoreVerbs>(
  verb: Name,
  args: unknown,
  options: ControlOptions,
  say: (message: Answer) => Promise<void> | undefined,
): Promise<void> {
  let told = 0
  const hands: Hands = {
    ...options.hands,
    progress: (done, total) => {
      if (performance.now() - told < 100) return
      told = performance.now()
      void say({ what: 'progress', done, total })?.catch(() => {})
    },
  }
  for await (const row of storeVerbs[verb](hands, args as StoreVerbs[Name]['args'])) await say({ what: 'row', row })
}
