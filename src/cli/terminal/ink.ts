/** Colours by role: rows are made of inks, and only `paint` knows escape sequences. Tables: look/terminal.md, look/look.md §2. */

export type Role =
  | 'client'
  | 'server'
  | 'sealed'
  | 'secret'
  | 'danger'
  | 'caution'
  | 'ok'
  | 'quiet'
  | 'heading'
  | 'text'

/** A piece of a row that is written in one colour. The text is inert and holds no line end. */
export interface Ink {
  readonly role: Role
  readonly text: string
}

/** One row of the screen, from left to right. */
export type InkRow = readonly Ink[]

export function ink(role: Role, text: string): Ink {
  return { role, text }
}

export type Depth = 'none' | '16' | 'true'
export type Background = 'any' | 'light' | 'dark'

/** How a stream can be written on: its width, and its colours. */
export interface Look {
  readonly columns: number
  readonly depth: Depth
  readonly background: Background
}

const bold: ReadonlySet<Role> = new Set<Role>(['client', 'server', 'danger', 'caution', 'heading'])

type Tint = Exclude<Role, 'heading' | 'text'>

const trueColours: Readonly<Record<Background, Readonly<Record<Tint, string>>>> = {
  any: {
    client: '45;116;216',
    server: '175;97;45',
    sealed: '21;131;131',
    secret: '142;94;199',
    danger: '214;59;75',
    caution: '145;113;18',
    ok: '34;134;74',
    quiet: '117;117;117',
  },
  light: {
    client: '25;82;175',
    server: '133;68;22',
    sealed: '0;98;102',
    secret: '101;62;146',
    danger: '173;15;51',
    caution: '112;80;0',
    ok: '14;105;54',
    quiet: '92;105;107',
  },
  dark: {
    client: '132;184;254',
    server: '230;178;133',
    sealed: '112;213;206',
    secret: '200;168;239',
    danger: '252;141;149',
    caution: '238;206;106',
    ok: '118;214;154',
    quiet: '143;155;157',
  },
}

const sixteen: Readonly<Record<Tint, string>> = {
  client: '94',
  server: '33',
  sealed: '36',
  secret: '35',
  danger: '31',
  caution: '33',
  ok: '32',
  quiet: '',
}

function sequence(role: Role, look: Look): string {
  const codes: string[] = []
  if (bold.has(role)) codes.push('1')
  if (role !== 'heading' && role !== 'text') {
    const colour = look.depth === 'true' ? `38;2;${trueColours[look.background][role]}` : sixteen[role]
    if (colour !== '') codes.push(colour)
  }
  return codes.length === 0 ? '' : `\u001b[${codes.join(';')}m`
}

/** The row as text for that look, without blanks at its end and without a line end. */
export function paint(row: InkRow, look: Look): string {
  const last = row.findLastIndex((piece) => piece.text.trim() !== '')
  let out = ''
  for (const [index, piece] of row.slice(0, last + 1).entries()) {
    const text = index === last ? piece.text.trimEnd() : piece.text
    const start = look.depth === 'none' || text === '' ? '' : sequence(piece.role, look)
    out += start === '' ? text : `${start}${text}\u001b[0m`
  }
  return out
}

function depthOf(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Depth {
  const force = env['FORCE_COLOR']
  if (force !== undefined && force !== '') {
    if (force === '0' || force === 'false') return 'none'
    if (force === '3' || /^(?:truecolor|24bit)$/.test(env['COLORTERM'] ?? '')) return 'true'
    return '16'
  }
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb' || !isTerminal) return 'none'
  return /^(?:truecolor|24bit)$/.test(env['COLORTERM'] ?? '') ? 'true' : '16'
}

/** `COLORFGBG` is `foreground;background` in the sixteen colours; 7 and 9 to 15 are light. */
function backgroundOf(env: Readonly<Record<string, string | undefined>>): Background {
  const told = /;(\d+)$/.exec(env['COLORFGBG'] ?? '')?.[1]
  if (told === undefined) return 'any'
  const colour = Number(told)
  return colour === 7 || (colour > 8 && colour < 16) ? 'light' : 'dark'
}

/** What a stream can show: a terminal has its width and colours; anything else 80 columns and, unless forced, none. */
export function lookOf(
  stream: { readonly isTerminal: boolean; readonly columns: number | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Look {
  const columns = stream.isTerminal ? Math.max(40, stream.columns ?? 80) : 80
  return { columns, depth: depthOf(stream.isTerminal, env), background: backgroundOf(env) }
}
