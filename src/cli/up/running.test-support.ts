/** A host that runs in this process for the length of a test. */
import assert from 'node:assert/strict'
import { main } from '../main.ts'
import type { TestWorld } from '../world.test-support.ts'

export const anyPorts = ['smtp', 'submission', 'pop3', 'pop3s'].flatMap((name) => ['--listen', `${name}=127.0.0.1:0`])

/** The first line of `up --json`. */
export interface Ready {
  readonly listen: Record<string, string>
  readonly data: string
  readonly version: string
  readonly demo?: readonly { address: string; code: string }[]
}

/** Runs `up --json` until the work is done; gives the first line and ends by SIGTERM. */
export async function running(
  world: TestWorld,
  args: readonly string[],
  work: (ready: Ready) => Promise<void>,
): Promise<number> {
  world.out.length = 0
  const ended = main(['up', '--json', ...args], world)
  await until(() => world.out.length > 0)
  const ready = JSON.parse(world.out[0] ?? '') as Ready
  assert.ok(ready.listen !== undefined, world.out[0])
  try {
    await work(ready)
  } finally {
    world.stop('SIGTERM')
  }
  return ended
}

/** Waits on the event loop, not on a clock. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; turns < 20_000; turns++) {
    if (isSo()) return
    await new Promise((go) => setImmediate(go))
    if (turns > 1000) await new Promise((go) => setTimeout(go, 1))
  }
  assert.fail('it never came')
}

export const portOf = (place: string | undefined): number => Number(place?.split(':').at(-1))
