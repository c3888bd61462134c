/** From the link layer to the transport: each link type, tags, extension headers, fragments; what is not read is named. */
import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Capture } from './capture.ts'
import {
  ascii,
  bytesOf,
  client,
  ethernet,
  handshake,
  ipDatagram,
  ipFragments,
  ipPacket,
  latin1,
  pcapFile,
  told,
} from './capture.test-support.ts'
import type { TestPacket } from './capture.test-support.ts'
import { join, lend } from './lent.ts'
import { readCapture } from './read-capture.ts'
import type { ReadLimits } from './limits.ts'

const four = ipPacket(client(101, 'hello'))
const six = ipPacket(client(101, 'hello', { addresses: ['fd00::1', 'fd00::2'] }))

const read = (packets: readonly TestPacket[], linkType = 1, limits: Partial<ReadLimits> = {}): Promise<Capture> =>
  readCapture([pcapFile(packets, { linkType })], { limits })

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const words = (...values: number[]): Uint8Array => bytes(...values.flatMap((value) => [value >> 8, value & 255]))
const macs = new Uint8Array(12)

void test('where IP begins, by link type', async (t) => {
  const cases: [string, number, Uint8Array][] = [
    ['Ethernet, IPv4', 1, ethernet(four)],
    ['Ethernet, IPv6', 1, ethernet(six)],
    ['Ethernet, one VLAN tag', 1, join([macs, words(0x8100, 42, 0x0800), four])],
    ['Ethernet, two tags', 1, join([macs, words(0x88a8, 7, 0x8100, 42, 0x86dd), six])],
    ['Linux cooked', 113, join([new Uint8Array(14), words(0x0800), four])],
    ['Linux cooked with a tag', 113, join([new Uint8Array(14), words(0x8100, 1, 0x0800), four])],
    ['Linux cooked 2', 276, join([words(0x86dd), new Uint8Array(18), six])],
    ['raw', 101, six],
    ['raw of BSD', 12, four],
    ['raw of OpenBSD', 14, six],
    ['IPv4', 228, four],
    ['IPv6', 229, six],
    ['loopback, little-endian', 0, join([bytes(2, 0, 0, 0), four])],
    ['loopback, big-endian', 0, join([bytes(0, 0, 0, 2), four])],
    ['loopback, IPv6 of a Mac', 0, join([bytes(30, 0, 0, 0), six])],
    ['loopback of OpenBSD', 108, join([bytes(0, 0, 0, 24), six])],
  ]
  for (const [name, linkType, packet] of cases)
    await t.test(name, async () => {
      const capture = await read([{ bytes: packet }], linkType)
      assert.equal(told(capture.streams[0]!), 'C:hello')
      assert.equal(capture.streams[0]!.c2s.placed[0]!.offset, packet.length - 5)
      assert.deepEqual([...capture.protocols], [['TCP', 1]])
      assert.equal(capture.streams[0]!.tcp.badChecksums, 0)
    })
})

void test('what is not read is named and counted', async (t) => {
  const cases: [string, number, Uint8Array][] = [
    ['ARP', 1, ethernet(new Uint8Array(28), 0x0806)],
    ['LLC', 1, ethernet(new Uint8Array(28), 38)],
    ['EtherType 0x1234', 1, ethernet(new Uint8Array(28), 0x1234)],
    ['cut before the network layer', 1, ethernet(four).subarray(0, 14)],
    ['cut before the network layer', 1, bytes(1, 2, 3)],
    ['cut before the network layer', 1, join([macs, words(0x8100, 42)])],
    ['other address family', 0, join([bytes(7, 0, 0, 0), four])],
    ['link type IEEE802_11_RADIO', 127, new Uint8Array(60)],
    ['link type LINKTYPE_9999', 9999, new Uint8Array(60)],
    ['damaged IP header', 101, bytes(0x45, 0, 0)],
    ['damaged IP header', 101, bytes(0x95, ...new Uint8Array(40))],
    ['damaged IP header', 101, four.map((byte, index) => (index === 0 ? 0x43 : byte))],
    ['damaged TCP header', 101, four.subarray(0, 30)],
    ['damaged TCP header', 101, four.map((byte, index) => (index === 32 ? 0x10 : byte))],
    ['damaged UDP header', 101, ipDatagram(17, bytes(1, 2, 3))],
  ]
  for (const [name, linkType, packet] of cases)
    await t.test(name, async () => {
      const capture = await read([{ bytes: packet }], linkType)
      assert.deepEqual([...capture.notDecoded], [[name, 1]])
      assert.equal(capture.streams.length, 0)
    })
})

