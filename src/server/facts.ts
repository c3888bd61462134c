/**
 * The facts of a connection's story as they cross: the lines of both sides, credentials covered, bodies only counted.
 * A strip at a time: what led to a message goes with that message, all strips make the connection's story. Lines that
 * came in one piece stay one piece, so a message costs a handful of entries.
 */
import type { Side } from '../wire/talk.ts'
import type { Kept, MarkedSecret, Recording, TlsFacts } from '../wire/packet/recording.ts'
import type { Cover } from './covers.ts'

/** Bytes that the entries of a message's strip may take when packed; the promise is 8 KiB. */
const mostOfStrip = 7168
/** The same for the whole story; the promise is 64 KiB. */
const mostOfStory = 61_440
/** Ends every body but a chunk's, RFC 5321 §4.1.1.4, RFC 1939 §3. */
const endMark = Buffer.from('\r\n.\r\n', 'latin1')
/** What an entry takes beside its bytes. */
const entrySize = 16

export type FactsHead = Omit<Recording, 'ended' | 'kept' | 'keyLog' | 'secrets'>

export class Facts {
  readonly #head: FactsHead
  /** Client bytes that were not told yet whether they are lines or body; the first begins at #cursor. */
  #chunks: Uint8Array[] = []
  #cursor = 0
  #lineEnd = 0
  #time: bigint
  #strip: Kept[] = []
  #stripSize = 0
  #story: Kept[] = []
  #storySize = 0
  #secrets: MarkedSecret[] = []
  #stripSecrets: MarkedSecret[] = []
  /** It is not the first strip: offsets in it count from here. */
  #stripStart: number | undefined
  #epoch = 0
  #tls: TlsFacts | undefined

  constructor(head: FactsHead) {
    this.#head = head
    this.#time = head.began
  }

  /** The client's bytes came at this time. Kept by reference until they are told apart, then copied. */
  heard(bytes: Uint8Array, time: bigint): void {
    this.#chunks.push(bytes)
    this.#time = time
  }

  /** The client's bytes up to this offset are lines. */
  line(end: number): void {
    this.#lineEnd = end
  }

