/** File formats: what each says is read, damage is told, and chunks may be cut anywhere. */
import { gzipSync } from 'node:zlib'
import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Capture } from './capture.ts'
import {
  TestPcapng,
  ascii,
  captureOf,
  client,
  ethernet,
  handshake,
  ipPacket,
  pcapFile,
  server,
  told,
  wordBytes,
} from './capture.test-support.ts'
import { join } from './lent.ts'
import { readCapture } from './read-capture.ts'

const frames = [...handshake, client(101, 'HELO a'), server(501, '250 ok', { ack: 107 })].map((segment) =>
  ethernet(ipPacket(segment)),
)
const story = 'C:<syn> S:<syn> C:HELO a S:250 ok'
/** 2026-11-22T00:39:04 UTC. */
const second = 1_795_307_944

const packets = frames.map((bytes, index) => ({ bytes, seconds: second, fraction: index + 7 }))

function check(capture: Capture, firstNanos: bigint): void {
  assert.equal(capture.error, undefined)
  assert.equal(capture.packets, frames.length)
  assert.equal(told(capture.streams[0]!), story)
  assert.equal(capture.firstTime, BigInt(second) * 1_000_000_000n + firstNanos)
}

void test('pcap in each byte order and resolution', async (t) => {
  for (const little of [true, false])
    for (const nanos of [true, false])
      await t.test(`${little ? 'little' : 'big'}-endian, ${nanos ? 'nano' : 'micro'}seconds`, async () => {
        check(await readCapture([pcapFile(packets, { little, nanos })]), nanos ? 7n : 7000n)
      })
  await t.test('the upper bits of the link type tell of a frame check sequence', async () => {
    check(await readCapture([pcapFile(packets, { linkType: 0x44000001 })]), 7000n)
  })
  await t.test('microseconds above one million', async () => {
    const [first, ...others] = packets
    const capture = await readCapture([pcapFile([{ ...first!, fraction: 2_000_007 }, ...others])])
    check(capture, 2_000_007_000n)
  })
})

function plainPcapng(little: boolean, ...options: Parameters<TestPcapng['option']>[]): TestPcapng {
  const file = new TestPcapng(little)
  return file.section().interface(1, ...options.map(([code, value]) => file.option(code, value)))
}

void test('pcapng in each byte order and resolution', async (t) => {
  const micros = BigInt(second) * 1_000_000n + 7n
  const cases: [string, number | undefined, bigint, bigint][] = [
    ['microseconds if nothing is said', undefined, micros, 7000n],
    ['nanoseconds', 9, BigInt(second) * 1_000_000_000n + 123_456_789n, 123_456_789n],
    ['milliseconds', 3, BigInt(second) * 1000n + 7n, 7_000_000n],
    // as fine as today's time fits into 64 bits
    ['tenths of nanoseconds', 10, BigInt(second) * 10n ** 10n + 79n, 7n],
    ['powers of two', 0x80 | 10, BigInt(second) * 1024n + 512n, 500_000_000n],
  ]
  for (const little of [true, false])
    for (const [name, resolution, time, nanos] of cases)
      await t.test(`${name}, ${little ? 'little' : 'big'}-endian`, async () => {
        const file = plainPcapng(
          little,
          ...(resolution === undefined
            ? []
            : [[9, Uint8Array.of(resolution)] as const].map(([code, value]): [number, Uint8Array] => [code, value])),
        )
        for (const bytes of frames) file.packet(0, time, bytes)
        check(await readCapture([file.file()]), nanos)
      })
  await t.test('seconds to add to each time', async () => {
    const file = plainPcapng(false, [14, join([wordBytes([0, 100], false)])])
    for (const bytes of frames) file.packet(0, micros - 100_000_000n, bytes)
    check(await readCapture([file.file()]), 7000n)
  })
})

void test('every kind of block', async () => {
  const file = new TestPcapng(true)
  const micros = BigInt(second) * 1_000_000n
  file.section(file.option(1, ascii('of the file')))
  file.interface(
    1,
    file.option(2, ascii('eth0')),
    file.option(3, ascii('a wire')),
    file.option(1, ascii('of the card')),
  )
  file.interface(101)
  file.block(0x0bad, ascii('custom'))
  file.block(4, Uint8Array.of(1, 0, 10, 0, 10, 0, 0, 1), ascii('a.test\0'), new Uint8Array(2), file.words(0))
  file.packet(0, micros, frames[0]!, file.option(1, new TextEncoder().encode('邮件')), file.option(1, ascii('two')))
  file.packet(1, micros, frames[1]!.subarray(14))
  file.obsoletePacket(0, micros, frames[2]!)
  file.simplePacket(frames[3]!)
  file.block(10, file.words(0x544c534b, 12), ascii('CLIENT_RANDO'))
  file.block(10, file.words(0x5353484b, 4), ascii('ssh!'))
  file.block(5, file.words(0, 0, 0))
  const other = new TestPcapng(false).section().interface(101)
  other.packet(0, micros, frames[4]!.subarray(14)).packet(3, micros, frames[4]!)
  const capture = await readCapture([join([file.file(), other.file()])])
  assert.equal(capture.error, undefined)
  assert.equal(told(capture.streams[0]!), story)
  assert.equal(capture.packets, 6)
  assert.deepEqual(
    capture.comments.map(({ text, packet }) => [text, packet]),
    [
      ['of the file', undefined],
      ['of the card', undefined],
      ['邮件', 1],
      ['two', 1],
    ],
  )
  assert.equal(capture.keyLog, 'CLIENT_RANDO\n')
  assert.deepEqual([...capture.names], [['10.0.0.1', ['a.test']]])
  assert.deepEqual(capture.linkTypes, [
    { number: 1, name: 'EN10MB' },
    { number: 101, name: 'RAW' },
  ])
  assert.deepEqual(capture.interfaces[0], { linkType: 1, name: 'eth0', description: 'a wire' })
  assert.deepEqual([...capture.notDecoded], [['interface not described', 1]])
})

