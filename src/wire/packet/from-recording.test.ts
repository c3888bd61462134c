/** A recording as a stream tells the same as the file that is written of it, read back. */
import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ascii, bytesOf, latin1, told } from './capture.test-support.ts'
import { conversationOfRecording, streamOfRecording } from './from-recording.ts'
import { readCapture } from './read-capture.ts'
import type { Kept, Recording } from './recording.ts'
import { writeCapture } from './write-capture.ts'

const began = 1_795_308_790_000_000_000n

const recordingOf = (kept: readonly Kept[], more: Partial<Recording> = {}): Recording => ({
  protocol: 'smtp',
  ours: 'server',
  client: { address: '::ffff:192.0.2.1', port: 40000 },
  server: { address: '198.51.100.2', port: 25 },
  implicitTls: false,
  began,
  ended: began + 10n ** 9n,
  kept,
  keyLog: ['CLIENT_RANDOM 00 11\n'],
  secrets: [],
  ...more,
})

const bytes = (side: 'client' | 'server', text: string, after: number): Kept => ({
  what: 'bytes',
  side,
  time: began + BigInt(after) * 1_000_000n,
  bytes: ascii(text),
})

void test('one chunk is one arrival, at its time, in the packet that ends it', () => {
  const stream = streamOfRecording(
    recordingOf([bytes('server', '220 hi\r\n', 1), bytes('client', 'x'.repeat(3000), 2)]),
  )
  assert.equal(told(stream), `C:<syn> S:<syn> S:220 hi\r\n C:${'x'.repeat(3000)} C:<fin> S:<fin>`)
  const [, , greeting, body] = stream.arrivals
  assert.deepEqual([greeting!.packet, greeting!.time], [4, began + 1_000_000n])
  assert.deepEqual([body!.packet, body!.time], [8, began + 2_000_000n])
  assert.deepEqual(stream.c2s.placed, [
    { at: 0, length: 1460, packet: 6, offset: 54 },
    { at: 1460, length: 1460, packet: 7, offset: 54 },
    { at: 2920, length: 80, packet: 8, offset: 54 },
  ])
  assert.deepEqual(stream.end, ['client FIN', 'server FIN'])
})

void test('what was not kept is lost, what is inside TLS counts from 0 again', () => {
  const tls = { version: 'TLSv1.3', cipher: 'x', sni: undefined, alpn: undefined, group: undefined }
  const stream = streamOfRecording(
    recordingOf([
      bytes('server', '220 hi\r\n', 1),
      { what: 'lost', side: 'server', time: began + 2n, size: 40 },
      { what: 'lost', side: 'server', time: began + 2n, size: 2 },
      { what: 'sealed', time: began + 3_000_000n, tls },
      bytes('server', 'in', 4),
    ]),
  )
  assert.equal(told(stream), 'C:<syn> S:<syn> S:220 hi\r\n S[40 not kept] S[2 not kept] sealed S:in C:<fin> S:<fin>')
  assert.deepEqual(stream.s2c.gaps, [[8, 42]])
  const inner = stream.arrivals.find((arrival) => arrival.what === 'bytes' && latin1(arrival.bytes) === 'in')
  assert.equal(inner && 'start' in inner && inner.start, 0)
})

void test('a connection that is open, and one without a byte', () => {
  assert.deepEqual(streamOfRecording(recordingOf([], { ended: undefined })).end, ['open'])
  assert.equal(told(streamOfRecording(recordingOf([]))), 'C:<syn> S:<syn> C:<fin> S:<fin>')
})

void test('it is what the file that is written of it reads back as', async () => {
  const kept = fc.array(
    fc.record({
      what: fc.constant('bytes' as const),
      side: fc.constantFrom('client' as const, 'server' as const),
      time: fc.bigInt(began, began + 10n ** 9n),
      bytes: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.constant(new Uint8Array(40_000).fill(65))),
    }),
    { maxLength: 8 },
  )
  const address = fc.constantFrom('192.0.2.1', '2001:db8::1')
  await fc.assert(
    fc.asyncProperty(kept, address, fc.boolean(), async (chunks, from, isOpen) => {
      const recording = recordingOf(chunks, {
        client: { address: from, port: 4 },
        ...(isOpen ? { ended: undefined } : {}),
      })
      const made = streamOfRecording(recording)
      const capture = await readCapture([writeCapture([conversationOfRecording(recording)])])
      const [back] = capture.streams
      assert.equal(capture.keyLog, recording.keyLog.join(''))
      for (const side of ['client', 'server'] as const) assert.deepEqual(bytesOf(made, side), bytesOf(back!, side))
      const facts = ({ frames, firstFrame, lastFrame, start, last, synSeen, end, ip }: typeof made): unknown => [
        frames,
        firstFrame,
        lastFrame,
        start,
        last,
        synSeen,
        end,
        ip,
      ]
      assert.deepEqual(facts(made), facts(back!))
      assert.deepEqual(made.c2s.placed, back!.c2s.placed)
      assert.deepEqual(made.s2c.placed, back!.s2c.placed)
      // each chunk is told with the packet that ends it
      const ends = new Set(back!.arrivals.flatMap((one) => (one.what === 'bytes' ? [one.packet] : [])))
      for (const arrival of made.arrivals) if (arrival.what === 'bytes') assert.ok(ends.has(arrival.packet))
    }),
    { numRuns: 60 },
  )
})
