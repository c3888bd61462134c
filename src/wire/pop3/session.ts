/** Where a POP3 session stands, and so who may say what next. It moves on replies only. RFC 1939 §3 to §6. */
import type { Remark } from '../talk.ts'
import { order } from './rules.ts'
import type { Pop3Command } from './words.ts'

export class Pop3Session {
  /** The name that a USER was accepted with, until a PASS fails. */
  user: string | undefined
  isSignedIn = false
  isSealed = false
  #hasQuit = false
  /** Joined midway: nothing is objected to. */
  #knowsAll: boolean

  constructor(knowsAll: boolean) {
    this.#knowsAll = knowsAll
  }

  /** Something of the conversation is missing. */
  doubt(): void {
    this.#knowsAll = false
  }

  /** The rule that this command would break now; undefined if it may come. */
  objection(command: Pop3Command): Remark | undefined {
    if (!this.#knowsAll) return undefined
    if (this.#hasQuit) return order.afterQuit
    switch (command.verb) {
      case 'USER':
      case 'APOP':
      case 'UTF8':
        return this.isSignedIn ? order.alreadySignedIn : undefined
      case 'AUTH':
        return this.isSignedIn && command.mechanism !== undefined ? order.alreadySignedIn : undefined
      case 'PASS':
        if (this.isSignedIn) return order.alreadySignedIn
        return this.user === undefined ? order.passWithoutUser : undefined
      case 'STLS':
        // only before sign-in, and not inside TLS, RFC 2595 §4
        if (this.isSealed) return order.stlsTwice
        return this.isSignedIn ? order.alreadySignedIn : undefined
      case 'STAT':
      case 'LIST':
      case 'RETR':
      case 'DELE':
      case 'NOOP':
      case 'RSET':
      case 'TOP':
      case 'UIDL':
        return this.isSignedIn ? undefined : order.notSignedIn
      case 'QUIT':
      case 'CAPA':
      case 'LANG':
      case 'answer':
      case 'unknown':
      case 'malformed':
        return undefined
    }
  }

  /** Moves on the last word to a command: `+OK` or not. */
  accept(command: Pop3Command, isOk: boolean): void {
    switch (command.verb) {
      case 'USER':
        if (isOk) this.user = command.name
        return
      case 'PASS':
      case 'APOP':
        this.#signedIn(isOk)
        return
      case 'AUTH':
        if (command.mechanism !== undefined) this.#signedIn(isOk)
        return
      case 'answer':
        this.#signedIn(isOk)
        return
      case 'QUIT':
        if (isOk) this.#hasQuit = true
        return
      case 'STAT':
      case 'LIST':
      case 'RETR':
      case 'DELE':
      case 'NOOP':
      case 'RSET':
      case 'TOP':
      case 'UIDL':
      case 'CAPA':
      case 'STLS':
      case 'UTF8':
      case 'LANG':
      case 'unknown':
      case 'malformed':
        return
    }
  }

  #signedIn(isOk: boolean): void {
    this.isSignedIn ||= isOk
    // PASS comes behind a USER of its own, RFC 1939 §7
    if (!isOk) this.user = undefined
  }
}
