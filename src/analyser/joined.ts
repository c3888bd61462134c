/** Tells an engine in what state a conversation was when the capture began; mail text is not taken for commands. */
import type { Arrival, Stream } from '../wire/packet/capture.ts'
import type { Side } from '../wire/talk.ts'
import { asLatin1 } from './text.ts'

const smtpCommand =
  /^\s*(?:EHLO|HELO|MAIL|RCPT|DATA|BDAT|STARTTLS|AUTH|RSET|VRFY|EXPN|NOOP|QUIT|HELP|ETRN|XCLIENT|XFORWARD)(?:\s|$)/i
const base64Line = /^[A-Za-z0-9+/]*={0,2}$/

/** Where a capture of SMTP joined midway. */
export function smtpJoinedIn(stream: Stream): 'in commands' | 'in message' {
  const first = firstLineOf(stream.arrivals, 'client')
  const inMessage = first !== undefined && !smtpCommand.test(first) && !isAnswer(first, stream.arrivals)
  return inMessage ? 'in message' : 'in commands'
}

/** Where a capture of POP3 joined midway: in lines of the server where it speaks first and that is no status line. */
export function pop3JoinedIn(stream: Stream): 'in commands' | 'in message' {
  const speaker = stream.arrivals.find((arrival) => arrival.what === 'bytes')
  const first = firstLineOf(stream.arrivals, 'server')
  const speaks = speaker?.what === 'bytes' && speaker.side === 'server' && first !== undefined
  return speaks && !/^(?:\+|-ERR)/.test(first) ? 'in message' : 'in commands'
}

/** A single base64 line that is answered by 235, 334 or 5xx belongs to a sign-in. */
function isAnswer(line: string, arrivals: readonly Arrival[]): boolean {
  return base64Line.test(line) && /^(?:235|334|53\d|501)/.test(firstLineOf(arrivals, 'server') ?? '')
}

function firstLineOf(arrivals: readonly Arrival[], side: Side): string | undefined {
  for (const arrival of arrivals.slice(0, 64)) {
    if (arrival.what !== 'bytes' || arrival.side !== side) continue
    const end = arrival.bytes.indexOf(0x0a)
    return asLatin1(arrival.bytes.subarray(0, Math.min(512, end === -1 ? arrival.bytes.length : end))).replace(
      /\r$/,
      '',
    )
  }
  return undefined
}
