/**
 * The files of the store as a port, so that tests can forget what was not flushed and refuse what does not fit.
 * Everything is synchronous but the streaming of large bodies. Handles are file descriptors.
 */
import fs from 'node:fs'
import { dirname } from 'node:path'

export interface FilePort {
  /** Makes the folder (0700) where it is missing. Its parent must be there. */
  makeFolder(path: string): void
  /** Names in a folder; none where it is missing. */
  list(folder: string): readonly string[]
  /** Bytes; undefined where it is missing. */
  size(path: string): number | undefined
  /** A new file (0600), to read and write. Throws if it is there. */
  create(path: string): number
  open(path: string, how: 'read' | 'write'): number
  /** Writes all pieces one after the other from `at` on. */
  write(handle: number, pieces: readonly Uint8Array[], at: number): void
  /** Fills `into` from `at` on; returns how many bytes there were. */
  read(handle: number, into: Uint8Array, at: number): number
  /** What was written to the file is safe. */
  flush(handle: number): void
  cut(handle: number, size: number): void
  close(handle: number): void
  rename(from: string, to: string): void
  /** A file that is missing is as good as removed. */
  remove(path: string): void
  /** Names made, renamed and removed in it are safe. */
  flushFolder(path: string): void
  /** Bytes that an ordinary user may still write there. */
  freeSpace(folder: string): number

  writeLater(handle: number, bytes: Uint8Array, at: number): Promise<void>
  readLater(handle: number, into: Uint8Array, at: number): Promise<number>
  flushLater(handle: number): Promise<void>
}

/** The file system. New files get `owner` where it is given (the command line run as root, safety.md 9). */
export function realFiles(owner?: { readonly uid: number; readonly gid: number }): FilePort {
  return new RealFiles(owner)
}

/** Of whom new files in this folder should be: its owner, where we are root and it is somebody else's. */
export function ownerFor(folder: string): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const { uid, gid } = fs.statSync(folder)
  return uid === 0 ? undefined : { uid, gid }
}

const fileMode = 0o600
const folderMode = 0o700

class RealFiles implements FilePort {
  readonly #owner: { readonly uid: number; readonly gid: number } | undefined

  constructor(owner: { readonly uid: number; readonly gid: number } | undefined) {
    this.#owner = owner
  }

  makeFolder(path: string): void {
    if (!fs.existsSync(path)) {
      fs.mkdirSync(path, { mode: folderMode })
      if (this.#owner) fs.chownSync(path, this.#owner.uid, this.#owner.gid)
      this.flushFolder(dirname(path))
    }
    // also where the umask took bits away, or somebody else's program made the folder
    if ((fs.statSync(path).mode & 0o777) !== folderMode) fs.chmodSync(path, folderMode)
  }
  list(folder: string): readonly string[] {
    return fs.existsSync(folder) ? fs.readdirSync(folder) : []
  }
  size(path: string): number | undefined {
    return fs.statSync(path, { throwIfNoEntry: false })?.size
  }
  create(path: string): number {
    const handle = fs.openSync(path, 'wx+', fileMode)
    fs.fchmodSync(handle, fileMode)
    if (this.#owner) fs.fchownSync(handle, this.#owner.uid, this.#owner.gid)
    return handle
  }
  open(path: string, how: 'read' | 'write'): number {
    return fs.openSync(path, how === 'read' ? 'r' : 'r+')
  }
  write(handle: number, pieces: readonly Uint8Array[], at: number): void {
    const total = pieces.reduce((sum, { length }) => sum + length, 0)
    const written = fs.writevSync(handle, pieces, at)
    if (written === total) return
    // rare: the system took a part only; the rest goes in one piece
    const rest = Buffer.concat(pieces).subarray(written)
    for (let done = 0; done < rest.length;)
      done += fs.writeSync(handle, rest, done, rest.length - done, at + written + done)
  }
  read(handle: number, into: Uint8Array, at: number): number {
    let done = 0
    while (done < into.length) {
      const got = fs.readSync(handle, into, done, into.length - done, at + done)
      if (got === 0) break
      done += got
    }
    return done
  }
  flush(handle: number): void {
    fs.fdatasyncSync(handle)
  }
  cut(handle: number, size: number): void {
    fs.ftruncateSync(handle, size)
  }
  close(handle: number): void {
    fs.closeSync(handle)
  }
  rename(from: string, to: string): void {
    fs.renameSync(from, to)
  }
  remove(path: string): void {
    fs.rmSync(path, { force: true })
  }
  flushFolder(path: string): void {
    const handle = fs.openSync(path, 'r')
    try {
      fs.fsyncSync(handle)
    } finally {
      fs.closeSync(handle)
    }
  }
  freeSpace(folder: string): number {
    const { bavail, bsize } = fs.statfsSync(folder)
    return bavail * bsize
  }

  async writeLater(handle: number, bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length;) done += await writeOnce(handle, bytes, done, at + done)
  }
  async readLater(handle: number, into: Uint8Array, at: number): Promise<number> {
    let done = 0
    while (done < into.length) {
      const got = await readOnce(handle, into, done, at + done)
      if (got === 0) break
      done += got
    }
    return done
  }
  flushLater(handle: number): Promise<void> {
    return new Promise((resolve, reject) => fs.fdatasync(handle, (fault) => (fault ? reject(fault) : resolve())))
  }
}

function writeOnce(handle: number, bytes: Uint8Array, from: number, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(handle, bytes, from, bytes.length - from, at, (fault, size) => (fault ? reject(fault) : resolve(size)))
  })
}

function readOnce(handle: number, into: Uint8Array, from: number, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(handle, into, from, into.length - from, at, (fault, size) => (fault ? reject(fault) : resolve(size)))
  })
}

/** Writes a small file whole or not at all: beside it, flushed, renamed, the folder flushed. */
export function writeWhole(files: FilePort, path: string, bytes: Uint8Array): void {
  const beside = `${path}.new`
  files.remove(beside)
  const handle = files.create(beside)
  try {
    files.write(handle, [bytes], 0)
    files.flush(handle)
  } finally {
    files.close(handle)
  }
  files.rename(beside, path)
  files.flushFolder(dirname(path))
}

/** A whole file; undefined where it is missing. */
export function readWhole(files: FilePort, path: string): Uint8Array | undefined {
  const size = files.size(path)
  if (size === undefined) return undefined
  const bytes = new Uint8Array(size)
  const handle = files.open(path, 'read')
  try {
    return bytes.subarray(0, files.read(handle, bytes, 0))
  } finally {
    files.close(handle)
  }
}
