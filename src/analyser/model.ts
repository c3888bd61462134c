/**
 * What the analyser makes of one conversation, before any language: lines with parts and pieces, phases, messages,
 * findings, outcome. The catalogue turns ids into words; `document.ts` turns the model into the documented JSON;
 * the terminal, the page and the report draw it. Secrets stand in it only inside `Secret`.
 */
import type { Heard, Part, Remark, Secret, Side, Span } from '../wire/talk.ts'
import type { Stream } from '../wire/packet/capture.ts'
import type { SmtpCommand, SmtpReply } from '../wire/smtp/words.ts'
import type { Pop3Command, Pop3Reply } from '../wire/pop3/words.ts'

export type Language = 'en' | 'zh-CN'

/** Of a conversation. `none`: no payload; the others are named, counted and not read yet. */
export type SpokenProtocol = 'smtp' | 'pop3' | 'lmtp' | 'imap' | 'http' | 'tls' | 'none' | 'unknown'

export type Phase =
  | 'connection'
  | 'greeting'
  | 'extensions'
  | 'sealing'
  | 'sign-in'
  | 'envelope'
  | 'message'
  | 'mailbox'
  | 'goodbye'
  | 'other'

/** What a hidden value is called: a secret of exactly 16 letters is a code. `proof`: a digest or proof that allows guessing offline. */
export type HiddenKind = 'code' | 'password' | 'user' | 'token' | 'proof'

/** Text of a line, or a value that is masked where people read. */
export type Piece = string | { readonly hidden: HiddenKind; readonly value: Secret }

/** A sentence to be found in the catalogue. Params are inserted at `{name}`; they never hold a secret. */
export interface Explanation {
  readonly id: string
  readonly params?: Readonly<Record<string, string | number>>
}

/** One row as it stood on the wire (a reply may have several), line end left out. */
export interface Row {
  readonly pieces: readonly Piece[]
  /** What this row alone means (an EHLO keyword, a CAPA tag); undefined where the line's own meaning says it. */
  readonly means: Explanation | undefined
}

export type LineKind =
  | 'command'
  | 'reply'
  | 'answer'
  | 'challenge'
  | 'message'
  | 'listing'
  | 'hole'
  | 'unreadable'
  | 'sealed'
  | 'sealing'

export interface Line {
  /**
   * From 1, in the order of the conversation. A hole and the moment of sealing are not counted: they have the number of
   * the line before them.
   */
  readonly number: number
  readonly side: Side
  readonly kind: LineKind
  /** It passed inside TLS. */
  readonly sealed: boolean
  readonly phase: Phase
  /** Upper-case verb of a command; of a reply, the verb it answers. */
  readonly verb: string | undefined
  /** Reply code of SMTP. */
  readonly code: number | undefined
  readonly rows: readonly Row[]
  readonly means: Explanation
  /** Time of the packet that completed the line, of its first byte, and since the line before, in nanoseconds. */
  readonly time: bigint
  readonly firstTime: bigint
  readonly since: bigint
  /** Bytes in that side's stream (inside TLS: of the plaintext), line end included. */
  readonly at: Span
  readonly frames: readonly number[]
  readonly parts: readonly Part[]
  readonly remarks: readonly Remark[]
  /** Taken without the other side's word. */
  readonly assumed: boolean
  /** The line this one answers. */
  readonly answers: number | undefined
  /** Where it carries one: the message, by index into `messages`. */
  readonly message: number | undefined
  /** Bytes of a message or a hole. */
  readonly size: number | undefined
}

/** What was heard, protocol by protocol, with the packet that ended it; `dialogue.ts` and the rules read these. */
export type HeardSmtp = Heard<SmtpCommand, SmtpReply>
export type HeardPop3 = Heard<Pop3Command, Pop3Reply>

/** A mail that crossed, read by `wire/message`. */
export interface CarriedMessage {
  readonly line: number
  readonly side: Side
  /** How it crossed: sent by DATA or BDAT, fetched by RETR, looked at by TOP. */
  readonly by: 'DATA' | 'BDAT' | 'RETR' | 'TOP'
  readonly bytes: Uint8Array
  readonly wireBytes: number
  /** Bytes of it that the capture lacks. */
  readonly missing: number
  /** The end mark was seen. */
  readonly whole: boolean
  readonly envelope:
    | {
        readonly from: string | undefined
        readonly to: readonly { readonly address: string; readonly code: number | undefined }[]
      }
    | undefined
  /** Reply codes after the mail. */
  readonly result: readonly number[]
}

