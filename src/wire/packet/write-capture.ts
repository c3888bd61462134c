/** Writes conversations seen at sockets as a pcapng file that other tools read: the inverse of `readCapture`. */
import { EthernetWriter } from './ethernet-writer.ts'
import { join, lend } from './lent.ts'
import { linkType } from './link-type.ts'
import { blockType, byteOrderMagic, tlsKeyLog } from './pcapng.ts'
import { planPackets } from './synthesise.ts'
import type { PlannedPacket, WrittenConversation } from './synthesise.ts'

export { CaptureWriteError } from './ethernet-writer.ts'
export type { WrittenChunk, WrittenConversation, WrittenEnd } from './synthesise.ts'

export interface WriteOptions {
  /** Program name and version for the section header. */
  readonly application?: string
  /** A comment on the whole file, after the one that says where the packets come from. */
  readonly comment?: string
}

/** Stands in every file, so that nobody takes its timing below the socket for measured. */
export const synthesisedFrom = 'synthesised from socket data'

const optionCode = {
  end: 0,
  comment: 1,
  name: 2,
  description: 3,
  application: 4,
  resolution: 9,
  packetFlags: 2,
} as const
const nanosecondResolution = 9

/**
 * The pcapng file of these conversations: Ethernet, IPv4 or IPv6, TCP with valid checksums, nanosecond times, key-log
 * lines before the packets. Packets are in order of time. Throws `CaptureWriteError` for an end that is no IP address.
 */
export function writeCapture(conversations: readonly WrittenConversation[], options: WriteOptions = {}): Uint8Array {
  const blocks = [sectionBlock(options), interfaceBlock()]
  for (const { keyLog } of conversations) if (keyLog) blocks.push(secretsBlock(keyLog))
  for (const { packet, writer, isOurs } of inOrder(conversations)) blocks.push(packetBlock(packet, writer, isOurs))
  return join(blocks)
}

interface Ordered {
  readonly packet: PlannedPacket
  readonly writer: EthernetWriter
  /** Whether the recording program sent it; undefined if nobody said. */
  readonly isOurs: boolean | undefined
}

function inOrder(conversations: readonly WrittenConversation[]): Ordered[] {
  const all = conversations.flatMap((conversation, index) => {
    const writer = new EthernetWriter(conversation)
    const { ours } = conversation
    return planPackets(conversation, index).map((packet) => ({
      packet,
      writer,
      isOurs: ours && ours === packet.side,
    }))
  })
  return all.sort((one, other) => Number(one.packet.time - other.packet.time))
}

function sectionBlock({ application = 'Postglass', comment }: WriteOptions): Uint8Array {
  const head = new Uint8Array(16)
  const { view } = lend(head)
  view.setUint32(0, byteOrderMagic, true)
  view.setUint16(4, 1, true)
  view.setBigInt64(8, -1n, true) // length of the section is not told
  return block(blockType.section, [
    head,
    textOption(
      optionCode.comment,
      `${synthesisedFrom}: no packet of this file was captured; segments, acknowledgements and the handshake stand in for real ones`,
    ),
    ...(comment ? [textOption(optionCode.comment, comment)] : []),
    textOption(optionCode.application, application),
    endOfOptions,
  ])
}

function interfaceBlock(): Uint8Array {
  const head = new Uint8Array(8)
  lend(head).view.setUint16(0, linkType.ethernet, true)
  return block(blockType.interface, [
    head,
    textOption(optionCode.name, 'socket'),
    textOption(optionCode.description, synthesisedFrom),
    option(optionCode.resolution, Uint8Array.of(nanosecondResolution)),
    endOfOptions,
  ])
}

/** A Decryption Secrets Block; each line of a key log must be ended. */
function secretsBlock(keyLog: string): Uint8Array {
  const text = encoder.encode(keyLog.endsWith('\n') ? keyLog : `${keyLog}\n`)
  const head = new Uint8Array(8)
  const { view } = lend(head)
  view.setUint32(0, tlsKeyLog, true)
  view.setUint32(4, text.length, true)
  return block(blockType.secrets, [head, padded(text)])
}

function packetBlock(packet: PlannedPacket, writer: EthernetWriter, isOurs: boolean | undefined): Uint8Array {
  const frame = writer.frame(packet)
  const head = new Uint8Array(20)
  const { view } = lend(head)
  view.setUint32(4, Number((packet.time >> 32n) & 0xffffffffn), true)
  view.setUint32(8, Number(packet.time & 0xffffffffn), true)
  view.setUint32(12, frame.length, true)
  view.setUint32(16, frame.length, true)
  const options: Uint8Array[] = []
  if (packet.comment) options.push(textOption(optionCode.comment, packet.comment))
  if (isOurs !== undefined) options.push(option(optionCode.packetFlags, Uint8Array.of(isOurs ? 2 : 1, 0, 0, 0)))
  if (options.length > 0) options.push(endOfOptions)
  return block(blockType.enhancedPacket, [head, padded(frame), ...options])
}

const encoder = new TextEncoder()
const endOfOptions = new Uint8Array(4)
/** The longest text of an option that keeps its length in 16 bits. */
const longestOption = 0xffff - 3

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = 12 + parts.reduce((sum, part) => sum + part.length, 0)
  const head = new Uint8Array(8)
  const tail = new Uint8Array(4)
  const { view } = lend(head)
  view.setUint32(0, type, true)
  view.setUint32(4, length, true)
  lend(tail).view.setUint32(0, length, true)
  return join([head, ...parts, tail])
}

function textOption(code: number, text: string): Uint8Array {
  return option(code, encoder.encode(text).subarray(0, longestOption))
}

function option(code: number, value: Uint8Array): Uint8Array {
  const head = new Uint8Array(4)
  const { view } = lend(head)
  view.setUint16(0, code, true)
  view.setUint16(2, value.length, true)
  return join([head, padded(value)])
}

function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 4 === 0) return bytes
  const whole = new Uint8Array((bytes.length + 3) & ~3)
  whole.set(bytes)
  return whole
}
