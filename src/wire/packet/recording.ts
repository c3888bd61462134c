/**
 * What is kept of one own connection: the type that the tap in `net/`, the sealed files and facts of `store/` and the
 * analyser share. A recording of bytes and the facts of a story have the same shape; facts leave bodies out (`lost`)
 * and carry their credentials already overwritten.
 */
import type { Side } from '../talk.ts'

export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** TLS as our own end knows it. */
export interface TlsFacts {
  readonly version: string
  readonly cipher: string
  readonly sni: string | undefined
  readonly alpn: string | undefined
  readonly group: string | undefined
}

/** Times are nanoseconds since 1970, from one clock. */
export type Kept =
  | { readonly what: 'bytes'; readonly side: Side; readonly time: bigint; readonly bytes: Uint8Array }
  /** Bytes that crossed and were not kept: a cap of the recorder, or a body in facts. */
  | { readonly what: 'lost'; readonly side: Side; readonly time: bigint; readonly size: number }
  /** Only in facts: from here on the bytes are those inside TLS; offsets begin again at 0. */
  | { readonly what: 'sealed'; readonly time: bigint; readonly tls: TlsFacts }

/**
 * A credential that our own server or client saw cross. Offsets count that side's plaintext within `epoch`:
 * 0 before TLS, 1 inside the first TLS layer.
 */
export interface MarkedSecret {
  readonly side: Side
  readonly epoch: number
  readonly start: number
  readonly end: number
  readonly kind: 'password' | 'user' | 'token' | 'proof'
}

export type Protocol = 'smtp' | 'pop3' | 'imap' | 'http'

export interface Recording {
  readonly protocol: Protocol
  /** Which side of the connection we were. */
  readonly ours: Side
  readonly client: Endpoint
  readonly server: Endpoint
  /** True where TLS began with the first byte. */
  readonly implicitTls: boolean
  readonly began: bigint
  readonly ended: bigint | undefined
  readonly kept: readonly Kept[]
  /** NSS key-log lines, each with its line end; empty in facts. */
  readonly keyLog: readonly string[]
  readonly secrets: readonly MarkedSecret[]
}
