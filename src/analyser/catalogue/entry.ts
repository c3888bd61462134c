/** The shape of every text of the catalogue, in both languages. House: texts are data, ids stable, checked by a test. */

/**
 * One language's texts. Params stand as `{name}`; `{name:list}` is a list (names joined by `, `) with the language's
 * own separator; `{name|one|many}` chooses by the number without printing it.
 */
export interface Words {
  /** At most 90 characters (zh-CN 45): stands beside a line. */
  readonly short: string
  /** In place of `short` where the rows under it are not explained one by one (narrow terminals). */
  readonly alone?: string
  /** One to four sentences for the curious: what it is, why it is there. */
  readonly long?: string
  /** Findings: why it matters. */
  readonly why?: string
  /** Findings: what to do. */
  readonly todo?: string
}

/** Where a thing is written down. No section where the whole document is meant. */
export interface Rule {
  readonly number: number
  readonly section?: string
}

export interface Entry {
  /** `smtp.command.MAIL`, `smtp.reply.250@RCPT`, `smtp.keyword.SIZE`, `pop3.command.RETR`, `finding.auth-clear`, `outcome.accepted`. */
  readonly id: string
  readonly rfc: readonly Rule[]
  readonly en: Words
  readonly zh: Words
}

/** What is said of one thing; undefined parts have nothing to say. */
export interface Told {
  readonly short: string
  readonly alone: string | undefined
  readonly long: string | undefined
  readonly why: string | undefined
  readonly todo: string | undefined
  readonly rfc: readonly Rule[]
}

/** A rule's place, for the tables of the catalogue. */
export function rfc(number: number, section?: string): Rule {
  return section === undefined ? { number } : { number, section }
}
