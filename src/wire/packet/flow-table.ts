/**
 * Finds the conversation of a packet by addresses and ports. The truth is a Map by text (seeded hashing, so a hostile
 * file cannot make it slow); in front of it stands a small cache by numbers.
 */
import { Flow } from './flow.ts'
import type { End } from './flow.ts'
import type { IpLayer } from './ip-layer.ts'
import { printIpAddress } from './ip-address.ts'
import { tcpFlag } from './tcp-segment.ts'
import type { TcpSegment } from './tcp-segment.ts'

const cacheSize = 16384

/** The conversation that is open between two ends, and which of its ways its first packet took. */
interface Pair {
  flow: Flow
  firstWay: 0 | 1
}

/** One of the two ways between two ends. */
interface Way {
  readonly pair: Pair
  readonly number: 0 | 1
  /** Addresses and ports as they stand in the packets of this way. */
  readonly words: readonly number[]
}

export class FlowTable {
  readonly #mostFlows: number
  readonly #ways = new Map<string, Way>()
  readonly #cache: (Way | undefined)[] = Array<Way | undefined>(cacheSize).fill(undefined)
  readonly #words: number[] = []
  readonly flows: Flow[] = []
  /** Which end sent the packet that was looked up last. */
  from: End = 0

  constructor(mostFlows: number) {
    this.#mostFlows = mostFlows
  }

  /** The conversation of a segment whose ports stand at `portsAt`; undefined if there are too many. */
  find(ip: IpLayer, addresses: DataView, ports: DataView, portsAt: number, segment: TcpSegment): Flow | undefined {
    const count = ip.addressLength >> 1
    const words = this.#words
    let hash = 0
    for (let index = 0; index <= count; index++) {
      const word = index === count ? ports.getUint32(portsAt) : addresses.getUint32(ip.addressesAt + 4 * index)
      words[index] = word
      hash = Math.imul(hash ^ word, 0x9e3779b1)
      hash ^= hash >>> 15
    }
    words.length = count + 1
    const way = this.#lookInCache(hash & (cacheSize - 2)) ?? this.#look(ip, addresses, hash & (cacheSize - 2))
    if (!way) return undefined
    const { pair } = way
    this.from = way.number === pair.firstWay ? 0 : 1
    if (segment.has(tcpFlag.syn) && !pair.flow.halves[this.from].takesSyn(segment.sequence))
      return this.#reuse(way, ip, addresses)
    return pair.flow
  }

  /** Two ways that share a place in the cache stand side by side. */
  #lookInCache(slot: number): Way | undefined {
    const first = this.#cache[slot]
    if (first && isSame(first.words, this.#words)) return first
    const second = this.#cache[slot + 1]
    if (!second || !isSame(second.words, this.#words)) return undefined
    this.#cache[slot] = second
    this.#cache[slot + 1] = first
    return second
  }

  #look(ip: IpLayer, addresses: DataView, slot: number): Way | undefined {
    const way = this.#ways.get(this.#words.join()) ?? this.#add(ip, addresses)
    if (!way) return undefined
    this.#cache[slot + 1] = this.#cache[slot]
    this.#cache[slot] = way
    return way
  }

  #add(ip: IpLayer, addresses: DataView): Way | undefined {
    const words = [...this.#words]
    const flow = this.#open(ip, addresses, words)
    if (!flow) return undefined
    const pair: Pair = { flow, firstWay: 0 }
    const way: Way = { pair, number: 0, words }
    const back = turned(words)
    this.#ways.set(back.join(), { pair, number: 1, words: back })
    this.#ways.set(words.join(), way)
    return way
  }

  /** A SYN with another number on the same ends: a new conversation. */
  #reuse(way: Way, ip: IpLayer, addresses: DataView): Flow | undefined {
    const flow = this.#open(ip, addresses, way.words)
    if (!flow) return undefined
    way.pair.flow = flow
    way.pair.firstWay = way.number
    this.from = 0
    return flow
  }

  #open(ip: IpLayer, addresses: DataView, words: readonly number[]): Flow | undefined {
    if (this.flows.length >= this.#mostFlows) return undefined
    const { addressesAt, addressLength } = ip
    const source = printIpAddress(addresses, addressesAt, addressLength)
    const target = printIpAddress(addresses, addressesAt + addressLength, addressLength)
    const ports = words.at(-1) ?? 0
    const flow = new Flow(this.flows.length, ip.version, [source, target], [ports >>> 16, ports & 0xffff])
    this.flows.push(flow)
    return flow
  }
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}

/** The same way in the other direction. */
function turned(words: readonly number[]): number[] {
  const half = (words.length - 1) / 2
  const ports = words.at(-1) ?? 0
  return [...words.slice(half, 2 * half), ...words.slice(0, half), ((ports << 16) | (ports >>> 16)) >>> 0]
}
