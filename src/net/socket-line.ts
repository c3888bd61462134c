/** A `Line` over a socket, in clear or inside TLS. Node's native TLS unless a recorder wants the ciphertext. */
import { isIP, type Socket } from 'node:net'
import { TLSSocket, connect as tlsConnect } from 'node:tls'
import { otherSide, type Side } from '../wire/talk.ts'
import type { Endpoint, TlsFacts } from '../wire/packet/recording.ts'
import { systemClock, type Clock } from './clock.ts'
import { NetError, netError } from './errors.ts'
import type { Line, LineHandler, SealOptions } from './line.ts'
import type { Recorder } from './recorder.ts'
import { Tap } from './tap.ts'

/** How long a peer may take to close its side after we closed ours and all was taken. */
const goodbyeMs = 5000

/** Tells nobody; stands where no handler was given yet. */
const deaf: LineHandler = {
  onBytes() {},
  onDrain() {},
  onEnd() {},
  onSilence() {},
  onClose() {},
}

export class SocketLine implements Line {
  readonly peer: Endpoint
  readonly local: Endpoint
  readonly #ours: Side
  readonly #theirs: Side
  readonly #socket: Socket
  readonly #clock: Clock
  /** What is read and written: the socket, or TLS over it. */
  #stream: Socket
  #handler: LineHandler = deaf
  #recorder: Recorder | undefined
  #tls: TlsFacts | undefined
  #timer: NodeJS.Timeout | undefined
  #silenceMs = 0
  #fault: NetError | undefined
  #ended = false
  #closed = false

