/** Asks the running server through its control socket. */
import { join } from 'node:path'
import { dialUnix } from '../../net/dial.ts'
import { NetError } from '../../net/errors.ts'
import type { Line } from '../../net/line.ts'
import { Fault } from '../fault.ts'
import { LineCutter, longestAnswer, printMessage, readAnswer } from './messages.ts'
import type { Answer, Request } from './messages.ts'
import { socketName } from './serve.ts'

/** The line to the server on that directory; undefined where none runs. */
export async function reachServer(data: string): Promise<Line | undefined> {
  try {
    return await dialUnix({ path: join(data, socketName), timeoutMs: 10_000 })
  } catch (thrown) {
    // A path that is too long here may be short from where the server runs; the store's own lock decides then.
    if (thrown instanceof NetError && (thrown.code === 'connection-refused' || thrown.code === 'path-too-long'))
      return undefined
    throw new Fault('control-failed', { data, why: thrown instanceof Error ? thrown.message : '' }, { cause: thrown })
  }
}

/** Sends one request and yields what is answered, up to and without `done`. Throws the server's fault. */
export async function* ask(
  line: Line,
  request: Request,
  data: string,
): AsyncGenerator<Exclude<Answer, { what: 'done' | 'fault' }>> {
  const answers = new Answers(line, data)
  line.write(printMessage(request))
  try {
    for (;;) {
      const answer = await answers.next()
      if (answer.what === 'done') return
      if (answer.what === 'fault') throw heardFault(answer)
      yield answer
    }
  } finally {
    line.destroy()
  }
}

/** The other process's fault: code and values belong together, since it is the same program. */
function heardFault(answer: Answer & { what: 'fault' }): Fault {
  return new Fault(...([answer.code, answer.values] as ConstructorParameters<typeof Fault>))
}

/** The line's answers in order; reading pauses while more than a few wait. */
class Answers {
  readonly #line: Line
  readonly #data: string
  readonly #waiting: Answer[] = []
  readonly #cutter = new LineCutter(longestAnswer)
  #fault: Fault | undefined
  #wake: (() => void) | undefined

  constructor(line: Line, data: string) {
    this.#line = line
    this.#data = data
    line.handle({
      onBytes: (bytes) => this.#take(bytes),
      onDrain: () => {},
      onEnd: () => this.#fail('It closed the connection.'),
      onSilence: () => {},
      onClose: () => this.#fail('It closed the connection.'),
    })
  }

  async next(): Promise<Answer> {
    for (;;) {
      const answer = this.#waiting.shift()
      if (answer !== undefined) {
        if (this.#waiting.length === 0) this.#line.resume()
        return answer
      }
      if (this.#fault !== undefined) throw this.#fault
      await new Promise<void>((go) => (this.#wake = go))
    }
  }

  #take(bytes: Uint8Array): void {
    const lines = this.#cutter.cut(bytes)
    if (lines === 'too long') return this.#fail('Its answer is too long.')
    for (const line of lines) {
      const answer = readAnswer(line)
      if (answer === undefined) return this.#fail('Its answer could not be read.')
      this.#waiting.push(answer)
    }
    if (this.#waiting.length > 16) this.#line.pause()
    this.#wake?.()
  }

  #fail(why: string): void {
    this.#fault ??= new Fault('control-failed', { data: this.#data, why })
    this.#wake?.()
  }
}
