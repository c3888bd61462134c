/** Joins IP fragments. Bounded in datagrams, bytes and capture time; the first copy of a byte counts. */
import type { IpLayer } from './ip-layer.ts'
import { lend } from './lent.ts'
import type { Lent } from './lent.ts'
import type { ReadLimits } from './limits.ts'

/** Where `length` bytes at `at` of a joined datagram stood: in that packet, from its byte `offset` on. */
export interface Part {
  readonly at: number
  readonly length: number
  readonly packet: number
  readonly offset: number
}

/** A datagram's payload, joined. */
export interface Joined {
  readonly lent: Lent
  readonly parts: readonly Part[]
}

interface Piece extends Part {
  readonly bytes: Uint8Array
}

interface Waiting {
  readonly pieces: Piece[]
  readonly seconds: number
  /** One bit for each eight bytes that came, and how many are set. */
  readonly covered: Uint8Array
  coveredUnits: number
  bytes: number
  /** Length of the whole payload, once the last fragment came; else -1. */
  total: number
  /** Overlapping fragments of IPv6 spoil the datagram. */
  spoilt: boolean
}

const mostPieces = 2048
/** Offsets of fragments count units of eight bytes. */
const unit = 8
/** No IP datagram is longer, RFC 791 §3.1. */
const longest = 0xffff
const unitsOf = (length: number): number => Math.ceil(length / unit)

export class Fragments {
  readonly #limits: ReadLimits
  readonly #waiting = new Map<string, Waiting>()
  #bytes = 0

  constructor(limits: ReadLimits) {
    this.#limits = limits
  }

  /** Takes one fragment; gives the joined payload when it was the last that was missing. */
  add(ip: IpLayer, lent: Lent, packet: number, packetStart: number, seconds: number): Joined | undefined {
    // a fragment cut by the snap length cannot be joined
    if (ip.capturedEnd < ip.wireEnd) return undefined
    const addresses = lent.bytes.subarray(ip.addressesAt, ip.addressesAt + 2 * ip.addressLength)
    const key = `${ip.protocol} ${ip.fragmentId} ${addresses.join()}`
    let waiting = this.#waiting.get(key)
    if (waiting && seconds - waiting.seconds > this.#limits.fragmentSeconds) {
      this.#forget(key, waiting)
      waiting = undefined
    }
    if (!waiting) {
      waiting = {
        pieces: [],
        seconds,
        covered: new Uint8Array(longest / unit / 8 + 1),
        coveredUnits: 0,
        bytes: 0,
        total: -1,
        spoilt: false,
      }
      this.#waiting.set(key, waiting)
    }
    const bytes = lent.bytes.slice(ip.payloadAt, ip.capturedEnd)
    const piece = { at: ip.fragmentAt, length: bytes.length, packet, offset: ip.payloadAt - packetStart, bytes }
    this.#insert(waiting, piece, ip)
    const joined = joinPieces(waiting)
    if (joined) this.#forget(key, waiting)
    else this.#keepBounds()
    return joined
  }

  #insert(waiting: Waiting, piece: Piece, ip: IpLayer): void {
    if (waiting.spoilt || waiting.pieces.length >= mostPieces) return
    // all but the last end on a unit, RFC 791 §3.2, RFC 8200 §4.5
    if (piece.length === 0 || piece.at + piece.length > longest || (ip.moreFragments && piece.length % unit !== 0))
      return
    const fresh = cover(waiting, piece)
    if (fresh < unitsOf(piece.length)) {
      if (waiting.pieces.some((other) => other.at === piece.at && other.length === piece.length)) return
      if (ip.version === 6) waiting.spoilt = true // such a datagram is dropped whole, RFC 5722 §4
    }
    if (!ip.moreFragments && waiting.total < 0) waiting.total = piece.at + piece.length
    waiting.pieces.push(piece)
    waiting.bytes += piece.length
    this.#bytes += piece.length
  }

  #forget(key: string, waiting: Waiting): void {
    this.#bytes -= waiting.bytes
    this.#waiting.delete(key)
  }

  /** The oldest go first. */
  #keepBounds(): void {
    const { fragmentBytes, fragmentedDatagrams } = this.#limits
    while (this.#bytes > fragmentBytes || this.#waiting.size > fragmentedDatagrams) {
      const [oldest] = this.#waiting
      if (!oldest) return
      this.#forget(...oldest)
    }
  }
}

/** Marks the units of a piece; tells how many were not marked before. */
function cover(waiting: Waiting, piece: Piece): number {
  let fresh = 0
  const first = piece.at / unit
  for (let index = first; index < first + unitsOf(piece.length); index++) {
    const bit = 1 << (index & 7)
    const byte = waiting.covered[index >> 3] ?? 0
    if (byte & bit) continue
    waiting.covered[index >> 3] = byte | bit
    fresh++
  }
  waiting.coveredUnits += fresh
  return fresh
}

function joinPieces(waiting: Waiting): Joined | undefined {
  if (waiting.total < 0 || waiting.spoilt || waiting.coveredUnits < unitsOf(waiting.total)) return undefined
  const bytes = new Uint8Array(waiting.total)
  const parts: Part[] = []
  let at = 0
  while (at < waiting.total) {
    // the copy that came first among those that cover the next byte
    const piece = waiting.pieces.find((candidate) => candidate.at <= at && candidate.at + candidate.length > at)
    if (!piece) return undefined
    const end = nextStart(waiting.pieces, piece, at, waiting.total)
    bytes.set(piece.bytes.subarray(at - piece.at, end - piece.at), at)
    parts.push({ at, length: end - at, packet: piece.packet, offset: piece.offset + at - piece.at })
    at = end
  }
  return { lent: lend(bytes), parts }
}

/** How far `piece` counts: to its end, or to where a copy begins that came before it. */
function nextStart(pieces: readonly Piece[], piece: Piece, from: number, total: number): number {
  let end = Math.min(piece.at + piece.length, total)
  for (const earlier of pieces) {
    if (earlier === piece) break
    if (earlier.at > from && earlier.at < end) end = earlier.at
  }
  return end
}
