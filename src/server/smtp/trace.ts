/** What this server writes before a message, and what it completes in one that is submitted. RFC 5321 §4.4, RFC 6409 §8. */
import { printReceived, printReturnPath } from '../../wire/message/trace.ts'
import { printDate } from '../../wire/message/date.ts'
import type { SmtpContext, Transaction } from './context.ts'

export function traceOf(context: SmtpContext, transaction: Transaction, queueId: string, received: Date): Uint8Array {
  const { connection, talk } = context
  const { tls, peer } = connection.line
  const [only, ...others] = transaction.recipients
  return Buffer.concat([
    printReturnPath(transaction.from),
    printReceived({
      helo: talk.helo ?? '',
      address: peer.address,
      by: connection.host.name,
      protocol: protocolOf(context, transaction),
      id: queueId,
      ...(only && others.length === 0 && { recipient: only.address }),
      ...(tls && { tls: `${tls.version} ${tls.cipher}` }),
      date: received,
      zoneMinutes: -received.getTimezoneOffset(),
    }),
  ])
}

/** RFC 3848 §3, and RFC 6531 §4.3 for the UTF8 forms. */
function protocolOf(context: SmtpContext, transaction: Transaction): string {
  const { connection, talk } = context
  const base = transaction.utf8 ? 'UTF8SMTP' : talk.extensions ? 'ESMTP' : 'SMTP'
  if (base === 'SMTP') return base
  return `${base}${connection.line.tls ? 'S' : ''}${connection.account ? 'A' : ''}`
}

/** Date and Message-ID, for a client that leaves them to the server. */
export function missingFields(context: SmtpContext, queueId: string, received: Date): ReadonlyMap<string, string> {
  if (!context.connection.account) return new Map()
  return new Map([
    ['date', `Date: ${printDate(received, -received.getTimezoneOffset())}\r\n`],
    ['message-id', `Message-ID: <${queueId}@${context.connection.host.name}>\r\n`],
  ])
}
