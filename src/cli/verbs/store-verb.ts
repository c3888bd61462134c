/**
 * Every verb that touches the store is one function from arguments to documents. It runs in whichever process holds the
 * store: in this one, or in the server, asked through its control socket. So there is one code path.
 */
import type { MailStore, Mode, Scope, StoryId } from '../../store/contract.ts'
import type {
  AccountDocument,
  AliasDocument,
  CheckDocument,
  CodeDocument,
  DomainDocument,
  DoneDocument,
  PruneDocument,
  StatDocument,
  StoryDocument,
} from './documents.ts'

/** What a verb works with. */
export interface Hands {
  readonly store: MailStore
  readonly now: () => Date
  /** Where the running host listens beyond this machine and test domains may not be served; undefined: nowhere. */
  readonly publicListener?: string | undefined
  /** Of long work, in bytes. */
  readonly progress: (done: number, total: number) => void
}

/** A recording or facts, packed by the store's own codec, in pieces of base64. */
export interface PackedPiece {
  readonly piece: string
}

/** A story with its facts, packed, so that the asking side explains it. */
export interface ListedStory {
  readonly story: StoryDocument
  readonly facts: string | null
}

/** Arguments and rows of each verb. Both cross the socket as JSON: no dates, no bytes. */
export interface StoreVerbs {
  'domain add': { args: { name: string; mode: Mode | null }; row: DomainDocument }
  'domain list': { args: Record<never, never>; row: DomainDocument }
  'domain remove': { args: { name: string }; row: DoneDocument }
  'account add': { args: { address: string; password: string }; row: AccountDocument }
  'account list': { args: Record<never, never>; row: AccountDocument }
  'account password': { args: { address: string; password: string }; row: AccountDocument }
  'account disable': { args: { address: string }; row: AccountDocument }
  'account delete': { args: { address: string }; row: DoneDocument }
  'alias add': { args: { address: string; to: readonly string[] }; row: AliasDocument }
  'alias list': { args: Record<never, never>; row: AliasDocument }
  'alias delete': { args: { address: string }; row: DoneDocument }
  'code add': {
    args: { address: string; label: string; scope: readonly Scope[]; token: boolean; expires: string | null }
    row: CodeDocument
  }
  'code list': { args: { address: string }; row: CodeDocument }
  'code revoke': { args: { id: string }; row: CodeDocument }
  'story list': {
    args: { message: string | null; queueId: string | null; account: string | null; facts: boolean }
    row: ListedStory
  }
  'story find': { args: { id: StoryId }; row: StoryDocument }
  'story read': { args: { id: StoryId; what: 'recording' | 'facts' }; row: PackedPiece }
  'story delete': { args: { id: StoryId }; row: DoneDocument }
  'story prune': { args: Record<never, never>; row: PruneDocument }
  'store stat': { args: Record<never, never>; row: StatDocument }
  'store check': { args: Record<never, never>; row: CheckDocument }
}

export type StoreVerbName = keyof StoreVerbs

/** Throws a `Fault` where the answer is no. */
export type StoreVerb<Name extends StoreVerbName> = (
  hands: Hands,
  args: StoreVerbs[Name]['args'],
) => AsyncIterable<StoreVerbs[Name]['row']>

export type StoreVerbTable<Name extends StoreVerbName = StoreVerbName> = {
  readonly [Key in Name]: StoreVerb<Key>
}
