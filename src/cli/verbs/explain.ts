/** `explain`: captures, conversation by conversation, line by line. Several files one after the other. */
import { basename } from 'node:path'
import { explainCapture } from '../../analyser/explain.ts'
import type { Explained } from '../../analyser/explain.ts'
import type { OverheardConversation } from '../../analyser/model.ts'
import type { Capture } from '../../wire/packet/capture.ts'
import { readCapture } from '../../wire/packet/read-capture.ts'
import { sha256 } from '../digest.ts'
import { Fault } from '../fault.ts'
import { isThere, nameFor, openFile, readWhole } from '../files.ts'
import type { Session } from '../session.ts'
import { conversationRows, openedRow } from '../terminal/conversation.ts'
import { inert } from '../terminal/inert.ts'
import { ink } from '../terminal/ink.ts'
import type { InkRow } from '../terminal/ink.ts'
import { lineCard } from '../terminal/line.ts'
import { listRows } from '../terminal/list.ts'
import { nextRows } from '../terminal/next.ts'
import type { NextCommand } from '../terminal/next.ts'
import { viewOf } from '../terminal/view.ts'
import type { View } from '../terminal/view.ts'

export interface ExplainOptions {
  readonly keys?: string
  readonly conversation?: number
  readonly line?: number
  readonly full?: boolean
  readonly reveal?: boolean
}

/** Bytes of a key log. */
const largestKeyLog = 64 * 1024 * 1024

/** Explains each file; what can be read is always shown, and a fault of one does not keep back the next. */
export async function explain(session: Session, files: readonly string[], options: ExplainOptions): Promise<number> {
  let status = 0
  for (const [index, file] of files.entries()) {
    try {
      if (index > 0 && !session.json) await session.show([[], []])
      status = Math.max(status, await explainFile(session, file, options))
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      status = Math.max(status, await session.complain(thrown))
    }
  }
  return status
}

async function explainFile(session: Session, file: string, options: ExplainOptions): Promise<number> {
  const keyLog = await keyLogFor(session, file, options.keys)
  const capture = await readFrom(session, file)
  const fault = captureFault(capture, nameFor(file))
  const { conversation: only, line, reveal = false } = options
  const explained = explainCapture(capture, {
    digest: sha256,
    ...(keyLog === undefined ? {} : { keyLog }),
    ...(only === undefined ? {} : { only }),
  })
  if (only !== undefined && explained.conversations.length === 0)
    throw new Fault('no-conversation', { file: nameFor(file), id: only, count: capture.streams.length })
  if (session.json) {
    const { explainDocument } = await import('../../analyser/document.ts')
    await session.document(
      explainDocument(explained, {
        file: file === '-' ? file : basename(file),
        reveal,
        language: session.language,
        digest: sha256,
      }),
    )
    return fault === undefined ? 0 : 2
  }
  const view = viewOf(session.language, session.look, options)
  const isEmpty = capture.packets === 0 && fault !== undefined
  if (!isEmpty) {
    const shown = line === undefined ? screen(explained, file, options, view) : card(explained, file, line, view)
    await session.show(session.world.stdout.isTerminal ? [[], ...shown] : shown)
  }
  return fault === undefined ? 0 : session.complain(fault)
}

async function keyLogFor(session: Session, file: string, named: string | undefined): Promise<string | undefined> {
  const beside = `${file}.keys`
  const keys = named ?? (file !== '-' && (await isThere(session, beside)) ? beside : undefined)
  if (keys === undefined) return undefined
  return Buffer.from(await readWhole(session, keys, largestKeyLog)).toString('latin1')
}

async function readFrom(session: Session, file: string): Promise<Capture> {
  const { chunks, size } = await openFile(session, file)
  const bar = session.progress(session.language === 'en' ? 'reading' : '读取', inert(basename(nameFor(file))))
  try {
    return await readCapture(chunks, { progress: (bytes) => bar.report(bytes, size) })
  } finally {
    bar.end()
  }
}

