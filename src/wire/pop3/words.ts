/** The words of POP3 as values. RFC 1939, RFC 2449 (CAPA), RFC 2595 (STLS), RFC 5034 (AUTH), RFC 6856 (UTF8, LANG). */
import type { Secret } from '../talk.ts'

export type Pop3Command =
  | { readonly verb: 'USER'; readonly name: string }
  | { readonly verb: 'PASS'; readonly password: Secret }
  | { readonly verb: 'APOP'; readonly name: string; readonly digest: Secret }
  /** `mechanism` undefined: the client asks for the list. `initial` is base64 text as sent. */
  | { readonly verb: 'AUTH'; readonly mechanism: string | undefined; readonly initial: Secret | undefined }
  /** A client's line after a `+ `. `cancel` when it is a single `*`. */
  | { readonly verb: 'answer'; readonly response: Secret; readonly cancel: boolean }
  | { readonly verb: 'LIST' | 'UIDL'; readonly number: number | undefined }
  | { readonly verb: 'RETR' | 'DELE'; readonly number: number }
  | { readonly verb: 'TOP'; readonly number: number; readonly lines: number }
  | { readonly verb: 'STAT' | 'NOOP' | 'RSET' | 'QUIT' | 'CAPA' | 'STLS' | 'UTF8' }
  | { readonly verb: 'LANG'; readonly tag: string | undefined }
  | { readonly verb: 'unknown'; readonly word: string; readonly text: string }
  | { readonly verb: 'malformed'; readonly word: string; readonly text: string; readonly why: string }

/**
 * The status line of a reply. `code` is a response code of RFC 2449 §8 without brackets (`IN-USE`). `more` when a
 * body of lines follows it up to a line with only a dot. `continue` is `+ `, RFC 5034 §4; `data` its base64 text.
 */
export type Pop3Reply =
  | {
      readonly status: 'ok' | 'error'
      readonly code: string | undefined
      readonly text: string
      readonly more: boolean
    }
  | { readonly status: 'continue'; readonly data: string }
  /** A line of a server that is no reply (no command awaits one): kept as it is. */
  | { readonly status: 'stray'; readonly text: string }
