/** Every capture of the corpus against its oracle: packets, conversations, payload, gaps; broken files and their faults. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'
import type { Capture, Direction, Stream } from './capture.ts'
import { readCapture } from './read-capture.ts'
import { bytesOf } from './capture.test-support.ts'

const repository = resolve(import.meta.dirname, '../../..')
const shared = resolve(repository, '../shared/captures')
/** The large corpus where it is there; a plain clone has the small one. */
const folder = resolve(
  process.env['POSTGLASS_CAPTURES'] ??
    (existsSync(join(shared, 'manifest.json')) ? shared : join(repository, 'test/captures')),
)

interface OracleDirection {
  bytes: number
  sha256: string
  gaps?: [number, number][]
  retransmitted_bytes?: number
}

interface OracleStream {
  index: number
  client: string
  server: string
  ip: number
  frames: number
  first_frame: number
  last_frame: number
  start: string
  duration_s: number
  syn_seen?: boolean
  end: string[]
  c2s: OracleDirection
  s2c: OracleDirection
}

interface Oracle {
  packets: number
  link_types: number[]
  first_packet: string
  last_packet: string
  captured_bytes: number
  wire_bytes: number
  truncated_packets?: number
  streams?: OracleStream[]
  dns?: { frame: number }[]
}

interface ManifestEntry {
  id: string
  file: string
  oracle: string
  link_types?: { number: number; name: string }[]
  keys_embedded?: boolean
  sidecars?: { keylog?: string }
  broken?: { error: string | null; packets_before: number | string }
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'))

function endpoint({ address, port }: { address: string; port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** Nanoseconds since 1970 as ISO 8601 with nine decimals. */
function isoTime(time: bigint | undefined): string | undefined {
  if (time === undefined) return undefined
  const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
  return `${seconds}.${(time % 1_000_000_000n).toString().padStart(9, '0')}Z`
}

function direction(stream: Stream, side: 'client' | 'server', is: Direction): OracleDirection {
  const bytes = bytesOf(stream, side)
  assert.equal(bytes.length, is.bytes)
  return {
    bytes: is.bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    gaps: is.gaps.map(([at, length]) => [at, length]),
    retransmitted_bytes: is.retransmittedBytes,
  }
}

function told(capture: Capture): Oracle {
  return {
    packets: capture.packets,
    link_types: capture.linkTypes.map(({ number }) => number),
    first_packet: isoTime(capture.firstTime) ?? '',
    last_packet: isoTime(capture.lastTime) ?? '',
    captured_bytes: capture.capturedBytes,
    wire_bytes: capture.wireBytes,
    truncated_packets: capture.truncatedPackets,
    streams: capture.streams.map((stream) => ({
      index: stream.index,
      client: endpoint(stream.client),
      server: endpoint(stream.server),
      ip: stream.ip,
      frames: stream.frames,
      first_frame: stream.firstFrame,
      last_frame: stream.lastFrame,
      start: isoTime(stream.start) ?? '',
      duration_s: Math.round(Number(stream.last - stream.start) / 1e3) / 1e6,
      syn_seen: stream.synSeen,
      end: [...stream.end],
      c2s: direction(stream, 'client', stream.c2s),
      s2c: direction(stream, 'server', stream.s2c),
    })),
  }
}

/** Only what is compared here, with the fields that an oracle may leave out. */
function expected(oracle: Oracle): Oracle {
  const both = (is: OracleDirection): OracleDirection => ({
    bytes: is.bytes,
    sha256: is.sha256,
    gaps: is.gaps ?? [],
    retransmitted_bytes: is.retransmitted_bytes ?? 0,
  })
  const { packets, link_types, first_packet, last_packet, captured_bytes, wire_bytes } = oracle
  return {
    packets,
    link_types,
    first_packet,
    last_packet,
    captured_bytes,
    wire_bytes,
    truncated_packets: oracle.truncated_packets ?? 0,
    streams: (oracle.streams ?? []).map((stream) => ({
      index: stream.index,
      client: stream.client,
      server: stream.server,
      ip: stream.ip,
      frames: stream.frames,
      first_frame: stream.first_frame,
      last_frame: stream.last_frame,
      start: stream.start,
      duration_s: stream.duration_s,
      syn_seen: stream.syn_seen ?? false,
      end: stream.end,
      c2s: both(stream.c2s),
      s2c: both(stream.s2c),
    })),
  }
}

const isHere = existsSync(join(folder, 'manifest.json'))
const manifest = isHere ? (readJson('manifest.json') as { captures: ManifestEntry[] }) : { captures: [] }

void test(
  'corpus of captures',
  { skip: isHere ? false : `no captures in ${folder} (set POSTGLASS_CAPTURES)` },
  async (t) => {
    for (const entry of manifest.captures) {
      await t.test(entry.id, async () => {
        const capture = await readCapture(createReadStream(join(folder, entry.file)))
        if (entry.broken) {
          assert.equal(capture.error?.kind ?? null, entry.broken.error)
          assert.equal(capture.packets, entry.broken.packets_before)
          assert.equal(capture.error?.packets ?? capture.packets, capture.packets)
          return
        }
        const oracle = readJson(entry.oracle) as Oracle
        assert.equal(capture.error, undefined)
        assert.deepEqual(told(capture), expected(oracle))
        assert.deepEqual(capture.linkTypes, entry.link_types)
        const dnsFrames = new Set(capture.datagrams.map(({ packet }) => packet))
        for (const { frame } of oracle.dns ?? []) assert.ok(dnsFrames.has(frame), `DNS of frame ${frame} is kept`)
        if (entry.keys_embedded) assert.match(capture.keyLog, /^(CLIENT_RANDOM|[A-Z_]+_SECRET)/m)
      })
    }
  },
)
