/** An index that is never flushed, for tests that open hundreds of stores on a disk that is not under test. */
import { type Database, openDatabase } from './driver.ts'

export function openUnflushed(path: string, options: { readOnly: boolean; waitMs?: number }): Database {
  const database = openDatabase(path, options)
  const execute = (sql: string): void => database.execute(sql.replace('synchronous = NORMAL', 'synchronous = OFF'))
  return { ...database, execute }
}
