/** The stories of the engine in memory. */
import type { Recording } from '../wire/packet/recording.ts'
import type { AccountId, MessageId, NewStory, Stories, StoryId, StoryQuery, StorySummary } from './contract.ts'
import { StoreError } from './contract.ts'
import { packFacts, readFacts } from './facts.ts'
import type { IdMaker } from './ids.ts'
import type { People } from './people.ts'
import { answers, messageOfStory, messageStory, messageStoryId, tooMany } from './stories.ts'

/** One message, however many mailboxes show it. */
export interface MemoryMessage {
  readonly id: MessageId
  readonly bytes: Uint8Array
  readonly received: Date
  readonly queueId: string
  readonly story: StoryId | undefined
  readonly facts: Uint8Array | undefined
  readonly owners: Set<AccountId>
  copies: number
}

interface Kept {
  summary: StorySummary
  readonly facts: Uint8Array
  recording: Uint8Array | undefined
  readonly owners: ReadonlySet<AccountId>
}

/** A message that is gone while its facts are still kept. */
interface Gone {
  readonly message: MemoryMessage
  readonly at: Date
}

export class MemoryStories implements Stories {
  readonly #ids: IdMaker
  readonly #messages: ReadonlyMap<MessageId, MemoryMessage>
  readonly #people: People
  readonly #limits: { readonly keepMs: number; readonly total: number }
  readonly #kept = new Map<StoryId, Kept>()
  readonly #gone = new Map<MessageId, Gone>()
  /** Message stories that were deleted by hand. */
  readonly #deleted = new Set<StoryId>()

  constructor(
    ids: IdMaker,
    messages: ReadonlyMap<MessageId, MemoryMessage>,
    people: People,
    limits: { keepMs: number; total: number },
  ) {
    this.#ids = ids
    this.#messages = messages
    this.#people = people
    this.#limits = limits
  }

  newId(): StoryId {
    return `s${this.#ids.next()}`
  }

  async keep(story: NewStory): Promise<void> {
    if (this.#kept.has(story.id)) throw new StoreError('exists', `the story ${story.id} is kept already`)
    // what came in it and is gone already takes its bytes along
    const whole = story.summary.messages.every((id) => this.#messages.has(id))
    const recording = whole && story.recording ? packFacts(story.recording) : undefined
    this.#kept.set(story.id, {
      summary: { ...story.summary, id: story.id, kind: 'connection', recorded: recording !== undefined },
      facts: story.facts,
      recording,
      owners: new Set(story.owners),
    })
  }

  async *list(query: StoryQuery = {}): AsyncIterable<StorySummary> {
    const account = query.account === undefined ? undefined : this.#people.account(query.account)
    const accountId = account?.id ?? query.account
    const found: StorySummary[] = []
    for (const { summary, owners } of this.#kept.values()) {
      const queueIds = new Set(summary.messages.flatMap((id) => this.#message(id)?.queueId ?? []))
      if (answers(query, summary, { owners, queueIds }, accountId)) found.push(summary)
    }
    for (const message of this.#everyMessage()) {
      const summary = this.#own(message)
      if (!summary || (message.story !== undefined && this.#kept.has(message.story))) continue
      const keys = { owners: message.owners, queueIds: new Set([message.queueId]) }
      if (answers(query, summary, keys, accountId)) found.push(summary)
    }
    yield* found.sort((a, b) => a.began.getTime() - b.began.getTime())
  }

  *#everyMessage(): Iterable<MemoryMessage> {
    for (const { message } of this.#gone.values()) yield message
    yield* this.#messages.values()
  }

  #message(id: MessageId): MemoryMessage | undefined {
    return this.#messages.get(id) ?? this.#gone.get(id)?.message
  }

  #own(message: MemoryMessage | undefined): StorySummary | undefined {
    if (!message?.facts || this.#deleted.has(messageStoryId(message.id))) return undefined
    return messageStory(message.id, message.received, message.facts)
  }

  find(id: StoryId): StorySummary | undefined {
    const message = messageOfStory(id)
    return message === undefined ? this.#kept.get(id)?.summary : this.#own(this.#message(message))
  }

  async facts(id: StoryId): Promise<Recording | undefined> {
    const message = messageOfStory(id)
    const kept = message === undefined ? this.#kept.get(id)?.facts : this.find(id) && this.#message(message)?.facts
    return kept ? readFacts(kept) : undefined
  }

  async recording(id: StoryId): Promise<Recording | undefined> {
    const kept = this.#kept.get(id)?.recording
    return kept ? readFacts(kept) : undefined
  }

  async delete(id: StoryId): Promise<boolean> {
    if (!this.find(id)) return false
    if (messageOfStory(id) !== undefined) this.#deleted.add(id)
    else this.#kept.delete(id)
    return true
  }

  async prune(now: Date): Promise<number> {
    const oldest = new Date(now.getTime() - this.#limits.keepMs)
    for (const { message, at } of this.#gone.values()) if (at < oldest) this.#gone.delete(message.id)
    const recorded = [...this.#kept.values()].flatMap(({ summary, recording }) =>
      recording ? [{ id: summary.id, at: summary.ended ?? summary.began, bytes: recording.length }] : [],
    )
    const gone = tooMany(recorded, oldest, this.#limits.total)
    for (const { id } of gone) this.#dropBytes(id)
    for (const { summary } of this.#kept.values()) {
      const old = (summary.ended ?? summary.began) < oldest
      if (old && !summary.messages.some((id) => this.#message(id))) this.#kept.delete(summary.id)
    }
    return gone.length
  }

  #dropBytes(id: StoryId): void {
    const kept = this.#kept.get(id)
    if (!kept) return
    kept.recording = undefined
    kept.summary = { ...kept.summary, recorded: false }
  }

  /** Called when the last copy of a message went: its bytes go from every story, its facts later. */
  messageGone(message: MemoryMessage, at: Date): void {
    if (message.facts) this.#gone.set(message.id, { message: { ...message, bytes: new Uint8Array(0) }, at })
    for (const { summary } of this.#kept.values())
      if (summary.messages.includes(message.id)) this.#dropBytes(summary.id)
  }

  /** Stories that nobody else owns go with the account. */
  forgetAccount(account: AccountId): void {
    const isOnly = (owners: ReadonlySet<AccountId>): boolean =>
      [...owners].every((owner) => owner === account || !this.#people.accounts.has(owner))
    for (const [id, { owners }] of this.#kept) if (owners.has(account) && isOnly(owners)) this.#kept.delete(id)
    for (const [id, { message }] of this.#gone)
      if (message.owners.has(account) && isOnly(message.owners)) this.#gone.delete(id)
  }
}
