/** Takes the gzip layer off a file, if there is one. */
import { createGunzip } from 'node:zlib'
import type { CaptureErrorKind } from './capture.ts'
import { join } from './lent.ts'
import type { ReadLimits } from './limits.ts'

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>
type Fail = (kind: CaptureErrorKind, why: string) => void

/** Compressed bytes handed over at once: what inflates before a fault inside them is lost, so a file begins with few. */
const firstSliceBytes = 256
const sliceBytes = 16 * 1024
const fewBytes = 64 * 1024

/** The bytes of a file, inflated if it begins with the mark of gzip, RFC 1952 §2.3.1. Faults go to `fail`. */
export async function* plainChunks(chunks: Chunks, limits: ReadLimits, fail: Fail): AsyncGenerator<Uint8Array> {
  let inflater: Inflater | undefined
  let head: Uint8Array[] | undefined = []
  let headBytes = 0
  try {
    for await (const chunk of chunks) {
      let next = chunk
      if (head) {
        head.push(chunk)
        headBytes += chunk.length
        if (headBytes < 2) continue
        next = join(head)
        head = undefined
        if (next[0] === 0x1f && next[1] === 0x8b) inflater = new Inflater(limits, fail)
      }
      if (!inflater) yield next
      else yield* inflater.inflate(next)
      if (inflater?.isOver) return
    }
    if (head) yield* head
    if (inflater) yield* inflater.finish()
  } finally {
    inflater?.close()
  }
}

class Inflater {
  readonly #limits: ReadLimits
  readonly #fail: Fail
  readonly #gunzip = createGunzip({ chunkSize: 64 * 1024 })
  #out: Uint8Array[] = []
  #taken = 0
  #given = 0
  #failure: NodeJS.ErrnoException | undefined
  isOver = false

  constructor(limits: ReadLimits, fail: Fail) {
    this.#limits = limits
    this.#fail = fail
    this.#gunzip.on('data', (bytes: Uint8Array) => this.#out.push(bytes))
    this.#gunzip.on('error', (error: NodeJS.ErrnoException) => (this.#failure = error))
  }

  *#drain(): Generator<Uint8Array> {
    const out = this.#out
    this.#out = []
    for (const bytes of out) {
      this.#given += bytes.length
      yield bytes
    }
    this.#judge()
  }

  async *inflate(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
    let at = 0
    while (at < chunk.length && !this.isOver) {
      const slice = chunk.subarray(at, at + (this.#taken < fewBytes ? firstSliceBytes : sliceBytes))
      at += slice.length
      this.#taken += slice.length
      await this.#written(slice)
      yield* this.#drain()
    }
  }

  /** Resolves once the slice is inflated, or can no longer be: after a fault the write is never acknowledged. */
  #written(slice: Uint8Array): Promise<void> {
    if (this.#gunzip.closed) return Promise.resolve()
    return new Promise((resolve) => {
      const settle = (): void => {
        this.#gunzip.off('close', settle)
        resolve()
      }
      this.#gunzip.once('close', settle)
      this.#gunzip.write(slice, settle)
    })
  }

  async *finish(): AsyncGenerator<Uint8Array> {
    if (this.isOver) return
    if (!this.#gunzip.closed) {
      await new Promise<void>((resolve) => {
        this.#gunzip.once('close', resolve)
        this.#gunzip.end()
      })
    }
    yield* this.#drain()
  }

  #judge(): void {
    if (this.#failure) {
      this.isOver = true
      if (this.#failure.code === 'Z_BUF_ERROR') this.#fail('truncated', 'the gzip data ends early')
      else this.#fail('bad-gzip', 'the gzip data is damaged')
      return
    }
    const { inflatedBytes, inflateRatio, inflateGrace } = this.#limits
    if (this.#given > inflatedBytes || (this.#given > inflateGrace && this.#given > this.#taken * inflateRatio)) {
      this.isOver = true
      this.#fail('bad-gzip', `the gzip data inflates to more than is believable: ${this.#given} bytes so far`)
    }
  }

  close(): void {
    this.#gunzip.destroy()
  }
}
