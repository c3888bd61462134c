/** The SMTP server on one connection: what was heard is given to its command's file, the reply is said in order. */
import type { HeardSmtp } from '../../wire/smtp/conversation.ts'
import { SmtpConversation } from '../../wire/smtp/conversation.ts'
import type { SmtpCommand, SmtpReply } from '../../wire/smtp/words.ts'
import type { Connection } from '../connection.ts'
import { coverAnswer, coverText, type Cover } from '../covers.ts'
import type { Speaker } from '../loop.ts'
import { answer, auth } from './auth.ts'
import { SmtpContext, type Answer } from './context.ts'
import { greeting, hello } from './greet.ts'
import { mail } from './mail.ts'
import { bdat, body, data } from './message.ts'
import { rcpt } from './rcpt.ts'
import { farewell, replies, replyToObjection } from './replies.ts'

/** A prelude longer than this is closed before a transaction, so that the message's own lines have room. */
const longPrelude = 3000
const emptyChallenge = Buffer.from('334 \r\n', 'latin1')

export class SmtpServer implements Speaker {
  readonly #context: SmtpContext
  readonly #connection: Connection
  readonly #seal: () => void
  readonly #end: () => void

  /** `seal` begins TLS after what was said, `end` closes after it. */
  constructor(connection: Connection, how: { seal: () => void; end: () => void }) {
    this.#context = new SmtpContext(connection)
    this.#connection = connection
    this.#seal = how.seal
    this.#end = how.end
    if (!connection.how.implicitTls) this.#reply(greeting(this.#context))
  }

  get isInLine(): boolean {
    return !this.isInMessage && this.#context.talk.hasBuffered('client')
  }

  get isInMessage(): boolean {
    return this.#context.transaction?.intake !== undefined
  }

  hear(bytes: Uint8Array): void {
    this.#context.talk.hear('client', bytes)
  }

  step(): 'idle' | 'done' | Promise<void> {
    const heard = this.#context.talk.next('client')
    if (typeof heard === 'string') return 'idle'
    switch (heard.what) {
      case 'command':
        return this.#tell(this.#command(heard))
      case 'unreadable':
        return this.#tell(this.#unreadable(heard))
      case 'body': {
        this.#connection.facts.body(heard.at.end, heard.last && !this.#context.chunk)
        return this.#tell(body(this.#context, heard))
      }
      case 'reply':
      case 'hole':
      case 'offer':
      case 'sealed':
        return 'idle'
    }
  }

  farewell(why: Parameters<Speaker['farewell']>[0]): void {
    if (why !== 'shutdown') {
      this.#connection.outcome = 'dropped'
      this.#connection.why = why
      this.#connection.log('info', 'dropped', `the connection was closed: ${why}`)
    }
    this.#reply(farewell(this.#connection.host.name, why))
  }

  sealed(first: boolean): void {
    const context = this.#context
    // all that was said in clear is forgotten, RFC 3207 §4.2
    context.talk = new SmtpConversation({ inside: first ? 'tls' : 'starttls' })
    context.dropTransaction()
    this.#connection.client = ''
    context.after = 'go on'
    if (first) this.#reply(greeting(context))
  }

  gone(): void {
    this.#context.dropTransaction()
  }

  #tell(told: SmtpReply | undefined | Promise<SmtpReply | undefined>): 'done' | Promise<void> {
    if (told instanceof Promise) return told.then((reply) => this.#reply(reply))
    this.#reply(told)
    return 'done'
  }

