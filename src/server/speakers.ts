/** Which protocol speaks on a listener, and what a connection hears for which there is no place. */
import { printStatus } from '../wire/pop3/reply.ts'
import { printReply } from '../wire/smtp/reply.ts'
import type { Line } from '../net/line.ts'
import type { Connection } from './connection.ts'
import type { ListenerProtocol } from './contract.ts'
import type { Host } from './host.ts'
import type { Speaker } from './loop.ts'
import type { Wire } from './pop3/context.ts'
import { Pop3Server } from './pop3/session.ts'
import { farewell } from './smtp/replies.ts'
import { SmtpServer } from './smtp/session.ts'

export function speakerFor(connection: Connection, how: Wire & { seal: () => void; end: () => void }): Speaker {
  return connection.how.protocol === 'pop3' ? new Pop3Server(connection, how) : new SmtpServer(connection, how)
}

/** Said in clear where that is the listener's way; inside TLS the connection is closed without a word. */
export function refuseConnection(host: Host, line: Line, listener: ListenerProtocol, why: string): void {
  host.log({
    time: host.clock.now(),
    level: 'info',
    event: 'connection-refused',
    text: `a connection from ${line.peer.address} was refused: ${why}`,
    fields: { listener, why },
  })
  switch (listener) {
    case 'smtp':
    case 'submission':
      line.write(Buffer.from(printReply(farewell(host.name, 'full')), 'latin1'))
      break
    case 'pop3': {
      const text = 'Too many connections, try again later'
      line.write(Buffer.from(printStatus({ status: 'error', code: 'SYS/TEMP', text, more: false }), 'latin1'))
      break
    }
    case 'submissions':
    case 'pop3s':
  }
  line.limitSilence(host.limits.handshakeMs)
  line.handle({ onBytes() {}, onDrain() {}, onEnd() {}, onSilence: () => line.destroy(), onClose() {} })
  line.end()
}
