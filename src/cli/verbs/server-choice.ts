/** Which server `send` and `fetch` go to, how sealed, and as whom. safety.md 21. */
import { ClientError } from '../../client/errors.ts'
import type { ServerAddress, SignIn, TlsWish } from '../../client/server-address.ts'
import { isLoopback } from '../../net/address.ts'
import { NetError } from '../../net/errors.ts'
import { Secret } from '../../wire/talk.ts'
import { Fault } from '../fault.ts'
import { readWhole } from '../files.ts'
import type { HostPort } from '../parse.ts'
import type { Session } from '../session.ts'
import { readPassword } from './password.ts'

export interface ServerOptions {
  readonly server?: HostPort
  readonly user?: string
  readonly tls?: TlsWish
  readonly ca?: string
  readonly insecure?: boolean
  readonly passwordStdin?: boolean
}

/** Ports that begin inside TLS, and Postglass's own. */
const sealedPorts: ReadonlySet<number> = new Set([465, 995, 2465, 2995])

/** `ports` are those of the protocol: unsealed, sealed; `own` is the one where our own server listens. */
export interface Ports {
  readonly plain: number
  readonly sealed: number
  readonly own: number
}

const largestCa = 4 * 1024 * 1024

/** TLS with a valid certificate is demanded; in clear only this machine may be reached, unless asked for in words. */
export async function chooseServer(session: Session, options: ServerOptions, ports: Ports): Promise<ServerAddress> {
  const host = options.server?.host ?? '127.0.0.1'
  const told = options.server?.port ?? (options.server === undefined ? ports.own : undefined)
  const tls = options.tls ?? (told === undefined || sealedPorts.has(told) ? 'on' : 'starttls')
  const port = told ?? (tls === 'on' ? ports.sealed : ports.plain)
  if (tls === 'off' && options.insecure !== true && !isLoopback(host) && host !== 'localhost')
    throw new Fault('tls-demanded', { peer: host })
  const ca = options.ca === undefined ? undefined : await readWhole(session, options.ca, largestCa)
  return { host, port, tls, ...(ca === undefined ? {} : { ca: Buffer.from(ca).toString('utf8') }) }
}

/** Who signs in; undefined where nobody was named. The secret comes by prompt or standard input, never as an argument. */
export async function chooseSignIn(session: Session, user: string, options: ServerOptions): Promise<SignIn> {
  const password = await readPassword(session, user, { fromStdin: options.passwordStdin === true, twice: false })
  return { user, password: new Secret(password) }
}

/** What kept the client from its goal, in words. */
export function clientFault(thrown: unknown, peer: string): unknown {
  const how = { cause: thrown }
  if (thrown instanceof ClientError) {
    switch (thrown.code) {
      case 'refused':
      case 'auth-refused':
      case 'no-mechanism':
      case 'no-starttls':
      case 'not-supported':
        return new Fault('peer-refused', { peer, why: thrown.reply ?? thrown.message }, how)
      case 'timeout':
      case 'closed':
      case 'nonsense':
        return new Fault('peer-unreachable', { peer, why: thrown.message }, how)
    }
  }
  if (!(thrown instanceof NetError)) return thrown
  return thrown.code === 'certificate'
    ? new Fault('peer-certificate', { peer, why: thrown.message }, how)
    : new Fault('peer-unreachable', { peer, why: thrown.message }, how)
}
