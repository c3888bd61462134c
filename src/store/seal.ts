/**
 * Recordings at rest: sealed with AES-256-GCM under a key that lies beside them and that a backup leaves out. Key-log
 * lines have a file of their own, since without them the recorded TLS is only noise; it is deleted first. safety.md 11.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { join } from 'node:path'
import type { Recording } from '../wire/packet/recording.ts'
import { type FilePort, readWhole, writeWhole } from './disk/port.ts'
import { packFacts, readFacts } from './facts.ts'
import { type Layout, sealedNames } from './layout.ts'

const algorithm = 'aes-256-gcm'
const nonceSize = 12
const tagSize = 16

export class SealedFiles {
  readonly #files: FilePort
  readonly #layout: Layout
  readonly #random: (size: number) => Uint8Array
  #key: Uint8Array | undefined

  constructor(files: FilePort, layout: Layout, random: (size: number) => Uint8Array) {
    this.#files = files
    this.#layout = layout
    this.#random = random
  }

  /** Seals a recording; returns the bytes of its files. They are flushed by whoever needs that: nobody, safety.md 5. */
  keep(id: string, recording: Recording): number {
    const names = sealedNames(id)
    const bytes = this.#write(names.bytes, packFacts({ ...recording, keyLog: [] }))
    if (recording.keyLog.length === 0) return bytes
    return bytes + this.#write(names.keys, new TextEncoder().encode(recording.keyLog.join('')))
  }

  /** Undefined where the files are gone, were not sealed by this key, or were altered. */
  read(id: string): Recording | undefined {
    const names = sealedNames(id)
    const packed = this.#read(names.bytes)
    const recording = packed && readFacts(packed)
    if (!recording) return undefined
    const keys = this.#read(names.keys)
    return { ...recording, keyLog: keys ? splitLines(new TextDecoder().decode(keys)) : [] }
  }

  remove(id: string): void {
    const names = sealedNames(id)
    this.#files.remove(join(this.#layout.folder, names.keys))
    this.#files.remove(join(this.#layout.folder, names.bytes))
  }

  #write(name: string, plain: Uint8Array): number {
    const nonce = this.#random(nonceSize)
    const cipher = createCipheriv(algorithm, this.#theKey(), nonce)
    // a file cannot be passed off as another
    cipher.setAAD(new TextEncoder().encode(name))
    const sealed = [cipher.update(plain), cipher.final()]
    const path = join(this.#layout.folder, name)
    this.#files.remove(path)
    const handle = this.#files.create(path)
    try {
      this.#files.write(handle, [nonce, ...sealed, cipher.getAuthTag()], 0)
    } finally {
      this.#files.close(handle)
    }
    return nonceSize + plain.length + tagSize
  }

  #read(name: string): Uint8Array | undefined {
    const sealed = readWhole(this.#files, join(this.#layout.folder, name))
    if (!sealed || sealed.length < nonceSize + tagSize) return undefined
    const opener = createDecipheriv(algorithm, this.#theKey(), sealed.subarray(0, nonceSize))
    opener.setAAD(new TextEncoder().encode(name))
    opener.setAuthTag(sealed.subarray(-tagSize))
    try {
      return new Uint8Array(Buffer.concat([opener.update(sealed.subarray(nonceSize, -tagSize)), opener.final()]))
    } catch {
      return undefined
    }
  }

  #theKey(): Uint8Array {
    if (this.#key) return this.#key
    const there = readWhole(this.#files, this.#layout.key)
    if (there?.length === 32) return (this.#key = there)
    const fresh = this.#random(32)
    writeWhole(this.#files, this.#layout.key, fresh)
    return (this.#key = fresh)
  }
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
