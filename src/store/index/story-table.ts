/** Stories in the index, for the writer: where their facts stand, whose they are, which messages they name. */
import { ByteReader, ByteWriter } from '../bytes.ts'
import type { AccountId, StoryId, StorySummary } from '../contract.ts'
import { frameSize } from '../journal/frame.ts'
import type { Place } from '../journal/journal.ts'
import type { StoryRecord } from '../journal/records.ts'
import { printSummary, readSummary } from '../journal/story-codec.ts'
import type { Aging } from '../stories.ts'
import { type Database, type SqlRow, bytesOf, numberOf, textOf } from './driver.ts'
import { messageNumber } from './messages.ts'

export interface StoryPlace {
  readonly id: StoryId
  readonly segment: number
  readonly at: number
  /** From the record's frame to the facts. */
  readonly head: number
  readonly size: number
  /** Bytes of its record. */
  readonly length: number
  /** Bytes of its sealed files. */
  readonly sealed: number
  /** `recorded` is that of now. */
  readonly summary: StorySummary
}

export class StoryTable {
  readonly #statements
  readonly #writer = new ByteWriter()

  constructor(database: Database) {
    this.#statements = {
      put: database.prepare('INSERT OR REPLACE INTO story VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
      get: database.prepare('SELECT * FROM story WHERE id = ?'),
      drop: database.prepare('DELETE FROM story WHERE id = ?'),
      unseal: database.prepare('UPDATE story SET sealed = 0 WHERE id = ?'),
      sealed: database.prepare('SELECT id, ended, sealed FROM story WHERE sealed > 0 ORDER BY ended'),
      old: database.prepare('SELECT * FROM story WHERE ended < ?'),
      putOwner: database.prepare('INSERT OR IGNORE INTO story_owner VALUES (?, ?)'),
      dropOwners: database.prepare('DELETE FROM story_owner WHERE story = ?'),
      owners: database.prepare('SELECT account FROM story_owner WHERE story = ?'),
      ofAccount: database.prepare('SELECT story FROM story_owner WHERE account = ?'),
      putPair: database.prepare('INSERT OR IGNORE INTO story_message VALUES (?, ?)'),
      dropPair: database.prepare('DELETE FROM story_message WHERE message = ? AND story = ?'),
      ofMessage: database.prepare('SELECT story FROM story_message WHERE message = ?'),
    }
  }

  /** `broughtBy`: the story that a message names as the one that brought it; that pair need not be noted. */
  put(story: StoryRecord, factsAt: number, place: Place, broughtBy: (message: number) => StoryId | undefined): void {
    const { summary, owners, sealedBytes, facts } = story
    this.#writer.clear()
    printSummary(this.#writer, summary)
    this.#statements.put.run(
      summary.id,
      place.segment,
      place.at,
      frameSize + factsAt,
      facts.length,
      place.length,
      summary.began.getTime(),
      (summary.ended ?? summary.began).getTime(),
      sealedBytes,
      summary.messages.length,
      this.#writer.finish(),
    )
    for (const owner of owners) this.#statements.putOwner.run(owner, summary.id)
    for (const id of summary.messages) {
      const number = messageNumber(id)
      if (broughtBy(number) !== summary.id) this.#statements.putPair.run(number, summary.id)
    }
  }

  get(id: StoryId): StoryPlace | undefined {
    const row = this.#statements.get.get(id)
    return row && readStory(row)
  }

  drop(story: StoryPlace): void {
    for (const message of story.summary.messages) this.#statements.dropPair.run(messageNumber(message), story.id)
    this.#statements.drop.run(story.id)
    this.#statements.dropOwners.run(story.id)
  }

  unseal(id: StoryId): void {
    this.#statements.unseal.run(id)
  }

  /** Oldest first. */
  sealed(): readonly Aging[] {
    return this.#statements.sealed.all().map(({ id, ended, sealed }) => ({
      id: textOf(id),
      at: new Date(numberOf(ended)),
      bytes: numberOf(sealed),
    }))
  }

  endedBefore(time: number): readonly StoryPlace[] {
    return this.#statements.old.all(time).flatMap((row) => readStory(row) ?? [])
  }

  owners(id: StoryId): readonly AccountId[] {
    return this.#statements.owners.all(id).map(({ account }) => textOf(account))
  }

  ofAccount(account: AccountId): readonly StoryId[] {
    return this.#statements.ofAccount.all(account).map(({ story }) => textOf(story))
  }

  /** Stories that name the message, beside the one that brought it. */
  ofMessage(message: number): readonly StoryId[] {
    return this.#statements.ofMessage.all(message).map(({ story }) => textOf(story))
  }
}

export function readStory(row: SqlRow): StoryPlace | undefined {
  const summary = readSummary(new ByteReader(bytesOf(row['summary'])))
  const sealed = numberOf(row['sealed'])
  return (
    summary && {
      id: summary.id,
      segment: numberOf(row['segment']),
      at: numberOf(row['at']),
      head: numberOf(row['head']),
      size: numberOf(row['size']),
      length: numberOf(row['length']),
      sealed,
      summary: { ...summary, recorded: sealed > 0 },
    }
  )
}
