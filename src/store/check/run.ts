/** Runs a check beside the server: in a thread of its own, while no segment may go. */
import { Worker } from 'node:worker_threads'
import { StoreError, type CheckFinding, type Progress } from '../contract.ts'
import { type FilePort, realFiles } from '../disk/port.ts'
import type { SegmentFiles } from '../journal/segments.ts'
import type { Layout } from '../layout.ts'
import { verifyStore } from './verify.ts'

export interface RunningStore {
  readonly layout: Layout
  readonly files: FilePort
  readonly segments: SegmentFiles
  /** For tests: check in the caller's thread. */
  readonly inThread: boolean
}

export type FromCheck =
  | { readonly what: 'progress'; readonly done: number; readonly total: number }
  | { readonly what: 'findings'; readonly findings: readonly CheckFinding[] }

export async function checkStore(store: RunningStore, progress?: Progress): Promise<readonly CheckFinding[]> {
  const { layout, files, segments } = store
  const unpin = segments.pinAll()
  try {
    if (store.inThread) return verifyStore({ layout, files, indexFiles: realFiles() }, progress)
    return await inOwnThread(layout.folder, progress)
  } finally {
    unpin()
  }
}

function inOwnThread(folder: string, progress: Progress | undefined): Promise<readonly CheckFinding[]> {
  const file = new URL(`./thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
  const worker = new Worker(file, { workerData: { folder } })
  return new Promise((resolve, reject) => {
    worker.on('message', (message: FromCheck) => {
      if (message.what === 'progress') progress?.(message.done, message.total)
      else resolve(message.findings)
    })
    worker.on('error', (cause: Error) =>
      reject(new StoreError('io', `the check of ${folder} failed: ${cause.message}`, { cause })),
    )
    worker.on('exit', () => reject(new StoreError('io', `the check of ${folder} ended too early`)))
  })
}
