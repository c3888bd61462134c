/**
 * Reading a capture: `node bench/packets.ts [packets]`. Makes a capture in memory (conversations interleaved, full
 * segments, an acknowledgement for every second one), indexes it, then walks every arrival.
 */
import { readCapture } from '../src/wire/packet/read-capture.ts'
import { writeCapture } from '../src/wire/packet/write-capture.ts'
import type { WrittenConversation } from '../src/wire/packet/write-capture.ts'

const wanted = Number(process.argv[2] ?? 400_000)
const chunkBytes = 64 * 1024
const rounds = 5

/** Conversations of one size whose packets are interleaved in time. */
function conversations(packets: number, bytesPerChunk: number): WrittenConversation[] {
  const perConversation = 500
  const made: WrittenConversation[] = []
  for (let index = 0; index * perConversation < packets; index++) {
    const bytes = new Uint8Array(bytesPerChunk).fill(65 + (index % 26))
    const chunks = Array.from({ length: perConversation / 2 }, (_, chunk) => ({
      side: chunk % 2 === 0 ? ('client' as const) : ('server' as const),
      time: 1_795_308_790_000_000_000n + BigInt(chunk) * 1_000_000n + BigInt(index) * 1000n,
      bytes,
    }))
    const client = { address: `10.1.${index >> 8}.${index & 255}`, port: 30_000 + index }
    made.push({ client, server: { address: '10.0.0.10', port: 25 }, chunks })
  }
  return made
}

function* cut(file: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < file.length; at += chunkBytes) yield file.subarray(at, at + chunkBytes)
}

async function measure(name: string, bytesPerChunk: number): Promise<void> {
  const file = writeCapture(conversations(wanted, bytesPerChunk))
  const indexed: number[] = []
  const walked: number[] = []
  let packets = 0
  let held = 0
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    const capture = await readCapture(cut(file))
    indexed.push(performance.now() - started)
    packets = capture.packets
    let bytes = 0
    const walking = performance.now()
    for (const stream of capture.streams)
      for (const arrival of stream.arrivals) if (arrival.what === 'bytes') bytes += arrival.bytes.length
    walked.push(performance.now() - walking)
    held = bytes
  }
  const best = Math.min(...indexed)
  const megabytes = file.length / 1e6
  console.log(
    `${name}: ${packets} packets, ${megabytes.toFixed(0)} MB, ${(held / 1e6).toFixed(0)} MB payload | index ${best.toFixed(0)} ms` +
      ` (${(megabytes / (best / 1000)).toFixed(0)} MB/s, ${Math.round(packets / best)} packets/ms; all: ${indexed.map((time) => time.toFixed(0)).join(' ')})` +
      ` | arrivals ${Math.min(...walked).toFixed(0)} ms | RSS ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`,
  )
}

await measure('mixed sizes', 440)
await measure('tiny segments', 1)
