/**
 * A maildrop as one session sees it: a numbered snapshot of INBOX under a lock, and marks that take effect at QUIT only.
 * RFC 1939 §4 to §6. Octet counts are of what RETR sends: messages are kept with CRLF line ends and a CRLF at their end.
 */
import type { AccountId, Mailbox, StoredMessage } from '../../store/contract.ts'
import type { Host } from '../host.ts'

export class Maildrop {
  readonly #host: Host
  readonly #account: AccountId
  readonly #mailbox: Mailbox
  readonly #messages: readonly StoredMessage[]
  readonly #deleted = new Set<number>()
  #bytes: number
  #held = true

  /** Undefined where another session holds it. */
  static open(host: Host, account: AccountId): Maildrop | undefined {
    if (host.heldMaildrops.has(account)) return undefined
    const mailbox = host.store.mailbox(account, 'INBOX')
    return mailbox && new Maildrop(host, account, mailbox)
  }

  private constructor(host: Host, account: AccountId, mailbox: Mailbox) {
    host.heldMaildrops.add(account)
    this.#host = host
    this.#account = account
    this.#mailbox = mailbox
    this.#messages = mailbox.list()
    this.#bytes = this.#messages.reduce((sum, { size }) => sum + size, 0)
  }

  /** Messages that are not marked, and their octets. */
  get count(): number {
    return this.#messages.length - this.#deleted.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The message of this number, counted from 1; undefined where there is none or it is marked. */
  message(number: number): StoredMessage | undefined {
    return this.#deleted.has(number) ? undefined : this.#messages[number - 1]
  }

  /** `number value` lines of all that is not marked. */
  listing(value: (message: StoredMessage) => string | number): string {
    let lines = ''
    this.#messages.forEach((message, index) => {
      if (!this.#deleted.has(index + 1)) lines += `${index + 1} ${value(message)}\r\n`
    })
    return lines
  }

  /** The whole message where it is small; undefined: `read` it. Throws `StoreError` (`message-gone`). */
  readSmall(message: StoredMessage): Uint8Array | undefined {
    return this.#mailbox.readSmall(message.uid)
  }

  read(message: StoredMessage): AsyncIterable<Uint8Array> {
    return this.#mailbox.read(message.uid)
  }

  mark(number: number): boolean {
    const message = this.message(number)
    if (!message) return false
    this.#deleted.add(number)
    this.#bytes -= message.size
    return true
  }

  unmarkAll(): void {
    for (const number of this.#deleted) this.#bytes += this.#messages[number - 1]?.size ?? 0
    this.#deleted.clear()
  }

  get marked(): number {
    return this.#deleted.size
  }

  /** UPDATE: what is marked goes. The lock stays until `release`. */
  async update(): Promise<void> {
    if (this.#deleted.size === 0) return
    const uids = [...this.#deleted].flatMap((number) => this.#messages[number - 1]?.uid ?? [])
    await this.#mailbox.expunge(uids.sort((one, other) => one - other))
  }

  release(): void {
    if (this.#held) this.#host.heldMaildrops.delete(this.#account)
    this.#held = false
  }
}
