/** A message on its way into the journal: in memory up to 1 MiB, above that in a file of its own. */
import { type Hash, createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Incoming } from './contract.ts'
import { StoreError } from './contract.ts'
import type { FilePort } from './disk/port.ts'
import { asStoreError } from './fault.ts'
import { Collected } from './incoming.ts'
import { bodiesFolder } from './layout.ts'

export const largestInline = 2 ** 20

export interface LargeBody {
  /** Its name below the store's folder. */
  readonly file: string
  readonly hash: Uint8Array
}

export class StoreIncoming implements Incoming {
  readonly #files: FilePort
  readonly #folder: string
  readonly #freshName: () => string
  readonly #collected = new Collected()
  #large: { readonly file: string; readonly handle: number; readonly hash: Hash } | undefined
  #size = 0
  #writing: Promise<void> = Promise.resolve()
  #fault: StoreError | undefined
  #isOver = false

  /** `folder` is the store's; `freshName` gives a name that no file has. */
  constructor(files: FilePort, folder: string, freshName: () => string) {
    this.#files = files
    this.#folder = folder
    this.#freshName = freshName
  }

  get size(): number {
    return this.#size
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#isOver) throw new StoreError('closed', 'the message was handed over or discarded already')
    this.#size += bytes.length
    if (!this.#large && this.#size <= largestInline) return this.#collected.write(bytes)
    this.#writing = this.#append(bytes)
    return this.#writing
  }

  async #append(bytes: Uint8Array): Promise<void> {
    const before = this.#writing
    const at = this.#size - bytes.length
    try {
      const large = (this.#large ??= this.#begin())
      large.hash.update(bytes)
      await before
      await this.#files.writeLater(large.handle, bytes, at)
    } catch (thrown) {
      this.#fault ??= asStoreError(thrown, this.#folder)
      throw this.#fault
    }
  }

  /** Moves what was collected into a file. */
  #begin(): { file: string; handle: number; hash: Hash } {
    const file = join(bodiesFolder, this.#freshName())
    const handle = this.#files.create(join(this.#folder, file))
    const begun = { file, handle, hash: createHash('sha256') }
    this.#large = begun
    const first = this.#collected.take()
    begun.hash.update(first)
    this.#files.write(handle, [first], 0)
    return begun
  }

  /** Hands over what lies in memory; undefined for a large body, which `settle` makes safe. */
  take(): Uint8Array | undefined {
    if (this.#isOver) throw new StoreError('closed', 'the message was handed over or discarded already')
    this.#isOver = true
    return this.#large || this.#fault ? undefined : this.#collected.take()
  }

  /** Flushes the file and its name: both are safe before a record names it, safety.md 6. */
  async settle(): Promise<LargeBody> {
    const large = this.#large
    try {
      await this.#writing
      if (this.#fault) throw this.#fault
      if (!large) throw new StoreError('io', 'the body has no file')
      await this.#files.flushLater(large.handle)
      this.#files.close(large.handle)
      this.#files.flushFolder(join(this.#folder, bodiesFolder))
      return { file: large.file, hash: large.hash.digest() }
    } catch (thrown) {
      if (large) this.#forget(large)
      throw thrown
    }
  }

  discard(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#collected.discard()
    const large = this.#large
    if (!large) return
    // a write may still be under way
    this.#writing.then(
      () => this.#forget(large),
      () => this.#forget(large),
    )
  }

  #forget(large: { file: string; handle: number }): void {
    try {
      this.#files.close(large.handle)
    } catch {
      // it was closed already
    }
    removeBody(this.#files, this.#folder, large.file)
  }
}

/** Removes a body that no record names; one that cannot be removed is a stray, which the next start removes. */
export function removeBody(files: FilePort, folder: string, file: string): void {
  try {
    files.remove(join(folder, file))
  } catch {
    // see above
  }
}
