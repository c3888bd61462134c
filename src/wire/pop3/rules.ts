/** The rules of POP3 that bytes and orders can bend, each with its source: the remarks of `wire/pop3` by name. */
import type { Remark } from '../talk.ts'

function rule(id: string, source: string): Remark {
  return { rule: id, source }
}

/** How a line or a body is written. */
export const form = {
  bareLf: rule('bare-lf', 'RFC 1939 §3'),
  bareCr: rule('bare-cr', 'RFC 1939 §3'),
  nul: rule('nul', 'RFC 1939 §3'),
  lineTooLong: rule('line-too-long', 'RFC 2449 §4'),
  replyLineTooLong: rule('reply-line-too-long', 'RFC 1939 §3'),
  extraSpace: rule('extra-space', 'RFC 1939 §3'),
  noSeparator: rule('reply-no-separator', 'RFC 1939 §3'),
  notUpperCase: rule('status-not-upper-case', 'RFC 1939 §3'),
  inlineUserName: rule('inline-user-name', 'RFC 5034 §4'),
  cut: rule('cut-by-hole', 'RFC 1939 §3'),
} as const

/** Who may say what when. */
export const order = {
  beforeGreeting: rule('before-greeting', 'RFC 1939 §3'),
  notSignedIn: rule('not-signed-in', 'RFC 1939 §4'),
  alreadySignedIn: rule('already-signed-in', 'RFC 1939 §5'),
  passWithoutUser: rule('pass-without-user', 'RFC 1939 §7'),
  stlsTwice: rule('stls-twice', 'RFC 2595 §4'),
  plaintextAfterStls: rule('plaintext-after-stls', 'RFC 2595 §4'),
  afterQuit: rule('after-quit', 'RFC 1939 §6'),
} as const
