/** What `up` shows people: the first screen, the demonstration explained, one live line a connection. */
import { relative } from 'node:path'
import type { ConnectionSummary, MailHost } from '../../server/contract.ts'
import type { MailStore } from '../../store/contract.ts'
import { faultOf } from '../control/trouble.ts'
import type { Session } from '../session.ts'
import { conversationRows } from '../terminal/conversation.ts'
import { ink } from '../terminal/ink.ts'
import { viewOf } from '../terminal/view.ts'
import { explainRecording } from '../verbs/recorded.ts'
import { version } from '../version.ts'
import { upWords } from '../words/up.ts'
import type { HostCertificates } from './certificates.ts'
import type { Connections } from './connections.ts'
import { playDemo } from './demo.ts'
import type { DemoPerson } from './demo.ts'
import { liveRow } from './live-line.ts'
import { screenRows } from './screen.ts'

/** Live lines come only after the first screen and the demonstration. */
export function showLive(session: Session, summary: ConnectionSummary): void {
  const row = liveRow(summary, upWords[session.language], session.look.columns)
  // A terminal that is gone must not stop the mail.
  session.show([row]).catch(() => {})
}

/** The people of the demonstration with their fresh codes, shown this once. */
export function peopleDocument(people: readonly DemoPerson[]): { address: string; code: string }[] {
  return people.map(({ address, code }) => ({ address, code: code.reveal() }))
}

export interface ScreenParts {
  readonly data: string
  readonly store: MailStore
  readonly certificates: HostCertificates
  readonly mail: MailHost
  readonly isPublic: boolean
  readonly people: readonly DemoPerson[] | undefined
}

export async function showScreen(session: Session, parts: ScreenParts): Promise<void> {
  const { data, store, certificates, mail, isPublic, people } = parts
  const { messages } = await store.stat()
  const below = relative(session.world.folder, data)
  const rows = screenRows(
    {
      version,
      data: below !== '' && !below.startsWith('..') ? `./${below}` : data,
      accounts: store.directory.accounts().length,
      messages,
      certificates,
      listening: mail.listening,
      isPublic,
      domains: store.directory.domains().length,
      people: peopleDocument(people ?? []),
    },
    upWords[session.language],
  )
  await session.show(session.world.stdout.isTerminal ? [[], ...rows] : rows)
}

/** Both conversations, explained from what the host itself recorded. A fault is told, and the host goes on. */
export async function demonstrate(
  session: Session,
  store: MailStore,
  mail: MailHost,
  connections: Connections,
  people: readonly [DemoPerson, DemoPerson],
): Promise<void> {
  const words = upWords[session.language]
  const view = viewOf(session.language, session.look)
  const host = {
    store,
    listening: mail.listening,
    nextConnection: (listener: Parameters<Connections['next']>[0]) => connections.next(listener),
  }
  const { show } = connections
  connections.show = undefined
  try {
    for await (const { what, recording } of playDemo(host, people, session.world.now(), session.language)) {
      if (session.json) continue
      const { conversation, capture } = explainRecording(recording)
      await session.show([
        [ink('heading', what === 'sent' ? words.demoSent : words.demoFetched)],
        ...conversationRows(conversation, capture.names, view),
        [],
        [],
      ])
    }
  } catch (thrown) {
    await session.complain(faultOf(thrown))
  } finally {
    connections.show = show
  }
}
