/** Where a client goes and how it is sealed; the same for sending and fetching. `safety.md` 21. */
import { dial } from '../net/dial.ts'
import type { Line } from '../net/line.ts'
import type { Recorder } from '../net/recorder.ts'
import type { Secret } from '../wire/talk.ts'

/** `on`: TLS from the first byte; `starttls`: demanded, never less; `off`: in clear, the caller has checked that it may. */
export type TlsWish = 'on' | 'starttls' | 'off'

export interface ServerAddress {
  readonly host: string
  readonly port: number
  readonly tls: TlsWish
  /** PEM of authorities to trust instead of the built-in ones. */
  readonly ca?: string
  /** The name that the certificate must bear, where it is not `host`. */
  readonly certificateName?: string
  /** True only where the user asked for it in words: the certificate is not checked. */
  readonly insecure?: boolean
}

export interface SignIn {
  readonly user: string
  readonly password: Secret
  /** Only this mechanism; else the best that both know. */
  readonly mechanism?: string
}

export interface ClientOptions {
  readonly server: ServerAddress
  readonly signIn?: SignIn
  readonly signal?: AbortSignal
  /** Keeps the bytes of the connection. */
  readonly record?: (line: Line) => Recorder
  /** How long the server may be silent, RFC 5321 §4.5.3.2 (five minutes). */
  readonly silenceMs?: number
}

export const defaultSilenceMs = 300_000
const handshakeMs = 30_000

export function tlsOptions(server: ServerAddress): {
  name: string
  handshakeMs: number
  ca?: string
  insecure?: boolean
} {
  return {
    name: server.certificateName ?? server.host,
    handshakeMs,
    ...(server.ca === undefined ? {} : { ca: server.ca }),
    ...(server.insecure === undefined ? {} : { insecure: server.insecure }),
  }
}

export function connect(options: ClientOptions): Promise<Line> {
  const { server } = options
  return dial({
    host: server.host,
    port: server.port,
    ...(server.tls === 'on' ? { tls: tlsOptions(server) } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.record ? { record: options.record } : {}),
  })
}

export const nameOf = (server: ServerAddress): string => `${server.host}:${server.port}`