/** Why reading stopped before the end, in words. */
export function captureFault(capture: Capture, file: string): Fault | undefined {
  const { error } = capture
  if (error === undefined) return undefined
  const { kind, offset, packets: whole } = error
  if (kind === 'empty') return new Fault('capture-empty', { file })
  if (kind === 'bad-magic' && whole === 0) return new Fault('capture-unknown', { file })
  if (kind === 'truncated') return new Fault('capture-cut', { file, packet: whole + 1, offset, whole })
  return new Fault('capture-damaged', { file, kind, offset, whole })
}

const isRead = (conversation: OverheardConversation): boolean => conversation.lines.length > 0

/** One conversation is shown whole; of several, a line each. */
function* screen(explained: Explained, file: string, options: ExplainOptions, view: View): Generator<InkRow> {
  const { capture, conversations } = explained
  yield openedRow(capture, file === '-' ? nameFor(file) : basename(file), view)
  const read = conversations.filter(isRead)
  const single = options.conversation === undefined ? (read.length === 1 ? read[0] : undefined) : conversations[0]
  if (single !== undefined) {
    yield* conversationRows(single, capture.names, view)
    if (options.conversation === undefined) yield* unreadRows(conversations, view)
    yield* nextAfter(single, file, conversations.length > 1 || options.conversation !== undefined, view)
    return
  }
  yield []
  if (conversations.length === 0) yield [ink('text', view.words.noConversation)]
  else yield* listRows(conversations, capture.names, view)
  if (capture.datagrams.length > 0) yield* [[], [ink('quiet', view.words.datagrams(capture.datagrams.length))]]
  if (conversations.length > 0) yield* nextAfterList(conversations, file, view)
}

/** Conversations beside the one that is shown: named and counted. */
function* unreadRows(conversations: readonly OverheardConversation[], view: View): Generator<InkRow> {
  const counts = new Map<string, number>()
  for (const conversation of conversations) {
    const name = view.words.protocol(conversation.protocol)
    if (!isRead(conversation)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  if (counts.size > 0) yield []
  for (const [name, count] of counts) yield [ink('quiet', view.words.notRead(name, count))]
}

/** A name as a shell takes it. */
export function shellWord(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** The line to look at first: where the worst finding ends, else the last. */
function lineToSee(conversation: OverheardConversation): number {
  const lines = conversation.findings.find((finding) => finding.lines.length > 0)?.lines
  return lines === undefined ? (conversation.lines.at(-1)?.number ?? 1) : Math.max(...lines)
}

function* nextAfter(
  conversation: OverheardConversation,
  file: string,
  isNumbered: boolean,
  view: View,
): Generator<InkRow> {
  if (file === '-') return
  const base = `postglass explain ${shellWord(inert(file))}${isNumbered ? ` --conversation ${conversation.id}` : ''}`
  yield []
  yield* nextRows(
    [
      ...(isRead(conversation)
        ? [{ command: `${base} --line ${lineToSee(conversation)}`, what: view.words.nextLine }]
        : []),
      { command: `${base} --json`, what: view.words.nextJson },
    ] satisfies NextCommand[],
    view,
  )
}

function* nextAfterList(conversations: readonly OverheardConversation[], file: string, view: View): Generator<InkRow> {
  if (file === '-') return
  const base = `postglass explain ${shellWord(inert(file))}`
  const worth = conversations.find((one) => one.findings.length > 0) ?? conversations.find(isRead) ?? conversations[0]
  yield []
  yield* nextRows(
    [
      { command: `${base} --conversation ${worth?.id ?? 1}`, what: view.words.nextOne },
      { command: `${base} --json`, what: view.words.nextJson },
    ],
    view,
  )
}

/** One line under the glass. */
function card({ conversations }: Explained, file: string, number: number, view: View): InkRow[] {
  const name = nameFor(file)
  const read = conversations.filter(isRead)
  const [conversation] = conversations.length === 1 ? conversations : read
  if (conversation === undefined || (read.length > 1 && conversations.length > 1))
    throw new Fault('several-conversations', { file: name, count: conversations.length })
  return lineCard(lineNumbered(conversation, number, name), conversation, view)
}

export function lineNumbered(
  conversation: OverheardConversation,
  number: number,
  file: string,
): OverheardConversation['lines'][number] {
  const line = conversation.lines.find((one) => one.number === number)
  if (line !== undefined) return line
  throw new Fault('no-line', { file, line: number, count: conversation.lines.at(-1)?.number ?? 0 })
}
