/** The fixed replies of the SMTP server. Texts are for people; programs read the codes. RFC 5321 §4.2, RFC 3463, RFC 4954 §6. */
import { smtpReply } from '../../wire/smtp/reply.ts'
import type { Remark } from '../../wire/talk.ts'
import type { SmtpReply } from '../../wire/smtp/words.ts'

export const replies = {
  ok: smtpReply(250, '2.0.0', 'OK'),
  senderOk: smtpReply(250, '2.1.0', 'Sender OK'),
  recipientOk: smtpReply(250, '2.1.5', 'Recipient OK'),
  goAhead: smtpReply(354, undefined, 'End data with <CR><LF>.<CR><LF>'),
  cannotVerify: smtpReply(252, '2.0.0', 'Not told: send the mail and it will be tried'),
  noExpand: smtpReply(502, '5.5.1', 'Lists are not expanded'),
  help: smtpReply(
    214,
    '2.0.0',
    'EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT AUTH STARTTLS',
    'RFC 5321 tells the rest',
  ),
  startTls: smtpReply(220, '2.0.0', 'Ready to start TLS'),
  authenticated: smtpReply(235, '2.7.0', 'Authentication successful'),
  unknownCommand: smtpReply(500, '5.5.2', 'Command not recognized'),
  unreadable: smtpReply(500, '5.5.2', 'Line not understood'),
  lineTooLong: smtpReply(500, '5.5.2', 'Line too long'),
  bareLineEnd: smtpReply(500, '5.5.2', 'Lines end with CRLF, nothing else'),
  badArgument: smtpReply(501, '5.5.4', 'Argument not understood'),
  badSender: smtpReply(501, '5.1.7', 'Sender address not understood'),
  badRecipient: smtpReply(501, '5.1.3', 'Recipient address not understood'),
  badBase64: smtpReply(501, '5.5.2', 'Not understood: that is no base64, or not what the mechanism says'),
  cancelled: smtpReply(501, '5.7.0', 'Authentication cancelled'),
  badMechanism: smtpReply(504, '5.5.4', 'Authentication mechanism not offered'),
  needsSignIn: smtpReply(530, '5.7.0', 'Authentication required'),
  weakMechanism: smtpReply(534, '5.7.9', 'Authentication mechanism is not for this account'),
  badCredentials: smtpReply(535, '5.7.8', 'Authentication failed: use an authorization code, not the account password'),
  needsTls: smtpReply(538, '5.7.11', 'Encryption required: send STARTTLS first'),
  signInLater: smtpReply(454, '4.7.0', 'Authentication is not possible now, try again later'),
  tooManyRecipients: smtpReply(452, '4.5.3', 'Too many recipients'),
  tooLarge: smtpReply(552, '5.3.4', 'Message too large'),
  headerTooLarge: smtpReply(552, '5.3.4', 'Header section too large'),
  bareInMessage: smtpReply(550, '5.5.2', 'Bare CR or LF in the message: lines end with CRLF, nothing else'),
  loop: smtpReply(554, '5.4.6', 'Too many hops: this looks like a loop'),
  trouble: smtpReply(451, '4.3.0', 'A fault of this system, try again later'),
} as const

export type Farewell =
  | 'silence'
  | 'slow'
  | 'bytes'
  | 'shutdown'
  | 'fault'
  | 'errors'
  | 'sign-ins'
  | 'spent'
  | 'injection'
  | 'full'

/** What 421 says as the last thing, RFC 5321 §3.8. */
export function farewell(name: string, why: Farewell): SmtpReply {
  switch (why) {
    case 'silence':
      return smtpReply(421, '4.4.2', `${name} closing: nothing was said for too long`)
    case 'slow':
      return smtpReply(421, '4.4.2', `${name} closing: too slow`)
    case 'bytes':
      return smtpReply(421, '4.7.0', `${name} closing: too much without a whole command`)
    case 'spent':
      return smtpReply(421, '4.7.0', `${name} closing: too much without a message`)
    case 'errors':
      return smtpReply(421, '4.7.0', `${name} closing: too many errors`)
    case 'sign-ins':
      return smtpReply(421, '4.7.0', `${name} closing: too many failed sign-ins`)
    case 'injection':
      return smtpReply(421, '4.7.0', `${name} closing: bytes in clear behind STARTTLS`)
    case 'shutdown':
      return smtpReply(421, '4.3.2', `${name} closing: the server is stopping`)
    case 'full':
      return smtpReply(421, '4.7.0', `${name} closing: too many connections`)
    case 'fault':
      return smtpReply(421, '4.3.0', `${name} closing: a fault of this server`)
  }
}

/** What a rule that a command would break means on the wire. */
export function replyToObjection(objection: Remark): SmtpReply {
  switch (objection.rule) {
    case 'no-helo':
      return smtpReply(503, '5.5.1', 'EHLO first')
    case 'nested-mail':
      return smtpReply(503, '5.5.1', 'A transaction is open: RSET first')
    case 'no-mail':
      return smtpReply(503, '5.5.1', 'MAIL first')
    case 'no-recipients':
      return smtpReply(503, '5.5.1', 'RCPT first: there are no valid recipients')
    case 'data-after-bdat':
      return smtpReply(503, '5.5.1', 'DATA does not go with BDAT')
    case 'chunking-not-offered':
      return smtpReply(503, '5.5.1', 'BDAT wants EHLO')
    case 'auth-in-transaction':
      return smtpReply(503, '5.5.1', 'Not inside a transaction')
    case 'auth-twice':
      return smtpReply(503, '5.5.1', 'Already authenticated')
    case 'starttls-twice':
      return smtpReply(503, '5.5.1', 'TLS is on already')
    // RFC 5321 §4.1.1.11
    case 'parameter-not-offered':
      return smtpReply(555, '5.5.4', 'Parameter not recognized')
    // RFC 6531 §3.5
    case 'utf8-without-smtputf8':
      return smtpReply(553, '5.6.7', 'Such an address wants SMTPUTF8')
    default:
      return smtpReply(503, '5.5.1', 'Bad sequence of commands')
  }
}