  #reply(reply: SmtpReply | undefined): void {
    if (!reply) return
    const context = this.#context
    let said = reply
    if (isError(reply)) {
      context.errors += 1
      if (context.errors >= this.#connection.host.limits.errors && context.after !== 'end') {
        this.#connection.outcome = 'dropped'
        this.#connection.why = 'too many errors'
        said = context.last(farewell(this.#connection.host.name, 'errors'))
      }
    }
    const bytes = context.talk.say({ what: 'reply', reply: said })
    // an empty challenge still has its space, RFC 4954 §4
    this.#connection.say(said.code === 334 && said.lines[0] === '' ? emptyChallenge : bytes)
    if (context.after === 'end') this.#end()
    else if (context.after === 'seal') this.#seal()
  }

  #command(heard: HeardSmtp & { what: 'command' }): SmtpReply | undefined | Promise<SmtpReply> {
    const context = this.#context
    const { command, at } = heard
    const covers = this.#covers(heard)
    if (command.verb === 'MAIL') this.#beginStrip()
    if (covers.length > 0) this.#connection.secretLine(at.end, covers)
    else this.#connection.facts.line(at.end)
    if (context.allowance.spend(at.end - at.start, this.#connection.time) !== undefined) {
      this.#connection.outcome = 'dropped'
      this.#connection.why = 'too much without a message'
      return context.last(farewell(this.#connection.host.name, 'spent'))
    }
    if (command.verb === 'BDAT') {
      // answered behind the chunk
      bdat(context, command)
      return undefined
    }
    const objection = context.talk.objection(command)
    if (objection) return this.#object(objection.rule, replyToObjection(objection))
    return this.#answer(command)
  }

  /** What leads to a message stands in a strip of its own; the first has the connection's prelude too. */
  #beginStrip(): void {
    const { accepted, facts } = this.#connection
    if (accepted.length === 0 && facts.stripSize <= longPrelude) return
    this.#connection.tellSaid()
    facts.newStrip()
  }

  #object(rule: string, reply: SmtpReply): SmtpReply {
    if (rule !== 'plaintext-after-starttls') return reply
    const { host } = this.#connection
    this.#connection.outcome = 'dropped'
    this.#connection.why = 'bytes in clear behind STARTTLS'
    this.#connection.log('warn', 'starttls-injection', 'bytes in clear came behind STARTTLS: closed as an attack')
    return this.#context.last(farewell(host.name, 'injection'))
  }

  #answer(command: SmtpCommand): Answer {
    const context = this.#context
    switch (command.verb) {
      case 'EHLO':
      case 'HELO':
        return hello(context, command)
      case 'MAIL':
        return mail(context, command)
      case 'RCPT':
        return rcpt(context, command)
      case 'DATA':
        return data(context)
      case 'RSET':
        context.dropTransaction()
        return replies.ok
      case 'NOOP':
        return replies.ok
      case 'HELP':
        return replies.help
      case 'VRFY':
        return replies.cannotVerify
      case 'EXPN':
        return replies.noExpand
      case 'QUIT':
        return context.last({ code: 221, enhanced: '2.0.0', lines: ['2.0.0 Bye'] })
      case 'STARTTLS':
        context.after = 'seal'
        return replies.startTls
      case 'AUTH':
        return auth(context, command)
      case 'answer':
        return answer(context, command)
      case 'malformed':
        return malformed(command.word)
      case 'unknown':
      case 'message':
      case 'BDAT':
        return replies.unknownCommand
    }
  }

  #unreadable(heard: HeardSmtp & { what: 'unreadable' }): SmtpReply {
    const { at } = heard
    if (heard.secret) {
      const text = Buffer.from(this.#connection.facts.peek(at.start, at.end))
        .toString('latin1')
        .replace(/[\r\n]+$/, '')
      this.#connection.secretLine(at.end, [coverText(text, at.start, 'password')])
    } else this.#connection.facts.line(at.end)
    this.#context.signIn = undefined
    this.#context.allowance.spend(at.end - at.start, this.#connection.time)
    switch (heard.why) {
      case 'line-too-long':
        return replies.lineTooLong
      case 'bare-lf':
      case 'bare-cr':
        return replies.bareLineEnd
      case 'unknown-command':
        return replies.unknownCommand
      default:
        return replies.unreadable
    }
  }

  /** Where the credentials of a line stand, and what takes their place. */
  #covers(heard: HeardSmtp & { what: 'command' }): readonly Cover[] {
    const { command, parts } = heard
    if (command.verb === 'AUTH' && command.initial) {
      const start = parts.find(({ name }) => name === 'initial')?.at.start ?? heard.at.start
      return coverAnswer(command.mechanism, 0, command.initial.reveal(), start)
    }
    if (command.verb === 'answer')
      return (
        this.#context.signIn?.covers(command.response, heard.at.start) ??
        coverAnswer('', 1, command.response.reveal(), heard.at.start)
      )
    return parts.flatMap(({ at, secret }) => {
      if (secret === undefined) return []
      const text = Buffer.from(this.#connection.facts.peek(at.start, at.end)).toString('latin1')
      return [coverText(text, at.start, secret)]
    })
  }
}

/** What a well-meaning client does not draw. A full mailbox or a busy server is not its fault. */
function isError(reply: SmtpReply): boolean {
  return reply.code >= 500
}

function malformed(word: string): SmtpReply {
  switch (word) {
    case 'MAIL':
      return replies.badSender
    case 'RCPT':
      return replies.badRecipient
    default:
      return replies.badArgument
  }
}
