/**
 * A disk in memory that forgets: what was written and not flushed, names whose folder was not flushed. It counts every
 * step that changes something, and can lose its power or its free space at any of them.
 */
import { dirname } from 'node:path'
import type { FilePort } from './port.ts'

interface Inode {
  now: Buffer
  safe: Buffer
}

export class PowerCut extends Error {}

/** What is left after a cut: only what was flushed, all of it, or some of the sectors and names. */
export type Left = 'flushed' | 'all' | 'some'

export class ForgetfulDisk implements FilePort {
  readonly #names = new Map<string, Inode>()
  readonly #safeNames = new Map<string, Inode>()
  readonly #handles = new Map<number, Inode>()
  readonly #folders = new Set<string>()
  #nextHandle = 1
  steps = 0
  /** The step at which the power goes; it happens as a write that was never flushed, or not at all. */
  cutAt = Infinity
  /** Steps at which there is no space; only of those that need some. */
  fullAt: (step: number) => boolean = () => false
  /** Set: `flush` forgets to flush. For the proof that the tests notice. */
  neverFlushes = false
  /** Set: cutting fails. */
  cannotCut = false

  /** Counts a step. True: power goes after it. */
  #step(needsSpace = false): boolean {
    this.steps++
    if (this.steps > this.cutAt) throw new PowerCut('no power')
    if (needsSpace && this.fullAt(this.steps))
      throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
    return this.steps === this.cutAt
  }

  #inode(handle: number): Inode {
    const inode = this.#handles.get(handle)
    if (!inode) throw new Error(`EBADF: ${handle}`)
    return inode
  }

  #opened(inode: Inode): number {
    this.#handles.set(this.#nextHandle, inode)
    return this.#nextHandle++
  }

  makeFolder(path: string): void {
    this.#folders.add(path)
  }
  list(folder: string): readonly string[] {
    return [...this.#names.keys()]
      .filter((path) => dirname(path) === folder)
      .map((path) => path.slice(folder.length + 1))
  }
  size(path: string): number | undefined {
    return this.#names.get(path)?.now.length
  }
  create(path: string): number {
    if (this.#step(true)) throw new PowerCut('no power')
    if (this.#names.has(path)) throw new Error(`EEXIST: ${path}`)
    const inode = { now: Buffer.alloc(0), safe: Buffer.alloc(0) }
    this.#names.set(path, inode)
    return this.#opened(inode)
  }
  open(path: string): number {
    const inode = this.#names.get(path)
    if (!inode) throw new Error(`ENOENT: ${path}`)
    return this.#opened(inode)
  }
  write(handle: number, pieces: readonly Uint8Array[], at: number): void {
    const isLast = this.#step(true)
    const bytes = Buffer.concat(pieces)
    const inode = this.#inode(handle)
    const now = Buffer.alloc(Math.max(inode.now.length, at + bytes.length))
    inode.now.copy(now)
    bytes.copy(now, at)
    inode.now = now
    if (isLast) throw new PowerCut('no power')
  }
  read(handle: number, into: Uint8Array, at: number): number {
    const bytes = this.#inode(handle).now.subarray(at, at + into.length)
    into.set(bytes)
    return bytes.length
  }
  flush(handle: number): void {
    if (this.#step(true)) throw new PowerCut('no power')
    const inode = this.#inode(handle)
    if (!this.neverFlushes) inode.safe = Buffer.from(inode.now)
  }
  cut(handle: number, size: number): void {
    const isLast = this.#step()
    if (this.cannotCut) throw new Error('EIO')
    const inode = this.#inode(handle)
    const now = Buffer.alloc(size)
    inode.now.copy(now)
    inode.now = now
    if (isLast) throw new PowerCut('no power')
  }
  close(handle: number): void {
    this.#handles.delete(handle)
  }
  rename(from: string, to: string): void {
    if (this.#step()) throw new PowerCut('no power')
    const inode = this.#names.get(from)
    if (!inode) throw new Error(`ENOENT: ${from}`)
    this.#names.delete(from)
    this.#names.set(to, inode)
  }
  remove(path: string): void {
    if (!this.#names.has(path)) return
    if (this.#step()) throw new PowerCut('no power')
    this.#names.delete(path)
  }
  flushFolder(path: string): void {
    if (this.#step()) throw new PowerCut('no power')
    if (this.neverFlushes) return
    for (const name of this.#safeNames.keys()) if (dirname(name) === path) this.#safeNames.delete(name)
    for (const [name, inode] of this.#names) if (dirname(name) === path) this.#safeNames.set(name, inode)
  }
  freeSpace(): number {
    return 2 ** 40
  }
  writeLater(handle: number, bytes: Uint8Array, at: number): Promise<void> {
    return Promise.resolve().then(() => this.write(handle, [bytes], at))
  }
  readLater(handle: number, into: Uint8Array, at: number): Promise<number> {
    return Promise.resolve().then(() => this.read(handle, into, at))
  }
  flushLater(handle: number): Promise<void> {
    return Promise.resolve().then(() => this.flush(handle))
  }

  /** Handles that nobody closed. */
  get openHandles(): number {
    return this.#handles.size
  }

  /** The disk as it is found after the power came back. `random` gives numbers from 0 to 1. */
  afterCut(left: Left, random: () => number): ForgetfulDisk {
    const after = new ForgetfulDisk()
    for (const folder of this.#folders) after.#folders.add(folder)
    const paths = new Set([...this.#names.keys(), ...this.#safeNames.keys()])
    for (const path of paths) {
      const now = this.#names.get(path)
      const safe = this.#safeNames.get(path)
      const inode = left === 'flushed' ? safe : left === 'all' || random() < 0.5 ? now : safe
      if (!inode) continue
      const bytes = left === 'flushed' ? inode.safe : left === 'all' ? inode.now : mixed(inode, random)
      const found = { now: Buffer.from(bytes), safe: Buffer.from(bytes) }
      after.#names.set(path, found)
      after.#safeNames.set(path, found)
    }
    return after
  }

  /** The same disk again, with all of its past. */
  clone(): ForgetfulDisk {
    return this.afterCut('all', () => 0)
  }

  /** Bytes of a file, to be altered. */
  bytesOf(path: string): Buffer | undefined {
    return this.#names.get(path)?.now
  }

  paths(): readonly string[] {
    return [...this.#names.keys()]
  }
}

/** Each sector of 512 bytes is the flushed one or the written one; the length is one of both or between. */
function mixed({ now, safe }: Inode, random: () => number): Buffer {
  const [short, long] = now.length < safe.length ? [now.length, safe.length] : [safe.length, now.length]
  const length = random() < 0.3 ? short : random() < 0.5 ? long : short + Math.floor(random() * (long - short + 1))
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length; at += 512) {
    const from = random() < 0.5 ? now : safe
    from.subarray(at, Math.min(at + 512, length)).copy(bytes, at)
  }
  return bytes
}

/** Numbers that look random and are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}
