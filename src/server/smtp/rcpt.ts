/** RCPT: may this one have it? RFC 5321 §4.1.1.3. */
import { printPath, type Path } from '../../wire/address.ts'
import type { SmtpCommand, SmtpReply } from '../../wire/smtp/words.ts'
import type { Verdict } from '../../delivery/contract.ts'
import { replyToFault } from '../../delivery/replies.ts'
import { replyOf, type Answer, type SmtpContext, type Transaction } from './context.ts'
import { replies } from './replies.ts'

export function rcpt(context: SmtpContext, command: SmtpCommand & { verb: 'RCPT' }): Answer {
  const { transaction, connection } = context
  if (!transaction) return replies.trouble
  const { host } = connection
  // at least 100 must be taken, and 452 tells the client to send the rest in another mail, RFC 5321 §4.5.3.1.10
  if (transaction.recipients.length >= host.limits.recipients) return replies.tooManyRecipients
  const verdict = host.delivery.judge(context.sender, command.path, transaction.size)
  if ('what' in verdict) return answer(context, transaction, command.path, verdict)
  return verdict.then(
    (made) => answer(context, transaction, command.path, made),
    (cause: unknown) => failed(context, command.path, cause),
  )
}

/** An account of a test domain could not be made. */
function failed(context: SmtpContext, path: Path, cause: unknown): SmtpReply {
  const text = cause instanceof Error ? cause.message : 'an unknown fault'
  context.refused(`${printPath(path)}: ${text}`, 'error')
  return replyOf(replyToFault(cause))
}

function answer(context: SmtpContext, transaction: Transaction, path: Path, verdict: Verdict): SmtpReply {
  if (verdict.what === 'refused') {
    context.refused(`${printPath(path)}: ${verdict.text}`, 'info', { code: verdict.code, enhanced: verdict.enhanced })
    return replyOf(verdict)
  }
  for (const account of verdict.accounts) context.connection.concerns(account)
  transaction.recipients.push({ address: addressOf(context, path), accounts: verdict.accounts })
  return replies.recipientOk
}

function addressOf(context: SmtpContext, path: Path): { local: string; domain: string } {
  return typeof path === 'object' ? path : { local: 'postmaster', domain: context.connection.host.name }
}
