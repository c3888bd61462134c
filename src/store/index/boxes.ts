/** Mailboxes and their counters as the writer sees them within its transaction; written back once a group. */
import type { AccountId } from '../contract.ts'
import type { MailboxRecord } from '../journal/records.ts'
import { type Database, type SqlRow, type Statement, numberOf, textOf } from './driver.ts'

export interface Box {
  readonly id: number
  readonly account: AccountId
  name: string
  readonly uidValidity: number
  uidNext: number
  modseq: number
  messages: number
  bytes: number
}

/** More than this many are not remembered between groups. */
const most = 20_000

export class Boxes {
  readonly #byId = new Map<number, Box>()
  readonly #byName = new Map<string, Box>()
  readonly #dirty = new Set<Box>()
  readonly #select: Statement
  readonly #selectName: Statement
  readonly #selectAccount: Statement
  readonly #insert: Statement
  readonly #update: Statement
  readonly #delete: Statement
  readonly #count: Statement
  readonly #latest: Statement
  #validity: number | undefined

  constructor(database: Database) {
    this.#select = database.prepare('SELECT * FROM mailbox WHERE id = ?')
    this.#selectName = database.prepare('SELECT * FROM mailbox WHERE account = ? AND name = ?')
    this.#selectAccount = database.prepare('SELECT id FROM mailbox WHERE account = ?')
    this.#insert = database.prepare('INSERT INTO mailbox VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    this.#update = database.prepare(
      'UPDATE mailbox SET name = ?, next = ?, modseq = ?, messages = ?, bytes = ? WHERE id = ?',
    )
    this.#delete = database.prepare('DELETE FROM mailbox WHERE id = ?')
    this.#count = database.prepare('SELECT count(*) AS messages, sum(size) AS bytes FROM entry WHERE mailbox = ?')
    this.#latest = database.prepare('SELECT max(validity) AS validity FROM mailbox')
  }

  get(id: number): Box | undefined {
    return this.#byId.get(id) ?? this.#remember(this.#select.get(id))
  }

  find(account: AccountId, name: string): Box | undefined {
    const there = this.#byName.get(`${account}/${name}`)
    if (there) return there
    // names may have changed in this group and not be written yet
    this.flush()
    return this.#remember(this.#selectName.get(account, name))
  }

  of(account: AccountId): readonly Box[] {
    return this.#selectAccount.all(account).flatMap(({ id }) => this.get(numberOf(id)) ?? [])
  }

  #remember(row: SqlRow | undefined): Box | undefined {
    if (!row) return undefined
    const known = this.#byId.get(numberOf(row['id']))
    if (known) return known
    const box: Box = {
      id: numberOf(row['id']),
      account: textOf(row['account']),
      name: textOf(row['name']),
      uidValidity: numberOf(row['validity']),
      uidNext: numberOf(row['next']),
      modseq: numberOf(row['modseq']),
      messages: numberOf(row['messages']),
      bytes: numberOf(row['bytes']),
    }
    this.#byId.set(box.id, box)
    this.#byName.set(`${box.account}/${box.name}`, box)
    return box
  }

  /** Takes a mailbox as a record tells it. Counts what is in it already, where the index meets it late. */
  put(record: MailboxRecord): void {
    const box = this.get(record.id)
    this.#validity = Math.max(this.#validity ?? 0, record.uidValidity)
    if (box) {
      this.#byName.delete(`${box.account}/${box.name}`)
      box.name = record.name
      this.#byName.set(`${box.account}/${box.name}`, box)
      return this.bump(box, record.uidNext - 1, record.modseq)
    }
    const { id, account, name, uidValidity, uidNext, modseq } = record
    const there = this.#count.get(id)
    this.#insert.run(
      id,
      account,
      name,
      uidValidity,
      uidNext,
      modseq,
      numberOf(there?.['messages']),
      numberOf(there?.['bytes']),
    )
  }

  drop(box: Box): void {
    this.#delete.run(box.id)
    this.#byId.delete(box.id)
    this.#byName.delete(`${box.account}/${box.name}`)
    this.#dirty.delete(box)
  }

  /** A UID and a MODSEQ were used. */
  bump(box: Box, uid: number, modseq: number): void {
    box.uidNext = Math.max(box.uidNext, uid + 1)
    box.modseq = Math.max(box.modseq, modseq)
    this.#dirty.add(box)
  }

  /** Messages came or went. */
  count(box: Box, messages: number, bytes: number): void {
    box.messages += messages
    box.bytes += bytes
    this.#dirty.add(box)
  }

  /** A UIDVALIDITY above every one before, and not below the seconds since 1970; it stays under 2^32. RFC 9051 §2.3.1.1. */
  freshValidity(now: number): number {
    this.#validity ??= numberOf(this.#latest.get()?.['validity'])
    return Math.max(this.#validity + 1, Math.floor(now / 1000) % 2 ** 32)
  }

  /** Writes the counters that changed. */
  flush(): void {
    for (const box of this.#dirty) this.#update.run(box.name, box.uidNext, box.modseq, box.messages, box.bytes, box.id)
    this.#dirty.clear()
  }

  /** The same at the end of a group; nobody holds a mailbox then. */
  settle(): void {
    this.flush()
    if (this.#byId.size > most) this.forget()
  }

  /** Forgets what was read: a transaction was rolled back, or too much is remembered. */
  forget(): void {
    this.#byId.clear()
    this.#byName.clear()
    this.#dirty.clear()
    this.#validity = undefined
  }
}
