/** How a conversation is shown: the language, the width, and how much of it. */
import type { HiddenKind, Language, Piece, Severity } from '../../analyser/model.ts'
import { maskOf } from '../../analyser/catalogue/say.ts'
import { explainWords } from '../words/explain.ts'
import type { ExplainWords } from '../words/explain.ts'
import { inert } from './inert.ts'
import type { Look, Role } from './ink.ts'

export interface View {
  readonly language: Language
  readonly words: ExplainWords
  readonly columns: number
  /** From 100 columns up the meaning stands beside its line. */
  readonly wide: boolean
  /** Long lines are wrapped instead of cut, long listings shown whole. */
  readonly full: boolean
  /** Hidden values are shown. Per call, never a default. safety.md 13. */
  readonly reveal: boolean
}

export function viewOf(
  language: Language,
  look: Pick<Look, 'columns'>,
  how: { full?: boolean | undefined; reveal?: boolean | undefined } = {},
): View {
  return {
    language,
    words: explainWords[language],
    columns: look.columns,
    wide: look.columns >= 100,
    full: how.full === true,
    reveal: how.reveal === true,
  }
}

/** Columns of a transcript, counted from 0. */
export const column = { number: 2, ms: 7, heading: 5, arrow: 12, line: 16, meaning: 66 } as const

export const signOf: Readonly<Record<Severity, string>> = { danger: '!!', caution: ' !', note: ' i' }
export const roleOf: Readonly<Record<Severity, Role>> = { danger: 'danger', caution: 'caution', note: 'quiet' }

export function maskText(kind: HiddenKind, view: View): string {
  return maskOf(kind, view.language)
}

/** A piece as it may be read: inert, and masked unless revealed. */
export function pieceText(piece: Piece, view: View): string {
  if (typeof piece === 'string') return inert(piece)
  return view.reveal ? inert(piece.value.reveal()) : maskText(piece.hidden, view)
}
