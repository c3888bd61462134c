/** Faults of the disk and of SQLite in the words of the store. */
import { StoreError } from './contract.ts'
import { sqliteFault } from './index/driver.ts'

/** Any fault as a `StoreError`: `no-space` where the disk (or a quota of the system) is full, else `io`. */
export function asStoreError(thrown: unknown, folder: string): StoreError {
  if (thrown instanceof StoreError) return thrown
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown))
  const isFull =
    sqliteFault(cause) === 'full' || ('code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT'))
  return isFull
    ? new StoreError('no-space', `the disk of ${folder} is full: ${cause.message}`, { cause })
    : new StoreError('io', `${folder} cannot be used: ${cause.message}`, { cause })
}
