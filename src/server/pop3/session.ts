/** The POP3 server on one connection. Pipelined commands are answered in one write, RFC 2449 §6.6. */
import type { HeardPop3 } from '../../wire/pop3/conversation.ts'
import { Pop3Conversation } from '../../wire/pop3/conversation.ts'
import type { Pop3Command } from '../../wire/pop3/words.ts'
import type { Connection } from '../connection.ts'
import { coverAnswer, coverText, type Cover } from '../covers.ts'
import type { Speaker } from '../loop.ts'
import { answer, auth, capa, pass, user } from './authorization.ts'
import { error, ok, Pop3Context, type Told, type Wire } from './context.ts'
import { dele, list, quit, retr, rset, stat, top, uidl } from './transaction.ts'

/** The facts of a maildrop session are cut into strips of about this size. */
const longStrip = 4000
/** A longer listing stands in the facts by its size alone. */
const longListing = 2048

export class Pop3Server implements Speaker {
  readonly #context: Pop3Context
  readonly #connection: Connection
  readonly #seal: () => void
  readonly #end: () => void

  constructor(connection: Connection, how: Wire & { seal: () => void; end: () => void }) {
    this.#context = new Pop3Context(connection, how)
    this.#connection = connection
    this.#seal = how.seal
    this.#end = how.end
    if (!connection.how.implicitTls) this.#greet()
  }

  get isInLine(): boolean {
    return this.#context.talk.hasBuffered('client')
  }

  readonly isInMessage = false

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
      case 'body':
      case 'reply':
      case 'hole':
      case 'offer':
      case 'sealed':
        return 'idle'
    }
  }

  /** The connection is simply closed, nothing is removed, RFC 1939 §3. */
  farewell(why: Parameters<Speaker['farewell']>[0]): void {
    if (why === 'shutdown') return
    if (!this.#context.maildrop) this.#connection.outcome = 'dropped'
    this.#connection.why = why
    this.#connection.log('info', 'dropped', `the connection was closed: ${why}`)
  }

  sealed(first: boolean): void {
    // all that was said in clear is forgotten, RFC 2595 §4
    this.#context.talk = new Pop3Conversation({ inside: first ? 'tls' : 'stls' })
    this.#context.after = 'go on'
    if (first) this.#greet()
  }

  gone(): void {
    this.#context.maildrop?.release()
  }

  #greet(): void {
    this.#say(ok(`${this.#connection.host.name} POP3 Postglass`))
  }

  #tell(told: Told | undefined | Promise<Told | undefined>): 'done' | Promise<void> {
    if (told instanceof Promise) return told.then((made) => this.#say(made))
    this.#say(told)
    return 'done'
  }

  #say(told: Told | undefined): void {
    if (!told) return
    const context = this.#context
    const { reply, body, isMessage } = told
    if (reply.status === 'error') this.#countError()
    this.#connection.say(context.talk.say({ what: 'reply', reply }))
    if (body) {
      const bytes = context.talk.say({ what: 'body', bytes: body, last: true })
      if (isMessage || bytes.length > longListing) this.#connection.sayBody(bytes, true)
      else this.#connection.say(bytes)
    }
    if (context.after === 'end') this.#end()
    else if (context.after === 'seal') this.#seal()
  }

  #countError(): void {
    const context = this.#context
    context.errors += 1
    if (context.errors < this.#connection.host.limits.errors || context.after === 'end') return
    this.#connection.why = 'too many errors'
    if (!context.maildrop) this.#connection.outcome = 'dropped'
    context.after = 'end'
  }

  #command(heard: HeardPop3 & { what: 'command' }): Told | undefined | Promise<Told | undefined> {
    const context = this.#context
    const { command, at } = heard
    const covers = this.#covers(heard)
    if (this.#connection.facts.stripSize > longStrip) {
      this.#connection.tellSaid()
      this.#connection.facts.newStrip()
    }
    if (covers.length > 0) this.#connection.secretLine(at.end, covers)
    else this.#connection.facts.line(at.end)
    if (!context.maildrop && context.allowance.spend(at.end - at.start, this.#connection.time) !== undefined) {
      this.#connection.outcome = 'dropped'
      this.#connection.why = 'too much without a sign-in'
      return context.last(error('Too much without a sign-in: closing'))
    }
    const objection = context.talk.objection(command)
    return objection ? this.#object(objection.rule) : this.#answer(command)
  }

  #object(rule: string): Told {
    switch (rule) {
      case 'plaintext-after-stls':
        this.#connection.outcome = 'dropped'
        this.#connection.why = 'bytes in clear behind STLS'
        this.#connection.log('warn', 'starttls-injection', 'bytes in clear came behind STLS: closed as an attack')
        return this.#context.last(error('Bytes in clear behind STLS: closing'))
      case 'not-signed-in':
        return error('Sign in first')
      case 'already-signed-in':
        return error('Already signed in')
      case 'pass-without-user':
        return error('USER first')
      case 'stls-twice':
        return error('TLS is on already')
      default:
        return error('Not now')
    }
  }

  #answer(command: Pop3Command): Told | undefined | Promise<Told | undefined> {
    const context = this.#context
    switch (command.verb) {
      case 'USER':
        return user(context, command)
      case 'PASS':
        return pass(context, command)
      case 'AUTH':
        return auth(context, command)
      case 'answer':
        return answer(context, command)
      case 'CAPA':
        return capa(context)
      case 'STLS':
        context.after = 'seal'
        return ok('Begin TLS')
      case 'UTF8':
        return ok('UTF-8 it is')
      case 'STAT':
        return stat(context)
      case 'LIST':
        return list(context, command.number)
      case 'UIDL':
        return uidl(context, command.number)
      case 'RETR':
        return retr(context, command.number)
      case 'TOP':
        return top(context, command)
      case 'DELE':
        return dele(context, command.number)
      case 'RSET':
        return rset(context)
      case 'NOOP':
        return ok('')
      case 'QUIT':
        return quit(context)
      case 'APOP':
      case 'LANG':
        return error(`${command.verb} is not offered`)
      case 'unknown':
        return error('Unknown command')
      case 'malformed':
        return error('Argument not understood')
    }
  }

  #unreadable(heard: HeardPop3 & { what: 'unreadable' }): Told {
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
        return error('Line too long')
      case 'unknown-command':
        return error('Unknown command')
      default:
        return error('Line not understood')
    }
  }

  #covers(heard: HeardPop3 & { what: 'command' }): readonly Cover[] {
    const { command, parts } = heard
    if (command.verb === 'AUTH' && command.initial && command.mechanism !== undefined) {
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