const good = pcapFile(packets)
const goodPcapng = (): TestPcapng => plainPcapng(true).packet(0, 1n, frames[0]!)

void test('damage is told, and what stood before it is shown', async (t) => {
  const huge = wordBytes([second, 0, 0x7fffffff, 0x7fffffff], true)
  const wild = wordBytes([0x12345678, 0xfffffff0, 0xdeadbeef, 1], true)
  const cases: [string, Uint8Array, string | undefined, number][] = [
    ['no bytes', new Uint8Array(0), 'empty', 0],
    ['three bytes', ascii('abc'), 'bad-magic', 0],
    ['a page', ascii('<!doctype html><title>x</title>'), 'bad-magic', 0],
    ['a modified pcap', join([wordBytes([0xa1b2cd34], true), good.subarray(4)]), 'unsupported', 0],
    ['half a head', good.subarray(0, 20), 'truncated', 0],
    ['a head and nothing', good.subarray(0, 24), undefined, 0],
    ['half a packet head', good.subarray(0, 24 + 16 + 54 + 5), 'truncated', 1],
    ['half a packet', good.subarray(0, good.length - 1), 'truncated', 4],
    ['a packet of 2 GB', join([good, huge, new Uint8Array(500)]), 'bad-caplen', 5],
    ['garbage', join([good, wild, new Uint8Array(500)]), 'garbage-at-end', 5],
    ['pcapng, half a section', goodPcapng().file().subarray(0, 20), 'truncated', 0],
    ['pcapng, half a block', goodPcapng().packet(0, 1n, frames[0]!).file().slice(0, -8), 'truncated', 1],
    [
      'pcapng, version 2',
      new TestPcapng().block(0x0a0d0d0a, wordBytes([0x1a2b3c4d, 2, ~0, ~0], true)).file(),
      'unsupported',
      0,
    ],
    [
      'pcapng, no byte order',
      new TestPcapng().block(0x0a0d0d0a, wordBytes([7, 1, ~0, ~0], true)).file(),
      'bad-magic',
      0,
    ],
    ['pcapng, length 8', join([goodPcapng().file(), wordBytes([6, 8, 8], true)]), 'bad-block-length', 1],
    [
      'pcapng, length no multiple of 4',
      join([goodPcapng().file(), wordBytes([6, 31, 8], true)]),
      'bad-block-length',
      1,
    ],
    ['pcapng, a block of 1 GB', join([goodPcapng().file(), wordBytes([6, 2 ** 30, 8], true)]), 'bad-block-length', 1],
    ['pcapng, two lengths', join([goodPcapng().file(), wordBytes([5, 16, 0, 20], true)]), 'bad-block-length', 1],
    ['pcapng, garbage', join([goodPcapng().file(), wordBytes([0xdeadbeef, 0xfeedface, 8], true)]), 'garbage-at-end', 1],
    [
      'pcapng, packet over its block',
      goodPcapng()
        .block(6, wordBytes([0, 0, 0, 999, 999], true))
        .file(),
      'bad-caplen',
      1,
    ],
    [
      'pcapng, secrets over their block',
      goodPcapng()
        .block(10, wordBytes([0x544c534b, 999], true))
        .file(),
      'bad-block-length',
      1,
    ],
    ['pcapng, empty packet block', goodPcapng().block(6).file(), 'bad-block-length', 1],
    ['gzip, cut', gzipSync(good).subarray(0, -12), 'truncated', -1],
    ['gzip, cut in its trailer', gzipSync(good).subarray(0, -4), 'truncated', 5],
    [
      'gzip, damaged sum',
      gzipSync(good).map((byte, index, all) => (index === all.length - 6 ? byte ^ 1 : byte)),
      'bad-gzip',
      -1,
    ],
    ['gzip, then zeros', join([gzipSync(good), new Uint8Array(600)]), undefined, 5],
    ['gzip, then garbage', join([gzipSync(good), ascii('a tail of words')]), 'bad-gzip', -1],
    ['gzip of a page', gzipSync(ascii('<!doctype html>')), 'bad-magic', 0],
    ['gzip of nothing', gzipSync(new Uint8Array(0)), 'empty', 0],
  ]
  for (const [name, bytes, kind, before] of cases)
    await t.test(name, async () => {
      for (const size of [bytes.length, 7]) {
        const capture = await readCapture(cut(bytes, size))
        assert.equal(capture.error?.kind, kind)
        if (before >= 0) assert.equal(capture.packets, before)
        if (capture.error) assert.equal(capture.error.packets, capture.packets)
      }
    })
})

