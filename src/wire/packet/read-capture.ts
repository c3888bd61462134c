/**
 * Reads a capture file: pcap or pcapng, gzip round it or not, in one pass and without holding the file. What is kept:
 * the payload of TCP conversations (once), DNS datagrams, comments, names, key-log lines; each within its bound.
 */
import { CaptureFile } from './capture-file.ts'
import type { Capture } from './capture.ts'
import { Dissector } from './dissector.ts'
import { plainChunks } from './inflate.ts'
import { defaultReadLimits } from './limits.ts'
import type { ReadLimits } from './limits.ts'

export interface ReadOptions {
  readonly limits?: Partial<ReadLimits>
  /** Called with the bytes of the file (as it is, not inflated) taken so far. */
  readonly progress?: (bytes: number) => void
}

/**
 * Reads a whole capture. Whatever the bytes are it does not throw: `error` of the capture says why reading stopped
 * before the end, and the rest what was there until then. A failing source of chunks is passed on.
 */
export async function readCapture(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<Capture> {
  const limits = { ...defaultReadLimits, ...options.limits }
  const dissector = new Dissector(limits)
  const file = new CaptureFile(dissector, limits)
  const source = options.progress ? counted(chunks, options.progress) : chunks
  for await (const chunk of plainChunks(source, limits, (kind, why) => file.stop(kind, why))) {
    file.push(chunk)
    if (file.error) break
  }
  file.end()
  return dissector.finish(file.error)
}

async function* counted(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  progress: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    progress(bytes)
    yield chunk
  }
}
