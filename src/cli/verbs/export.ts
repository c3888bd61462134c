/** A recorded connection as a capture that other tools open, its credentials replaced; read again and proved before it is handed over. */
import { redactStream } from '../../analyser/redact/redact.ts'
import { verifyRedacted } from '../../analyser/redact/verify.ts'
import type { Recording } from '../../wire/packet/recording.ts'
import { writeCapture } from '../../wire/packet/write-capture.ts'
import { sha256 } from '../digest.ts'
import { Fault } from '../fault.ts'
import { version } from '../version.ts'
import { explainRecording } from './recorded.ts'

/** The pcapng file. Throws where it cannot be proved that no credential stands in it. safety.md 14. */
export async function exportRecording(recording: Recording): Promise<Uint8Array> {
  const { conversation } = explainRecording(recording)
  const redacted = redactStream(conversation, 'secrets')
  const { client, server, began, ended, ours } = recording
  const file = writeCapture(
    [{ client, server, chunks: redacted.chunks, began, ours, ...(ended === undefined ? {} : { ended }) }],
    { application: `Postglass ${version}` },
  )
  const verified = await verifyRedacted(file, conversation, redacted, sha256)
  if (verified.ok) return file
  const kinds = [...new Set(verified.faults.map(({ what }) => what))].join(', ')
  throw new Fault('internal', {
    why: `The export could not be proved free of credentials (${kinds}); it was not written.`,
  })
}
