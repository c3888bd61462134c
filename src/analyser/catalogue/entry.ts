/** The shape of every text of the catalogue, in both languages. House: texts are data, ids stable, checked by a test. */

export interface Words {
  /** At most 90 characters (zh-CN 45): stands beside a line. Params as `{name}`. */
  readonly short: string
  /** One to four sentences for the curious. */
  readonly long?: string
  /** Findings: why it matters. */
  readonly why?: string
  /** Findings: what to do. */
  readonly todo?: string
}

export interface Entry {
  /** `smtp.command.MAIL`, `smtp.reply.250@RCPT`, `smtp.keyword.SIZE`, `pop3.command.RETR`, `finding.auth-clear`, `outcome.accepted`. */
  readonly id: string
  readonly rfc: readonly { readonly number: number; readonly section?: string }[]
  readonly en: Words
  readonly zh: Words
}
