/** Performs a store verb where the store is: by a running server, or by opening it here. */
import { resolve } from 'node:path'
import { StoreError } from '../../store/contract.ts'
import { ask, reachServer } from '../control/ask.ts'
import { faultOf } from '../control/trouble.ts'
import { Fault } from '../fault.ts'
import type { Session } from '../session.ts'
import { makeFolder } from '../up/folder.ts'
import { version } from '../version.ts'
import type { StoreVerbName, StoreVerbs } from './store-verb.ts'

/** The data directory as it was named, and as the system knows it. */
export function dataFolder(session: Session, named: string | undefined): string {
  return resolve(session.world.folder, named ?? 'data')
}

/** Verbs that may begin a store where there is none. */
const beginning: ReadonlySet<StoreVerbName> = new Set<StoreVerbName>(['domain add'])

/** Another command may hold the store for a moment, or a server be about to start: tries again for this long. */
const patienceMs = 3000
const pauseMs = 50

/** Yields the verb's rows. Throws a `Fault`. */
export async function* perform<Name extends StoreVerbName>(
  session: Session,
  data: string,
  verb: Name,
  args: StoreVerbs[Name]['args'],
): AsyncGenerator<StoreVerbs[Name]['row']> {
  if (!session.world.hasStore(data) && !beginning.has(verb)) throw new Fault('no-store', { data })
  const began = session.world.ticks()
  for (;;) {
    const line = await reachServer(data)
    if (line !== undefined) {
      yield* asked(session, line, data, verb, args)
      return
    }
    try {
      yield* performedHere(session, data, verb, args)
      return
    } catch (thrown) {
      if (!(thrown instanceof StoreError) || thrown.code !== 'locked' || session.world.ticks() - began > patienceMs)
        throw faultOf(thrown, data)
    }
    await new Promise((go) => setTimeout(go, pauseMs))
  }
}

async function* asked<Name extends StoreVerbName>(
  session: Session,
  line: NonNullable<Awaited<ReturnType<typeof reachServer>>>,
  data: string,
  verb: Name,
  args: StoreVerbs[Name]['args'],
): AsyncGenerator<StoreVerbs[Name]['row']> {
  const bar = session.progress('checking', data)
  try {
    for await (const answer of ask(line, { version, verb, args }, data)) {
      if (answer.what === 'progress') bar.report(answer.done, answer.total)
      // The same program in the same version answers: the row has the verb's shape.
      else yield answer.row as StoreVerbs[Name]['row']
    }
  } finally {
    bar.end()
  }
}

async function* performedHere<Name extends StoreVerbName>(
  session: Session,
  data: string,
  verb: Name,
  args: StoreVerbs[Name]['args'],
): AsyncGenerator<StoreVerbs[Name]['row']> {
  const { storeVerbs } = await import('./store-verbs.ts')
  if (beginning.has(verb)) makeFolder(data)
  const store = await session.world.openStore(data, {})
  const bar = session.progress('checking', data)
  try {
    const progress = (done: number, total: number): void => bar.report(done, total)
    yield* storeVerbs[verb]({ store, now: () => session.world.now(), progress }, args)
  } finally {
    bar.end()
    await store.close()
  }
}

/** The one row of a verb that has one. */
export async function performOne<Name extends StoreVerbName>(
  session: Session,
  data: string,
  verb: Name,
  args: StoreVerbs[Name]['args'],
): Promise<StoreVerbs[Name]['row']> {
  let only: StoreVerbs[Name]['row'] | undefined
  for await (const row of perform(session, data, verb, args)) only = row
  if (only === undefined) throw new Fault('internal', { why: `${verb} gave no answer` })
  return only
}

/** All rows of a verb whose list is short. */
export async function performAll<Name extends StoreVerbName>(
  session: Session,
  data: string,
  verb: Name,
  args: StoreVerbs[Name]['args'],
): Promise<StoreVerbs[Name]['row'][]> {
  const rows: StoreVerbs[Name]['row'][] = []
  for await (const row of perform(session, data, verb, args)) rows.push(row)
  return rows
}
