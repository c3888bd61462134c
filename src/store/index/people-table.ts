/** The directory as the index holds it. */
import { ByteReader } from '../bytes.ts'
import { readChange } from '../journal/people-codec.ts'
import { People, type PeopleChange } from '../people.ts'
import { type Database, bytesOf } from './driver.ts'

/** Reads it into memory: domains, accounts (oldest first), aliases, codes. */
export function loadPeople(database: Database): People {
  const people = new People()
  const changes = database
    .prepare('SELECT value FROM people ORDER BY kind, key')
    .all()
    .flatMap(({ value }) => readChange(new ByteReader(bytesOf(value))) ?? [])
  for (const change of changes.sort(byAge)) people.apply(change)
  return people
}

/** Accounts and codes in the order they were made: the first account of a domain is its postmaster. */
function byAge(a: PeopleChange, b: PeopleChange): number {
  return rank(a) - rank(b) || made(a).at - made(b).at || (made(a).id < made(b).id ? -1 : 1)
}

function rank({ what }: PeopleChange): number {
  return what === 'domain' ? 0 : what === 'account' ? 1 : 2
}

function made(change: PeopleChange): { readonly at: number; readonly id: string } {
  if (change.what === 'account') return { at: change.account.created.getTime(), id: change.account.id }
  if (change.what === 'code') return { at: change.code.created.getTime(), id: change.code.id }
  return { at: 0, id: '' }
}
