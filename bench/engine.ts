/**
 * How many messages a second pass through `SmtpConversation` as a server: MAIL, RCPT, DATA and 2 KB of body, each read
 * and answered, no socket and no disk; in CPU time, which other load disturbs least.   node bench/engine.ts [messages]
 */
import { SmtpConversation } from '../src/wire/smtp/conversation.ts'
import { smtpReply } from '../src/wire/smtp/grammar.ts'

const encoder = new TextEncoder()
const line = `${'x'.repeat(76)}\r\n`
const greeting = smtpReply(220, undefined, 'bench.test ready')
const hello = smtpReply(250, undefined, 'bench.test', 'PIPELINING', 'SIZE 73400320', '8BITMIME', 'ENHANCEDSTATUSCODES')
const ok = smtpReply(250, '2.1.0', 'Ok')
const go = smtpReply(354, undefined, 'End data with <CR><LF>.<CR><LF>')
const envelope = encoder.encode('MAIL FROM:<sender@north.test> SIZE=2048\r\n')
const recipient = encoder.encode('RCPT TO:<recipient@north.test>\r\n')
const data = encoder.encode('DATA\r\n')
const body = encoder.encode(`From: sender@north.test\r\nSubject: bench\r\n\r\n${line.repeat(26)}.\r\n`)

/** Hears these bytes as a server does and answers what they ask; the bytes of bodies. */
function serve(conversation: SmtpConversation, bytes: Uint8Array): number {
  conversation.hear('client', bytes)
  let size = 0
  for (let heard = conversation.next('client'); typeof heard === 'object'; heard = conversation.next('client')) {
    if (heard.what === 'body') {
      size += heard.bytes.length
      if (heard.last) conversation.say({ what: 'reply', reply: ok })
    } else if (heard.what === 'command') {
      if (conversation.objection(heard.command)) throw new Error('objected')
      conversation.say({ what: 'reply', reply: heard.command.verb === 'DATA' ? go : ok })
    }
  }
  return size
}

function measure(count: number): number {
  const conversation = new SmtpConversation()
  conversation.say({ what: 'reply', reply: greeting })
  conversation.hear('client', encoder.encode('EHLO client.test\r\n'))
  conversation.next('client')
  conversation.say({ what: 'reply', reply: hello })
  const began = process.cpuUsage()
  let size = 0
  for (let i = 0; i < count; i++)
    size +=
      serve(conversation, envelope) +
      serve(conversation, recipient) +
      serve(conversation, data) +
      serve(conversation, body)
  const { user, system } = process.cpuUsage(began)
  if (size !== count * (body.length - 3)) throw new Error('bodies were not heard in full')
  return (user + system) / count
}

const count = Number(process.argv[2] ?? 50_000)
measure(Math.min(count, 20_000))
for (let round = 0; round < 3; round++) {
  const microseconds = measure(count)
  console.log(`${microseconds.toFixed(1)} us a message, ${Math.round(1e6 / microseconds)} messages/s`)
}
