/** The rules of TCP reassembly (wire.md §5), one row each, through a whole capture. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Capture, Stream } from './capture.ts'
import { bytesOf, captureOf, client, fileOf, handshake, latin1, server, textOf, told } from './capture.test-support.ts'
import type { TestSegment } from './capture.test-support.ts'
import { readCapture } from './read-capture.ts'

function only(capture: Capture): Stream {
  assert.equal(capture.error, undefined)
  assert.equal(capture.streams.length, 1)
  return capture.streams[0]!
}

interface Row {
  readonly name: string
  readonly segments: readonly TestSegment[]
  readonly c2s: string
  readonly gaps?: readonly (readonly [number, number])[]
  readonly again?: number
}

const rows: readonly Row[] = [
  { name: 'in order', segments: [client(101, 'abc'), client(104, 'def')], c2s: 'abcdef' },
  { name: 'out of order', segments: [client(104, 'def'), client(101, 'abc')], c2s: 'abcdef' },
  { name: 'repeated', segments: [client(101, 'abc'), client(101, 'abc'), client(104, 'd')], c2s: 'abcd', again: 3 },
  { name: 'repeated with a new tail', segments: [client(101, 'abc'), client(102, 'bcd')], c2s: 'abcd', again: 2 },
  { name: 'delivered bytes stay', segments: [client(101, 'abc'), client(101, 'XYZd')], c2s: 'abcd', again: 3 },
  {
    name: 'the segment that fills a hole wins over the one that waited',
    segments: [client(101, 'a'), client(104, '2222'), client(102, 'xyz')],
    c2s: 'axyz222',
    again: 1,
  },
  {
    name: 'of waiting segments the one that reaches first counts, then tails',
    segments: [client(105, 'EEE'), client(103, 'cccc'), client(101, 'ab')],
    c2s: 'abccccE',
    again: 2,
  },
  {
    name: 'a hole that other bytes follow',
    segments: [client(101, 'abc'), client(121, 'def')],
    c2s: 'abc[17]def',
    gaps: [[3, 17]],
  },
  {
    name: 'a hole that a FIN follows',
    segments: [client(101, 'abc'), client(106, '', { flags: 'F' })],
    c2s: 'abc[2]',
    gaps: [[3, 2]],
  },
  {
    name: 'a hole that only the acknowledgement shows',
    segments: [client(101, 'abc'), server(501, '', { ack: 108 })],
    c2s: 'abc[4]',
    gaps: [[3, 4]],
  },
  {
    name: 'a hole that is filled after it was acknowledged',
    segments: [client(104, 'def'), server(501, '', { ack: 107 }), client(101, 'abc')],
    c2s: 'abcdef',
  },
  { name: 'the acknowledgement of a FIN is no hole', segments: finished(client(101, 'abc')), c2s: 'abc' },
  {
    name: 'keep-alive with a byte of garbage',
    segments: [client(101, 'abc'), client(103, '\0'), client(104, 'd')],
    c2s: 'abcd',
    again: 1,
  },
  { name: 'keep-alive without a byte', segments: [client(101, 'abc'), client(103, ''), client(104, 'd')], c2s: 'abcd' },
  { name: 'keep-alive before the first byte', segments: [client(100, '\0'), client(101, 'a')], c2s: 'a', again: 1 },
  { name: 'data with the FIN', segments: [client(101, 'bye', { flags: 'F' })], c2s: 'bye' },
  {
    name: 'data behind the FIN is no part of the stream',
    segments: [client(101, 'bye', { flags: 'F' }), client(105, 'more')],
    c2s: 'bye',
    again: 4,
  },
  {
    name: 'the FIN overtakes the last data',
    segments: [client(104, '', { flags: 'F' }), client(101, 'abc')],
    c2s: 'abc',
  },
  {
    name: 'data after a RST is shown',
    segments: [client(101, 'a', {}), rst('client', 102), client(102, 'b')],
    c2s: 'ab',
  },
  {
    name: 'far outside the window is not the stream',
    segments: [client(101, 'a'), client(101 + 2 ** 31 - 5, 'zzz'), client(102, 'b')],
    c2s: 'ab',
    again: 3,
  },
  {
    name: 'a wrong checksum counts where there is no other copy',
    segments: [client(101, 'abc', { isBad: true }), client(104, 'def', { isBad: true })],
    c2s: 'abcdef',
  },
  {
    name: 'a copy with a wrong checksum gives way to one with a right one, even if it came first',
    segments: [client(101, 'aXc', { isBad: true }), client(101, 'abc'), client(104, 'd')],
    c2s: 'abcd',
    again: 3,
  },
]

function finished(...segments: TestSegment[]): TestSegment[] {
  return [...segments, client(104, '', { flags: 'F' }), server(501, '', { ack: 105 })]
}

function rst(from: 'client' | 'server', seq: number): TestSegment {
  return { from, seq, flags: 'R' }
}

void test('rules, with a handshake', async (t) => {
  for (const { name, segments, c2s, gaps = [], again = 0 } of rows)
    await t.test(name, async () => {
      const stream = only(await captureOf([...handshake, ...segments]))
      assert.equal(textOf(stream, 'client'), c2s)
      assert.deepEqual(stream.c2s.gaps, gaps)
      assert.equal(stream.c2s.retransmittedBytes, again)
      assert.equal(stream.c2s.bytes, c2s.replaceAll(/\[\d+\]/g, '').length)
      assert.equal(stream.synSeen, true)
    })
})

void test('the rules hold where sequence numbers run over 2^32', async (t) => {
  const base = 2 ** 32 - 103
  for (const { name, segments, c2s, gaps = [] } of rows)
    await t.test(name, async () => {
      const moved = [...handshake, ...segments].map((segment): TestSegment => {
        if (segment.from === 'client') return { ...segment, seq: (segment.seq + base) % 2 ** 32 }
        return { ...segment, ack: ((segment.ack ?? 0) + base) % 2 ** 32 }
      })
      const stream = only(await captureOf(moved))
      assert.equal(textOf(stream, 'client'), c2s)
      assert.deepEqual(stream.c2s.gaps, gaps)
    })
})

void test('without a SYN a stream begins at the first byte seen', async (t) => {
  const cases: [string, TestSegment[], string][] = [
    ['plain', [client(101, 'abc'), client(104, 'd')], 'abcd'],
    ['reordered at the start', [client(104, 'd'), client(101, 'abc')], 'abcd'],
    ['a repeat of what went before', [server(501, '', { ack: 104 }), client(104, 'd'), client(101, 'abc')], 'd'],
    ['a keep-alive first', [server(501, '', { ack: 104 }), client(103, '\0'), client(104, 'd')], 'd'],
  ]
  for (const [name, segments, c2s] of cases)
    await t.test(name, async () => {
      const stream = only(await captureOf(segments))
      assert.equal(textOf(stream, 'client'), c2s)
      assert.equal(stream.synSeen, false)
      assert.deepEqual(stream.client, { address: '10.0.0.1', port: 40000 })
      assert.deepEqual(stream.c2s.gaps, [])
    })
})

void test('who is the client', async (t) => {
  const cases: [string, TestSegment[], number][] = [
    ['sender of the SYN, whatever the port', [{ from: 'client', seq: 1, flags: 'S', ports: [25, 5025] }], 25],
    ['receiver of the SYN-ACK', [{ from: 'server', seq: 1, ack: 9, flags: 'S', ports: [25, 5025] }], 25],
    ['the one without the well-known port', [{ from: 'server', seq: 1, ack: 9, ports: [5025, 25] }], 5025],
    ['the one with the ephemeral port', [{ from: 'server', seq: 1, ack: 9, ports: [50250, 2525] }], 50250],
    ['else the first that speaks', [{ from: 'server', seq: 1, ack: 9, ports: [4000, 4001] }], 4001],
  ]
  for (const [name, segments, port] of cases)
    await t.test(name, async () => assert.equal(only(await captureOf(segments)).client.port, port))
})

void test('a SYN with data: it counts', async () => {
  const stream = only(
    await captureOf([
      { from: 'client', seq: 100, flags: 'S', data: 'EHLO' },
      { from: 'server', seq: 500, ack: 105, flags: 'S' },
      client(105, ' x'),
    ]),
  )
  assert.equal(told(stream), 'C:<syn> C:EHLO S:<syn> C: x')
})

void test('the same ends again: a SYN with another number is a new conversation', async () => {
  const again = [...handshake, client(101, 'two')].map((segment): TestSegment => {
    const own = segment.from === 'client' ? 7000 : 9000
    return { ...segment, seq: segment.seq + own, ...(segment.ack ? { ack: segment.ack + 16000 - own } : {}) }
  })
  const { streams } = await captureOf([...handshake, client(101, 'one'), ...again])
  assert.deepEqual(
    streams.map((stream) => [stream.index, textOf(stream, 'client'), stream.frames, stream.firstFrame]),
    [
      [0, 'one', 4, 1],
      [1, 'two', 4, 5],
    ],
  )
  // the same number is the same connection
  assert.equal(only(await captureOf([...handshake, ...handshake, client(101, 'one')])).tcp.retransmissions, 2)
})

void test('the roles may be turned when the ends are used again', async () => {
  const { streams } = await captureOf([
    ...handshake,
    client(101, 'one'),
    { from: 'server', seq: 9000, flags: 'S' },
    { from: 'client', seq: 3000, ack: 9001, flags: 'S' },
    { from: 'server', seq: 9001, ack: 3001, data: 'two' },
  ])
  assert.deepEqual(
    streams.map((stream) => [stream.client.port, told(stream)]),
    [
      [40000, 'C:<syn> S:<syn> C:one'],
      [25, 'C:<syn> S:<syn> C:two'],
    ],
  )
})

void test('a doubled packet is a duplicate, a repeat is a retransmission', async () => {
  const segment = client(101, 'abc', { id: 77, time: 1 })
  const doubled = only(await captureOf([...handshake, segment, { ...segment, time: 1.0005 }]))
  assert.equal(doubled.tcp.duplicatePackets, 1)
  assert.equal(doubled.tcp.retransmissions, 0)
  assert.equal(doubled.c2s.retransmittedBytes, 3)
  assert.equal(doubled.frames, 5)
  const later = only(await captureOf([...handshake, segment, { ...segment, time: 1.3 }]))
  assert.equal(later.tcp.duplicatePackets, 0)
  assert.equal(later.tcp.retransmissions, 1)
})

void test('what TCP did is counted', async () => {
  const { tcp } = only(
    await captureOf([
      ...handshake,
      client(101, 'abc', { time: 1 }),
      client(110, 'jkl', { time: 1.1 }),
      server(501, '', { ack: 104, time: 1.11 }),
      server(501, '', { ack: 104, time: 1.12 }),
      server(501, '', { ack: 104, time: 1.13, window: 0 }),
      client(107, 'ghi', { time: 1.1025 }),
      client(104, 'def', { time: 2 }),
      client(112, '', { time: 60 }),
      client(101, 'abX', { time: 61, isBad: true, flags: 'P' }),
    ]),
  )
  assert.deepEqual(tcp, {
    retransmissions: 1,
    outOfOrder: 1,
    duplicateAcks: 1,
    duplicatePackets: 0,
    zeroWindows: 1,
    keepAlives: 1,
    overlapConflicts: 0,
    badChecksums: 1,
  })
})

void test('copies that differ are told, with place and packet', async () => {
  const stream = only(await captureOf([...handshake, client(101, 'abc'), client(104, 'def'), client(102, 'bXXe')]))
  assert.equal(stream.tcp.overlapConflicts, 1)
  assert.deepEqual(stream.c2s.conflicts, [{ at: 1, length: 2, packet: 6 }])
  const waited = only(await captureOf([...handshake, client(104, '222'), client(101, 'abcd')]))
  assert.equal(waited.tcp.overlapConflicts, 1)
})

void test('a packet cut by the snap length leaves a hole of known length', async () => {
  const long = 'x'.repeat(50)
  const stream = only(await captureOf([...handshake, client(101, long), client(151, 'end')], { snap: 74 }))
  assert.equal(textOf(stream, 'client'), `${'x'.repeat(20)}[30]end`)
  assert.match(told(stream), /C\[30 cut by snap length\] C:end/)
  assert.deepEqual(stream.c2s.gaps, [[20, 30]])
  const headless = only(await captureOf([...handshake, client(101, long), client(151, long)], { snap: 54 }))
  assert.deepEqual(headless.c2s.gaps, [[0, 100]])
  assert.equal(headless.c2s.bytes, 0)
})

void test('the times of bytes that waited: their own, and when the hole before them was filled', async () => {
  const stream = only(await captureOf([...handshake, client(104, 'def', { time: 1 }), client(101, 'abc', { time: 2 })]))
  const bytes = stream.arrivals.flatMap((arrival) => (arrival.what === 'bytes' ? [arrival] : []))
  const second = (time: bigint): number => Number(time / 1_000_000_000n) - 1_000_000_000
  assert.deepEqual(
    bytes.map(({ start, packet, time, firstTime }) => [start, packet, second(time), second(firstTime)]),
    [
      [0, 5, 2, 2],
      [3, 4, 2, 1],
    ],
  )
  assert.equal(stream.handshakeRtt, 20_000_000n)
})

void test('every byte has its place in a packet', async () => {
  const segments = [...handshake, client(101, 'abc'), client(107, 'gh'), client(102, 'bcdefgh')]
  const stream = only(await captureOf(segments))
  assert.deepEqual(stream.c2s.placed, [
    { at: 0, length: 3, packet: 4, offset: 54 },
    { at: 3, length: 5, packet: 6, offset: 56 },
  ])
})

void test('beyond its bounds a queue gives up the hole', async () => {
  const waiting = Array.from({ length: 30 }, (_, index) => client(110 + index, 'x'))
  const segments = [...handshake, ...waiting, client(101, 'too late.')]
  const few = only(await captureOf(segments, { limits: { queuedSegments: 20 } }))
  assert.equal(textOf(few, 'client'), `[9]${'x'.repeat(30)}`)
  const small = only(await captureOf(segments, { limits: { queuedBytes: 20 } }))
  assert.equal(textOf(small, 'client'), `[9]${'x'.repeat(30)}`)
  const enough = only(await captureOf(segments))
  assert.equal(textOf(enough, 'client'), `too late.${'x'.repeat(30)}`)
})

void test('payload beyond the bound of memory is told as not kept', async () => {
  const segments = [...handshake, client(101, 'abc'), client(104, 'def')]
  const stream = only(await captureOf(segments, { limits: { streamBytes: 4 } }))
  assert.equal(told(stream), 'C:<syn> S:<syn> C:abc C[3 not kept]')
  assert.deepEqual(stream.c2s.gaps, [])
})

void test('conversations beyond the bound are counted', async () => {
  const many = Array.from({ length: 5 }, (_, index) => client(101, 'a', { ports: [40000 + index, 25] }))
  const capture = await captureOf(many, { limits: { streams: 3 } })
  assert.equal(capture.streams.length, 3)
  assert.deepEqual([...capture.notDecoded], [['TCP beyond the limit of conversations', 2]])
})

const hasTshark = spawnSync('tshark', ['--version']).status === 0

void test(
  'where copies overlap beyond a hole tshark follows the same bytes',
  { skip: hasTshark ? false : 'tshark is not installed' },
  async () => {
    const overlaps = [
      [client(101, 'a'), client(104, '2222'), client(102, 'xyz')],
      [client(105, 'EEE'), client(103, 'cccc'), client(101, 'ab')],
      [client(101, 'ab'), client(110, 'QQQQ'), client(108, 'wwwwww'), client(103, 'ccccc')],
    ]
    const folder = mkdtempSync(join(tmpdir(), 'postglass-overlap-'))
    const path = join(folder, 'overlap.pcap')
    try {
      for (const segments of overlaps) {
        const file = fileOf([...handshake, ...segments])
        writeFileSync(path, file)
        const output = execFileSync('tshark', ['-r', path, '-q', '-z', 'follow,tcp,raw,0'], {
          encoding: 'latin1',
          stdio: ['ignore', 'pipe', 'ignore'],
        })
        const hex = output.split('\n').filter((line) => /^[0-9a-f]+$/.test(line))
        const text = textOf(only(await readCapture([file])), 'client')
        assert.equal(Buffer.from(hex.join(''), 'hex').toString(), text)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

/** Cuts a text into segments, some of them twice and overlapping, and shuffles them. */
const shuffledText = fc
  .tuple(
    fc.uint8Array({ minLength: 1, maxLength: 400 }),
    fc.array(fc.tuple(fc.nat(399), fc.integer({ min: 1, max: 60 })), { maxLength: 30 }),
  )
  .chain(([bytes, extra]) => {
    const pieces: { at: number; data: Uint8Array }[] = []
    for (let at = 0; at < bytes.length; at += 37) pieces.push({ at, data: bytes.slice(at, at + 37) })
    for (const [from, length] of extra) {
      const data = bytes.slice(from, from + length)
      if (data.length > 0) pieces.push({ at: from, data })
    }
    return fc.record({
      bytes: fc.constant(bytes),
      base: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      pieces: fc.shuffledSubarray(pieces, { minLength: pieces.length, maxLength: pieces.length }),
    })
  })

