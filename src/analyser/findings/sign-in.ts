/** Findings about signing in: what could be read on the way, what was refused, what was typed in the wrong place. */
import type { Finding, HiddenKind, Line, SignIn } from '../model.ts'
import { textOf, type Reading } from './reading.ts'

const weak = new Set(['CRAM-MD5', 'APOP', 'DIGEST-MD5', 'NTLM'])
const showsPassword = ['LOGIN', 'PLAIN', 'XOAUTH2', 'OAUTHBEARER']

/** All findings about signing in. */
export function signInFindings(reading: Reading): Finding[] {
  const inClear = clearSignIns(reading)
  return [
    ...inClear.map(clearFinding(reading)),
    ...weakFindings(reading),
    ...failedFinding(reading),
    ...wrongPromptFindings(reading),
  ]
}

/** A credential that passed outside TLS, with the lines of its sign-in up to it. */
export interface ClearSignIn {
  readonly kind: 'code' | 'password' | 'token'
  readonly lines: readonly number[]
  /** Numbers of the lines that show it. */
  readonly shown: readonly number[]
}

/** Credentials in clear, those of one kind together. */
export function clearSignIns(reading: Reading): ClearSignIn[] {
  const kinds = new Map<ClearSignIn['kind'], { lines: number[]; shown: number[] }>()
  for (const signIn of reading.conversation.signIns) {
    if (signIn.sealed || weak.has(signIn.mechanism)) continue
    const lines = linesOf(signIn, reading)
    const shown = lines.filter((line) => credentialIn(line) !== undefined)
    const kind = shown.map(credentialIn).find((one) => one !== undefined)
    const last = shown.at(-1)
    if (kind === undefined || last === undefined) continue
    const known = kinds.get(kind) ?? { lines: [], shown: [] }
    known.lines.push(...lines.map((line) => line.number).filter((number) => number <= last.number))
    known.shown.push(...shown.map((line) => line.number))
    kinds.set(kind, known)
  }
  return [...kinds].map(([kind, { lines, shown }]) => ({ kind, lines, shown }))
}

function linesOf(signIn: SignIn, reading: Reading): Line[] {
  return signIn.lines.flatMap((number) => reading.lineAt(number) ?? [])
}

/** What a client's line shows to whoever reads along; undefined for names and proofs. */
export function credentialIn(line: Line): ClearSignIn['kind'] | undefined {
  if (line.side !== 'client' || line.sealed) return undefined
  for (const row of line.rows) {
    for (const piece of row.pieces) {
      if (typeof piece !== 'string' && isCredential(piece.hidden)) return piece.hidden
    }
  }
  return undefined
}

function isCredential(kind: HiddenKind): kind is ClearSignIn['kind'] {
  return kind === 'code' || kind === 'password' || kind === 'token'
}

function clearFinding(reading: Reading): (found: ClearSignIn) => Finding {
  return ({ kind, lines }) => ({
    id: 'auth-clear',
    severity: 'danger',
    lines,
    certain: true,
    params: { variant: `${reading.protocol}.${kind}` },
  })
}

/** A proof that can be guessed against, RFC 2195 §2: the same digest of a guess tells whether it is right. */
function weakFindings(reading: Reading): Finding[] {
  return reading.conversation.signIns
    .filter((signIn) => !signIn.sealed && weak.has(signIn.mechanism) && !signIn.cancelled)
    .filter((signIn) => linesOf(signIn, reading).some(showsProof))
    .slice(0, 1)
    .map((signIn): Finding => ({
      id: 'auth-weak',
      severity: 'caution',
      lines: linesOf(signIn, reading)
        .filter(showsProof)
        .map((line) => line.number),
      certain: true,
      params: { mechanism: signIn.mechanism },
    }))
}

function showsProof(line: Line): boolean {
  const hidden = line.rows.flatMap((row) => row.pieces.filter((piece) => typeof piece !== 'string'))
  return line.side === 'client' && hidden.some((piece) => piece.hidden !== 'user')
}

function failedFinding(reading: Reading): Finding[] {
  const failed = reading.conversation.signIns.filter((signIn) => signIn.ok === false && !signIn.cancelled)
  if (failed.length === 0) return []
  const lines = failed.flatMap((signIn) => signIn.lines.slice(-1))
  return [{ id: 'auth-failed', severity: 'caution', lines, certain: true, params: { count: failed.length } }]
}

/** AUTH with a way that shows the password is announced before TLS, though TLS is there. */
export function offeredFinding(reading: Reading): Finding[] {
  const offer = reading.offers.find(({ line, keywords }) => {
    return !line.sealed && (keywords.has('STARTTLS') || keywords.has('STLS')) && mechanismsOf(keywords).length > 0
  })
  if (offer === undefined) return []
  const mechanisms = mechanismsOf(offer.keywords).join(', ')
  return [
    {
      id: 'auth-offered-in-clear',
      severity: 'note',
      lines: [offer.line.number],
      certain: true,
      params: { mechanisms },
    },
  ]
}

function mechanismsOf(keywords: ReadonlyMap<string, string>): string[] {
  const offered = (keywords.get('AUTH') ?? keywords.get('SASL') ?? '').toUpperCase().split(/\s+/)
  return showsPassword.filter((mechanism) => offered.includes(mechanism))
}

function wrongPromptFindings(reading: Reading): Finding[] {
  const lines = reading.lines.filter((line) => {
    if (credentialIn(line) === undefined || line.verb !== undefined) return false
    return line.kind === 'unreadable' || line.kind === 'command' ? !/^\s*PASS\b/i.test(textOf(line)) : false
  })
  if (lines.length === 0) return []
  return [{ id: 'auth-wrong-prompt', severity: 'danger', lines: lines.map((line) => line.number), certain: false }]
}
