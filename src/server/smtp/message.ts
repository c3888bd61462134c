/** DATA and BDAT: the message itself. 250 is said when it is safe on disk, never before. RFC 5321 §4.1.1.4, RFC 3030 §2. */
import { printPath } from '../../wire/address.ts'
import { printReply, smtpReply } from '../../wire/smtp/reply.ts'
import type { HeardSmtp } from '../../wire/smtp/conversation.ts'
import type { SmtpCommand, SmtpReply } from '../../wire/smtp/words.ts'
import { replyToFault } from '../../delivery/replies.ts'
import { packFacts } from '../../store/facts.ts'
import { replyOf, type Answer, type SmtpContext, type Transaction } from './context.ts'
import { MessageIntake } from './intake.ts'
import { farewell, replies, replyToObjection } from './replies.ts'
import { missingFields, traceOf } from './trace.ts'

export function data(context: SmtpContext): SmtpReply {
  if (!context.transaction) return replies.trouble
  begin(context, context.transaction)
  return replies.goAhead
}

/** The chunk follows at once, whatever we say; the reply comes behind it. */
export function bdat(context: SmtpContext, command: SmtpCommand & { verb: 'BDAT' }): void {
  const { transaction } = context
  const { messageBytes } = context.connection.host.limits
  const objection = context.talk.objection(command)
  let refusal = objection ? replyToObjection(objection) : transaction ? undefined : replies.trouble
  if (transaction && !refusal) {
    const intake = transaction.intake ?? begin(context, transaction)
    if (intake.size + command.size > messageBytes) refusal = replies.tooLarge
  }
  context.chunk = { size: command.size, last: command.last, refusal }
}

function begin(context: SmtpContext, transaction: Transaction): MessageIntake {
  const { host, time } = context.connection
  const queueId = host.store.newQueueId()
  const received = host.clock.now()
  const intake = new MessageIntake(
    {
      queueId,
      received,
      trace: traceOf(context, transaction, queueId, received),
      missing: missingFields(context, queueId, received),
      limits: host.limits,
      began: time,
    },
    host.store.incoming(),
  )
  transaction.intake = intake
  return intake
}

/**
 * A piece of the message. Undefined: go on; a reply: the message or chunk has ended; a promise: wait, and then the
 * reply if there is one.
 */
export function body(
  context: SmtpContext,
  heard: HeardSmtp & { what: 'body' },
): SmtpReply | undefined | Promise<SmtpReply | undefined> {
  const { chunk, transaction } = context
  const intake = transaction?.intake
  if (chunk?.refusal || !transaction || !intake) return heard.last ? refusedChunk(context) : undefined
  const written = intake.write(heard.bytes)
  if (intake.isSlow(context.connection.time)) {
    context.refused('the message came too slowly', 'info', { queueId: intake.how.queueId })
    context.dropTransaction()
    return context.last(farewell(context.connection.host.name, 'slow'))
  }
  if (!heard.last) return written?.then(() => undefined)
  const ended = (): Answer =>
    chunk && !chunk.last ? tookChunk(context, chunk.size) : end(context, transaction, intake)
  return written ? written.then(ended) : ended()
}

function refusedChunk(context: SmtpContext): SmtpReply {
  const refusal = context.chunk?.refusal ?? replies.trouble
  context.chunk = undefined
  context.dropTransaction()
  return refusal
}

function tookChunk(context: SmtpContext, size: number): SmtpReply {
  context.chunk = undefined
  return smtpReply(250, '2.0.0', `${size} octets taken`)
}

function end(context: SmtpContext, transaction: Transaction, intake: MessageIntake): Answer {
  context.chunk = undefined
  // a bare CR or LF may be a line end to the next hop: a message in a message, RFC 5321 §2.3.8
  if (context.talk.objection({ verb: 'message', chunk: false })) intake.fail(replies.bareInMessage)
  const written = intake.end()
  if (written) return written.then(() => deliver(context, transaction, intake))
  return intake.fault ? refuse(context, intake, intake.fault) : deliver(context, transaction, intake)
}

function refuse(context: SmtpContext, intake: MessageIntake, fault: SmtpReply): SmtpReply {
  context.refused(fault.lines[0] ?? 'refused', 'info', { queueId: intake.how.queueId, size: intake.size })
  context.dropTransaction()
  return fault
}

async function deliver(context: SmtpContext, transaction: Transaction, intake: MessageIntake): Promise<SmtpReply> {
  if (intake.fault) return refuse(context, intake, intake.fault)
  const { connection } = context
  const { delivery } = connection.host
  const { queueId, received } = intake.how
  const reply = smtpReply(250, '2.0.0', `OK: queued as ${queueId}`)
  context.transaction = undefined
  // replies that were not written yet come before the message in its facts
  connection.tellSaid()
  try {
    const { id } = await delivery.accept({ from: transaction.from, to: transaction.recipients }, intake.incoming, {
      queueId,
      received,
      facts: packFacts(connection.facts.ofMessage(Buffer.from(printReply(reply), 'latin1'))),
      story: connection.story,
    })
    accepted(context, transaction, intake, id)
    return reply
  } catch (cause) {
    intake.discard()
    const refusal = replyToFault(cause)
    const text = cause instanceof Error ? cause.message : 'an unknown fault'
    context.refused(`the message could not be kept: ${text}`, refusal.code === 451 ? 'error' : 'warn', { queueId })
    return replyOf(refusal)
  }
}

function accepted(context: SmtpContext, transaction: Transaction, intake: MessageIntake, id: string): void {
  const { connection } = context
  const { queueId } = intake.how
  const to = transaction.recipients.map(({ address }) => printPath(address).slice(1, -1))
  connection.accepted.push({ queueId, id, to })
  connection.outcome = 'accepted'
  connection.why = undefined
  context.allowance.refill(connection.time)
  connection.log('info', 'accepted', 'message accepted', {
    queueId,
    message: id,
    story: connection.story,
    from: printPath(transaction.from).slice(1, -1),
    to: to.slice(0, 20).join(' '),
    recipients: to.length,
    size: intake.size,
    ...(connection.account && { account: connection.account.address }),
  })
}
