/** Starts the writer's thread and speaks with it. */
import { Worker } from 'node:worker_threads'
import { StoreError, type StoreErrorCode } from '../contract.ts'
import type { Batch, WriterEnd } from './link.ts'
import type { GroupAnswer } from './requests.ts'

export interface WriterData {
  readonly folder: string
  readonly tag: string
}

export type ToThread = { readonly what: 'batch'; readonly batch: Batch } | { readonly what: 'close' }

export type FromThread =
  | { readonly what: 'ready' }
  | { readonly what: 'failed'; readonly code: StoreErrorCode; readonly message: string }
  | { readonly what: 'group'; readonly answer: GroupAnswer }
  | { readonly what: 'closed' }

/** The file of a thread beside this one: TypeScript as it is in the repository, JavaScript once built. */
export function threadFile(name: string): URL {
  return new URL(`./${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
}

/** Resolves when the store is open in the thread; rejects with its fault. `fail` is called if the thread ends later. */
export function startThread(
  data: WriterData,
  hear: (answer: GroupAnswer) => void,
  fail: (fault: StoreError) => void,
): Promise<WriterEnd> {
  const worker = new Worker(threadFile('thread'), { workerData: data })
  let closed: (() => void) | undefined
  return new Promise((resolve, reject) => {
    const end = (fault: StoreError): void => {
      reject(fault)
      fail(fault)
      closed?.()
    }
    worker.on('message', (message: FromThread) => {
      switch (message.what) {
        case 'ready':
          return resolve(endOf(worker, (done) => (closed = done)))
        case 'failed':
          return end(new StoreError(message.code, message.message))
        case 'group':
          return hear(message.answer)
        case 'closed':
          return closed?.()
      }
    })
    worker.on('error', (cause: Error) => end(new StoreError('io', `the writer failed: ${cause.message}`, { cause })))
    worker.on('exit', () => end(new StoreError('closed', 'the writer has ended')))
  })
}

function endOf(worker: Worker, whenClosed: (done: () => void) => void): WriterEnd {
  const tell = (message: ToThread): void => worker.postMessage(message)
  return {
    post: (batch) => tell({ what: 'batch', batch }),
    close: async () => {
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      await new Promise<void>((resolve) => {
        whenClosed(resolve)
        tell({ what: 'close' })
      })
      await ended
    },
  }
}