void test('other protocols are counted, DNS datagrams are kept within their bound', async () => {
  const udp = (source: number, target: number, data: string): Uint8Array =>
    ipDatagram(17, join([words(source, target, 8 + data.length, 0), ascii(data)]))
  const packets = [
    { bytes: ipDatagram(1, new Uint8Array(8)) },
    { bytes: udp(5353, 5353, 'mdns') },
    { bytes: join([udp(40000, 53, 'query'), new Uint8Array(9)]), seconds: 5 },
    { bytes: udp(53, 40000, 'answer') },
  ]
  const capture = await read(packets, 101)
  assert.deepEqual(
    [...capture.protocols],
    [
      ['ICMP', 1],
      ['UDP', 3],
    ],
  )
  assert.deepEqual(
    capture.datagrams.map(({ packet, from, to, bytes: data }) => [packet, from.port, to.port, latin1(data)]),
    [
      [3, 40000, 53, 'query'],
      [4, 53, 40000, 'answer'],
    ],
  )
  assert.equal(capture.datagrams[0]!.time, 5_000_000_000n)
  assert.equal((await read(packets, 101, { datagrams: 1 })).datagrams.length, 1)
  assert.equal((await read(packets, 101, { datagramBytes: 20 })).datagrams.length, 1)
})

void test('lengths: padding is no payload, offload leaves the length 0', async () => {
  const padded = await read([{ bytes: ethernet(join([four, new Uint8Array(6)])) }])
  assert.equal(told(padded.streams[0]!), 'C:hello')
  const offloaded = four.slice()
  lend(offloaded).view.setUint16(2, 0)
  assert.equal(told((await read([{ bytes: ethernet(offloaded) }])).streams[0]!), 'C:hello')
  const short = four.slice()
  lend(short).view.setUint16(2, 5)
  assert.equal((await read([{ bytes: ethernet(short) }])).notDecoded.get('damaged IP header'), 1)
  // a length beyond the frame is not believed
  const long = four.slice()
  lend(long).view.setUint16(2, 60_000)
  assert.deepEqual((await read([{ bytes: ethernet(long) }])).streams[0]!.c2s.gaps, [])
})

/** An IPv6 packet with headers put before its payload: `next` names each, the last is TCP. */
function withExtensions(...headers: { number: number; body: number[] }[]): Uint8Array {
  const packet = join([six.subarray(0, 40), ...headers.map(({ body }) => bytes(...body)), six.subarray(40)])
  lend(packet).view.setUint16(4, packet.length - 40)
  let at = 6
  let next = 40
  for (const { number, body } of headers) {
    packet[at] = number
    at = next
    next += body.length
  }
  if (headers.length > 0) packet[at] = 6
  return packet
}

void test('IPv6 extension headers are passed over', async (t) => {
  const eight = Array<number>(8).fill(0)
  const cases: [string, Uint8Array][] = [
    ['hop by hop', withExtensions({ number: 0, body: eight })],
    ['routing, 24 bytes', withExtensions({ number: 43, body: [0, 2, ...Array<number>(22).fill(0)] })],
    ['destination options twice', withExtensions({ number: 60, body: eight }, { number: 60, body: eight })],
    ['authentication', withExtensions({ number: 51, body: [0, 4, ...Array<number>(22).fill(0)] })],
    ['a fragment header on a whole datagram', withExtensions({ number: 44, body: eight })],
    [
      'all of them',
      withExtensions({ number: 0, body: eight }, { number: 44, body: eight }, { number: 60, body: eight }),
    ],
  ]
  for (const [name, packet] of cases)
    await t.test(name, async () => {
      assert.equal(told((await read([{ bytes: packet }], 101)).streams[0]!), 'C:hello')
    })
  const endless = withExtensions(...Array.from({ length: 40 }, () => ({ number: 60, body: eight })))
  assert.deepEqual([...(await read([{ bytes: endless }], 101)).protocols], [['IP protocol 60', 1]])
  const beyond = withExtensions({ number: 0, body: [0, 200, 0, 0, 0, 0, 0, 0] })
  assert.equal((await read([{ bytes: beyond }], 101)).notDecoded.get('damaged IP header'), 1)
})

const text = Array.from({ length: 100 }, (_, index) => String.fromCharCode(32 + (index % 90))).join('')

void test('IPv4 fragments in any order, repeated, give the datagram; the one that completes it is its packet', async () => {
  const fragments = ipFragments(ipPacket(client(101, text, { id: 9 })), 24)
  assert.equal(fragments.length, 5)
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...fragments, ...fragments], { minLength: 10, maxLength: 10 }),
      async (order) => {
        const capture = await read(
          order.map((fragment) => ({ bytes: fragment })),
          101,
        )
        const stream = capture.streams[0]!
        assert.equal(latin1(bytesOf(stream, 'client')), text)
        // each byte can be found again in the packet that brought it
        for (const { at, length, packet, offset } of stream.c2s.placed)
          assert.equal(latin1(order[packet - 1]!.subarray(offset, offset + length)), text.slice(at, at + length))
        assert.equal(
          stream.c2s.placed.reduce((sum, { length }) => sum + length, 0),
          text.length,
        )
        const seen = new Set<Uint8Array>()
        const completing = order.findIndex((fragment) => seen.add(fragment).size === 5) + 1
        assert.equal(stream.firstFrame, completing)
      },
    ),
    { numRuns: 100 },
  )
})

