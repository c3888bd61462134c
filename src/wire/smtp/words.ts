/** The words of SMTP as values: what `grammar.ts` reads and prints and `conversation.ts` orders. RFC 5321, RFC 4954, RFC 3030. */
import type { Secret } from '../talk.ts'
import type { Path } from '../address.ts'

/** One ESMTP parameter of MAIL or RCPT, RFC 5321 §4.1.2. `value` undefined where no "=" stood. The key is upper case. */
export interface Parameter {
  readonly key: string
  readonly value: string | undefined
}

export type SmtpCommand =
  | { readonly verb: 'EHLO' | 'HELO'; readonly domain: string }
  | { readonly verb: 'MAIL'; readonly path: Path; readonly parameters: readonly Parameter[] }
  | { readonly verb: 'RCPT'; readonly path: Path; readonly parameters: readonly Parameter[] }
  | { readonly verb: 'DATA' | 'RSET' | 'QUIT' | 'STARTTLS' }
  /** RFC 3030 §2: `size` bytes follow the line at once. */
  | { readonly verb: 'BDAT'; readonly size: number; readonly last: boolean }
  /** `initial` is the base64 text as sent; `=` (an empty initial response, RFC 4954 §4) is kept as `=`. */
  | { readonly verb: 'AUTH'; readonly mechanism: string; readonly initial: Secret | undefined }
  /** A client's line after a 334: base64 text as sent. `cancel` when it is a single `*`. */
  | { readonly verb: 'answer'; readonly response: Secret; readonly cancel: boolean }
  | { readonly verb: 'NOOP' | 'HELP' | 'VRFY' | 'EXPN'; readonly text: string }
  /** A well-formed line whose verb is not known here. `word` is upper case. */
  | { readonly verb: 'unknown'; readonly word: string; readonly text: string }
  /** A known verb whose argument cannot be read: answered 501. */
  | { readonly verb: 'malformed'; readonly word: string; readonly text: string; readonly why: string }
  /**
   * Not a line of its own: the body behind an accepted DATA (`chunk` false), once it ended; the reply to it refers to
   * this. The reply to a chunk refers to its BDAT; `chunk` true serves only to ask `objection` about its bytes.
   */
  | { readonly verb: 'message'; readonly chunk: boolean }

/** One reply, RFC 5321 §4.2: all its lines without code. `enhanced` is the code of RFC 3463 at the head of the text, which `lines` keep. */
export interface SmtpReply {
  readonly code: number
  readonly enhanced: string | undefined
  readonly lines: readonly string[]
}
