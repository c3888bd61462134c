/** The thread of a check. */
import { parentPort, workerData } from 'node:worker_threads'
import { ownerFor, realFiles } from '../disk/port.ts'
import { layoutOf } from '../layout.ts'
import type { FromCheck } from './run.ts'
import { verifyStore } from './verify.ts'

const { folder } = workerData as { readonly folder: string }
const files = realFiles(ownerFor(folder))
const tell = (message: FromCheck): void => parentPort?.postMessage(message)
const findings = verifyStore({ layout: layoutOf(folder), files, indexFiles: files }, (done, total) =>
  tell({ what: 'progress', done, total }),
)
tell({ what: 'findings', findings })
