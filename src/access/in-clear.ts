/** Where a sign-in may cross in clear, by the setting or by the modes of the domains served here; `safety.md` 17. */
import type { Directory, Mode } from '../store/contract.ts'

/** `[auth] in_clear`; undefined: by the domains' modes. */
export type InClear = 'off' | 'loopback' | 'on' | undefined

export interface ClearRules {
  readonly inClear: InClear
  readonly listensBeyondLoopback: boolean
}

/** May an account of this domain sign in in clear? `mode` is undefined for a domain that is not served here. */
export function allowsMode(
  mode: Mode | undefined,
  fromLoopback: boolean,
  rules: ClearRules,
  directory: Directory,
): boolean {
  switch (rules.inClear) {
    case 'off':
      return false
    case 'on':
      return true
    case 'loopback':
      return fromLoopback
    case undefined:
      if (fromLoopback) return true
      if (mode === undefined || mode === 'production') return false
      // what a lab allows never covers a server that is a real one for others
      return !(rules.listensBeyondLoopback && directory.domains().some((domain) => domain.mode === 'production'))
  }
}
