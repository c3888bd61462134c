/** What the main thread reads of the index, through a connection of its own that cannot write. */
import type { AccountId, MailboxState, MessageId, StoredMessage, StoryId, StoryQuery } from '../contract.ts'
import { type Database, type SqlRow, type Statement, maybeText, numberOf, textOf } from './driver.ts'
import { type Message, messageNumber, readMessage } from './messages.ts'
import { type StoryPlace, readStory } from './story-table.ts'

export interface FoundBox extends MailboxState {
  readonly id: number
  readonly account: AccountId
}

/** So many rows are read at once where a list may be long. */
const page = 500

export class IndexReader {
  readonly #database: Database
  readonly #statements
  readonly #eras: { readonly first: number; readonly tag: string }[]

  constructor(database: Database) {
    this.#database = database
    const place = 'SELECT message.* FROM entry JOIN message ON message.number = entry.message'
    this.#statements = {
      box: database.prepare('SELECT * FROM mailbox WHERE id = ?'),
      boxNamed: database.prepare('SELECT * FROM mailbox WHERE account = ? AND name = ?'),
      names: database.prepare('SELECT name FROM mailbox WHERE account = ? ORDER BY name'),
      list: database.prepare('SELECT * FROM entry WHERE mailbox = ? ORDER BY uid'),
      place: database.prepare(`${place} WHERE entry.mailbox = ? AND entry.uid = ?`),
      usage: database.prepare('SELECT sum(messages) AS messages, sum(bytes) AS bytes FROM mailbox WHERE account = ?'),
      total: database.prepare('SELECT count(*) AS messages, sum(size) AS bytes FROM message WHERE gone IS NULL'),
      message: database.prepare('SELECT * FROM message WHERE number = ?'),
      queue: database.prepare('SELECT number FROM message WHERE queue = ?'),
      story: database.prepare('SELECT * FROM story WHERE id = ?'),
      ofMessage: database.prepare('SELECT story FROM story_message WHERE message = ?'),
      isOwner: database.prepare('SELECT 1 AS yes FROM story_owner WHERE account = ? AND story = ?'),
      showsTo: database.prepare(
        'SELECT 1 AS yes FROM entry JOIN mailbox ON mailbox.id = entry.mailbox WHERE mailbox.account = ? AND entry.message = ? AND entry.other IS NOT NULL',
      ),
      stories: database.prepare(`SELECT * FROM story WHERE (began, id) > (?, ?) ORDER BY began, id LIMIT ${page}`),
      // messages whose connection has no story (yet)
      untold: database.prepare(
        `SELECT message.* FROM message LEFT JOIN story ON story.id = message.story
         WHERE message.number > ? AND message.told = 1 AND story.id IS NULL ORDER BY message.number LIMIT ${page}`,
      ),
      files: database.prepare('SELECT file FROM message WHERE file IS NOT NULL AND gone IS NULL'),
      sealed: database.prepare('SELECT id FROM story WHERE sealed > 0'),
      pages: database.prepare('PRAGMA page_count'),
      pageSize: database.prepare('PRAGMA page_size'),
    }
    this.#eras = database
      .prepare('SELECT first, tag FROM era ORDER BY first')
      .all()
      .map(({ first, tag }) => ({ first: numberOf(first), tag: textOf(tag) }))
  }

  close(): void {
    this.#database.close()
  }

  /** The id of the message of that number. */
  idOf(number: number): MessageId {
    let tag = ''
    for (const era of this.#eras) if (era.first <= number) ({ tag } = era)
    return `${number.toString(36)}.${tag}`
  }

  /** 0 where it is no id of this store. */
  numberOf(id: MessageId): number {
    const number = messageNumber(id)
    return this.idOf(number) === id ? number : 0
  }

  box(id: number): FoundBox | undefined {
    return readBox(this.#statements.box.get(id))
  }
  boxNamed(account: AccountId, name: string): FoundBox | undefined {
    return readBox(this.#statements.boxNamed.get(account, name))
  }
  names(account: AccountId): readonly string[] {
    return this.#statements.names.all(account).map(({ name }) => textOf(name))
  }

  list(mailbox: number): readonly StoredMessage[] {
    return this.#statements.list.all(mailbox).map((row) => ({
      id: this.idOf(numberOf(row['message'])),
      uid: numberOf(row['uid']),
      size: numberOf(row['size']),
      received: new Date(numberOf(row['received'])),
      flags: row['flags'] === '' ? [] : textOf(row['flags']).split(' '),
      modseq: numberOf(row['modseq']),
    }))
  }

  /** Where the message of a row stands. */
  place(mailbox: number, uid: number): Message | undefined {
    const row = this.#statements.place.get(mailbox, uid)
    return row && readMessage(row)
  }

  usage(account: AccountId): { bytes: number; messages: number } {
    return counts(this.#statements.usage, account)
  }
  total(): { bytes: number; messages: number } {
    return counts(this.#statements.total)
  }
  /** Bytes of the index. */
  size(): number {
    const pages = numberOf(this.#statements.pages.get()?.['page_count'])
    return pages * numberOf(this.#statements.pageSize.get()?.['page_size'])
  }

  message(number: number): Message | undefined {
    const row = this.#statements.message.get(number)
    return row && readMessage(row)
  }
  queued(queueId: string): readonly number[] {
    return this.#statements.queue.all(queueId).map(({ number }) => numberOf(number))
  }

  story(id: StoryId): StoryPlace | undefined {
    const row = this.#statements.story.get(id)
    return row && readStory(row)
  }

  /** Stories of connections, oldest first, a page at a time. */
  *stories(): Iterable<StoryPlace> {
    let began = -1
    let id = ''
    for (;;) {
      const rows = this.#statements.stories.all(began, id)
      for (const row of rows) {
        began = numberOf(row['began'])
        id = textOf(row['id'])
        const story = readStory(row)
        if (story) yield story
      }
      if (rows.length < page) return
    }
  }

  /** Messages that have no other story than their own, oldest first, a page at a time. */
  *untold(): Iterable<Message> {
    let number = 0
    for (;;) {
      const rows = this.#statements.untold.all(number)
      for (const row of rows) {
        number = numberOf(row['number'])
        yield readMessage(row)
      }
      if (rows.length < page) return
    }
  }

  /** Stories of connections that name the message. */
  storiesOf(message: Message): readonly StoryPlace[] {
    const ids = this.#statements.ofMessage.all(message.number).map(({ story }) => textOf(story))
    if (message.story !== undefined) ids.push(message.story)
    return ids.flatMap((id) => this.story(id) ?? [])
  }

  ownsStory(account: AccountId, id: StoryId): boolean {
    return this.#statements.isOwner.get(account, id) !== undefined
  }
  /** Was the message delivered to the account, or is it shown in a mailbox of it? */
  ownsMessage(account: AccountId, message: Message): boolean {
    if (this.box(message.mailbox)?.account === account) return true
    return this.#statements.showsTo.get(account, message.number) !== undefined
  }

  /** Names of the bodies' own files that are needed. */
  files(): ReadonlySet<string> {
    return new Set(this.#statements.files.all().flatMap(({ file }) => maybeText(file) ?? []))
  }
  /** Stories with sealed files. */
  sealed(): ReadonlySet<StoryId> {
    return new Set(this.#statements.sealed.all().map(({ id }) => textOf(id)))
  }
}

/** Connection stories that a query by message or queue id can mean; undefined: any. */
export function narrowedBy(reader: IndexReader, query: StoryQuery): readonly Message[] | undefined {
  if (query.message !== undefined) return [reader.message(reader.numberOf(query.message))].flatMap((one) => one ?? [])
  if (query.queueId !== undefined) return reader.queued(query.queueId).flatMap((number) => reader.message(number) ?? [])
  return undefined
}

function counts(statement: Statement, ...values: string[]): { bytes: number; messages: number } {
  const row = statement.get(...values)
  return { bytes: numberOf(row?.['bytes']), messages: numberOf(row?.['messages']) }
}

function readBox(row: SqlRow | undefined): FoundBox | undefined {
  return (
    row && {
      id: numberOf(row['id']),
      account: textOf(row['account']),
      name: textOf(row['name']),
      uidValidity: numberOf(row['validity']),
      uidNext: numberOf(row['next']),
      messages: numberOf(row['messages']),
      bytes: numberOf(row['bytes']),
      highestModseq: numberOf(row['modseq']),
    }
  )
}
