/** A recording or the facts of a story, explained by the same walk as a capture. */
import type { Explained } from '../../analyser/explain.ts'
import type { OverheardConversation } from '../../analyser/model.ts'
import { overhearRecording } from '../../analyser/recording.ts'
import { readFacts } from '../../store/facts.ts'
import type { Recording } from '../../wire/packet/recording.ts'
import { sha256 } from '../digest.ts'
import { Fault } from '../fault.ts'

export interface ExplainedStory extends Explained {
  readonly conversation: OverheardConversation
}

export function explainRecording(recording: Recording): ExplainedStory {
  const explained = overhearRecording(recording, { digest: sha256 })
  const [conversation] = explained.conversations
  if (conversation === undefined) throw new Fault('internal', { why: 'a recording holds no conversation' })
  // What our own recorder left out is no fault of a capture.
  const findings = conversation.findings.filter(({ id }) => id !== 'capture-holes')
  return { ...explained, conversation: { ...conversation, findings } }
}

/** What `story read` sent, put together. Undefined where nothing is kept. */
export function joinedRecording(pieces: readonly string[]): Recording | undefined {
  if (pieces.length === 0) return undefined
  const recording = readFacts(Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))))
  if (recording === undefined) throw new Fault('internal', { why: 'a kept recording cannot be read' })
  return recording
}

/** True where any of it passed inside TLS. */
export function isSealed(recording: Recording): boolean {
  return recording.implicitTls || recording.keyLog.length > 0 || recording.kept.some((kept) => kept.what === 'sealed')
}
