/**
 * The one door to SQLite. `node:sqlite` is a release candidate in Node 24, so nothing else in the house knows it:
 * another driver drops in here.
 */
import { DatabaseSync } from 'node:sqlite'

export type SqlValue = string | number | null | Uint8Array
export type SqlRow = Record<string, SqlValue>

export interface Statement {
  run(...values: SqlValue[]): void
  get(...values: SqlValue[]): SqlRow | undefined
  all(...values: SqlValue[]): SqlRow[]
  /** Rows one by one; nothing else may use the statement meanwhile. */
  each(...values: SqlValue[]): Iterable<SqlRow>
}

export interface Database {
  execute(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

/** Opens a database file as it is (never makes one when `readOnly`). Errors are SQLite's; see `sqliteFault`. */
export function openDatabase(path: string, options: { readOnly: boolean; waitMs?: number }): Database {
  const database = new DatabaseSync(path, { readOnly: options.readOnly, timeout: options.waitMs ?? 5000 })
  return {
    execute: (sql) => database.exec(sql),
    prepare: (sql) => {
      const statement = database.prepare(sql)
      return {
        run: (...values) => void statement.run(...values),
        get: (...values) => statement.get(...values) as SqlRow | undefined,
        all: (...values) => statement.all(...values) as SqlRow[],
        each: (...values) => statement.iterate(...values) as Iterable<SqlRow>,
      }
    },
    close: () => database.close(),
  }
}

/** What kind of fault an error of SQLite is; undefined for any other error. Primary result codes of sqlite.org/rescode. */
export function sqliteFault(thrown: unknown): 'busy' | 'full' | 'corrupt' | 'other' | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number') return undefined
  switch (thrown.errcode & 255) {
    case 5:
    case 6:
      return 'busy'
    case 13:
      return 'full'
    case 11:
    case 26:
      return 'corrupt'
    default:
      return 'other'
  }
}

export function numberOf(value: SqlValue | undefined): number {
  return typeof value === 'number' ? value : 0
}

export function textOf(value: SqlValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

export function maybeText(value: SqlValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function bytesOf(value: SqlValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0)
}