  /** So are they, and these of them are credentials. The bytes not told before it must begin in the same line or earlier. */
  secretLine(end: number, covers: readonly Cover[]): void {
    this.#lineEnd = end
    const start = this.#cursor
    const bytes = this.#take(end)
    for (const cover of covers) {
      if (cover.start >= start) bytes.set(cover.filler, cover.start - start)
      const { start: from, end: to, kind } = cover
      const mark: MarkedSecret = { side: 'client', epoch: this.#epoch, start: from, end: to, kind }
      this.#secrets.push(mark)
      this.#stripSecrets.push(mark)
    }
    this.#keep('client', bytes)
  }

  /** The client's bytes up to this offset are of a body; `ends`: with the dot line that ends it. */
  body(end: number, ends: boolean): void {
    this.#tellLines()
    if (end > this.#cursor) this.#lose('client', end - this.#cursor)
    this.#drop(end)
    this.#lineEnd = end
    if (ends) this.#keepEnd('client')
  }

  /** The server said this; the bytes must not be changed any more. */
  said(bytes: Uint8Array): void {
    this.#tellLines()
    this.#keep('server', bytes)
  }

  /** The server sent so many bytes of a body; `ends`: with the dot line that ends it. */
  saidBody(size: number, ends: boolean): void {
    this.#tellLines()
    this.#lose('server', size)
    if (ends) this.#keepEnd('server')
  }

  /** The raw bytes of a line that was heard and is not told yet. */
  peek(start: number, end: number): Uint8Array {
    return Buffer.concat(this.#chunks).subarray(start - this.#cursor, end - this.#cursor)
  }

  /** TLS begins: offsets count from 0 again. */
  sealed(tls: TlsFacts, time: bigint): void {
    this.#tellLines()
    this.#chunks = []
    this.#cursor = 0
    this.#lineEnd = 0
    this.#epoch = 1
    this.#stripStart = undefined
    this.#tls = tls
    this.#time = time
    this.#strip.push({ what: 'sealed', time, tls })
  }

  /** Bytes that the strip has so far; a new one may be begun where it is long already. */
  get stripSize(): number {
    return this.#stripSize
  }

  /**
   * What led to the message that was just heard, and the reply that will be said when it is safe. Begins a new strip;
   * the reply stands in the next one once it is said.
   */
  ofMessage(reply: Uint8Array): Recording {
    this.#tellLines()
    const kept: Kept[] = [...this.#strip, { what: 'bytes', side: 'server', time: this.#time, bytes: reply }]
    const recording: Recording = { ...this.#head, ended: undefined, kept, keyLog: [], secrets: this.#relativeSecrets() }
    this.newStrip()
    return recording
  }

  /** Closes the strip: it is a part of the story now. */
  newStrip(): void {
    this.#tellLines()
    for (const kept of this.#strip) this.#addToStory(kept)
    this.#strip = this.#tls ? [{ what: 'sealed', time: this.#time, tls: this.#tls }] : []
    this.#stripSize = 0
    this.#stripSecrets = []
    this.#stripStart = this.#cursor
  }

  /** The whole story. */
  all(ended: bigint): Recording {
    this.newStrip()
    return { ...this.#head, ended, kept: this.#story, keyLog: [], secrets: this.#secrets }
  }

  #relativeSecrets(): readonly MarkedSecret[] {
    const from = this.#stripStart ?? 0
    return this.#stripSecrets.map((mark) => ({ ...mark, start: mark.start - from, end: mark.end - from }))
  }

  #addToStory(kept: Kept): void {
    switch (kept.what) {
      case 'sealed':
        // once for the connection
        if (!this.#story.some((one) => one.what === 'sealed')) this.#story.push(kept)
        return
      case 'lost':
        return addLost(this.#story, kept)
      case 'bytes': {
        this.#storySize += kept.bytes.length + entrySize
        if (this.#storySize <= mostOfStory) this.#story.push(kept)
        else addLost(this.#story, { ...kept, what: 'lost', size: kept.bytes.length })
      }
    }
  }

  #tellLines(): void {
    if (this.#lineEnd > this.#cursor) this.#keep('client', this.#take(this.#lineEnd))
  }

  #keep(side: Side, bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#stripSize += bytes.length + entrySize
    if (this.#stripSize > mostOfStrip) this.#lose(side, bytes.length)
    else this.#strip.push({ what: 'bytes', side, time: this.#time, bytes })
  }

  /** Whoever reads the facts must see where the body ends: of what was just lost, the end mark is kept. */
  #keepEnd(side: Side): void {
    const last = this.#strip.at(-1)
    if (last?.what !== 'lost' || last.side !== side) return
    this.#strip.pop()
    const size = Math.min(endMark.length, last.size)
    if (last.size > size) this.#strip.push({ ...last, size: last.size - size })
    this.#stripSize += size + entrySize
    this.#strip.push({ what: 'bytes', side, time: this.#time, bytes: endMark.subarray(endMark.length - size) })
  }

  #lose(side: Side, size: number): void {
    addLost(this.#strip, { what: 'lost', side, time: this.#time, size })
  }

  /** Copies the client's bytes up to this offset, and drops them. */
  #take(end: number): Buffer {
    const size = end - this.#cursor
    const [first] = this.#chunks
    const bytes =
      first && first.length >= size ? Buffer.from(first.subarray(0, size)) : Buffer.concat(this.#chunks, size)
    this.#drop(end)
    return bytes
  }

  #drop(end: number): void {
    let size = end - this.#cursor
    this.#cursor = end
    while (size > 0) {
      const [first] = this.#chunks
      if (!first) return
      if (first.length > size) {
        this.#chunks[0] = first.subarray(size)
        return
      }
      size -= first.length
      this.#chunks.shift()
    }
  }
}

/** Runs of what was not kept become one entry a side. */
function addLost(to: Kept[], lost: Kept & { what: 'lost' }): void {
  for (let at = to.length - 1; at >= Math.max(0, to.length - 2); at--) {
    const before = to[at]
    if (before?.what !== 'lost') break
    if (before.side !== lost.side) continue
    to[at] = { ...before, size: before.size + lost.size }
    return
  }
  to.push({ what: 'lost', side: lost.side, time: lost.time, size: lost.size })
}
