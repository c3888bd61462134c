/**
 * What both sides of an SMTP connection have agreed on, and so who may say what next. It moves on replies only: a
 * refused command did not happen. RFC 5321 §4.1.4.
 */
import type { Remark } from '../talk.ts'
import type { SmtpCommand, SmtpReply } from './words.ts'
import { needsSmtpUtf8 } from './grammar.ts'
import { extensionOf, parameterOf } from './parameters.ts'
import { readExtensions } from './reply.ts'
import { order } from './rules.ts'

type Mail = Extract<SmtpCommand, { verb: 'MAIL' }>
type Rcpt = Extract<SmtpCommand, { verb: 'RCPT' }>

/** A mail transaction that is open, RFC 5321 §3.3. */
export interface Transaction {
  readonly mail: Mail
  /** Those that the server took, in order. */
  readonly recipients: readonly Rcpt[]
  /** A BDAT of it was taken. */
  readonly isChunked: boolean
}

export class SmtpSession {
  /** What the client called itself in the last EHLO or HELO that was accepted. */
  helo: string | undefined
  /** What EHLO's answer offered; undefined before it and after HELO. */
  extensions: ReadonlyMap<string, readonly string[]> | undefined
  isAuthenticated = false
  isSealed = false
  /** The first rule of form that the body being heard broke. */
  bodyFault: Remark | undefined
  #mail: Mail | undefined
  #recipients: Rcpt[] = []
  #isChunked = false
  /** Joined midway: what was agreed before is not known, so nothing is objected to. */
  #knowsAll: boolean

  constructor(knowsAll: boolean) {
    this.#knowsAll = knowsAll
  }

  /** Something of the conversation is missing: from here on nothing is objected to. */
  doubt(): void {
    this.#knowsAll = false
  }

  get transaction(): Transaction | undefined {
    return this.#mail && { mail: this.#mail, recipients: this.#recipients, isChunked: this.#isChunked }
  }

  /** The rule that this command would break now; undefined if it may come. */
  objection(command: SmtpCommand): Remark | undefined {
    if (command.verb === 'message') return this.bodyFault
    if (!this.#knowsAll) return undefined
    switch (command.verb) {
      case 'MAIL':
        // a session that carries mail begins with EHLO or HELO; no transaction inside another, RFC 5321 §4.1.4
        if (this.helo === undefined) return order.noHelo
        return this.#mail ? order.nestedMail : this.#parameterObjection(command, command)
      case 'RCPT':
        return this.#mail ? this.#parameterObjection(command, this.#mail) : this.#noTransaction()
      case 'DATA':
        // DATA and BDAT do not go together in one transaction, RFC 3030 §2
        return this.#isChunked ? order.dataAfterBdat : this.#bodyObjection()
      case 'BDAT':
        return this.extensions?.has('CHUNKING') ? this.#bodyObjection() : order.chunkingNotOffered
      case 'AUTH':
        if (this.helo === undefined) return order.noHelo
        // no AUTH after one that succeeded, nor inside a transaction, RFC 4954 §4
        if (this.isAuthenticated) return order.authTwice
        return this.#mail ? order.authInTransaction : undefined
      case 'STARTTLS':
        return this.isSealed ? order.startTlsTwice : undefined
      case 'EHLO':
      case 'HELO':
      case 'RSET':
      case 'QUIT':
      case 'NOOP':
      case 'HELP':
      case 'VRFY':
      case 'EXPN':
      case 'answer':
      case 'unknown':
      case 'malformed':
        return undefined
    }
  }

  /** Moves on the reply to a command. */
  accept(command: SmtpCommand, reply: SmtpReply): void {
    const isDone = reply.code >= 200 && reply.code < 300
    switch (command.verb) {
      case 'EHLO':
      case 'HELO':
        if (!isDone) return
        this.helo = command.domain
        this.extensions = command.verb === 'EHLO' ? readExtensions(reply) : undefined
        // EHLO and HELO reset like RSET, RFC 5321 §4.1.4
        return this.#reset()
      case 'MAIL':
        if (!isDone) return
        this.#reset()
        this.#mail = command
        return
      case 'RCPT':
        if (isDone) this.#recipients.push(command)
        return
      case 'RSET':
        if (isDone) this.#reset()
        return
      case 'BDAT':
        // a chunk refused ends the transaction as the last one does, RFC 3030 §2
        if (!isDone || command.last) this.#reset()
        else this.#isChunked = true
        return
      case 'message':
        // taken or not, the buffers are cleared, RFC 5321 §4.1.1.4
        return this.#reset()
      case 'AUTH':
      case 'answer':
        if (isDone) this.isAuthenticated = true
        return
      case 'STARTTLS':
      case 'DATA':
      case 'QUIT':
      case 'NOOP':
      case 'HELP':
      case 'VRFY':
      case 'EXPN':
      case 'unknown':
      case 'malformed':
        return
    }
  }

  #reset(): void {
    this.#mail = undefined
    this.#recipients = []
    this.#isChunked = false
    this.bodyFault = undefined
  }

  #noTransaction(): Remark {
    return this.helo === undefined ? order.noHelo : order.noMail
  }

  #bodyObjection(): Remark | undefined {
    if (!this.#mail) return this.#noTransaction()
    return this.#recipients.length === 0 ? order.noRecipients : undefined
  }

  /** Only what was offered may be used, RFC 5321 §4.1.1.11; addresses beyond ASCII want SMTPUTF8, RFC 6531 §3.4. */
  #parameterObjection(command: Mail | Rcpt, mail: Mail): Remark | undefined {
    for (const parameter of command.parameters) {
      const extension = extensionOf(parameter)
      if (extension === undefined || !this.extensions?.has(extension)) return order.parameterNotOffered
    }
    if (needsSmtpUtf8(command) && parameterOf(mail, 'SMTPUTF8') === undefined) return order.utf8WithoutSmtpUtf8
    return undefined
  }
}
