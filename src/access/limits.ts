/** Limits of who comes in. Those per address spare loopback, those per account do not. Times in milliseconds. */
export interface AccessLimits {
  /** Open connections of one address (IPv6: of one /64). */
  readonly connectionsPerAddress: number
  /** Failed sign-ins within `failureWindowMs`, after which the account is closed to everybody for `banMs`. */
  readonly failuresPerAccount: number
  /** The same for an address, which is then refused at the connection. */
  readonly failuresPerAddress: number
  readonly failureWindowMs: number
  readonly banMs: number
  /** Accounts and addresses whose failures are remembered at most; the oldest is forgotten first. */
  readonly remembered: number
  /** With so many accounts in all, test domains make none on first use any more. */
  readonly accountsOnFirstUse: number
}

export const defaultAccessLimits: AccessLimits = {
  connectionsPerAddress: 50,
  failuresPerAccount: 20,
  failuresPerAddress: 50,
  failureWindowMs: 900_000,
  banMs: 900_000,
  remembered: 20_000,
  accountsOnFirstUse: 20_000,
}
