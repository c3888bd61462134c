/** Stories and the care of the store, as whoever holds the store does them. */
import type { StorySummary } from '../../store/contract.ts'
import { packFacts } from '../../store/facts.ts'
import { Fault } from '../fault.ts'
import type { StoryDocument } from './documents.ts'
import type { StoreVerbTable } from './store-verb.ts'

/** Bytes of a recording that travel in one row. */
const pieceSize = 196_608

export function storyDocument(summary: StorySummary): StoryDocument {
  const { id, kind, protocol, side, peer, local, account, code, began, ended, recorded, messages, outcome } = summary
  return {
    schema: 'postglass/story/1',
    id,
    kind,
    protocol,
    side,
    peer,
    local,
    account: account ?? null,
    code: code ?? null,
    began: began.toISOString(),
    ended: ended?.toISOString() ?? null,
    recorded,
    messages,
    outcome,
  }
}

export const storyVerbs: StoreVerbTable<'story list' | 'story find' | 'story read' | 'story delete' | 'story prune'> = {
  'story list': async function* ({ store }, { message, queueId, account, facts }) {
    if (account !== null && store.directory.account(account) === undefined)
      throw new Fault('unknown-account', { address: account })
    const query = {
      ...(message === null ? {} : { message }),
      ...(queueId === null ? {} : { queueId }),
      ...(account === null ? {} : { account }),
    }
    for await (const summary of store.stories.list(query)) {
      const kept = facts ? await store.stories.facts(summary.id) : undefined
      const packed = kept === undefined ? null : Buffer.from(packFacts(kept)).toString('base64')
      yield { story: storyDocument(summary), facts: packed }
    }
  },
  'story find': async function* ({ store }, { id }) {
    const found = store.stories.find(id)
    if (found === undefined) throw new Fault('unknown-story', { id })
    yield storyDocument(found)
  },
  'story read': async function* ({ store }, { id, what }) {
    const kept = what === 'recording' ? await store.stories.recording(id) : await store.stories.facts(id)
    if (kept === undefined) return
    const packed = packFacts(kept)
    for (let at = 0; at < packed.length; at += pieceSize) {
      const piece = Buffer.from(packed.buffer, packed.byteOffset + at, Math.min(pieceSize, packed.length - at))
      yield { piece: piece.toString('base64') }
    }
  },
  'story delete': async function* ({ store }, { id }) {
    if (!(await store.stories.delete(id))) throw new Fault('unknown-story', { id })
    yield { schema: 'postglass/done/1', done: 'story-deleted', name: id }
  },
  'story prune': async function* ({ store, now }) {
    yield { schema: 'postglass/prune/1', stories: await store.stories.prune(now()) }
  },
}

export const careVerbs: StoreVerbTable<'store stat' | 'store check'> = {
  'store stat': async function* ({ store }) {
    yield { schema: 'postglass/store-stat/1', ...(await store.stat()) }
  },
  'store check': async function* ({ store, progress }) {
    yield { schema: 'postglass/store-check/1', findings: await store.check(progress) }
  },
}
