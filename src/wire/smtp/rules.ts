/** The rules of SMTP that bytes and orders can bend, each with its source: the remarks of `wire/smtp` by name. */
import type { Remark } from '../talk.ts'

function rule(id: string, source: string): Remark {
  return { rule: id, source }
}

/** How a line or a body is written. */
export const form = {
  bareLf: rule('bare-lf', 'RFC 5321 §2.3.8'),
  bareCr: rule('bare-cr', 'RFC 5321 §2.3.8'),
  nul: rule('nul', 'RFC 5321 §2.4'),
  lineTooLong: rule('line-too-long', 'RFC 5321 §4.5.3.1.4'),
  replyLineTooLong: rule('reply-line-too-long', 'RFC 5321 §4.5.3.1.5'),
  extraSpace: rule('extra-space', 'RFC 5321 §4.1.1'),
  spaceBeforePath: rule('space-before-path', 'RFC 5321 §3.3'),
  noAngleBrackets: rule('no-angle-brackets', 'RFC 5321 §4.1.2'),
  heloNotADomain: rule('helo-not-a-domain', 'RFC 5321 §4.1.1.1'),
  notUtf8: rule('not-utf8', 'RFC 6531 §3.3'),
  inlineUserName: rule('inline-user-name', 'RFC 4954 §4'),
  endOfDataBareLf: rule('end-of-data-bare-lf', 'RFC 5321 §4.1.1.4'),
  codesDiffer: rule('reply-codes-differ', 'RFC 5321 §4.2.1'),
  noSeparator: rule('reply-no-separator', 'RFC 5321 §4.2'),
  lineWithoutCode: rule('reply-line-without-code', 'RFC 5321 §4.2.1'),
  tooManyLines: rule('reply-too-many-lines', 'RFC 5321 §4.2.1'),
  cut: rule('cut-by-hole', 'RFC 5321 §4.2'),
} as const

/** Who may say what when: what `objection` gives, and what the analyser hears beside the reply. */
export const order = {
  beforeGreeting: rule('before-greeting', 'RFC 5321 §4.3.1'),
  noHelo: rule('no-helo', 'RFC 5321 §4.1.4'),
  nestedMail: rule('nested-mail', 'RFC 5321 §4.1.4'),
  noMail: rule('no-mail', 'RFC 5321 §4.1.4'),
  noRecipients: rule('no-recipients', 'RFC 5321 §3.3'),
  dataAfterBdat: rule('data-after-bdat', 'RFC 3030 §2'),
  chunkingNotOffered: rule('chunking-not-offered', 'RFC 3030 §2'),
  authInTransaction: rule('auth-in-transaction', 'RFC 4954 §4'),
  authTwice: rule('auth-twice', 'RFC 4954 §4'),
  startTlsTwice: rule('starttls-twice', 'RFC 3207 §4.2'),
  plaintextAfterStartTls: rule('plaintext-after-starttls', 'RFC 3207 §4.2'),
  parameterNotOffered: rule('parameter-not-offered', 'RFC 5321 §4.1.1.11'),
  utf8WithoutSmtpUtf8: rule('utf8-without-smtputf8', 'RFC 6531 §3.4'),
} as const
