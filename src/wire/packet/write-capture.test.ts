/** What is written reads back as it was, here and in other tools. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ascii, bytesOf, latin1, textOf, told } from './capture.test-support.ts'
import { join } from './lent.ts'
import { readCapture } from './read-capture.ts'
import { CaptureWriteError, synthesisedFrom, writeCapture } from './write-capture.ts'
import type { WrittenChunk, WrittenConversation } from './write-capture.ts'

const start = 1_795_308_790_000_000_000n
const ends = { client: { address: '192.0.2.1', port: 40000 }, server: { address: '198.51.100.2', port: 25 } }

const chunk = (side: 'client' | 'server', data: string | Uint8Array, after = 0): WrittenChunk => ({
  side,
  time: start + BigInt(after) * 1_000_000n,
  bytes: typeof data === 'string' ? ascii(data) : data,
})

const dialogue: readonly WrittenChunk[] = [
  chunk('server', '220 hi\r\n', 1),
  chunk('client', 'EHLO x\r\n', 2),
  chunk('server', '250 hello\r\n', 3),
  chunk('client', 'QUIT\r\n', 4),
  chunk('server', '221 bye\r\n', 5),
]

const body = new Uint8Array(200_000).map((_, index) => index * 7)

void test('the story of what was written', async () => {
  const [stream] = (await readCapture([writeCapture([{ ...ends, chunks: dialogue }])])).streams
  assert.equal(
    told(stream!),
    'C:<syn> S:<syn> S:220 hi\r\n C:EHLO x\r\n S:250 hello\r\n C:QUIT\r\n S:221 bye\r\n C:<fin> S:<fin>',
  )
  assert.deepEqual([stream!.client, stream!.server], [ends.client, ends.server])
  assert.ok(Object.values(stream!.tcp).every((count) => count === 0))
})

void test('the file tells that its packets were not captured, carries keys and comments', async () => {
  const keyLog = 'CLIENT_RANDOM 00 11\r\nCLIENT_RANDOM 22 33'
  const chunks = [{ ...dialogue[0]!, comment: '第一行' }]
  const file = writeCapture([{ ...ends, chunks, keyLog, comment: 'was inside TLS 1.3', ours: 'server' }], {
    application: 'Postglass 1',
    comment: 'for a friend',
  })
  const capture = await readCapture([file])
  assert.match(capture.comments[0]!.text, new RegExp(synthesisedFrom))
  assert.deepEqual(capture.comments.slice(1), [
    { text: 'for a friend', packet: undefined },
    { text: 'was inside TLS 1.3', packet: 1 },
    { text: '第一行', packet: 4 },
  ])
  assert.equal(capture.interfaces[0]!.description, synthesisedFrom)
  assert.equal(capture.keyLog, `${keyLog}\n`)
  // the keys stand right after the interface, before any packet
  const types: number[] = []
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  for (let at = 0; at < file.length; at += view.getUint32(at + 4, true)) types.push(view.getUint32(at, true))
  assert.deepEqual(types.slice(0, 4), [0x0a0d0d0a, 1, 10, 6])
})

void test('times are those of the chunks, to the nanosecond, unless they run backwards', async () => {
  const odd = start + 123_456_789n
  const chunks = [
    { side: 'server' as const, time: odd, bytes: ascii('a') },
    { side: 'client' as const, time: odd - 5n, bytes: ascii('b') },
  ]
  const capture = await readCapture([writeCapture([{ ...ends, chunks, began: odd - 10_000n }])])
  const times = capture.streams[0]!.arrivals.flatMap((arrival) => (arrival.what === 'bytes' ? [arrival.time] : []))
  assert.equal(times[0], odd)
  assert.ok(times[1]! > odd && times[1]! < odd + 10_000n)
  assert.equal(capture.firstTime, odd - 10_000n)
})

void test('the ends of a connection', async () => {
  const cases: [WrittenConversation['end'], readonly WrittenChunk[], number, string[]][] = [
    ['closed', dialogue, 16, ['client FIN', 'server FIN']],
    ['client reset', dialogue, 14, ['client RST']],
    ['server reset', dialogue, 14, ['server RST']],
    ['open', dialogue, 13, ['open']],
    ['refused', [], 2, ['server RST']],
    ['unanswered', [], 1, ['open']],
  ]
  for (const [end, chunks, frames, is] of cases) {
    const [stream] = (await readCapture([writeCapture([{ ...ends, chunks, end: end! }])])).streams
    assert.deepEqual([stream!.frames, stream!.end, stream!.synSeen], [frames, is, true], end)
  }
})

void test('lost bytes leave a hole', async () => {
  const chunks = [dialogue[0]!, { side: 'server' as const, time: start, lost: 5000 }, chunk('server', 'end', 9)]
  const [stream] = (await readCapture([writeCapture([{ ...ends, chunks }])])).streams
  assert.equal(textOf(stream!, 'server'), '220 hi\r\n[5000]end')
})

void test('addresses: IPv4-mapped ones are written short, an IPv6 end makes both long', async () => {
  const cases: [string, string, string, string][] = [
    ['::ffff:192.0.2.1', '198.51.100.2', '192.0.2.1', '198.51.100.2'],
    ['fe80::1%eth0', '2001:db8::2', 'fe80::1', '2001:db8::2'],
    ['192.0.2.1', '::1', '::ffff:192.0.2.1', '::1'],
  ]
  for (const [client, server, asClient, asServer] of cases) {
    const conversation = {
      client: { address: client, port: 1 },
      server: { address: server, port: 2 },
      chunks: dialogue,
    }
    const [stream] = (await readCapture([writeCapture([conversation])])).streams
    assert.deepEqual([stream!.client.address, stream!.server.address], [asClient, asServer])
    assert.equal(stream!.tcp.badChecksums, 0)
  }
  const conversation = { client: { address: 'localhost', port: 1 }, server: ends.server, chunks: [] }
  assert.throws(() => writeCapture([conversation]), CaptureWriteError)
})

void test('the same ends again are two conversations', async () => {
  const later = dialogue.map((one) => ({ ...one, time: one.time + 1_000_000_000n }))
  const { streams } = await readCapture([
    writeCapture([
      { ...ends, chunks: dialogue },
      { ...ends, chunks: later },
    ]),
  ])
  assert.deepEqual(streams.map(told), [told(streams[0]!), told(streams[0]!)])
})

const someChunks = fc.array(
  fc.record({
    side: fc.constantFrom('client' as const, 'server' as const),
    time: fc.bigInt(start, start + 10n ** 9n),
    bytes: fc.oneof(
      { weight: 5, arbitrary: fc.uint8Array({ maxLength: 40 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 90_000 }).map((size) => body.subarray(0, size)) },
    ),
  }),
  { maxLength: 12 },
)

const joined = (chunks: readonly { side: string; bytes: Uint8Array }[], side: string): string =>
  latin1(join(chunks.flatMap((one) => (one.side === side ? [one.bytes] : []))))

void test('whatever is written reads back', async () => {
  const versions = fc.constantFrom(['192.0.2.1', '198.51.100.2'], ['fd00::1', 'fd00::2'])
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(someChunks, versions), { minLength: 1, maxLength: 3 }), async (specs) => {
      const conversations = specs.map(([chunks, [from, to]], index) => ({
        client: { address: from!, port: 40_000 + index },
        server: { address: to!, port: 25 },
        chunks,
      }))
      const capture = await readCapture([writeCapture(conversations)])
      assert.equal(capture.error, undefined)
      assert.equal(capture.streams.length, conversations.length)
      for (const { client, chunks } of conversations) {
        const stream = capture.streams.find((one) => one.client.port === client.port)!
        assert.equal(latin1(bytesOf(stream, 'client')), joined(chunks, 'client'))
        assert.equal(latin1(bytesOf(stream, 'server')), joined(chunks, 'server'))
        assert.ok(Object.values(stream.tcp).every((count) => count === 0))
        // in the order of the chunks, whatever their times
        const sides = stream.arrivals.flatMap((one) => (one.what === 'bytes' ? [one.side] : []))
        const expected = chunks.filter(({ bytes }) => bytes.length > 0).map(({ side }) => side)
        const runs = (list: readonly string[]): string[] => list.filter((side, index) => side !== list[index - 1])
        assert.deepEqual(runs(sides), runs(expected))
      }
    }),
    { numRuns: 60 },
  )
})

const hasTshark = spawnSync('tshark', ['--version']).status === 0

void test(
  'tshark reads it without a warning, and follows the same bytes',
  { skip: hasTshark ? false : 'tshark is not installed' },
  () => {
    const folder = mkdtempSync(joinPath(tmpdir(), 'postglass-write-'))
    const file = joinPath(folder, 'written.pcapng')
    const tshark = (...args: string[]): string =>
      execFileSync('tshark', ['-r', file, '-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE', ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 64 * 1024 * 1024,
      })
    try {
      const big = [
        ...dialogue.slice(0, 3),
        chunk('client', body, 4),
        chunk('client', body.subarray(0, 32_120), 5),
        chunk('server', body, 6),
      ]
      const typed = Array.from('EHLO a\r\n', (letter, index) => chunk('client', letter, index))
      // a port that no protocol owns: any bytes may stand there
      const plain = { server: { address: '198.51.100.2', port: 9999 } }
      const conversations: WrittenConversation[] = [
        { ...ends, chunks: dialogue, began: start, ended: start + 9_000_000n, ours: 'client', comment: 'one' },
        { ...plain, client: { address: '192.0.2.1', port: 40001 }, chunks: big, keyLog: 'CLIENT_RANDOM 00 11\n' },
        { client: { address: 'fd00::1', port: 40002 }, server: { address: 'fd00::2', port: 9999 }, chunks: big },
        { ...ends, client: { address: '::ffff:192.0.2.1', port: 40003 }, chunks: typed },
        { ...ends, client: { address: '192.0.2.1', port: 40004 }, chunks: [], end: 'unanswered' },
        { ...ends, client: { address: '192.0.2.1', port: 40005 }, chunks: dialogue, end: 'open' },
      ]
      writeFileSync(file, writeCapture(conversations))
      assert.equal(tshark('-Y', '_ws.expert.severity >= 0x600000', '-T', 'fields', '-e', 'frame.number'), '')
      // what TCP analysis notes are the two of every orderly close, nothing else
      const notes = tshark('-Y', 'tcp.analysis.flags', '-T', 'fields', '-e', 'frame.number', '-e', '_ws.col.Info')
      assert.equal(notes, '')
      const ports = tshark('-Y', 'tcp.flags.syn==1 && tcp.flags.ack==0', '-T', 'fields', '-e', 'tcp.srcport')
        .trim()
        .split('\n')
      assert.deepEqual(
        ports.map(Number).sort((one, other) => one - other),
        conversations.map(({ client }) => client.port),
      )
      for (const [index, port] of ports.entries()) {
        const written = conversations.find(({ client }) => client.port === Number(port))!
        const lines = tshark('-q', '-z', `follow,tcp,raw,${index}`)
          .split('\n')
          .filter((line) => /^\t?[0-9a-f]+$/.test(line))
        const followed = (fromServer: boolean): string =>
          lines
            .filter((line) => line.startsWith('\t') === fromServer)
            .map((line) => line.trim())
            .join('')
        const hex = (side: string): string =>
          written.chunks
            .flatMap((one) => (one.side === side && 'bytes' in one ? [Buffer.from(one.bytes).toString('hex')] : []))
            .join('')
        assert.equal(followed(false), hex('client'))
        assert.equal(followed(true), hex('server'))
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
