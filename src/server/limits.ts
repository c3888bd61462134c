/**
 * Every limit of the servers in one place, with its default. Sizes in bytes, times in milliseconds. `limits.test.ts`
 * walks over this list and hits each one. Limits per address live in `access/` and spare loopback; these bind everybody.
 */
export interface Limits {
  /** Open connections of the whole host; the next one hears 421. */
  readonly connections: number
  /** Until the TLS handshake is done. */
  readonly handshakeMs: number
  /** Nothing comes and nothing is taken: closed with 421 4.4.2. RFC 5321 §4.5.3.2.7 asks for at least 5 minutes. */
  readonly silenceMs: number
  /** The same for POP3 after the sign-in: at least 10 minutes, RFC 1939 §3. */
  readonly maildropSilenceMs: number
  /** One whole command line, from its first byte. */
  readonly lineMs: number
  /** SMTP: since the connection, the sign-in or the last accepted message. POP3: until the sign-in. */
  readonly progressMs: number
  /** SMTP: command bytes since the connection, the sign-in or the last accepted message. POP3: until the sign-in. */
  readonly progressBytes: number
  /** SMTP: commands since the connection, the sign-in or the last accepted message. POP3: until the sign-in. */
  readonly progressCommands: number
  /** Refused commands (unknown, malformed, out of order, bad credentials) on one connection; then 421 4.7.0. */
  readonly errors: number
  /** Failed sign-ins on one connection; then 421 4.7.0. */
  readonly failedSignIns: number
  /** Recipients of one message; the next hears 452 4.5.3, RFC 5321 §4.5.3.1.10. */
  readonly recipients: number
  /** Bytes of one message as it crossed; SIZE in EHLO. */
  readonly messageBytes: number
  /** Bytes of a message's header section. */
  readonly headerBytes: number
  /** Received fields in a message; one more and it is taken for a loop, RFC 5321 §6.3. */
  readonly hops: number
  /** A body may be slower than `bodyBytesPerSecond` for this long. */
  readonly bodyGraceMs: number
  readonly bodyBytesPerSecond: number
  /** Bytes that may wait on a connection while an answer is being made; then reading pauses. */
  readonly waitingBytes: number
  /** For open DATA at the end of the program. */
  readonly closingMs: number
}

export const defaultLimits: Limits = {
  connections: 4096,
  handshakeMs: 30_000,
  silenceMs: 300_000,
  maildropSilenceMs: 600_000,
  lineMs: 300_000,
  progressMs: 900_000,
  progressBytes: 1_048_576,
  progressCommands: 4000,
  errors: 20,
  failedSignIns: 5,
  recipients: 1000,
  messageBytes: 73_400_320,
  headerBytes: 524_288,
  hops: 100,
  bodyGraceMs: 60_000,
  bodyBytesPerSecond: 100,
  waitingBytes: 262_144,
  closingMs: 10_000,
}
