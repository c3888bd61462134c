/**
 * What both engines say alike about stories: the id and summary of a message's own story, who matches a query, and
 * which recordings go first.
 */
import type { MessageId, StoryId, StoryQuery, StorySummary } from './contract.ts'
import { readFacts } from './facts.ts'

/** A message without a connection story still has one: its facts under this id. */
export function messageStoryId(id: MessageId): StoryId {
  return `m${id}`
}

/** The message whose own story this is; undefined for the story of a connection. */
export function messageOfStory(id: StoryId): MessageId | undefined {
  return id.startsWith('m') ? id.slice(1) : undefined
}

/** The story of kind `message`, out of what was journalled with the message. */
export function messageStory(id: MessageId, received: Date, facts: Uint8Array): StorySummary {
  const recording = readFacts(facts)
  const began = recording ? new Date(Number(recording.began / 1_000_000n)) : received
  const place = (end: { address: string; port: number } | undefined): string =>
    end === undefined ? '' : printPlace(end.address, end.port)
  const ours = recording?.ours ?? 'server'
  return {
    id: messageStoryId(id),
    kind: 'message',
    protocol: recording?.protocol ?? 'smtp',
    side: ours,
    peer: place(ours === 'server' ? recording?.client : recording?.server),
    local: place(ours === 'server' ? recording?.server : recording?.client),
    account: undefined,
    code: undefined,
    began,
    ended: received,
    recorded: false,
    messages: [id],
    outcome: 'accepted',
  }
}

function printPlace(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** What a story is known by beside its summary. */
export interface StoryKeys {
  readonly owners: ReadonlySet<string>
  readonly queueIds: ReadonlySet<string>
}

/** Does the story answer the query? `account` is an account's id or its address as it stands in the summary. */
export function answers(
  query: StoryQuery,
  summary: StorySummary,
  keys: StoryKeys,
  accountId: string | undefined,
): boolean {
  if (query.message !== undefined && !summary.messages.includes(query.message)) return false
  if (query.queueId !== undefined && !keys.queueIds.has(query.queueId)) return false
  if (query.account === undefined) return true
  return summary.account === query.account || (accountId !== undefined && keys.owners.has(accountId))
}

export interface Aging {
  readonly id: StoryId
  readonly at: Date
  readonly bytes: number
}

/** Of recordings, oldest first, those that go: past the age, and then as many as bring the rest under the total. */
export function tooMany(recordings: readonly Aging[], oldest: Date, total: number): readonly Aging[] {
  let sum = recordings.reduce((all, { bytes }) => all + bytes, 0)
  return recordings.filter(({ at, bytes }) => {
    const goes = at < oldest || sum > total
    if (goes) sum -= bytes
    return goes
  })
}
