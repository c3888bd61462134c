/** `store`: counts, checks and repairs the store. */
import type { Progress } from '../../store/contract.ts'
import { faultOf } from '../control/trouble.ts'
import { reachServer } from '../control/ask.ts'
import { Fault } from '../fault.ts'
import type { Session } from '../session.ts'
import { inert } from '../terminal/inert.ts'
import { ink } from '../terminal/ink.ts'
import type { InkRow } from '../terminal/ink.ts'
import { padEnd, paragraph } from '../terminal/layout.ts'
import { verbWords } from '../words/verbs.ts'
import type { CheckDocument } from './documents.ts'
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

/** Asks a running server; a store that nobody has open is only read. Exit 1 where anything is wrong. */
export async function storeCheck(session: Session, options: DataOption): Promise<number> {
  const data = dataFolder(session, options.data)
  const { findings } = (await isServed(session, data))
    ? await performOne(session, data, 'store check', {})
    : {
        findings: await withStoreAlone(session, data, 'checking', (progress) =>
          session.world.checkStore(data, progress),
        ),
      }
  if (session.json) {
    await session.document({ schema: 'postglass/store-check/1', findings } satisfies CheckDocument)
    return findings.length === 0 ? 0 : 1
  }
  if (findings.length === 0) {
    await session.show([[ink('ok', 'ok'), ink('text', `  ${verbWords[session.language].checkGood}`)]])
    return 0
  }
  await session.show(findingRows(findings, session))
  return session.complain(new Fault('store-damage', { count: findings.length }))
}

/** Needs the store for itself: a running server keeps it from that. What was lost is told. */
export async function storeRepair(session: Session, options: DataOption): Promise<void> {
  const data = dataFolder(session, options.data)
  if (await isServed(session, data)) throw new Fault('server-running', { data })
  const repair = (progress: Progress) => session.world.repairStore(data, progress)
  const { messages, findings } = await withStoreAlone(session, data, 'repairing', repair)
  if (session.json) return session.document({ schema: 'postglass/store-repair/1', messages, findings })
  await session.show([
    ...findingRows(findings, session),
    [ink('ok', 'ok'), ink('text', `  ${verbWords[session.language].repaired(messages)}`)],
  ])
}

function findingRows(findings: CheckDocument['findings'], session: Session): InkRow[] {
  return findings.flatMap(({ what, where, why }) =>
    paragraph('text', `${what}: ${inert(where)}. ${inert(why)}`, 4, session.look.columns, [ink('danger', '!!')]),
  )
}

async function isServed(session: Session, data: string): Promise<boolean> {
  if (!session.world.hasStore(data)) throw new Fault('no-store', { data })
  const line = await reachServer(data)
  line?.destroy()
  return line !== undefined
}

async function withStoreAlone<Result>(
  session: Session,
  data: string,
  what: string,
  work: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  const bar = session.progress(what, data)
  try {
    return await work((done, total) => bar.report(done, total))
  } catch (thrown) {
    throw faultOf(thrown, data)
  } finally {
    bar.end()
  }
}
