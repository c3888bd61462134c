/** The writer in the caller's own thread, for tests: over file ports that forget or refuse, step by step. */
import { setImmediate } from 'node:timers'
import type { GroupAnswer } from './requests.ts'
import type { WriterEnd } from './link.ts'
import { Writer, type WriterOptions } from './writer.ts'

/** Opens the writer here. */
export function openInThread(options: WriterOptions, hear: (answer: GroupAnswer) => void): WriterEnd {
  const writer = new Writer(options)
  let isClosed = false
  const step = (): void => {
    if (isClosed || !writer.busy) return
    hear(writer.step())
    setImmediate(step)
  }
  return {
    post: (batch) => {
      const wasBusy = writer.busy
      hear(writer.handle(batch))
      if (writer.busy && !wasBusy) setImmediate(step)
    },
    close: () => {
      isClosed = true
      writer.close()
      return Promise.resolve()
    },
  }
}
