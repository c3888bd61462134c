/** What kept a client from its goal: the server said no, said nothing, or cannot be trusted. Never holds a secret. */
export type ClientErrorCode =
  /** The server refused; `reply` has its words. */
  | 'refused'
  | 'auth-refused'
  /** Nothing it offers for signing in is safe or known here. */
  | 'no-mechanism'
  /** TLS was demanded and the server does not offer it. */
  | 'no-starttls'
  /** The message needs an extension that the server lacks (SMTPUTF8, SIZE). */
  | 'not-supported'
  | 'timeout'
  | 'closed'
  | 'nonsense'

export class ClientError extends Error {
  readonly code: ClientErrorCode
  /** The server's words, as they came. */
  readonly reply: string | undefined
  constructor(code: ClientErrorCode, message: string, options?: ErrorOptions & { reply?: string }) {
    super(message, options)
    this.name = 'ClientError'
    this.code = code
    this.reply = options?.reply
  }
}
