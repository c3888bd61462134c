/** A line end for tests that gathers what comes and lets a test wait for it. */
import type { Line, LineHandler } from './line.ts'
import type { NetError } from './errors.ts'

export class Talker implements LineHandler {
  readonly line: Line
  heard: Buffer[] = []
  ended = false
  closed = false
  silences = 0
  fault: NetError | undefined
  #wake: (() => void)[] = []

  constructor(line: Line) {
    this.line = line
    line.handle(this)
  }
  onBytes(bytes: Uint8Array): void {
    this.heard.push(Buffer.from(bytes))
    this.#stir()
  }
  onDrain(): void {
    this.#stir()
  }
  onEnd(): void {
    this.ended = true
    this.#stir()
  }
  onSilence(): void {
    this.silences += 1
    this.#stir()
  }
  onClose(fault: NetError | undefined): void {
    this.closed = true
    this.fault = fault
    this.#stir()
  }
  /** The peer said goodbye or the connection is closed. */
  get gone(): boolean {
    return this.ended || this.closed
  }
  get bytes(): Buffer {
    return Buffer.concat(this.heard)
  }
  get text(): string {
    return this.bytes.toString('latin1')
  }
  say(text: string): void {
    this.line.write(Buffer.from(text, 'latin1'))
  }
  /** Resolves when the claim holds; looked at after each event. */
  async until(claim: () => boolean): Promise<void> {
    while (!claim()) await new Promise<void>((wake) => this.#wake.push(wake))
  }
  async untilText(part: string): Promise<string> {
    await this.until(() => this.text.includes(part) || this.closed)
    if (!this.text.includes(part))
      throw new Error(`closed before ${JSON.stringify(part)} came: ${this.text.slice(-300)}`)
    return this.text
  }
  #stir(): void {
    const waiting = this.#wake
    this.#wake = []
    for (const wake of waiting) wake()
  }
}
