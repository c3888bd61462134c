/** Who we are and what we can: the greeting, EHLO, HELO. RFC 5321 §4.1.1.1. */
import { smtpReply } from '../../wire/smtp/reply.ts'
import type { SmtpCommand, SmtpReply } from '../../wire/smtp/words.ts'
import type { SmtpContext } from './context.ts'

export function greeting(context: SmtpContext): SmtpReply {
  return smtpReply(220, undefined, `${context.connection.host.name} ESMTP Postglass`)
}

export function hello(context: SmtpContext, command: SmtpCommand & { verb: 'EHLO' | 'HELO' }): SmtpReply {
  const { connection } = context
  connection.client = command.domain
  // EHLO and HELO reset like RSET, RFC 5321 §4.1.4
  context.dropTransaction()
  if (command.verb === 'HELO') return smtpReply(250, undefined, connection.host.name)
  return smtpReply(250, undefined, ...extensions(context))
}

/** What is offered. Old clients read the form before the standard, `AUTH=`. */
function extensions(context: SmtpContext): string[] {
  const { host, peer } = context.connection
  const mechanisms = context.connection.account ? [] : host.access.offered(peer)
  const old = ['LOGIN', 'PLAIN'].filter((name) => mechanisms.includes(name))
  return [
    host.name,
    'PIPELINING',
    `SIZE ${host.limits.messageBytes}`,
    ...(peer.sealed ? [] : ['STARTTLS']),
    ...(mechanisms.length > 0 ? [`AUTH ${mechanisms.join(' ')}`] : []),
    ...(old.length > 0 ? [`AUTH=${old.join(' ')}`] : []),
    '8BITMIME',
    'SMTPUTF8',
    'ENHANCEDSTATUSCODES',
    'CHUNKING',
  ]
}
