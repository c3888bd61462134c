/**
 * Keeps what crosses one connection: chunks of both sides with their time, key-log lines, and where credentials stand.
 * Past the cap of a side the bytes are only counted. Bytes are copied, so that credentials can be overwritten in the
 * copy without touching what the server reads.
 */
import type { Side } from '../wire/talk.ts'
import type { Kept, MarkedSecret, Recording } from '../wire/packet/recording.ts'

export const defaultBytesPerSide = 4_194_304

export type RecordingHead = Omit<Recording, 'ended' | 'kept' | 'keyLog' | 'secrets'>

/** Bytes that take the place of a credential: as many as it had. */
interface Cover extends MarkedSecret {
  readonly filler: Uint8Array
}

export class Recorder {
  readonly head: RecordingHead
  #bytesPerSide: number
  #kept: Kept[] = []
  #keyLog: string[] = []
  #covers: Cover[] = []
  #held = { client: 0, server: 0 }
  #crossed = { client: 0, server: 0 }
  /** Where TLS began: offsets of each side, undefined before. */
  #sealedAt: { readonly client: number; readonly server: number } | undefined

  constructor(head: RecordingHead, bytesPerSide: number = defaultBytesPerSide) {
    this.head = head
    this.#bytesPerSide = bytesPerSide
    if (head.implicitTls) this.#sealedAt = { client: 0, server: 0 }
  }

  /** Bytes that are kept in memory. */
  get held(): number {
    return this.#held.client + this.#held.server
  }

  /** Keeps up to this many bytes a side from now on. */
  keepUpTo(bytesPerSide: number): void {
    this.#bytesPerSide = bytesPerSide
  }

  bytes(side: Side, bytes: Uint8Array, time: bigint): void {
    const room = Math.min(bytes.length, Math.max(0, this.#bytesPerSide - this.#held[side]))
    if (room > 0) {
      this.#kept.push({ what: 'bytes', side, time, bytes: Uint8Array.prototype.slice.call(bytes, 0, room) })
      this.#held[side] += room
    }
    if (room < bytes.length) this.#lose(side, bytes.length - room, time)
    this.#crossed[side] += bytes.length
  }

  /** TLS begins: what crosses from here on is ciphertext. */
  sealed(): void {
    this.#sealedAt ??= { ...this.#crossed }
  }

  keyLog(line: string): void {
    this.#keyLog.push(line)
  }

  /** A credential crossed; `filler` has its length and takes its place where it stood in clear. */
  mark(secret: MarkedSecret, filler: Uint8Array): void {
    this.#covers.push({ ...secret, filler })
  }

  /** The whole, credentials of the plaintext part overwritten. The recorder is empty afterwards. */
  finish(ended: bigint): Recording {
    const kept = this.#kept
    for (const cover of this.#covers) if (cover.epoch === 0 && !this.head.implicitTls) overwrite(kept, cover)
    const secrets = this.#covers.map(({ side, epoch, start, end, kind }) => ({ side, epoch, start, end, kind }))
    const keyLog = this.#keyLog
    this.discard()
    return { ...this.head, ended, kept, keyLog, secrets }
  }

  /** Forgets all that was kept. */
  discard(): void {
    this.#kept = []
    this.#keyLog = []
    this.#covers = []
    this.#held = { client: 0, server: 0 }
  }

  /** Offset of a side at which TLS began; undefined: not yet. */
  get sealedAt(): { readonly client: number; readonly server: number } | undefined {
    return this.#sealedAt
  }

  #lose(side: Side, size: number, time: bigint): void {
    const last = this.#kept.at(-1)
    if (last?.what === 'lost' && last.side === side)
      this.#kept[this.#kept.length - 1] = { ...last, size: last.size + size }
    else this.#kept.push({ what: 'lost', side, time, size })
  }
}

/** Writes the filler over the bytes [start, end) of that side, as far as they are kept. */
function overwrite(kept: readonly Kept[], cover: Cover): void {
  let at = 0
  for (const item of kept) {
    if (item.what === 'sealed' || item.side !== cover.side) continue
    const size = item.what === 'lost' ? item.size : item.bytes.length
    const from = Math.max(cover.start, at)
    const to = Math.min(cover.end, at + size)
    if (item.what === 'bytes' && from < to)
      item.bytes.set(cover.filler.subarray(from - cover.start, to - cover.start), from - at)
    at += size
    if (at >= cover.end) return
  }
}
