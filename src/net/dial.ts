/** Connecting to a server: TCP, TLS from the first byte, or TLS later by `Line.seal`; and to the program's own socket. */
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { systemClock, type Clock } from './clock.ts'
import { NetError, netError } from './errors.ts'
import type { Line, SealOptions } from './line.ts'
import { shortWay } from './listen.ts'
import type { Recorder } from './recorder.ts'
import { SocketLine } from './socket-line.ts'

export interface DialOptions {
  readonly host: string
  readonly port: number
  /** Given: TLS begins with the first byte. */
  readonly tls?: Omit<SealOptions & { as: 'client' }, 'as'>
  /** Until the connection stands (without the TLS handshake). */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Makes what keeps the bytes, once it is known who talks with whom. */
  readonly record?: (line: Line) => Recorder
  readonly clock?: Clock
}

/** Connects; the line reads nothing before `handle`. Throws `NetError`, which says what to do about it by its code. */
export async function dial(options: DialOptions): Promise<Line> {
  const where = `${options.host}:${options.port}`
  const socket = await connected(`cannot connect to ${where}`, options, {
    host: options.host,
    port: options.port,
    noDelay: true,
    allowHalfOpen: true,
  })
  const line = new SocketLine(socket, 'client', options.clock ?? systemClock)
  if (options.record) line.record(options.record(line))
  if (options.tls) await line.seal({ as: 'client', ...options.tls })
  return line
}

/** Connects to a Unix socket by its absolute path. */
export async function dialUnix(options: { path: string; timeoutMs?: number; signal?: AbortSignal }): Promise<Line> {
  const socket = await connected(`cannot connect to ${options.path}`, options, {
    path: shortWay(options.path),
    allowHalfOpen: true,
  })
  return new SocketLine(socket, 'client')
}

function connected(
  what: string,
  options: { timeoutMs?: number; signal?: AbortSignal },
  to: NetConnectOpts,
): Promise<Socket> {
  return new Promise((done, failed) => {
    const { signal, timeoutMs = 30_000 } = options
    if (signal?.aborted) {
      failed(new NetError('aborted', `${what}: given up`))
      return
    }
    const socket = connect(to)
    const settle = (fault: NetError | undefined): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      socket.off('connect', stands)
      if (!fault) {
        socket.off('error', refuse)
        done(socket)
        return
      }
      socket.destroy()
      failed(fault)
    }
    const stands = (): void => settle(undefined)
    const refuse = (cause: unknown): void => settle(netError(what, firstOf(cause)))
    const timer = setTimeout(() => settle(new NetError('timeout', `${what}: no answer in ${timeoutMs} ms`)), timeoutMs)
    const abort = (): void => settle(new NetError('aborted', `${what}: given up`))
    signal?.addEventListener('abort', abort)
    socket.once('connect', stands)
    socket.on('error', refuse)
  })
}

/** Several addresses of one name failed: the first tells best. */
function firstOf(cause: unknown): unknown {
  return cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause
}
