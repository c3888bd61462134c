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

export type Verdict =
  | { readonly what: 'local'; readonly accounts: readonly AccountId[] }
  /** The reply that refuses it, as numbers and an English text for the wire. */
  | { readonly what: 'refused'; readonly code: number; readonly enhanced: string; readonly text: string }

export interface Sender {
  /** The account that signed in, or undefined for a stranger. */
  readonly account: { readonly id: AccountId; readonly address: string } | undefined
  /** The listener: an MX takes local mail from anyone, submission wants a sign-in. */
  readonly listener: 'mx' | 'submission'
  readonly address: string
}

export interface Delivery {
  /** May this sender mail this recipient? Asked at RCPT. A test domain's unknown account is made here. */
  judge(sender: Sender, recipient: Path): Verdict | Promise<Verdict>
  /** Hands the message over; resolves when it is safe on disk. */
  accept(
    envelope: Envelope,
    message: Incoming,
    how: { queueId: string; received: Date; facts: Uint8Array | undefined; story: StoryId | undefined },
  ): Promise<Receipt>
}

export interface Receipt {
  readonly queueId: string
  readonly id: MessageId
}
