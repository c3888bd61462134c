/** A message's record without its body. */
import type { FilePort } from '../disk/port.ts'
import { frameSize } from './frame.ts'
import { segmentPath } from './journal.ts'
import { type JournalRecord, readRecord } from './records.ts'

export type MessageRecord = Extract<JournalRecord, { what: 'delivery' | 'kept' }>

/** Out of the bytes from the frame to the body. Undefined where no message stands there. */
export function readHeadBytes(bytes: Uint8Array): MessageRecord | undefined {
  const record = readRecord(bytes[14] ?? 0, bytes.subarray(frameSize), { withoutBody: true })
  return record?.what === 'delivery' || record?.what === 'kept' ? record : undefined
}

/** The same out of a segment. */
export function readMessageHead(
  files: FilePort,
  folder: string,
  { segment, at, head }: { segment: number; at: number; head: number },
): MessageRecord | undefined {
  const path = segmentPath(folder, segment)
  if (files.size(path) === undefined) return undefined
  const bytes = Buffer.alloc(head)
  const handle = files.open(path, 'read')
  try {
    return files.read(handle, bytes, at) === head ? readHeadBytes(bytes) : undefined
  } finally {
    files.close(handle)
  }
}