void test('any order and any repetition of segments gives the same stream', async () => {
  await fc.assert(
    fc.asyncProperty(shuffledText, async ({ bytes, base, pieces }) => {
      const stream = only(
        await captureOf([
          { from: 'client', seq: base, flags: 'S' },
          ...pieces.map(({ at, data }) => ({ seq: base + 1 + at, ack: 501, data })),
        ]),
      )
      assert.equal(latin1(bytesOf(stream, 'client')), latin1(bytes))
      assert.deepEqual(stream.c2s.gaps, [])
      assert.equal(stream.tcp.overlapConflicts, 0)
      const captured = pieces.reduce((sum, { data }) => sum + data.length, 0)
      assert.equal(stream.c2s.retransmittedBytes, captured - bytes.length)
      let next = 0
      for (const { at, length } of stream.c2s.placed) {
        assert.equal(at, next)
        next += length
      }
      assert.equal(next, bytes.length)
    }),
    { numRuns: 300 },
  )
})

void test('whatever is missing is a gap, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(shuffledText, fc.infiniteStream(fc.boolean()), async ({ bytes, base, pieces }, coins) => {
      const kept = pieces.filter(() => coins.next().value)
      const stream = only(
        await captureOf([
          { from: 'client', seq: base, flags: 'S' },
          ...kept.map(({ at, data }) => ({ seq: base + 1 + at, ack: 501, data })),
          { from: 'client', seq: base + 1 + bytes.length, ack: 501, flags: 'F' },
        ]),
      )
      const isThere = new Set(kept.flatMap(({ at, data }) => Array.from(data, (_, index) => at + index)))
      const missing = stream.c2s.gaps.flatMap(([at, length]) => Array.from({ length }, (_, index) => at + index))
      assert.deepEqual(
        missing,
        Array.from(bytes.keys()).filter((at) => !isThere.has(at)),
      )
      assert.equal(stream.c2s.bytes, isThere.size)
    }),
    { numRuns: 200 },
  )
})
