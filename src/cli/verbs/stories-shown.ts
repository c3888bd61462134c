/** `story`: what is kept of own connections and messages, listed, explained, written as a capture. */
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { explainDocument } from '../../analyser/document.ts'
import type { Recording } from '../../wire/packet/recording.ts'
import { sha256 } from '../digest.ts'
import { Fault, systemCode } from '../fault.ts'
import { readingFaultOf } from '../files.ts'
import type { Session } from '../session.ts'
import { conversationRows } from '../terminal/conversation.ts'
import { inert } from '../terminal/inert.ts'
import { ink } from '../terminal/ink.ts'
import type { InkRow, Role } from '../terminal/ink.ts'
import { cutText, padEnd } from '../terminal/layout.ts'
import { lineCard } from '../terminal/line.ts'
import { nextRows } from '../terminal/next.ts'
import { viewOf } from '../terminal/view.ts'
import type { View } from '../terminal/view.ts'
import { verbWords } from '../words/verbs.ts'
import type { StoryDocument } from './documents.ts'
import { exportRecording } from './export.ts'
import { lineNumbered } from './explain.ts'
import type { DataOption } from './people-shown.ts'
import { dataFolder, perform, performOne } from './reach.ts'
import { explainRecording, isSealed, joinedRecording } from './recorded.ts'
import type { ExplainedStory } from './recorded.ts'
import type { ListedStory } from './store-verb.ts'

export interface ListOptions extends DataOption {
  readonly message?: string
  readonly queue?: string
  readonly account?: string
}

/** One object a line for programs, with the findings that the analyser makes of its facts; a table for people. */
export async function storyList(session: Session, options: ListOptions): Promise<void> {
  const args = {
    message: options.message ?? null,
    queueId: options.queue ?? null,
    account: options.account ?? null,
    facts: session.json,
  }
  const rows = perform(session, dataFolder(session, options.data), 'story list', args)
  if (session.json) {
    for await (const { story, facts } of rows) await session.document({ ...story, findings: findingsIn(facts) })
    return
  }
  let isFirst = true
  for await (const row of rows) {
    await session.show([...(isFirst ? [listHead(session)] : []), listedRow(row, session)])
    isFirst = false
  }
  if (isFirst) await session.show([[ink('quiet', verbWords[session.language].none)]])
}

function findingsIn(facts: string | null): object[] {
  const recording = facts === null ? undefined : joinedRecording([facts])
  if (recording === undefined) return []
  return explainRecording(recording).conversation.findings.map(({ id, severity, lines, certain }) => ({
    id,
    severity,
    lines,
    certain,
  }))
}

/** Columns of the list. It streams, so their widths are fixed; on a narrow screen account and bytes are left out. */
const listColumns: readonly { readonly width: number; readonly wideOnly?: boolean }[] = [
  { width: 16 },
  { width: 16 },
  { width: 10 },
  { width: 24 },
  { width: 26, wideOnly: true },
  { width: 8, wideOnly: true },
  { width: 0 },
]
const wideList = 110

function listRow(cells: readonly string[], role: Role, session: Session): InkRow {
  const text = listColumns.flatMap(({ width, wideOnly }, at): string[] => {
    if (wideOnly === true && session.look.columns < wideList) return []
    const cell = cells[at] ?? ''
    return [width === 0 ? cell : padEnd(cutText(cell, width - 2), width)]
  })
  return [ink(role, text.join(''))]
}

function listHead(session: Session): InkRow {
  return listRow(verbWords[session.language].storyHead, 'quiet', session)
}

function listedRow({ story }: ListedStory, session: Session): InkRow {
  const words = verbWords[session.language]
  const { id, began, protocol, peer, account, recorded, outcome } = story
  const at = began.slice(5, 19).replace('T', ' ')
  const cells = [id, at, protocol.toUpperCase(), peer, account ?? '-', recorded ? words.kept : words.notKept]
  return listRow([...cells.map(inert), words.outcome(outcome)], 'text', session)
}

interface Kept {
  readonly story: StoryDocument
  /** The recording; undefined where only facts are kept. */
  readonly bytes: Recording | undefined
  /** What is explained: the bytes; of what passed inside TLS the facts, which tell its lines where bytes tell sizes alone. */
  readonly kept: Recording
}

