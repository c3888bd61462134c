/**
 * Recordings and facts as compact bytes: what the journal keeps with a message, what a story keeps of a connection,
 * and (sealed) the recorded bytes themselves. Version 1.
 */
import type { Side } from '../wire/talk.ts'
import type { Endpoint, Kept, MarkedSecret, Protocol, Recording, TlsFacts } from '../wire/packet/recording.ts'
import { ByteReader, ByteWriter } from './bytes.ts'

const version = 1
const protocols: readonly Protocol[] = ['smtp', 'pop3', 'imap', 'http']
const kinds: readonly MarkedSecret['kind'][] = ['password', 'user', 'token', 'proof']

/** Bits of the first byte of a kept thing. */
const what = { bytes: 0, lost: 1, sealed: 2 } as const
const serverBit = 4
const absoluteBit = 8
/** Times further apart than this (26 days) are written in full. */
const farApart = 2n ** 51n

/** Packs a recording or the facts of a story; `readFacts` is the inverse. */
export function packFacts(recording: Recording): Uint8Array {
  const to = new ByteWriter(1024)
  to.byte(version)
  to.byte(protocols.indexOf(recording.protocol))
  to.byte(
    (recording.ours === 'server' ? 1 : 0) +
      (recording.implicitTls ? 2 : 0) +
      (recording.ended === undefined ? 0 : 4) +
      (recording.secrets.length > 0 ? 8 : 0) +
      (recording.keyLog.length > 0 ? 16 : 0),
  )
  printEndpoint(to, recording.client)
  printEndpoint(to, recording.server)
  to.wide(recording.began)
  if (recording.ended !== undefined) to.wide(recording.ended)
  to.number(recording.kept.length)
  let last = recording.began
  for (const kept of recording.kept) {
    printKept(to, kept, last)
    last = kept.time
  }
  if (recording.secrets.length > 0) {
    to.number(recording.secrets.length)
    for (const secret of recording.secrets) printSecret(to, secret)
  }
  if (recording.keyLog.length > 0) {
    to.number(recording.keyLog.length)
    for (const line of recording.keyLog) to.text(line)
  }
  return to.finish()
}

function printEndpoint(to: ByteWriter, endpoint: Endpoint): void {
  to.text(endpoint.address)
  to.number(endpoint.port)
}

function printKept(to: ByteWriter, kept: Kept, last: bigint): void {
  const since = kept.time - last
  const far = since > farApart || since < -farApart
  const side = kept.what !== 'sealed' && kept.side === 'server' ? serverBit : 0
  to.byte(what[kept.what] + side + (far ? absoluteBit : 0))
  if (far) to.wide(kept.time)
  else to.signed(Number(since))
  switch (kept.what) {
    case 'bytes':
      return to.blob(kept.bytes)
    case 'lost':
      return to.number(kept.size)
    case 'sealed':
      return printTls(to, kept.tls)
  }
}

function printTls(to: ByteWriter, tls: TlsFacts): void {
  to.byte((tls.sni === undefined ? 0 : 1) + (tls.alpn === undefined ? 0 : 2) + (tls.group === undefined ? 0 : 4))
  to.text(tls.version)
  to.text(tls.cipher)
  if (tls.sni !== undefined) to.text(tls.sni)
  if (tls.alpn !== undefined) to.text(tls.alpn)
  if (tls.group !== undefined) to.text(tls.group)
}

function printSecret(to: ByteWriter, secret: MarkedSecret): void {
  to.byte((secret.side === 'server' ? 1 : 0) + kinds.indexOf(secret.kind) * 2)
  to.number(secret.epoch)
  to.number(secret.start)
  to.number(secret.end)
}

/** Reads what `packFacts` wrote. Undefined for bytes that are not that, whole. Blobs are views of the given bytes. */
export function readFacts(bytes: Uint8Array): Recording | undefined {
  const from = new ByteReader(bytes)
  if (from.byte() !== version) return undefined
  const protocol = protocols[from.byte()]
  const bits = from.byte()
  if (!protocol || bits > 31) return undefined
  const client = readEndpoint(from)
  const server = readEndpoint(from)
  const began = from.wide()
  const ended = bits & 4 ? from.wide() : undefined
  const kept: Kept[] = []
  let last = began
  for (let count = from.count(); count > 0 && from.ok; count--) {
    const one = readKept(from, last)
    if (!one) return undefined
    last = one.time
    kept.push(one)
  }
  const secrets: MarkedSecret[] = []
  for (let count = bits & 8 ? from.count() : 0; count > 0 && from.ok; count--) {
    const secret = readSecret(from)
    if (!secret) return undefined
    secrets.push(secret)
  }
  const keyLog: string[] = []
  for (let count = bits & 16 ? from.count() : 0; count > 0 && from.ok; count--) keyLog.push(from.text())
  if (!from.done) return undefined
  return {
    protocol,
    ours: bits & 1 ? 'server' : 'client',
    client,
    server,
    implicitTls: (bits & 2) !== 0,
    began,
    ended,
    kept,
    keyLog,
    secrets,
  }
}

function readEndpoint(from: ByteReader): Endpoint {
  return { address: from.text(), port: from.number() }
}

function readKept(from: ByteReader, last: bigint): Kept | undefined {
  const bits = from.byte()
  const time = bits & absoluteBit ? from.wide() : last + BigInt(from.signed())
  const side: Side = bits & serverBit ? 'server' : 'client'
  switch (bits & ~(serverBit | absoluteBit)) {
    case what.bytes:
      return { what: 'bytes', side, time, bytes: from.blob() }
    case what.lost:
      return { what: 'lost', side, time, size: from.number() }
    case what.sealed:
      return { what: 'sealed', time, tls: readTls(from) }
    default:
      return undefined
  }
}

function readTls(from: ByteReader): TlsFacts {
  const bits = from.byte()
  const version = from.text()
  const cipher = from.text()
  const sni = bits & 1 ? from.text() : undefined
  const alpn = bits & 2 ? from.text() : undefined
  const group = bits & 4 ? from.text() : undefined
  return { version, cipher, sni, alpn, group }
}

function readSecret(from: ByteReader): MarkedSecret | undefined {
  const bits = from.byte()
  const kind = kinds[bits >> 1]
  if (!kind) return undefined
  return {
    side: bits & 1 ? 'server' : 'client',
    epoch: from.number(),
    start: from.number(),
    end: from.number(),
    kind,
  }
}
