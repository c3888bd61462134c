/** What the commands of one POP3 connection share. */
import { Pop3Conversation } from '../../wire/pop3/conversation.ts'
import type { Pop3Reply } from '../../wire/pop3/words.ts'
import { Allowance } from '../allowance.ts'
import type { Connection } from '../connection.ts'
import type { SignInExchange } from '../sign-in.ts'
import type { Maildrop } from './maildrop.ts'

/** A reply, and the lines that follow it (RFC 1939 §3); a big message follows by pieces. */
export interface Told {
  readonly reply: Pop3Reply
  /** Lines with CRLF, no dots added; they are a message's where `isMessage`. */
  readonly body?: Uint8Array
  readonly isMessage?: boolean
}

/** What the loop does for a command that takes its time to send. */
export interface Wire {
  readonly flush: () => void
  readonly drained: () => Promise<void> | undefined
  readonly isClosed: () => boolean
}

export class Pop3Context {
  readonly connection: Connection
  readonly wire: Wire
  readonly allowance: Allowance
  talk: Pop3Conversation
  signIn: SignInExchange | undefined
  /** Held from the sign-in on. */
  maildrop: Maildrop | undefined
  errors = 0
  failedSignIns = 0
  after: 'go on' | 'end' | 'seal' = 'go on'

  constructor(connection: Connection, wire: Wire) {
    this.connection = connection
    this.wire = wire
    this.allowance = new Allowance(connection.host.limits, connection.time)
    this.talk = new Pop3Conversation(connection.how.implicitTls ? { inside: 'tls' } : {})
  }

  last(told: Told): Told {
    this.after = 'end'
    return told
  }
}

export function ok(text: string): Told {
  return { reply: { status: 'ok', code: undefined, text, more: false } }
}

export function okWith(text: string, body: string): Told {
  return { reply: { status: 'ok', code: undefined, text, more: true }, body: Buffer.from(body, 'latin1') }
}

/** `code` is a response code, RFC 2449 §8, RFC 3206 §3. */
export function error(text: string, code?: string): Told {
  return { reply: { status: 'error', code, text, more: false } }
}
