/** Files named on a command line: opened by this command, never by the server. `-` is standard input. safety.md 20. */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Fault, messageOf, systemCode } from './fault.ts'
import type { Session } from './session.ts'

/** The name as people call it. */
export const nameFor = (file: string): string => (file === '-' ? 'standard input' : file)

export function readingFaultOf(file: string, thrown: unknown): Fault {
  switch (systemCode(thrown) ?? '') {
    case 'ENOENT':
    case 'ENOTDIR':
      return new Fault('file-missing', { file }, { cause: thrown })
    case 'EACCES':
    case 'EPERM':
      return new Fault('file-denied', { file }, { cause: thrown })
    case 'EISDIR':
      return new Fault('file-folder', { file }, { cause: thrown })
    default:
      return new Fault('file-unreadable', { file, why: messageOf(thrown) }, { cause: thrown })
  }
}

export interface OpenedFile {
  readonly chunks: AsyncIterable<Uint8Array>
  /** Undefined where it cannot be known before the end. */
  readonly size: number | undefined
}

/** Opens a file to be read once, in pieces of a MiB. Throws a `Fault`; so do the pieces. */
export async function openFile(session: Session, file: string): Promise<OpenedFile> {
  if (file === '-') return { chunks: session.world.stdin.bytes(), size: undefined }
  const path = resolve(session.world.folder, file)
  try {
    const facts = await stat(path)
    if (facts.isDirectory()) throw new Fault('file-folder', { file })
    const handle = await open(path, 'r')
    const stream = createReadStream('', { fd: handle, highWaterMark: 1 << 20 })
    return { chunks: faultsNamed(file, stream), size: facts.isFile() ? facts.size : undefined }
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : readingFaultOf(file, thrown)
  }
}

async function* faultsNamed(file: string, stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream
  } catch (thrown) {
    throw readingFaultOf(file, thrown)
  }
}

/** The whole file, which may have at most that many bytes. */
export async function readWhole(session: Session, file: string, most: number): Promise<Uint8Array> {
  const { chunks } = await openFile(session, file)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > most) throw new Fault('file-unreadable', { file: nameFor(file), why: `It has more than ${most} bytes.` })
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

/** True where a file of that name lies there. */
export async function isThere(session: Session, file: string): Promise<boolean> {
  try {
    return (await stat(resolve(session.world.folder, file))).isFile()
  } catch {
    return false
  }
}
