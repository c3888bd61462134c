/** Changes of mail: each checks all it needs before it records anything, then cannot fail for a reason of its own. */
import { hash } from 'node:crypto'
import { StoreError, type AccountId, type UidPair } from '../contract.ts'
import type { Box } from '../index/boxes.ts'
import type { Entry } from '../index/entries.ts'
import type { Message } from '../index/messages.ts'
import type { Removed, Row } from '../journal/records.ts'
import { changedFlags } from '../names.ts'
import type { Group } from './group.ts'
import type { AnswerValue, WriteRequest } from './requests.ts'

type Asked<What extends WriteRequest['what']> = Extract<WriteRequest, { what: What }>

/** SHA-256 as bytes. */
function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}

export function deliver(group: Group, request: Asked<'deliver'>): AnswerValue {
  const { head, bytes, headSize, to, at } = request
  for (const { account } of to) checkAccount(group, account)
  checkQuotas(group, to, head.size)
  const rows: Row[] = []
  for (const { account, mailbox, flags } of to) {
    const box = boxNamed(group, account, mailbox) ?? makeBox(group, account, mailbox, at)
    const row = { mailbox: box.id, uid: box.uidNext, modseq: box.modseq + 1, flags }
    group.index.boxes.bump(box, row.uid, row.modseq)
    rows.push(row)
    group.touch(account, mailbox)
  }
  const digest = request.hash ?? sha256(bytes.subarray(headSize))
  const { number } = group.deliver(head, digest, rows, bytes, headSize)
  return { number, uids: rows.map(({ uid }) => uid) }
}

function checkAccount(group: Group, account: AccountId): void {
  if (!group.people.accounts.has(account)) throw new StoreError('unknown', `there is no account ${account}`)
}

function checkQuotas(group: Group, to: Asked<'deliver'>['to'], size: number): void {
  for (const { account } of to) {
    const quota = group.people.accounts.get(account)?.quota
    if (quota === undefined) continue
    const more = size * to.filter((one) => one.account === account).length
    const used = group.index.boxes.of(account).reduce((sum, { bytes }) => sum + bytes, 0)
    if (used + more > quota)
      throw new StoreError('over-quota', `${more} bytes do not fit: ${used} of ${quota} are used by ${account}`)
  }
}

function boxNamed(group: Group, account: AccountId, name: string): Box | undefined {
  return group.index.boxes.find(account, name)
}

function makeBox(group: Group, account: AccountId, name: string, at: number): Box {
  return boxOf(group, group.makeBox(account, name, at).id)
}

function boxOf(group: Group, id: number): Box {
  const box = group.index.boxes.get(id)
  if (!box) throw new StoreError('unknown', 'the mailbox was deleted')
  return box
}

function entriesOf(group: Group, box: Box, uids: readonly number[]): readonly Entry[] {
  return [...new Set(uids)].flatMap((uid) => group.index.entries.get(box.id, uid) ?? [])
}

export function flag(group: Group, request: Asked<'flag'>): AnswerValue {
  const box = boxOf(group, request.mailbox)
  const modseq = box.modseq + 1
  const put = entriesOf(group, box, request.uids).flatMap((entry) => {
    const flags = changedFlags(splitFlags(entry.flags), request.change).join(' ')
    return flags === entry.flags ? [] : [{ mailbox: box.id, uid: entry.uid, message: entry.message, modseq, flags }]
  })
  if (put.length === 0) return undefined
  for (const piece of pieces(put))
    group.record({ what: 'entries', at: request.at, put: piece, removed: [], modseqs: [{ mailbox: box.id, modseq }] })
  group.touch(box.account, box.name)
  return undefined
}

/** Flags as they stand in a row. */
export function splitFlags(flags: string): readonly string[] {
  return flags === '' ? [] : flags.split(' ')
}

export function expunge(group: Group, request: Asked<'expunge'>): AnswerValue {
  const box = boxOf(group, request.mailbox)
  remove(group, box, entriesOf(group, box, request.uids), [], request.at)
  return undefined
}