void test('of IPv4 fragments that overlap the first copy of a byte counts', async () => {
  const datagram = ipPacket(client(101, text, { id: 9 }))
  const fragments = ipFragments(datagram, 40)
  const forged = ipFragments(
    datagram.map((byte, index) => (index >= 60 ? 0x58 : byte)),
    48,
  )[1]!
  const capture = await read(
    [fragments[0]!, fragments[1]!, forged, fragments[2]!].map((bytes) => ({ bytes })),
    101,
  )
  const got = latin1(bytesOf(capture.streams[0]!, 'client'))
  assert.equal(got, text.slice(0, 60) + 'X'.repeat(16) + text.slice(76))
})

/** IPv6 fragments of a packet. */
function longFragments(packet: Uint8Array, cuts: readonly (readonly [number, number])[]): Uint8Array[] {
  const payload = packet.subarray(40)
  return cuts.map(([from, to]) => {
    const head = new Uint8Array(8)
    head[0] = 6
    lend(head).view.setUint16(2, from | (to < payload.length ? 1 : 0))
    lend(head).view.setUint32(4, 0xabcdef)
    const fragment = join([packet.subarray(0, 40), head, payload.subarray(from, to)])
    fragment[6] = 44
    lend(fragment).view.setUint16(4, fragment.length - 40)
    return fragment
  })
}

void test('IPv6 fragments; a datagram whose fragments overlap is dropped whole', async () => {
  const packet = ipPacket(client(101, text, { addresses: ['fd00::1', 'fd00::2'] }))
  const whole = await read(
    longFragments(packet, [
      [64, 120],
      [0, 64],
    ]).map((bytes) => ({ bytes })),
    101,
  )
  assert.equal(told(whole.streams[0]!), `C:${text}`)
  assert.equal(whole.streams[0]!.tcp.badChecksums, 0)
  const overlapping = await read(
    longFragments(packet, [
      [0, 64],
      [56, 120],
    ]).map((bytes) => ({ bytes })),
    101,
  )
  assert.equal(overlapping.streams.length, 0)
  assert.equal(overlapping.protocols.get('IP fragment'), 2)
})

void test('fragments are bounded in time, number and bytes, and need their multiples of eight', async () => {
  const datagrams = [1, 2, 3].map((id) => ipFragments(ipPacket(client(101, text, { id })), 64))
  const order = [...datagrams.map(([first]) => first!), ...datagrams.map(([, second]) => second!)]
  const streams = async (limits: Partial<ReadLimits>, gap = 0): Promise<number> => {
    const packets = order.map((bytes, index) => ({ bytes, seconds: index < 3 ? 0 : gap }))
    const capture = await read(packets, 101, limits)
    return capture.streams.reduce((sum, { frames }) => sum + frames, 0)
  }
  assert.equal(await streams({}), 3)
  assert.equal(await streams({}, 61), 0)
  assert.equal(await streams({ fragmentedDatagrams: 2 }), 0) // each newcomer pushes the oldest out
  assert.equal(await streams({ fragmentBytes: 64 }), 0)
  const odd = ipFragments(ipPacket(client(101, text, { id: 4 })), 64)
  const short = odd[0]!.subarray(0, 81)
  lend(short).view.setUint16(2, 81)
  assert.equal((await read([{ bytes: short }, { bytes: odd[1]! }], 101)).streams.length, 0)
})

void test('a fragment cut by the snap length cannot be joined', async () => {
  const fragments = ipFragments(ipPacket(client(101, text, { id: 9 })), 64)
  const capture = await read([{ bytes: fragments[0]!.subarray(0, 60), wireLength: 84 }, { bytes: fragments[1]! }], 101)
  assert.equal(capture.streams.length, 0)
  assert.equal(capture.truncatedPackets, 1)
})

void test('any bytes in any link type are only counted', async () => {
  const types = fc.constantFrom(0, 1, 12, 101, 108, 113, 228, 229, 276, 105)
  const start = fc.constantFrom(ethernet(four), ethernet(six), four, six, ...ipFragments(four, 8), new Uint8Array(0))
  await fc.assert(
    fc.asyncProperty(
      types,
      fc.array(fc.tuple(start, fc.uint8Array({ maxLength: 80 }), fc.array(fc.tuple(fc.nat(90), fc.nat(255)))), {
        minLength: 1,
        maxLength: 6,
      }),
      async (linkType, specs) => {
        const packets = specs.map(([head, tail, flips]) => {
          const packet = join([head, tail]).slice()
          for (const [at, value] of flips) if (at < packet.length) packet[at] = value
          return { bytes: packet, wireLength: packet.length + (tail[0] ?? 0) }
        })
        const capture = await read(
          [...handshake.map((segment) => ({ bytes: ethernet(ipPacket(segment)) })), ...packets],
          linkType,
        )
        assert.equal(capture.error, undefined)
        const counted = [...capture.notDecoded.values(), ...capture.protocols.values()].reduce((sum, n) => sum + n, 0)
        // a damaged transport header stands under its name only
        assert.equal(counted, capture.packets)
        for (const stream of capture.streams) assert.ok(stream.arrivals.length <= 60 && stream.c2s.placed.length <= 60)
      },
    ),
    { numRuns: 400 },
  )
})