async function readKept(
  session: Session,
  data: string,
  id: string,
  what: 'recording' | 'facts',
): Promise<Recording | undefined> {
  const pieces: string[] = []
  for await (const { piece } of perform(session, data, 'story read', { id, what })) pieces.push(piece)
  return joinedRecording(pieces)
}

async function keptStory(session: Session, id: string, data: string): Promise<Kept> {
  const story = await performOne(session, data, 'story find', { id })
  const bytes = story.recorded ? await readKept(session, data, id, 'recording') : undefined
  const facts = bytes === undefined || isSealed(bytes) ? await readKept(session, data, id, 'facts') : undefined
  const kept = facts ?? bytes
  if (kept === undefined) throw new Fault('unknown-story', { id })
  return { story, bytes, kept }
}

export interface ShowOptions extends DataOption {
  readonly line?: number
  readonly full?: boolean
}

export async function storyShow(session: Session, id: string, options: ShowOptions): Promise<void> {
  const { story, bytes, kept } = await keptStory(session, id, dataFolder(session, options.data))
  const explained = explainRecording(kept)
  const { conversation } = explained
  if (session.json) {
    const how = { file: id, reveal: false, language: session.language, digest: sha256 }
    const [told] = explainDocument(explained, how)['conversations'] as readonly object[]
    return session.document({ ...story, findings: findingsOf(told), conversation: told })
  }
  const view = viewOf(session.language, session.look, options)
  const rows =
    options.line === undefined
      ? storyRows(story, explained, bytes, view)
      : lineCard(lineNumbered(conversation, options.line, id), conversation, view)
  await session.show(session.world.stdout.isTerminal ? [[], ...rows] : rows)
}

function findingsOf(told: object | undefined): unknown {
  return told !== undefined && 'findings' in told ? told.findings : []
}

function* storyRows(
  story: StoryDocument,
  { conversation, capture }: ExplainedStory,
  bytes: Recording | undefined,
  view: View,
): Generator<InkRow> {
  const words = verbWords[view.language]
  const facts = [words.outcome(story.outcome), ...(story.account === null ? [] : [inert(story.account)])]
  yield [ink('heading', inert(story.id)), ink('text', `  ${facts.join(', ')}`)]
  yield* conversationRows(conversation, capture.names, view)
  if (bytes === undefined) yield* [[], [ink('quiet', view.words.factsOnly)]]
  const show = `postglass story show ${story.id}`
  const line = conversation.findings[0]?.lines.at(-1) ?? conversation.lines.at(-1)?.number
  yield []
  yield* nextRows(
    [
      ...(line === undefined ? [] : [{ command: `${show} --line ${line}`, what: view.words.nextLine }]),
      ...(bytes === undefined || isSealed(bytes)
        ? []
        : [{ command: `postglass story export ${story.id} ${story.id}.pcapng`, what: view.words.nextStory }]),
    ],
    view,
  )
}

/** Writes a new file; one that is there is never overwritten. */
export async function storyExport(session: Session, id: string, file: string, options: DataOption): Promise<void> {
  const { bytes: recording, kept } = await keptStory(session, id, dataFolder(session, options.data))
  if (isSealed(kept)) throw new Fault('story-sealed', { id })
  if (recording === undefined) throw new Fault('story-facts', { id })
  const bytes = await exportRecording(recording)
  const path = resolve(session.world.folder, file)
  try {
    const handle = await open(path, 'wx', 0o600)
    try {
      await handle.writeFile(bytes)
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    if (systemCode(thrown) === 'EEXIST') throw new Fault('exists', { what: 'file', name: file }, { cause: thrown })
    throw readingFaultOf(file, thrown)
  }
  if (session.json) await session.document({ schema: 'postglass/export/1', id, file, size: bytes.length })
  else await session.show([[ink('text', verbWords[session.language].exported(inert(file)))]])
}

export async function storyDelete(session: Session, id: string, options: DataOption): Promise<void> {
  const document = await performOne(session, dataFolder(session, options.data), 'story delete', { id })
  if (session.json) await session.document(document)
  else await session.show([[ink('text', verbWords[session.language].doneText(document))]])
}

export async function storyPrune(session: Session, options: DataOption): Promise<void> {
  const document = await performOne(session, dataFolder(session, options.data), 'story prune', {})
  if (session.json) await session.document(document)
  else await session.show([[ink('text', verbWords[session.language].storiesPruned(document.stories))]])
}
