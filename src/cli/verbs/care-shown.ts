/** `store`: counts, checks and repairs the store. */
import { existsSync } from 'node:fs'
import { faultOf } from '../control/trouble.ts'
import { reachServer } from '../control/ask.ts'
import { Fault } from '../fault.ts'
import type { Session } from '../session.ts'
import { inert } from '../terminal/inert.ts'
import { ink } from '../terminal/ink.ts'
import { padEnd, paragraph } from '../terminal/layout.ts'
import { verbWords } from '../words/verbs.ts'
import type { DataOption } from './people-shown.ts'
import { dataFolder, performOne } from './reach.ts'

const facts = ['messages', 'bytes', 'accounts', 'segments', 'journal', 'index'] as const

export async function storeStat(session: Session, options: DataOption): Promise<void> {
  const document = await performOne(session, dataFolder(session, options.data), 'store stat', {})
  if (session.json) return session.document(document)
  const words = verbWords[session.language]
  await session.show(
    facts.map((name) => [ink('text', padEnd(words.stat(name), 14)), ink('text', String(document[name]))]),
  )
}

/** Exit 1 where anything is wrong. */
export async function storeCheck(session: Session, options: DataOption): Promise<number> {
  const document = await performOne(session, dataFolder(session, options.data), 'store check', {})
  const { findings } = document
  if (session.json) {
    await session.document(document)
    return findings.length === 0 ? 0 : 1
  }
  if (findings.length === 0) {
    await session.show([[ink('ok', 'ok'), ink('text', `  ${verbWords[session.language].checkGood}`)]])
    return 0
  }
  await session.show(
    findings.flatMap(({ what, where, why }) =>
      paragraph('text', `${what}: ${inert(where)}. ${inert(why)}`, 4, session.look.columns, [ink('danger', '!!')]),
    ),
  )
  return session.complain(new Fault('store-damage', { count: findings.length }))
}

/** Needs the store for itself: a running server keeps it from that. */
export async function storeRepair(session: Session, options: DataOption): Promise<void> {
  const data = dataFolder(session, options.data)
  if (!existsSync(data)) throw new Fault('no-store', { data })
  const line = await reachServer(data)
  if (line !== undefined) {
    line.destroy()
    throw new Fault('server-running', { data })
  }
  const bar = session.progress('repairing', data)
  try {
    const { messages } = await session.world.repairStore(data, (done, total) => bar.report(done, total))
    bar.end()
    if (session.json) await session.document({ schema: 'postglass/store-repair/1', messages })
    else await session.show([[ink('ok', 'ok'), ink('text', `  ${verbWords[session.language].repaired(messages)}`)]])
  } catch (thrown) {
    bar.end()
    throw faultOf(thrown, data)
  }
}
