/** Opens the index file for writing, makes its tables, and throws it away when it is broken or of another version. */
import type { FilePort } from '../disk/port.ts'
import { type Database, openDatabase, sqliteFault } from './driver.ts'
import { hasTables, makeTables, prepareForWriting } from './schema.ts'

/** Opens a database; tests hand in one whose commits fail. */
export type OpenDatabase = typeof openDatabase

/** Removes the index with what belongs to it. */
export function removeIndex(files: FilePort, path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) files.remove(path + suffix)
}

/** `fresh`: there was none that could be used, so the whole journal has to be read. `files` are the file system's. */
export function openIndex(
  files: FilePort,
  path: string,
  open: OpenDatabase = openDatabase,
): { readonly database: Database; readonly fresh: boolean } {
  if (files.size(path) !== undefined) {
    const database = tryOpen(path, open)
    if (database) return { database, fresh: false }
    removeIndex(files, path)
  }
  return { database: makeIndex(files, path, open), fresh: true }
}

/** An index that is there and has our tables; undefined: throw it away. */
function tryOpen(path: string, open: OpenDatabase): Database | undefined {
  let database: Database | undefined
  try {
    database = open(path, { readOnly: false })
    if (hasTables(database)) {
      prepareForWriting(database)
      return database
    }
  } catch (thrown) {
    database?.close()
    if (sqliteFault(thrown) === 'corrupt') return undefined
    throw thrown
  }
  database.close()
  return undefined
}

/** A new index without a row. The file is made by us, so that it has our mode and owner; SQLite's others follow it. */
export function makeIndex(files: FilePort, path: string, open: OpenDatabase = openDatabase): Database {
  removeIndex(files, path)
  files.close(files.create(path))
  const database = open(path, { readOnly: false })
  prepareForWriting(database)
  makeTables(database)
  return database
}
