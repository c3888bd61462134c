/** Listening: TCP ports, and the Unix socket of the running program. */
import { createServer, type Server } from 'node:net'
import type { Endpoint } from '../wire/packet/recording.ts'
import { followTheDay, systemClock, type Clock } from './clock.ts'
import { NetError, netError } from './errors.ts'
import { SocketLine } from './socket-line.ts'
import type { Line } from './line.ts'

export interface Listening {
  /** Where it really listens; for a Unix socket its path and port 0. */
  readonly at: Endpoint
  /** Takes no new connections; those that are open go on. */
  close(): Promise<void>
}

export interface ListenOptions {
  readonly address: string
  readonly port: number
  /** Told once a connection, synchronously; the line reads nothing before `handle`. */
  readonly onLine: (line: Line) => void
  /** Accepting failed (no file descriptors left, say); listening goes on. */
  readonly onFault?: (fault: NetError) => void
  readonly clock?: Clock
}

/** Listens on a TCP port; 0 takes a free one. Throws `NetError` (`port-taken`, `port-forbidden`, `address-unknown`). */
export async function listen(options: ListenOptions): Promise<Listening> {
  const server = serverFor(options)
  const where = options.address.includes(':')
    ? `[${options.address}]:${options.port}`
    : `${options.address}:${options.port}`
  await opened(server, `cannot listen on ${where}`, () =>
    server.listen({ host: options.address, port: options.port, backlog: 1024 }),
  )
  const at = server.address()
  if (at === null || typeof at === 'string') throw new NetError('io', `cannot listen on ${where}: no address was given`)
  return { at: { address: at.address, port: at.port }, close: () => closed(server) }
}

/** Longest path of a Unix socket in bytes, without its end: 108 on Linux, 104 on macOS and the BSDs. */
const longestPath = process.platform === 'linux' ? 107 : 103

/**
 * Listens on a Unix socket that only its owner may open (0600). A path too long is bound by the short way from the
 * current folder, or refused (`path-too-long`); never cut. The path must be absolute.
 */
export async function listenUnix(options: {
  path: string
  onLine: (line: Line) => void
  clock?: Clock
}): Promise<Listening> {
  const server = serverFor(options)
  const path = shortWay(options.path)
  await opened(server, `cannot listen on ${options.path}`, () => {
    // the mode is set by bind itself, which happens within this call
    const before = process.umask(0o177)
    try {
      server.listen({ path })
    } finally {
      process.umask(before)
    }
  })
  return { at: { address: options.path, port: 0 }, close: () => closed(server) }
}

/** A way to this socket that the system takes whole. */
export function shortWay(path: string): string {
  const here = `${process.cwd()}/`
  const relative = path.startsWith(here) ? path.slice(here.length) : path
  const way = Buffer.byteLength(path) <= longestPath ? path : relative
  if (Buffer.byteLength(way) > longestPath)
    throw new NetError(
      'path-too-long',
      `the path of a socket may have ${longestPath} bytes, ${path} has ${Buffer.byteLength(path)}: use a shorter data directory, or start from inside it`,
    )
  return way
}

function serverFor(options: {
  onLine: (line: Line) => void
  onFault?: (fault: NetError) => void
  clock?: Clock
}): Server {
  const clock = options.clock ?? systemClock
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: false })
  server.on('connection', (socket) => {
    followTheDay()
    options.onLine(new SocketLine(socket, 'server', clock))
  })
  server.on('error', (cause) => {
    if (server.listening) options.onFault?.(netError('cannot accept a connection', cause))
  })
  return server
}

function opened(server: Server, what: string, begin: () => void): Promise<void> {
  return new Promise((done, failed) => {
    const refuse = (cause: unknown): void => failed(netError(what, cause))
    server.once('error', refuse)
    server.once('listening', () => {
      server.off('error', refuse)
      done()
    })
    begin()
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done())
  })
}
