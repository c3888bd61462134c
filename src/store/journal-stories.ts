/** The stories of the journal engine: facts in the journal, recorded bytes in sealed files. */
import { StoreError } from './contract.ts'
import type { NewStory, Stories, StoryId, StoryQuery, StorySummary } from './contract.ts'
import type { Recording } from '../wire/packet/recording.ts'
import { readFacts } from './facts.ts'
import type { IdMaker } from './ids.ts'
import type { Message } from './index/messages.ts'
import { type IndexReader, narrowedBy } from './index/read.ts'
import type { StoryPlace } from './index/story-table.ts'
import { readHeadBytes } from './journal/message-head.ts'
import type { SegmentFiles } from './journal/segments.ts'
import type { People } from './people.ts'
import type { SealedFiles } from './seal.ts'
import { messageOfStory, messageStory } from './stories.ts'
import type { WriterLink } from './writer/link.ts'

/** Facts of a connection are at most this large. */
const mostFacts = 64 * 2 ** 10

export interface StoryParts {
  readonly ids: IdMaker
  readonly reader: IndexReader
  readonly segments: SegmentFiles
  readonly sealed: SealedFiles
  readonly link: WriterLink
  readonly people: () => People
  readonly keepMs: number
  readonly total: number
}

export class JournalStories implements Stories {
  readonly #parts: StoryParts

  constructor(parts: StoryParts) {
    this.#parts = parts
  }

  newId(): StoryId {
    return `s${this.#parts.ids.next()}`
  }

  async keep(story: NewStory): Promise<void> {
    const { link, sealed } = this.#parts
    if (story.facts.length > mostFacts)
      throw new StoreError('too-large', `the facts of a story take at most ${mostFacts} bytes`)
    const sealedBytes = story.recording ? sealed.keep(story.id, story.recording) : 0
    try {
      await link.ask({
        what: 'keep-story',
        summary: { ...story.summary, id: story.id, kind: 'connection', recorded: sealedBytes > 0 },
        facts: story.facts,
        owners: story.owners,
        sealedBytes,
      })
    } catch (thrown) {
      // the files of one that is kept already are not ours to remove
      if (sealedBytes > 0 && !this.#parts.reader.story(story.id)) sealed.remove(story.id)
      throw thrown
    }
  }

  async *list(query: StoryQuery = {}): AsyncIterable<StorySummary> {
    const { reader } = this.#parts
    const messages = narrowedBy(reader, query)
    const account = query.account === undefined ? undefined : this.#parts.people().account(query.account)
    const accountId = account?.id ?? query.account
    const connections = messages ? inOrder(messages.flatMap((one) => reader.storiesOf(one))) : reader.stories()
    const own = messages?.filter((one) => one.told && reader.storiesOf(one).length === 0) ?? reader.untold()
    const first = filter(connections, ({ id, summary }) =>
      accountId === undefined || summary.account === query.account || reader.ownsStory(accountId, id)
        ? summary
        : undefined,
    )
    const second = filter(own, (message) =>
      accountId === undefined || reader.ownsMessage(accountId, message) ? this.#own(message) : undefined,
    )
    yield* merged(first, second)
  }

  find(id: StoryId): StorySummary | undefined {
    const message = this.#message(id)
    return message ? this.#own(message) : this.#parts.reader.story(id)?.summary
  }

  /** The message whose own story this is. */
  #message(id: StoryId): Message | undefined {
    const { reader } = this.#parts
    const message = messageOfStory(id)
    return message === undefined ? undefined : reader.message(reader.numberOf(message))
  }

  #own(message: Message): StorySummary | undefined {
    const facts = message.told ? this.#factsOf(message) : undefined
    if (!facts) return undefined
    return messageStory(this.#parts.reader.idOf(message.number), new Date(message.received), facts)
  }

  /** The facts that were journalled with a message. */
  #factsOf(message: Message): Uint8Array | undefined {
    const record = readHeadBytes(this.#parts.segments.read(message.segment, message.at, message.head))
    return record?.head.facts
  }

  async facts(id: StoryId): Promise<Recording | undefined> {
    if (messageOfStory(id) !== undefined) {
      const message = this.#message(id)
      const facts = message?.told ? this.#factsOf(message) : undefined
      return facts && readFacts(facts)
    }
    const story = this.#parts.reader.story(id)
    return story && readFacts(this.#parts.segments.read(story.segment, story.at + story.head, story.size))
  }

  async recording(id: StoryId): Promise<Recording | undefined> {
    return this.#parts.reader.story(id)?.summary.recorded ? this.#parts.sealed.read(id) : undefined
  }

  async delete(id: StoryId): Promise<boolean> {
    const answer = await this.#parts.link.ask({ what: 'delete-story', id })
    return answer !== undefined && 'count' in answer && answer.count > 0
  }

  async prune(now: Date): Promise<number> {
    const before = now.getTime() - this.#parts.keepMs
    const answer = await this.#parts.link.ask({ what: 'prune', before, total: this.#parts.total })
    return answer !== undefined && 'count' in answer ? answer.count : 0
  }
}

/** Each once, by when it began. */
function inOrder(stories: readonly StoryPlace[]): readonly StoryPlace[] {
  const byId = new Map(stories.map((story) => [story.id, story]))
  return [...byId.values()].sort((a, b) => a.summary.began.getTime() - b.summary.began.getTime())
}

function* filter<From, To>(all: Iterable<From>, map: (one: From) => To | undefined): Iterable<To> {
  for (const one of all) {
    const mapped = map(one)
    if (mapped !== undefined) yield mapped
  }
}

/** Two lists that are in order by `began`, as one. */
function* merged(first: Iterable<StorySummary>, second: Iterable<StorySummary>): Iterable<StorySummary> {
  const a = first[Symbol.iterator]()
  const b = second[Symbol.iterator]()
  let one = a.next()
  let other = b.next()
  while (!one.done || !other.done) {
    if (!one.done && (other.done || one.value.began <= other.value.began)) {
      yield one.value
      one = a.next()
    } else if (!other.done) {
      yield other.value
      other = b.next()
    }
  }
}
