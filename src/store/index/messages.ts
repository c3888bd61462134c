/** Messages and where their records stand, for the writer. */
import type { MessageId } from '../contract.ts'
import type { Place } from '../journal/journal.ts'
import type { MessageHead } from '../journal/records.ts'
import { type Database, type SqlRow, type Statement, maybeText, numberOf } from './driver.ts'

/** What a message's row in the index needs of its head. `told`: it has facts. */
export type IndexedHead = Pick<MessageHead, 'received' | 'size' | 'queueId' | 'story' | 'file'> & {
  readonly told: boolean
}

export interface Message {
  readonly number: number
  readonly segment: number
  readonly at: number
  /** From the record's frame to the body. */
  readonly head: number
  readonly size: number
  readonly received: number
  readonly copies: number
  /** Its home: the row it was first delivered to. */
  readonly mailbox: number
  readonly uid: number
  readonly told: boolean
  readonly story: string | undefined
  readonly file: string | undefined
  readonly gone: number | undefined
  /** Bytes of its record. */
  readonly length: number
}

export class Messages {
  readonly #insert: Statement
  readonly #select: Statement
  readonly #copies: Statement
  readonly #gone: Statement
  readonly #drop: Statement
  readonly #dropGoneOf: Statement
  readonly #untell: Statement
  readonly #dropUntold: Statement
  readonly #expire: Statement

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#select = database.prepare('SELECT * FROM message WHERE number = ?')
    this.#copies = database.prepare('UPDATE message SET copies = ? WHERE number = ?')
    this.#gone = database.prepare('UPDATE message SET copies = 0, gone = ? WHERE number = ?')
    this.#drop = database.prepare('DELETE FROM message WHERE number = ?')
    this.#dropGoneOf = database.prepare('DELETE FROM message WHERE gone IS NOT NULL AND mailbox = ?')
    this.#untell = database.prepare('UPDATE message SET told = 0 WHERE number = ?')
    this.#dropUntold = database.prepare('DELETE FROM message WHERE number = ? AND gone IS NOT NULL')
    this.#expire = database.prepare('DELETE FROM message WHERE gone < ?')
  }

  insert(
    place: Place,
    head: number,
    message: IndexedHead,
    copies: number,
    home: { mailbox: number; uid: number } | undefined,
    gone: number | undefined,
  ): void {
    this.#insert.run(
      place.number,
      place.segment,
      place.at,
      head,
      message.size,
      message.received,
      copies,
      home?.mailbox ?? null,
      home?.uid ?? null,
      message.queueId,
      message.told ? 1 : 0,
      message.story ?? null,
      message.file ?? null,
      gone ?? null,
    )
  }

  get(number: number): Message | undefined {
    const row = this.#select.get(number)
    return row && readMessage(row)
  }

  copies(number: number, copies: number): void {
    this.#copies.run(copies, number)
  }
  gone(number: number, at: number): void {
    this.#gone.run(at, number)
  }
  drop(number: number): void {
    this.#drop.run(number)
  }
  /** Forgets what is left of gone messages that were delivered to a mailbox. */
  dropGoneOf(mailbox: number): void {
    this.#dropGoneOf.run(mailbox)
  }
  /** Its own story was deleted. */
  untell(number: number): void {
    this.#untell.run(number)
    this.#dropUntold.run(number)
  }
  /** Forgets messages that went before that time. */
  expire(before: number): void {
    this.#expire.run(before)
  }
}

export function readMessage(row: SqlRow): Message {
  const head = numberOf(row['head'])
  const size = numberOf(row['size'])
  const file = maybeText(row['file'])
  const gone = typeof row['gone'] === 'number' ? row['gone'] : undefined
  return {
    number: numberOf(row['number']),
    segment: numberOf(row['segment']),
    at: numberOf(row['at']),
    head,
    size,
    received: numberOf(row['received']),
    copies: numberOf(row['copies']),
    mailbox: numberOf(row['mailbox']),
    uid: numberOf(row['uid']),
    told: row['told'] === 1,
    story: maybeText(row['story']),
    file,
    gone,
    length: file === undefined ? head + size : head,
  }
}

/** A message's number, out of its id; 0 for a text that is no id. */
export function messageNumber(id: MessageId): number {
  const number = Number.parseInt(/^[0-9a-z]{1,11}(?=\.)/.exec(id)?.[0] ?? '0', 36)
  return Number.isSafeInteger(number) ? number : 0
}
