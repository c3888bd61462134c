/** One group of changes in the making: every record goes into the journal's buffer and into the index's transaction. */
import { StoreError, type AccountId } from '../contract.ts'
import type { Index } from '../index/apply.ts'
import type { IndexedHead, Message } from '../index/messages.ts'
import { frameSize } from '../journal/frame.ts'
import type { Journal, Place } from '../journal/journal.ts'
import {
  type JournalRecord,
  type MailboxRecord,
  type Row,
  type SmallRecord,
  printDelivery,
  printRecord,
  readRecord,
  typeOf,
} from '../journal/records.ts'
import { type People, type PeopleChange } from '../people.ts'

export class Group {
  readonly index: Index
  readonly journal: Journal
  readonly people: People
  /** Changes of the directory, in order. */
  readonly changes: PeopleChange[] = []
  /** Files (below the store's folder) that nothing names once the group stands. */
  readonly files: string[] = []
  /** Sealed stories whose bytes go: keys first. */
  readonly unsealed: string[] = []
  readonly leaving: number[] = []
  readonly #touched = new Map<string, { account: AccountId; mailbox: string }>()
  #records = 0

  constructor(index: Index, journal: Journal, people: People) {
    this.index = index
    this.journal = journal
    this.people = people
  }

  get records(): number {
    return this.#records
  }

  get touched(): readonly { readonly account: AccountId; readonly mailbox: string }[] {
    return [...this.#touched.values()]
  }

  touch(account: AccountId, mailbox: string): void {
    this.#touched.set(`${account}/${mailbox}`, { account, mailbox })
  }

  record(record: SmallRecord): Place {
    const payload = printRecord(record)
    const place = this.#add(record.what, [payload])
    // a story's record says where in it the facts stand
    const applied = record.what === 'story' ? readRecord(typeOf('story'), payload) : record
    if (!applied) throw new StoreError('damaged', 'a story could not be read back')
    this.index.apply(applied, place)
    return place
  }

  /** A message that was kept elsewhere or reclaimed: its payload is printed already. */
  kept(record: Extract<JournalRecord, { what: 'kept' }>, payload: readonly Uint8Array[]): void {
    this.index.apply(record, this.#add('kept', payload))
  }

  deliver(head: IndexedHead, hash: Uint8Array, rows: readonly Row[], packed: Uint8Array, headSize: number): Place {
    const before = printDelivery(rows, hash)
    const place = this.#add('delivery', [before, packed])
    this.index.deliver(place, frameSize + before.length + headSize, head, rows)
    return place
  }

  #add(what: JournalRecord['what'], payload: readonly Uint8Array[]): Place {
    this.#records++
    return this.journal.add(typeOf(what), payload)
  }

  change(change: PeopleChange): void {
    this.record({ what: 'people', change })
    this.people.apply(change)
    this.changes.push(change)
  }

  /** Makes a mailbox; the number of its record is its id, so no id is ever used twice. */
  makeBox(account: AccountId, name: string, now: number): MailboxRecord {
    const mailbox: MailboxRecord = {
      id: this.journal.next,
      account,
      name,
      uidValidity: this.index.boxes.freshValidity(now),
      uidNext: 1,
      modseq: 1,
    }
    this.record({ what: 'mailbox', mailbox })
    return mailbox
  }

  /** After rows were removed: bodies in files of their own, and recorded bytes of stories, go with the last row. */
  forgetGone(messages: readonly Message[]): void {
    for (const message of messages) {
      const now = this.index.messages.get(message.number)
      if (now && now.gone === undefined) continue
      if (message.file !== undefined) this.files.push(message.file)
      const stories = this.index.stories.ofMessage(message.number)
      for (const id of message.story === undefined ? stories : [...stories, message.story]) this.unseal(id)
    }
  }

  /** The recorded bytes of a story go; its facts stay. */
  unseal(id: string): void {
    const story = this.index.stories.get(id)
    if (!story || story.sealed === 0) return
    this.record({ what: 'story-bytes-gone', id })
    this.unsealed.push(id)
  }
}
