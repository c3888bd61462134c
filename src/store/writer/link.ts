/**
 * The main thread's end of the writer: collects what is asked in one turn and posts it once, and hands each group's
 * answer on: first to the store (its memory must show the change), then to those who asked.
 */
import { setImmediate } from 'node:timers'
import { StoreError } from '../contract.ts'
import type { AnswerValue, GroupAnswer, Told, UpkeepRequest, WriteRequest, WriterState } from './requests.ts'

export type AnyRequest = WriteRequest | UpkeepRequest
export type Batch = readonly Told<AnyRequest>[]

/** The other end: a worker thread, or the writer itself in this one. */
export interface WriterEnd {
  post(batch: Batch): void
  /** Resolves when the writer has closed its files. */
  close(): Promise<void>
}

interface Asker {
  readonly resolve: (value: AnswerValue) => void
  readonly reject: (reason: StoreError) => void
}

export interface LinkOptions {
  readonly onGroup: (answer: GroupAnswer) => void
  /** Quiet time after which the writer may rest (flush what rides along, checkpoint, reclaim); undefined: never. */
  readonly restMs: number | undefined
  readonly restRequest: () => UpkeepRequest
}

export class WriterLink {
  readonly #asking = new Map<number, Asker>()
  readonly #options: LinkOptions
  #end: WriterEnd | undefined
  #batch: Told<AnyRequest>[] = []
  #nextId = 1
  #fault: StoreError | undefined
  #rest: NodeJS.Timeout | undefined
  #state: WriterState = { segments: 0, journal: 0, broken: false, restless: false }
  #idle: (() => void)[] = []

  constructor(options: LinkOptions) {
    this.#options = options
  }

  connect(end: WriterEnd): void {
    this.#end = end
  }

  get state(): WriterState {
    return this.#state
  }

  /** False once a refusal no longer means that nothing was recorded: the writer died, or could not take a group back. */
  get isCertain(): boolean {
    return this.#fault === undefined && !this.#state.broken
  }

  ask(request: AnyRequest): Promise<AnswerValue> {
    if (this.#fault) return Promise.reject(this.#fault)
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      this.#asking.set(id, { resolve, reject })
      // after the events of this turn, so that what they bring makes one group
      if (this.#batch.length === 0) setImmediate(() => this.#post())
      this.#batch.push({ id, request })
    })
  }

  #post(): void {
    const batch = this.#batch
    this.#batch = []
    if (batch.length > 0) this.#end?.post(batch)
  }

  /** A group's answer came. */
  hear(answer: GroupAnswer): void {
    this.#state = answer.state
    this.#options.onGroup(answer)
    for (const one of answer.answers) {
      const asker = this.#asking.get(one.id)
      this.#asking.delete(one.id)
      if (one.ok) asker?.resolve(one.value)
      else asker?.reject(new StoreError(one.code, one.message))
    }
    if (this.#asking.size === 0) for (const idle of this.#idle.splice(0)) idle()
    this.#restLater()
  }

  #restLater(): void {
    const { restMs } = this.#options
    if (restMs === undefined || !this.#state.restless || this.#fault) return
    if (this.#rest) {
      this.#rest.refresh()
      return
    }
    this.#rest = setTimeout(() => {
      this.#rest = undefined
      // a rest that fails is tried again after the next change, which will hear of the fault itself
      this.ask(this.#options.restRequest()).catch(() => undefined)
    }, restMs).unref()
  }

  /** The writer is no more: everyone who waits, and everyone who comes, hears why. */
  fail(fault: StoreError): void {
    this.#fault ??= fault
    for (const { reject } of this.#asking.values()) reject(fault)
    this.#asking.clear()
    for (const idle of this.#idle.splice(0)) idle()
  }

  /** Lets everything that was asked come to its end, then closes. */
  async close(): Promise<void> {
    clearTimeout(this.#rest)
    this.#rest = undefined
    if (this.#asking.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
    clearTimeout(this.#rest)
    const fault = this.#fault
    this.#fault ??= new StoreError('closed', 'the store is closed')
    await this.#end?.close()
    if (fault && fault.code !== 'closed') throw fault
  }
}
