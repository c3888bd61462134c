/** What the commands of one SMTP connection share. Each command is a file that takes this and gives a reply. */
import { smtpReply } from '../../wire/smtp/reply.ts'
import { SmtpConversation } from '../../wire/smtp/conversation.ts'
import type { SmtpReply } from '../../wire/smtp/words.ts'
import type { Path } from '../../wire/address.ts'
import type { Recipient, Refused, Sender } from '../../delivery/contract.ts'
import { Allowance } from '../allowance.ts'
import type { Connection } from '../connection.ts'
import type { SignInExchange } from '../sign-in.ts'
import type { MessageIntake } from './intake.ts'

export type Answer = SmtpReply | Promise<SmtpReply>

/** A mail transaction, RFC 5321 §3.3. */
export interface Transaction {
  readonly from: Path
  /** SIZE of MAIL, 0 where it was not told. */
  readonly size: number
  /** MAIL asked for SMTPUTF8. */
  readonly utf8: boolean
  readonly recipients: Recipient[]
  /** From the first byte of the message on. */
  intake: MessageIntake | undefined
}

/** A BDAT chunk that is being read, and the reply that refuses it once it is. RFC 3030 §2. */
export interface Chunk {
  readonly size: number
  readonly last: boolean
  readonly refusal: SmtpReply | undefined
}

export class SmtpContext {
  readonly connection: Connection
  readonly allowance: Allowance
  talk: SmtpConversation
  transaction: Transaction | undefined
  signIn: SignInExchange | undefined
  chunk: Chunk | undefined
  errors = 0
  failedSignIns = 0
  /** What happens when the reply is out. */
  after: 'go on' | 'end' | 'seal' = 'go on'

  constructor(connection: Connection) {
    this.connection = connection
    this.allowance = new Allowance(connection.host.limits, connection.time)
    this.talk = new SmtpConversation(connection.how.implicitTls ? { inside: 'tls' } : {})
  }

  get isSubmission(): boolean {
    return this.connection.how.listener !== 'smtp'
  }

  get sender(): Sender {
    return {
      account: this.connection.account,
      listener: this.isSubmission ? 'submission' : 'mx',
      address: this.connection.line.peer.address,
    }
  }

  /** The transaction is over or never was. */
  dropTransaction(): void {
    this.transaction?.intake?.discard()
    this.transaction = undefined
  }

  /** The connection ends with this reply. */
  last(reply: SmtpReply): SmtpReply {
    this.after = 'end'
    return reply
  }

  /** Notes a refusal for the summary and the log. */
  refused(
    why: string,
    level: 'info' | 'warn' | 'error' = 'info',
    fields: Record<string, string | number | boolean> = {},
  ): void {
    const { connection } = this
    if (connection.outcome === 'nothing' || connection.outcome === 'signed-in') connection.outcome = 'refused'
    connection.why = why
    connection.log(level, 'refused', why, fields)
  }
}

export function replyOf(refused: Refused): SmtpReply {
  return smtpReply(refused.code, refused.enhanced, refused.text)
}
