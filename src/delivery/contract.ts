/** The one door for mail that must go somewhere. Local only until the queue exists. */
import type { Address, Path } from '../wire/address.ts'
import type { AccountId, Incoming, MessageId, StoryId } from '../store/contract.ts'

export interface Envelope {
  readonly from: Path
  readonly to: readonly Recipient[]
}

/** A recipient that was accepted at RCPT. */
export interface Recipient {
  readonly address: Address
  readonly accounts: readonly AccountId[]
}

/** The reply that refuses it, as numbers and an English text for the wire. */
export interface Refused {
  readonly what: 'refused'
  readonly code: number
  readonly enhanced: string
  readonly text: string
}

export type Verdict = { readonly what: 'local'; readonly accounts: readonly AccountId[] } | Refused

export interface Sender {
  /** The account that signed in, or undefined for a stranger. */
  readonly account: { readonly id: AccountId; readonly address: string } | undefined
  /** The listener: an MX takes local mail from anyone, submission wants a sign-in. */
  readonly listener: 'mx' | 'submission'
  readonly address: string
}

export interface Delivery {
  /** May this sender use this reverse path? Undefined if so; else the reply that refuses it. Asked at MAIL. */
  judgeSender(sender: Sender, path: Path): Refused | undefined
  /** May this sender mail this recipient? Asked at RCPT. A test domain's unknown account is made here. `size` as MAIL told it. */
  judge(sender: Sender, recipient: Path, size?: number): Verdict | Promise<Verdict>
  /** Is there room for a message of this size? Asked at MAIL and again when its size is known. */
  hasRoom(size: number): boolean
  /** Hands the message over; resolves when it is safe on disk. Throws `StoreError`; `replyToFault` says what that means on the wire. */
  accept(
    envelope: Envelope,
    message: Incoming,
    how: { queueId: string; received: Date; facts: Uint8Array | undefined; story: StoryId | undefined },
  ): Promise<Receipt>
  /** Resolves when what was begun beside the answers (the end of the oldest mail of a test domain) is done. */
  settled(): Promise<void>
}

export interface Receipt {
  readonly queueId: string
  readonly id: MessageId
}