export interface SignIn {
  readonly mechanism: string
  readonly user: string | undefined
  readonly ok: boolean | undefined
  readonly code: number | undefined
  readonly cancelled: boolean
  readonly sealed: boolean
  readonly lines: readonly number[]
}

export type Severity = 'note' | 'caution' | 'danger'

/** What the analyser tells a person, with evidence. Texts: `finding.ID` in the catalogue (title, why, do). */
export interface Finding {
  readonly id: string
  readonly severity: Severity
  readonly lines: readonly number[]
  readonly certain: boolean
  readonly params?: Readonly<Record<string, string | number>>
}

export type OutcomeKind =
  | 'accepted'
  | 'partly-accepted'
  | 'deferred'
  | 'refused'
  | 'fetched'
  | 'looked'
  | 'signed-in'
  | 'auth-failed'
  | 'sealed'
  | 'given-up'
  | 'incomplete'
  | 'nothing'
  | 'not-read'

/** What came of it, in one sentence of the catalogue: `outcome.KIND`. */
export interface Outcome {
  readonly kind: OutcomeKind
  readonly certain: boolean
  readonly means: Explanation
}

/** Where the time went, in nanoseconds; undefined parts could not be told (synthesised source, one direction). */
export interface Timing {
  readonly total: bigint
  readonly path: bigint | undefined
  readonly server: bigint | undefined
  readonly client: bigint | undefined
}

export interface HiddenCount {
  readonly kind: HiddenKind
  readonly count: number
}

/** A hidden stretch of one side's stream; `layer` 0 is in clear, 1 inside TLS, each with offsets of its own. */
export interface SecretSpan extends Span {
  readonly side: Side
  readonly layer: number
  readonly kind: HiddenKind
}

/** Where TLS began, as far as it is seen from outside. */
export interface Sealing {
  /** Offsets in both streams. */
  readonly client: number
  readonly server: number
  /** Bytes in clear that stood between the agreement and the first TLS record: an attack, or a broken program. */
  readonly injected: Readonly<Record<Side, number>>
  readonly time: bigint
  /** What could be seen of each side: TLS records and their bytes. */
  readonly records: Readonly<Record<Side, number>>
  readonly bytes: Readonly<Record<Side, number>>
}

export interface OverheardConversation {
  /** From 1, in the order of the capture. */
  readonly id: number
  readonly stream: Stream
  readonly protocol: SpokenProtocol
  /** How sure, and by what, the protocol was told. */
  readonly detectedBy: 'content' | 'port' | 'asked'
  readonly joined: boolean
  readonly lines: readonly Line[]
  readonly messages: readonly CarriedMessage[]
  readonly signIns: readonly SignIn[]
  readonly findings: readonly Finding[]
  readonly outcome: Outcome
  readonly timing: Timing
  readonly hidden: readonly HiddenCount[]
  /** The line after which TLS began and what follows could not be read. */
  readonly sealedFrom: number | undefined
  readonly sealing: Sealing | undefined
  /** Sorted by layer, side and place; none overlaps another. */
  readonly secretSpans: readonly SecretSpan[]
  /** Exchanges of each layer as the oracles state them, in clear first; empty where the protocol is not read. */
  readonly dialogues: readonly Dialogue[]
}

/** Text of which parts may be hidden, where a plain string would not do. */
export interface Text {
  readonly pieces: readonly Piece[]
}

/** Sizes and digests of bytes that hold a secret: with them a guess could be checked, so they are told only on request. */
export interface Measured {
  readonly measures: { readonly [name: string]: Tellable }
  /** What may be said all the same. */
  readonly open: { readonly [name: string]: Tellable }
}

/** A single such value; left out unless asked for. */
export interface OnRequest {
  readonly onRequest: Tellable
}

/** A value of the documented JSON in which hidden things are still marked as such. */
export type Tellable =
  | string
  | number
  | boolean
  | null
  | undefined
  | Text
  | Measured
  | OnRequest
  | readonly Tellable[]
  | { readonly [name: string]: Tellable }

export interface DialogueReply {
  readonly [name: string]: Tellable
  readonly code?: number
  readonly ok?: boolean
  readonly line?: Text
  readonly lines?: readonly Text[]
  readonly frame: number
  readonly cut?: boolean
}

/** One command and all that answered it; field names as in the oracles, in camelCase. */
export interface Exchange {
  readonly [name: string]: Tellable
  readonly c: Text | string
  readonly frame: number
  readonly reply?: DialogueReply | undefined
}

export interface Dialogue {
  readonly [name: string]: Tellable
  readonly protocol: 'smtp' | 'pop3'
  readonly greeting?: DialogueReply | undefined
  readonly exchanges: readonly Exchange[]
}