function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

void test('gzip round a file: one member or several, cut anywhere', async () => {
  const half = good.length >> 1
  const members = join([gzipSync(good.subarray(0, half)), gzipSync(good.subarray(half))])
  for (const size of [1, 2, 3, 100, members.length]) {
    check(await readCapture(cut(gzipSync(good), size)), 7000n)
    check(await readCapture(cut(members, size)), 7000n)
  }
})

void test('what inflates beyond belief is stopped', async () => {
  const bomb = gzipSync(join([good, new Uint8Array(4_000_000)]))
  const byRatio = await readCapture([bomb], { limits: { inflateGrace: 100_000 } })
  assert.equal(byRatio.error?.kind, 'bad-gzip')
  const byBytes = await readCapture([bomb], { limits: { inflatedBytes: 1_000_000 } })
  assert.equal(byBytes.error?.kind, 'bad-gzip')
  assert.ok(byBytes.packets >= 5)
})

void test('limits hold: interfaces, comments, names, key log, packet length', async () => {
  const file = new TestPcapng()
  file.section(file.option(1, ascii('x'.repeat(100))), file.option(1, ascii('y'.repeat(100))))
  file.block(10, file.words(0x544c534b, 8), ascii('12345678')).block(10, file.words(0x544c534b, 8), ascii('12345678'))
  file.interface().interface().packet(0, 1n, frames[0]!)
  const bytes = file.file()
  assert.equal((await readCapture([bytes], { limits: { interfaces: 1 } })).error?.kind, 'unsupported')
  assert.equal((await readCapture([bytes], { limits: { packetBytes: 20 } })).error?.kind, 'bad-caplen')
  assert.equal((await readCapture([bytes], { limits: { textLength: 250 } })).comments.length, 1)
  assert.equal((await readCapture([bytes], { limits: { keyLogLength: 10 } })).keyLog, '12345678\n')
  assert.equal((await readCapture([bytes], { limits: { blockBytes: 64 } })).error?.kind, 'bad-block-length')
})

const pcapngFile = goodPcapng().packet(0, 2n, frames[1]!).simplePacket(frames[2]!).packet(0, 3n, frames[3]!).file()

/** What a capture tells, without its time-dependent parts. */
function gist(capture: Capture): unknown {
  return [capture.packets, capture.error, capture.streams.map(told), capture.wireBytes, capture.comments]
}

void test('a file cut into chunks anywhere reads the same', async () => {
  const whole = [await readCapture([good]), await readCapture([pcapngFile])].map(gist)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 40 }), async (sizes) => {
      for (const [index, file] of [good, pcapngFile].entries()) {
        const chunks: Uint8Array[] = []
        let at = 0
        for (let turn = 0; at < file.length; turn++) {
          // some chunks are empty, but not all
          const size = (sizes[turn % sizes.length] ?? 1) + (turn % sizes.length === 0 ? 1 : 0)
          chunks.push(file.slice(at, at + size))
          at += size
        }
        assert.deepEqual(gist(await readCapture(chunks)), whole[index])
      }
    }),
    { numRuns: 100 },
  )
})

void test('a chunk may be used again once the next is asked for', async () => {
  const shared = new Uint8Array(11)
  function* reusing(): Generator<Uint8Array> {
    for (let at = 0; at < good.length; at += shared.length) {
      const piece = good.subarray(at, at + shared.length)
      shared.set(piece)
      yield shared.subarray(0, piece.length)
    }
  }
  check(await readCapture(reusing()), 7000n)
})

void test('truncated and damaged files never throw, and give no more packets than they hold', async () => {
  const files = [good, pcapngFile, gzipSync(good)]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
      async (file, end, flips) => {
        const bytes = file.slice(0, end % (file.length + 1))
        for (const [at, value] of flips) if (bytes.length > 0) bytes[at % bytes.length] = value
        const capture = await readCapture([bytes], { limits: { inflatedBytes: 1_000_000 } })
        assert.ok(capture.packets <= 1_000_000 / 16)
        for (const stream of capture.streams) {
          assert.ok(stream.arrivals.length < 100)
          assert.ok(stream.c2s.bytes + stream.s2c.bytes <= 1_000_000)
          assert.ok(stream.c2s.placed.length + stream.s2c.placed.length < 100)
        }
      },
    ),
    { numRuns: 600 },
  )
})

void test('progress counts the bytes of the file', async () => {
  const seen: number[] = []
  await readCapture(cut(good, 100), { progress: (bytes) => seen.push(bytes) })
  assert.equal(seen.at(-1), good.length)
  assert.equal(seen.length, Math.ceil(good.length / 100))
})

void test('a failing source is passed on', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield good.subarray(0, 50)
    await Promise.reject(new Error('disk'))
  }
  await assert.rejects(readCapture(failing()), /disk/)
  assert.ok((await captureOf([client(1, 'x')])).packets === 1)
})
