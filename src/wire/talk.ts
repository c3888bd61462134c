/**
 * The ground that every protocol stands on: two sides, spans of their bytes, remarks, secrets, and the one shape
 * of a conversation that the server answers with, the client asks with and the analyser listens with.
 */

export type Side = 'client' | 'server'

/** The other side. */
export function otherSide(side: Side): Side {
  return side === 'client' ? 'server' : 'client'
}

/** Bytes [start, end) of one side's stream, counted from the first byte that side sent in this conversation. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A rule the bytes bend (a stable kebab-case id such as `bare-lf`), and where it is written (`RFC 5321 §2.3.8`). */
export interface Remark {
  readonly rule: string
  readonly source: string
}

/** What a hidden value is; decides the word that stands in its place. */
export type SecretKind = 'password' | 'user' | 'token' | 'proof'

/** A named piece of a line. `secret` pieces are masked unless asked for (`user` only where people read). */
export interface Part {
  readonly name: string
  readonly at: Span
  readonly secret?: SecretKind
}

/** SHA-256 of bytes in lower-case hex; handed in, since `wire/` and `analyser/` compute nothing of their own kind. */
export type Digest = (bytes: Uint8Array) => string

/**
 * Wraps a password, a token or a SASL response. It prints as `[hidden]` wherever it is printed, logged or put into
 * JSON; `reveal()` is the only way in, and greppable.
 */
export class Secret {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  reveal(): string {
    return this.#text
  }
  toString(): string {
    return '[hidden]'
  }
  toJSON(): string {
    return '[hidden]'
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[hidden]'
  }
}

export type Said<Command, Reply> =
  | { readonly what: 'command'; readonly command: Command }
  | { readonly what: 'reply'; readonly reply: Reply }
  /** A piece of a body as it is (not dot-stuffed); `last` also writes the end mark. Pieces may be cut anywhere. */
  | { readonly what: 'body'; readonly bytes: Uint8Array; readonly last: boolean }

/**
 * One whole thing that a side said. `at` is its span in that side's stream, line end included.
 * `assumed` tells that it was taken for what it is without the other side's word (a hole, one direction only).
 */
export type Heard<Command, Reply> = {
  readonly at: Span
  readonly remarks: readonly Remark[]
  readonly assumed?: boolean
} & (
  | { readonly what: 'command'; readonly command: Command; readonly parts: readonly Part[] }
  /** A line that is no command or no reply. `secret` when it stood near a sign-in and may hold a credential. */
  | { readonly what: 'unreadable'; readonly why: string; readonly secret?: boolean }
  | { readonly what: 'reply'; readonly reply: Reply; readonly to: Command | undefined; readonly parts: readonly Part[] }
  /** A sure piece of a body, un-stuffed; `last` when the end mark was read. `at` is the stuffed span on the wire. */
  | { readonly what: 'body'; readonly bytes: Uint8Array; readonly last: boolean }
  /** Bytes of this side that nobody has (see `Conversation.lose`); `at` is where they stood. */
  | { readonly what: 'hole'; readonly size: number; readonly inBody: boolean }
  /** IMAP: a literal is announced and waits for a go-ahead. */
  | { readonly what: 'offer'; readonly size: number }
  /** TLS from here on: this conversation is over, a fresh one begins inside. */
  | { readonly what: 'sealed' }
)

/**
 * A protocol as one pure state machine that does not know which side it is on. State moves on replies: a refused
 * command did not happen.
 */
export interface Conversation<Command, Reply> {
  /** Takes the next bytes of one side, cut anywhere. The bytes may be kept by reference until they were heard. */
  hear(side: Side, bytes: Uint8Array): void
  /** The next whole thing of that side; `for bytes` when more must come; `for the other side` when its word decides. */
  next(side: Side): Heard<Command, Reply> | 'for bytes' | 'for the other side'
  /** The bytes that say it; also moves this conversation's own state, as if it had been heard. */
  say(said: Said<Command, Reply>): Uint8Array
  /** The rule that this command, now and in this order, would break; undefined if it may come. */
  objection(command: Command): Remark | undefined
  /** A hole in a capture: `size` bytes of that side exist and are not here. A body goes on; else reading resumes at the next line. */
  lose(side: Side, size: number): void
  /** No more bytes of that side will come, or none ever did; what waits for its word goes on with `assumed` set. */
  end(side: Side): void
}