  /** `ours` is the side that this program speaks. The socket must have no reader yet. */
  constructor(socket: Socket, ours: Side, clock: Clock = systemClock) {
    this.#socket = socket
    this.#stream = socket
    this.#ours = ours
    this.#theirs = otherSide(ours)
    this.#clock = clock
    this.peer = { address: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 }
    this.local = { address: plainAddress(socket.localAddress), port: socket.localPort ?? 0 }
    socket.on('error', (cause) => this.#fail(cause))
    socket.on('close', this.#onClose)
  }

  get tls(): TlsFacts | undefined {
    return this.#tls
  }

  get recorder(): Recorder | undefined {
    return this.#recorder
  }

  get unsent(): number {
    return this.#stream.writableLength
  }

  record(recorder: Recorder): void {
    this.#recorder = recorder
  }

  handle(handler: LineHandler): void {
    const first = this.#handler === deaf
    this.#handler = handler
    if (first) this.#listen(this.#stream)
    if (this.#closed) handler.onClose(this.#fault)
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#closed) return true
    if (this.#recorder && this.#tls === undefined) this.#recorder.bytes(this.#ours, bytes, this.#clock.ns())
    return this.#stream.write(bytes)
  }

  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  limitSilence(ms: number): void {
    clearTimeout(this.#timer)
    this.#silenceMs = ms
    this.#timer = ms > 0 && !this.#closed ? setTimeout(this.#onSilence, ms) : undefined
  }

  end(): void {
    if (this.#ended || this.#closed) return
    this.#ended = true
    this.#stream.end(() => {
      if (!this.#closed) this.limitSilence(Math.min(goodbyeMs, this.#silenceMs || goodbyeMs))
    })
    this.#stream.resume()
  }

  destroy(): void {
    this.#stream.destroy()
    this.#socket.destroy()
  }

  async seal(options: SealOptions): Promise<TlsFacts> {
    const socket = this.#socket
    if (socket.readableLength > 0) {
      this.destroy()
      throw new NetError('tls-injection', `bytes in clear came from ${this.peer.address} before TLS had begun`)
    }
    socket.off('data', this.#onData).off('drain', this.#onDrain).off('end', this.#onEnd)
    socket.pause()
    if (socket.writableLength > 0) await new Promise<void>((out) => socket.write('', () => out()))
    // what comes from here on is TLS, RFC 3207 §4.2
    this.#recorder?.sealed()
    const under = this.#recorder ? new Tap(socket, this.#ours, this.#overhear) : socket
    const stream = options.as === 'server' ? serverSide(under, options) : clientSide(under, options)
    if (this.#recorder) stream.on('keylog', (line) => this.#recorder?.keyLog(line.toString('latin1')))
    socket.off('close', this.#onClose)
    stream.on('close', this.#onClose)
    stream.on('error', (cause) => this.#fail(cause))
    this.#stream = stream
    try {
      await handshake(stream, options)
    } catch (cause) {
      const fault = netError(`cannot begin TLS with ${this.peer.address}`, cause)
      this.#fault ??= fault
      this.destroy()
      throw fault
    }
    // a socket that was wrapped by hand tells its later faults only here, and does not close by itself
    stream.on('_tlsError', (cause: Error) => {
      this.#fail(cause)
      this.destroy()
    })
    this.#tls = factsOf(stream)
    stream.pause()
    if (this.#handler !== deaf) this.#listen(stream)
    return this.#tls
  }

  #listen(stream: Socket): void {
    stream.on('data', this.#onData).on('drain', this.#onDrain).on('end', this.#onEnd)
  }

  readonly #overhear = (side: Side, bytes: Uint8Array): void => {
    this.#recorder?.bytes(side, bytes, this.#clock.ns())
  }

  readonly #onData = (bytes: Buffer): void => {
    // after our goodbye the peer's time runs, whatever it still sends
    if (!this.#ended) this.#timer?.refresh()
    if (this.#recorder && this.#tls === undefined) this.#recorder.bytes(this.#theirs, bytes, this.#clock.ns())
    this.#handler.onBytes(bytes)
  }

  readonly #onDrain = (): void => {
    this.#timer?.refresh()
    this.#handler.onDrain()
  }

  readonly #onEnd = (): void => {
    this.#handler.onEnd()
  }

  readonly #onSilence = (): void => {
    if (this.#ended) {
      this.destroy()
      return
    }
    this.#timer?.refresh()
    this.#handler.onSilence()
  }

  readonly #onClose = (): void => {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    // whichever of the two went first takes the other with it
    this.destroy()
    this.#handler.onClose(this.#fault)
  }

  #fail(cause: unknown): void {
    this.#fault ??= netError(`the connection with ${this.peer.address} broke`, cause)
  }
}

/** `::ffff:127.0.0.1` is an IPv4 peer on a socket that takes both. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
}

function serverSide(under: Socket | Tap, options: SealOptions & { as: 'server' }): TLSSocket {
  return new TLSSocket(under, {
    isServer: true,
    secureContext: options.context(undefined),
    SNICallback: (name, answer) => answer(null, options.context(name)),
    ...(options.alpn && { ALPNProtocols: [...options.alpn] }),
  })
}

function clientSide(under: Socket | Tap, options: SealOptions & { as: 'client' }): TLSSocket {
  return tlsConnect({
    socket: under,
    host: options.name,
    // a literal address is no server name, RFC 6066 §3
    ...(isIP(options.name) === 0 && { servername: options.name }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: options.insecure !== true,
    ...(options.ca !== undefined && { ca: options.ca }),
    ...(options.alpn && { ALPNProtocols: [...options.alpn] }),
  })
}

/** Resolves when the handshake is done. Neither way of Node closes a peer that says nothing: the caller does, on rejection. */
function handshake(stream: TLSSocket, options: SealOptions): Promise<void> {
  return new Promise((done, failed) => {
    const timer = setTimeout(
      () => failed(new NetError('timeout', `no TLS handshake within ${options.handshakeMs} ms`)),
      options.handshakeMs,
    )
    const stop = (cause: Error): void => {
      clearTimeout(timer)
      failed(cause)
    }
    stream.once(options.as === 'server' ? 'secure' : 'secureConnect', () => {
      clearTimeout(timer)
      done()
    })
    stream.once('_tlsError', stop)
    stream.once('error', stop)
    stream.once('close', () => stop(new NetError('closed', 'the peer closed the connection during the TLS handshake')))
  })
}

function factsOf(stream: TLSSocket): TlsFacts {
  const cipher = stream.getCipher()
  const group: unknown = (stream.getEphemeralKeyInfo() as { name?: string } | null)?.name
  const name: unknown = (stream as { servername?: unknown }).servername
  return {
    version: stream.getProtocol() ?? 'unknown',
    cipher: cipher.standardName || cipher.name,
    sni: typeof name === 'string' ? name : undefined,
    alpn: typeof stream.alpnProtocol === 'string' ? stream.alpnProtocol : undefined,
    group: typeof group === 'string' ? group : undefined,
  }
}
