/** MAIL: a transaction begins. RFC 5321 §4.1.1.2, RFC 1870 §5 and §6, RFC 6409 §4.3. */
import { parameterOf } from '../../wire/smtp/parameters.ts'
import type { SmtpCommand, SmtpReply } from '../../wire/smtp/words.ts'
import { replyOf, type SmtpContext } from './context.ts'
import { refusals } from '../../delivery/replies.ts'
import { replies } from './replies.ts'

export function mail(context: SmtpContext, command: SmtpCommand & { verb: 'MAIL' }): SmtpReply {
  const { connection } = context
  const { host } = connection
  // a submission server takes mail of those it knows only, RFC 6409 §4.3
  if (context.isSubmission && !connection.account) return replies.needsSignIn
  const size = Number(parameterOf(command, 'SIZE') ?? 0)
  if (size > host.limits.messageBytes) return replies.tooLarge
  if (!host.delivery.hasRoom(size)) {
    context.refused('the disk has too little room for mail', 'warn', { size })
    return replyOf(refusals.noRoom)
  }
  const refused = host.delivery.judgeSender(context.sender, command.path)
  if (refused) {
    context.refused(`${connection.account?.address ?? 'a stranger'} may not send under that address`)
    return replyOf(refused)
  }
  context.transaction = {
    from: command.path,
    size,
    utf8: parameterOf(command, 'SMTPUTF8') !== undefined,
    recipients: [],
    intake: undefined,
  }
  return replies.senderOk
}
