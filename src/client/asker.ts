/**
 * The asking half of a conversation over one line: says commands, waits for what the server says. The same engine that
 * the server answers with; a reply out of order or no reply at all is the server's fault, told as a `ClientError`.
 */
import type { Line } from '../net/line.ts'
import type { Conversation, Heard, Said } from '../wire/talk.ts'
import { ClientError } from './errors.ts'

/** So many things heard and not yet asked for stop the reading, so that a large body is not held in memory. */
const enoughHeard = 64

export class Asker<Command, Reply> {
  readonly #line: Line
  readonly #who: string
  #conversation: Conversation<Command, Reply>
  readonly #heard: Heard<Command, Reply>[] = []
  #waiting: (() => void) | undefined
  #drained: (() => void) | undefined
  #fault: ClientError | undefined

  /** `who` names the server in errors: `mail.north.test:2587`. */
  constructor(line: Line, conversation: Conversation<Command, Reply>, options: { who: string; silenceMs: number }) {
    this.#line = line
    this.#who = options.who
    this.#conversation = conversation
    line.limitSilence(options.silenceMs)
    line.handle({
      onBytes: (bytes) => this.#take(bytes),
      onDrain: () => this.#wake(),
      onEnd: () => this.#fail(new ClientError('closed', `${this.#who} closed the connection`)),
      onSilence: () =>
        this.#fail(new ClientError('timeout', `${this.#who} said nothing for ${options.silenceMs / 1000} s`)),
      onClose: (fault) =>
        this.#fail(
          new ClientError('closed', `${this.#who} closed the connection`, fault ? { cause: fault } : undefined),
        ),
    })
    // a line that began inside TLS waits for this
    line.resume()
  }

  get line(): Line {
    return this.#line
  }

  objection(command: Command): string | undefined {
    return this.#conversation.objection(command)?.rule
  }

  /** Says several things with one write; resolves when more may be written. */
  async say(...things: readonly Said<Command, Reply>[]): Promise<void> {
    this.#mustStand()
    let more = true
    for (const thing of things) more = this.#line.write(this.#conversation.say(thing))
    if (more) return
    await new Promise<void>((done) => {
      this.#drained = done
    })
    this.#mustStand()
  }

  /** The next whole thing of the server. */
  async next(): Promise<Heard<Command, Reply>> {
    for (;;) {
      const first = this.#heard.shift()
      if (first) {
        if (this.#heard.length < enoughHeard) this.#line.resume()
        return first
      }
      this.#mustStand()
      await new Promise<void>((done) => {
        this.#waiting = done
      })
    }
  }

  /** The next reply; anything else there is a fault of the server. */
  async reply(): Promise<Reply> {
    const heard = await this.next()
    if (heard.what === 'reply') return heard.reply
    throw new ClientError('nonsense', `${this.#who} said something that is no reply`)
  }

  async ask(command: Command): Promise<Reply> {
    await this.say({ what: 'command', command })
    return this.reply()
  }

  /** A fresh conversation begins inside TLS: what was told before is forgotten, RFC 3207 §4.2. */
  begin(conversation: Conversation<Command, Reply>): void {
    this.#conversation = conversation
    this.#heard.length = 0
    this.#line.resume()
  }

  #mustStand(): void {
    if (this.#fault) throw this.#fault
  }

  #take(bytes: Uint8Array): void {
    this.#conversation.hear('server', bytes)
    for (;;) {
      const heard = this.#conversation.next('server')
      if (typeof heard === 'string') break
      this.#heard.push(heard)
    }
    if (this.#heard.length >= enoughHeard) this.#line.pause()
    this.#waiting?.()
  }

  #wake(): void {
    this.#drained?.()
    this.#drained = undefined
  }

  #fail(fault: ClientError): void {
    this.#fault ??= fault
    this.#waiting?.()
    this.#wake()
  }
}
