/** Segments for reading, in the main thread: opened once, and kept so long as somebody reads. */
import { StoreError } from '../contract.ts'
import type { FilePort } from '../disk/port.ts'
import { segmentPath } from './journal.ts'

interface Open {
  readonly handle: number
  readers: number
}

/** So many are kept open while nobody reads them. */
const most = 200

export class SegmentFiles {
  readonly #files: FilePort
  readonly #folder: string
  readonly #open = new Map<number, Open>()
  /** What to do once nobody reads a segment that is to go. */
  readonly #leaving = new Map<number, () => void>()
  #pins = 0

  constructor(files: FilePort, folder: string) {
    this.#files = files
    this.#folder = folder
  }

  /** Bytes of a segment, at once. */
  read(segment: number, at: number, size: number): Uint8Array {
    const bytes = Buffer.allocUnsafeSlow(size)
    const { handle } = this.#use(segment)
    return whole(bytes, this.#files.read(handle, bytes, at), segment, at)
  }

  /** The same without holding the thread up; the segment stays for that long. */
  async readLater(segment: number, at: number, size: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(size)
    const open = this.#use(segment)
    open.readers++
    try {
      return whole(bytes, await this.#files.readLater(open.handle, bytes, at), segment, at)
    } finally {
      open.readers--
      this.#settle()
    }
  }

  #use(segment: number): Open {
    const there = this.#open.get(segment)
    if (there) return there
    const opened = { handle: this.#files.open(segmentPath(this.#folder, segment), 'read'), readers: 0 }
    this.#open.set(segment, opened)
    if (this.#open.size > most) this.#closeOldest()
    return opened
  }

  #closeOldest(): void {
    for (const [segment, { handle, readers }] of this.#open) {
      if (readers > 0) continue
      this.#open.delete(segment)
      this.#files.close(handle)
      return
    }
  }

  /** No segment goes until the returned function is called. */
  pinAll(): () => void {
    this.#pins++
    let isPinned = true
    return () => {
      if (isPinned) this.#pins--
      isPinned = false
      this.#settle()
    }
  }

  /** Resolves when nobody reads that segment any more; its file is closed then and may go. */
  leave(segment: number): Promise<void> {
    return new Promise((resolve) => {
      this.#leaving.set(segment, resolve)
      this.#settle()
    })
  }

  #settle(): void {
    if (this.#leaving.size === 0 || this.#pins > 0) return
    for (const [segment, gone] of this.#leaving) {
      const open = this.#open.get(segment)
      if (open && open.readers > 0) continue
      if (open) this.#files.close(open.handle)
      this.#open.delete(segment)
      this.#leaving.delete(segment)
      gone()
    }
  }

  close(): void {
    for (const { handle } of this.#open.values()) this.#files.close(handle)
    this.#open.clear()
  }
}

function whole(bytes: Uint8Array, got: number, segment: number, at: number): Uint8Array {
  if (got === bytes.length) return bytes
  throw new StoreError('damaged', `segment ${segment} ends within the ${bytes.length} bytes at ${at}`)
}
