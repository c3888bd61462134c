/**
 * A mail address that cannot hold CR, LF or NUL, and the paths of an SMTP envelope. RFC 5321 §4.1.2.
 */

/** A mailbox: local part (unquoted) and domain (lower case, U-label or A-label as given; or `[literal]`). */
export interface Address {
  readonly local: string
  readonly domain: string
}

/** What stands between < and >: an address; `null` for <>; `postmaster` without a domain, RFC 5321 §4.1.1.3. */
export type Path = Address | 'null' | 'postmaster'
