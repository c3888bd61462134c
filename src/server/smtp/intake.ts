/**
 * A message on its way from the wire into the store: the trace fields go first, the header section is looked at once
 * (hops, and for submission what it lacks), the rest passes as it is. A fault is kept until the message has ended.
 */
import type { SmtpReply } from '../../wire/smtp/words.ts'
import type { Incoming } from '../../store/contract.ts'
import type { Limits } from '../limits.ts'
import { replies } from './replies.ts'

export interface IntakeHow {
  readonly queueId: string
  readonly received: Date
  /** Return-Path and Received. */
  readonly trace: Uint8Array
  /** Fields to put after the trace where the header section lacks them, by lower-case name. */
  readonly missing: ReadonlyMap<string, string>
  readonly limits: Limits
  /** Nanoseconds since 1970. */
  readonly began: bigint
}

const CR_LF = 0x0d0a
const lineEnd = Buffer.from('\r\n', 'latin1')
const noBytes = new Uint8Array(0)
const endOfHeader = '\r\n\r\n'

export class MessageIntake {
  readonly how: IntakeHow
  readonly incoming: Incoming
  fault: SmtpReply | undefined
  /** Bytes as they crossed, dots taken away, without the trace. */
  size = 0
  /** The last two bytes. */
  #last = 0
  /** The header section so far, until its end was seen. */
  #header: Buffer | undefined = Buffer.alloc(0)

  constructor(how: IntakeHow, incoming: Incoming) {
    this.how = how
    this.incoming = incoming
  }

  /** Takes a piece. A promise: wait before the next. */
  write(bytes: Uint8Array): Promise<void> | undefined {
    this.size += bytes.length
    this.#see(bytes)
    if (this.size > this.how.limits.messageBytes) this.fail(replies.tooLarge)
    if (this.fault) return undefined
    if (!this.#header) return this.incoming.write(bytes)
    const begun = this.#header
    const all = begun.length === 0 ? asBuffer(bytes) : Buffer.concat([begun, bytes])
    const end = headerEnd(all, begun.length)
    if (end >= 0) return this.#tookHeader(all.toString('latin1', 0, end), all)
    if (all.length > this.how.limits.headerBytes) this.fail(replies.headerTooLarge)
    // kept beyond this call, so no longer a view of what the line gave
    else this.#header = begun.length === 0 ? Buffer.from(bytes) : all
    return undefined
  }

  /** The message has ended; the header section too, if it had not. */
  end(): Promise<void> | undefined {
    const all = this.#header
    if (this.fault) return undefined
    // chunks may stop anywhere, and a message at rest ends its last line, RFC 5321 §2.3.8
    const missing = this.#last === CR_LF || this.size === 0 ? noBytes : lineEnd
    if (!all) return missing.length === 0 ? undefined : this.incoming.write(missing)
    return this.#tookHeader(all.toString('latin1'), missing.length === 0 ? all : Buffer.concat([all, missing]))
  }

  /** What is wrong with it; the first fault counts. Nothing is kept any more. */
  fail(reply: SmtpReply): void {
    this.fault ??= reply
    this.incoming.discard()
    this.#header = undefined
  }

  discard(): void {
    this.incoming.discard()
    this.#header = undefined
  }

  /** Slower than allowed since it began? */
  isSlow(now: bigint): boolean {
    const { bodyGraceMs, bodyBytesPerSecond } = this.how.limits
    const ms = Number((now - this.how.began) / 1_000_000n)
    return ms > bodyGraceMs && this.size * 1000 < ms * bodyBytesPerSecond
  }

  #see(bytes: Uint8Array): void {
    const [last, before] = [bytes.at(-1), bytes.at(-2)]
    if (last !== undefined) this.#last = (((before ?? this.#last) & 0xff) << 8) | last
  }

  #tookHeader(text: string, all: Uint8Array): Promise<void> | undefined {
    this.#header = undefined
    if (countReceived(text) > this.how.limits.hops) {
      this.fail(replies.loop)
      return undefined
    }
    const { trace, missing } = this.how
    const added = missing.size === 0 ? noBytes : Buffer.from(lacking(text, missing), 'latin1')
    void this.incoming.write(added.length === 0 ? trace : Buffer.concat([trace, added]))
    return this.incoming.write(all)
  }
}

/** Index behind the last field's CRLF; -1 while it is not there. `seen` bytes were searched before. */
function headerEnd(all: Buffer, seen: number): number {
  if (all.length >= 2 && all[0] === 13 && all[1] === 10) return 0
  const at = all.indexOf(endOfHeader, Math.max(0, seen - 3), 'latin1')
  return at < 0 ? -1 : at + 2
}

/** Each relay adds one, RFC 5321 §6.3. */
function countReceived(header: string): number {
  let count = 0
  const received = /^received[ \t]*:/gim
  while (received.test(header)) count += 1
  return count
}

/** A submission server may complete a message, RFC 6409 §8. */
function lacking(header: string, missing: ReadonlyMap<string, string>): string {
  let added = ''
  for (const [name, field] of missing) if (!new RegExp(`^${name}[ \\t]*:`, 'im').test(header)) added += field
  return added
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
