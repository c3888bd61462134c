/** The writer's own thread: drains its port, so that all that came meanwhile makes one group. */
import { setImmediate } from 'node:timers'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { ownerFor, realFiles } from '../disk/port.ts'
import { asStoreError } from '../fault.ts'
import { layoutOf } from '../layout.ts'
import type { Batch } from './link.ts'
import type { FromThread, ToThread, WriterData } from './start-thread.ts'
import { Writer } from './writer.ts'

/** A group ends after so many bytes of bodies: its flush must not take long. */
const groupBytes = 8 * 2 ** 20

const port = parentPort
if (!port) throw new Error('the writer runs in a thread of its own')
const tell = (message: FromThread): void => port.postMessage(message)
const { folder, tag } = workerData as WriterData

function tellFault(thrown: unknown): void {
  const { code, message } = asStoreError(thrown, folder)
  tell({ what: 'failed', code, message })
}

function bytesOf(batch: Batch): number {
  return batch.reduce((sum, { request }) => sum + (request.what === 'deliver' ? request.bytes.length : 0), 0)
}

function serve(writer: Writer): void {
  let isStepping = false
  const step = (): void => {
    isStepping = writer.busy
    if (!isStepping) return
    tell({ what: 'group', answer: writer.step() })
    setImmediate(step)
  }
  port?.on('message', (first: ToThread) => {
    let message: ToThread | undefined = first
    let requests: Batch = []
    while (message !== undefined) {
      if (message.what === 'close') {
        if (requests.length > 0) tell({ what: 'group', answer: writer.handle(requests) })
        return close(writer)
      }
      requests = requests.length === 0 ? message.batch : [...requests, ...message.batch]
      const more: { message: ToThread } | undefined =
        bytesOf(requests) < groupBytes ? (receiveMessageOnPort(port) as { message: ToThread } | undefined) : undefined
      message = more?.message
    }
    tell({ what: 'group', answer: writer.handle(requests) })
    if (writer.busy && !isStepping) step()
  })
}

function close(writer: Writer): void {
  try {
    writer.close()
    tell({ what: 'closed' })
  } catch (thrown) {
    tellFault(thrown)
  }
  port?.close()
}

try {
  const files = realFiles(ownerFor(folder))
  const writer = new Writer({ layout: layoutOf(folder), files, indexFiles: files, tag })
  serve(writer)
  tell({ what: 'ready' })
} catch (thrown) {
  tellFault(thrown)
  port.close()
}
