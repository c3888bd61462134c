/** Rows of mailboxes, for the writer. */
import type { Row } from '../journal/records.ts'
import { type Database, type SqlRow, type Statement, numberOf, textOf } from './driver.ts'

export interface Entry extends Row {
  readonly message: number
  readonly size: number
}

export class Entries {
  readonly #insert: Statement
  readonly #select: Statement
  readonly #update: Statement
  readonly #delete: Statement
  readonly #uids: Statement
  readonly #others: Statement
  readonly #orphans: Statement

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    this.#select = database.prepare('SELECT * FROM entry WHERE mailbox = ? AND uid = ?')
    this.#update = database.prepare(
      'UPDATE entry SET modseq = ?, flags = ? WHERE mailbox = ? AND uid = ? AND message = ? RETURNING uid',
    )
    this.#delete = database.prepare('DELETE FROM entry WHERE mailbox = ? AND uid = ?')
    this.#uids = database.prepare('SELECT uid FROM entry WHERE mailbox = ?')
    this.#others = database.prepare('SELECT * FROM entry WHERE message = ? AND other IS NOT NULL')
    this.#orphans = database.prepare('SELECT mailbox, uid FROM entry WHERE mailbox NOT IN (SELECT id FROM mailbox)')
  }

  /** `home`: the row that the message itself points to. */
  insert(row: Row, message: number, of: { size: number; received: number }, home: boolean): void {
    const { mailbox, uid, modseq, flags } = row
    this.#insert.run(mailbox, uid, message, modseq, flags, of.size, of.received, home ? null : 1)
  }

  /** False where the row is not there. */
  update(row: Row & { readonly message: number }): boolean {
    return this.#update.get(row.modseq, row.flags, row.mailbox, row.uid, row.message) !== undefined
  }

  get(mailbox: number, uid: number): Entry | undefined {
    const row = this.#select.get(mailbox, uid)
    return row && readEntry(row)
  }

  drop(mailbox: number, uid: number): void {
    this.#delete.run(mailbox, uid)
  }

  uids(mailbox: number): readonly number[] {
    return this.#uids.all(mailbox).map(({ uid }) => numberOf(uid))
  }

  /** All rows of a message: its home, where that is still there, then the others. */
  of(number: number, message: { mailbox: number; uid: number }): readonly Entry[] {
    const home = this.get(message.mailbox, message.uid)
    const others = this.#others.all(number).map(readEntry)
    return home?.message === number ? [home, ...others] : others
  }

  orphans(): readonly { readonly mailbox: number; readonly uid: number }[] {
    return this.#orphans.all().map((row) => ({ mailbox: numberOf(row['mailbox']), uid: numberOf(row['uid']) }))
  }
}

function readEntry(row: SqlRow): Entry {
  return {
    mailbox: numberOf(row['mailbox']),
    uid: numberOf(row['uid']),
    message: numberOf(row['message']),
    modseq: numberOf(row['modseq']),
    flags: textOf(row['flags']),
    size: numberOf(row['size']),
  }
}
