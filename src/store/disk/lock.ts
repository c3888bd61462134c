/**
 * Who opens a store holds it alone: an exclusive lock of SQLite's on a small file, which the system lets go when the
 * process ends, however it ends.
 */
import { StoreError } from '../contract.ts'
import { openDatabase, sqliteFault } from '../index/driver.ts'
import type { FilePort } from './port.ts'

/** Takes the lock and returns how to let go; `locked` in one sentence where somebody holds it. */
export function takeLock(files: FilePort, path: string, folder: string): () => void {
  if (files.size(path) === undefined) files.close(files.create(path))
  const database = openDatabase(path, { readOnly: false, waitMs: 0 })
  try {
    database.execute('BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    if (sqliteFault(cause) !== 'busy') throw cause
    throw new StoreError('locked', `${folder} is in use by another postglass: stop that one first`, { cause })
  }
  return () => database.close()
}