/** So many rows at most stand in one record. */
const rowsOfRecord = 50_000

function pieces<Thing>(all: readonly Thing[]): readonly (readonly Thing[])[] {
  return Array.from({ length: Math.ceil(all.length / rowsOfRecord) }, (_, at) =>
    all.slice(at * rowsOfRecord, (at + 1) * rowsOfRecord),
  )
}

/** Takes rows out of a mailbox, and in the same record puts others elsewhere. */
function remove(
  group: Group,
  box: Box,
  entries: readonly Entry[],
  put: readonly (Row & { message: number })[],
  at: number,
): void {
  if (entries.length === 0) return
  const modseqs = [{ mailbox: box.id, modseq: box.modseq + 1 }]
  const puts = pieces(put)
  const gone: Message[] = []
  for (const [nth, piece] of pieces(entries).entries()) {
    const removed: Removed[] = piece.map(({ uid, message: number }) => {
      const message = group.index.messages.get(number)
      if (message) gone.push(message)
      return { mailbox: box.id, uid, message: number, segment: message?.segment ?? 0 }
    })
    group.record({ what: 'entries', at, put: puts[nth] ?? [], removed, modseqs })
  }
  group.forgetGone(gone)
  group.touch(box.account, box.name)
}

export function copy(group: Group, request: Asked<'copy'>): AnswerValue {
  const box = boxOf(group, request.mailbox)
  const target = boxNamed(group, box.account, request.to)
  if (!target) throw new StoreError('unknown', `there is no mailbox ${request.to}`)
  const entries = entriesOf(group, box, request.uids)
  const pairs: UidPair[] = []
  const put = entries.map((entry) => {
    const row = { mailbox: target.id, uid: target.uidNext, modseq: target.modseq + 1, flags: entry.flags }
    group.index.boxes.bump(target, row.uid, row.modseq)
    pairs.push({ from: entry.uid, to: row.uid })
    return { ...row, message: entry.message }
  })
  if (put.length === 0) return { pairs }
  if (request.move) remove(group, box, entries, put, request.at)
  else
    for (const piece of pieces(put))
      group.record({ what: 'entries', at: request.at, put: piece, removed: [], modseqs: [] })
  group.touch(target.account, target.name)
  return { pairs }
}

export function addMailbox(group: Group, request: Asked<'add-mailbox'>): AnswerValue {
  checkAccount(group, request.account)
  if (boxNamed(group, request.account, request.name))
    throw new StoreError('exists', `the mailbox ${request.name} is there already`)
  group.makeBox(request.account, request.name, request.at)
  group.touch(request.account, request.name)
  return undefined
}

export function renameMailbox(group: Group, request: Asked<'rename-mailbox'>): AnswerValue {
  const box = boxNamed(group, request.account, request.name)
  if (!box) throw new StoreError('unknown', `there is no mailbox ${request.name}`)
  if (boxNamed(group, request.account, request.to))
    throw new StoreError('exists', `the mailbox ${request.to} is there already`)
  const { id, account, uidValidity, uidNext, modseq } = box
  group.touch(account, box.name)
  group.touch(account, request.to)
  group.record({ what: 'mailbox', mailbox: { id, account, name: request.to, uidValidity, uidNext, modseq } })
  return undefined
}

export function deleteMailbox(group: Group, request: Asked<'delete-mailbox'>): AnswerValue {
  const box = boxNamed(group, request.account, request.name)
  if (!box) throw new StoreError('unknown', `there is no mailbox ${request.name}`)
  const messages = messagesIn(group, box)
  group.touch(box.account, box.name)
  group.record({ what: 'mailbox-gone', id: box.id, at: request.at })
  group.forgetGone(messages)
  return undefined
}

/** The messages that a mailbox shows, each once. */
export function messagesIn(group: Group, box: Box): readonly Message[] {
  const numbers = new Set(
    group.index.entries.uids(box.id).flatMap((uid) => group.index.entries.get(box.id, uid)?.message ?? []),
  )
  return [...numbers].flatMap((number) => group.index.messages.get(number) ?? [])
}
