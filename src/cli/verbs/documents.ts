/** The documents that verbs answer with: `--json` prints them as they are, people read them as tables. contracts.md. */
import type { Mode, Scope } from '../../store/contract.ts'

/** Times are ISO 8601 UTC; what is not there is null. */
export interface DomainDocument {
  readonly schema: 'postglass/domain/1'
  readonly name: string
  readonly mode: Mode
  readonly accounts: number
}

export interface AccountDocument {
  readonly schema: 'postglass/account/1'
  readonly address: string
  readonly created: string
  readonly disabled: boolean
  readonly messages: number
  readonly bytes: number
}

export interface AliasDocument {
  readonly schema: 'postglass/alias/1'
  readonly address: string
  readonly to: readonly string[]
}

export interface CodeDocument {
  readonly schema: 'postglass/code/1'
  readonly id: string
  readonly address: string
  readonly label: string
  readonly scope: readonly Scope[]
  /** The code or token itself, once: in the answer to `code add`. */
  readonly code?: string
  readonly created: string
  readonly expires: string | null
  readonly lastUsed: { readonly at: string; readonly address: string; readonly client: string } | null
  readonly revoked: string | null
}

export interface StoryDocument {
  readonly schema: 'postglass/story/1'
  readonly id: string
  readonly kind: 'connection' | 'message'
  readonly protocol: string
  readonly side: 'server' | 'client'
  readonly peer: string
  readonly local: string
  readonly account: string | null
  readonly code: string | null
  readonly began: string
  readonly ended: string | null
  readonly recorded: boolean
  readonly messages: readonly string[]
  readonly outcome: string
}

/** What became of a thing that is deleted, revoked or removed. */
export interface DoneDocument {
  readonly schema: 'postglass/done/1'
  readonly done: string
  readonly name: string
}

export interface PruneDocument {
  readonly schema: 'postglass/prune/1'
  readonly stories: number
}

export interface StatDocument {
  readonly schema: 'postglass/store-stat/1'
  readonly messages: number
  readonly bytes: number
  readonly accounts: number
  readonly segments: number
  readonly journal: number
  readonly index: number
}

export interface CheckDocument {
  readonly schema: 'postglass/store-check/1'
  readonly findings: readonly { readonly what: string; readonly where: string; readonly why: string }[]
}
