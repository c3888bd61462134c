/** Files made to cost time or memory: the work stays linear, what is kept stays bounded. */
import test from 'node:test'
import assert from 'node:assert/strict'
import { ethernet, ipFragments, ipPacket, client, pcapFile, wordBytes } from './capture.test-support.ts'
import { lend } from './lent.ts'
import { readCapture } from './read-capture.ts'

const head = pcapFile([])

/** A file of `count` copies (a multiple of 1000) of one packet; `change` alters the one at `at` in place. */
function* copies(
  count: number,
  packet: Uint8Array,
  change: (view: DataView, at: number, index: number) => void,
): Generator<Uint8Array> {
  yield head
  const perChunk = 1000
  const record = 16 + packet.length
  const chunk = new Uint8Array(record * perChunk)
  const { view } = lend(chunk)
  for (let at = 0; at < chunk.length; at += record) {
    chunk.set(wordBytes([1_000_000_000, 0, packet.length, packet.length], true), at)
    chunk.set(packet, at + 16)
  }
  for (let from = 0; from < count; from += perChunk) {
    for (let index = 0; index < perChunk; index++) change(view, index * record + 16, from + index)
    yield chunk
  }
}

/** Of an Ethernet frame with IPv4 and TCP. */
const sequenceAt = 14 + 20 + 4
const portAt = 14 + 20
const one = ethernet(ipPacket(client(0, 'x')))

void test('a million segments of one byte', async () => {
  const count = 1_000_000
  const capture = await readCapture(copies(count, one, (view, at, index) => view.setUint32(at + sequenceAt, index)))
  const [stream] = capture.streams
  assert.equal(stream!.c2s.bytes, count)
  assert.equal(stream!.arrivals.length, count)
})

void test('segments backwards: the queue gives up at its bound, what comes later is a repeat', async () => {
  const count = 300_000
  const capture = await readCapture(
    copies(count, one, (view, at, index) => view.setUint32(at + sequenceAt, count - index)),
  )
  const [stream] = capture.streams
  assert.equal(stream!.c2s.bytes, 10_001)
  assert.deepEqual(stream!.c2s.gaps, [[0, count - 10_001]])
})

void test('many conversations: those beyond the bound are counted only', async () => {
  const capture = await readCapture(
    copies(100_000, one, (view, at, index) => {
      view.setUint16(at + portAt, index & 0xffff)
      view.setUint16(at + portAt + 2, 25 + (index >> 16))
    }),
    { limits: { streams: 20_000 } },
  )
  assert.equal(capture.streams.length, 20_000)
  assert.equal(capture.notDecoded.get('TCP beyond the limit of conversations'), 80_000)
})

void test('a port that is used again with every packet', async () => {
  const syn = ethernet(ipPacket({ seq: 0, flags: 'S' }))
  const capture = await readCapture(
    copies(40_000, syn, (view, at, index) => view.setUint32(at + sequenceAt, index * 77_777)),
  )
  assert.equal(capture.streams.length, 40_000)
})

void test('one segment again and again: the copies are compared, not searched', async () => {
  const long = ethernet(ipPacket(client(0, 'y'.repeat(1400))))
  const capture = await readCapture(copies(30_000, long, (view, at) => view.setUint32(at + sequenceAt, 5)))
  assert.equal(capture.streams[0]!.c2s.bytes, 1400)
  assert.equal(capture.streams[0]!.tcp.retransmissions, 29_999)
})

void test('fragments that never complete', async () => {
  const fragment = ethernet(ipFragments(ipPacket(client(0, 'z'.repeat(64))), 8)[1]!)
  const capture = await readCapture(
    copies(100_000, fragment, (view, at, index) => {
      view.setUint16(at + 14 + 4, index >> 11)
      view.setUint16(at + 14 + 6, 0x2000 | (1 + (index & 2047)))
    }),
  )
  assert.equal(capture.protocols.get('IP fragment'), 100_000)
})

void test('headers of blocks that claim much and hold nothing', async () => {
  function* claims(): Generator<Uint8Array> {
    yield head
    yield wordBytes([1, 1, 1024 * 1024, 1], true)
    for (let index = 0; index < 100; index++) yield new Uint8Array(1)
  }
  const capture = await readCapture(claims())
  assert.equal(capture.error?.kind, 'truncated')
  assert.equal(capture.packets, 0)
})
