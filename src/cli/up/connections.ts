/** Connections of the running host as they end: for the live lines, and for whoever waits for one. */
import type { ConnectionSummary, ListenerProtocol } from '../../server/contract.ts'

export class Connections {
  /** Shows one live line; undefined: nobody looks. */
  show: ((summary: ConnectionSummary) => void) | undefined
  #waiting: ((summary: ConnectionSummary) => boolean)[] = []

  ended(summary: ConnectionSummary): void {
    this.#waiting = this.#waiting.filter((wait) => !wait(summary))
    this.show?.(summary)
  }

  /** Resolves with the next one on that listener to end. */
  next(listener: ListenerProtocol): Promise<ConnectionSummary> {
    return new Promise((found) => {
      this.#waiting.push((summary) => {
        if (summary.listener !== listener) return false
        found(summary)
        return true
      })
    })
  }
}
