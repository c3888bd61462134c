/** What each thing said in SMTP means, as ids of the catalogue. Lookup: verb and code, then code, then class (`4xx`). */
import type { Explanation, HiddenKind } from '../model.ts'
import type { SmtpCommand, SmtpReply } from '../../wire/smtp/words.ts'

export interface SmtpContext {
  /** It passed inside TLS. */
  readonly sealed: boolean
  /** Number of the line that this one answers. */
  readonly answers?: number | undefined
  /** An EHLO or HELO was answered before on this connection, outside TLS counted too. */
  readonly again?: boolean | undefined
}

/** What a command means. A line after a 334 belongs to `meaningOfAnswer`. */
export function meaningOfSmtpCommand(command: SmtpCommand, _context: SmtpContext): Explanation {
  return { id: `smtp.command.${command.verb}` }
}

/** What a reply means; `to` undefined: the greeting, or a word nobody asked for. */
export function meaningOfSmtpReply(reply: SmtpReply, to: SmtpCommand | undefined, _context: SmtpContext): Explanation {
  return { id: `smtp.reply.${reply.code}@${to?.verb ?? 'greeting'}` }
}

/** What one row of the answer to EHLO means; row 0 is the server's name: undefined. */
export function meaningOfEhloRow(row: string, index: number): Explanation | undefined {
  if (index === 0) return undefined
  return { id: `smtp.keyword.${row.split(' ')[0]?.toUpperCase()}` }
}

/** One step of a sign-in as the analyser read it, RFC 4422 §3. */
export interface SignInStep {
  /** Upper case; undefined where it is not known (a capture joined midway). */
  readonly mechanism: string | undefined
  /** From 0, counted on that side within this sign-in. */
  readonly step: number
  /** Base64 text of a challenge as sent; never of an answer. */
  readonly data?: string | undefined
  /** What the challenge asks for, or what the answer holds; undefined where it cannot be told. */
  readonly of: HiddenKind | 'cancel' | 'nothing' | undefined
  readonly sealed: boolean
  readonly answers?: number | undefined
}

/** What a server's 334 (or `+ `) asks. */
export function meaningOfChallenge(step: SignInStep): Explanation {
  return { id: `sasl.challenge.${step.mechanism ?? 'unknown'}` }
}

/** What a client's answer to it holds. */
export function meaningOfAnswer(step: SignInStep): Explanation {
  return { id: `sasl.answer.${step.of ?? 'unknown'}` }
}
