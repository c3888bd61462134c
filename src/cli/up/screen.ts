/** The first screen of `up`. look/terminal.md, "npm start, first screen". */
import type { ListenerAddress, ListenerProtocol } from '../../server/contract.ts'
import { inert } from '../terminal/inert.ts'
import { ink } from '../terminal/ink.ts'
import type { Ink, InkRow } from '../terminal/ink.ts'
import { padEnd, widthOf } from '../terminal/layout.ts'
import type { UpWords } from '../words/up.ts'
import type { HostCertificates } from './certificates.ts'

export interface ScreenFacts {
  readonly version: string
  readonly data: string
  readonly accounts: number
  readonly messages: number
  readonly certificates: Pick<HostCertificates, 'kind' | 'names'>
  readonly listening: readonly ListenerAddress[]
  readonly isPublic: boolean
  readonly domains: number
  /** Of the demonstration: each account with its fresh code. */
  readonly people: readonly { readonly address: string; readonly code: string }[]
}

const where = (at: Pick<ListenerAddress, 'address' | 'port'>): string =>
  at.address.includes(':') ? `[${at.address}]:${at.port}` : `${at.address}:${at.port}`

/** What a listener is, beside its port; undefined for plain POP3, which needs no word. */
function kindOf(protocol: ListenerProtocol, words: UpWords): string | undefined {
  switch (protocol) {
    case 'smtp':
      return words.mx
    case 'submission':
      return words.startTls
    case 'submissions':
    case 'pop3s':
      return words.tls
    case 'pop3':
      return undefined
  }
}

const isSmtp = ({ protocol }: ListenerAddress): boolean => !protocol.startsWith('pop3')

/** `127.0.0.1:2525 (MX)`, `2587 (STARTTLS)`: the address once, where the others share it. */
function places(listening: readonly ListenerAddress[], words: UpWords): string[] {
  return listening.map((at, index) => {
    const isShared = index > 0 && at.address === listening[0]?.address
    const place = isShared ? String(at.port) : where(at)
    const kind = kindOf(at.protocol, words)
    return kind === undefined ? place : words.inParentheses(place, kind)
  })
}

/** Rows of places under each other, their columns three blanks apart. */
function placeRows(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ''))))
  return rows.map((row) => row.map((cell, at) => padEnd(cell, (widths[at] ?? widthOf(cell)) + 3)).join(''))
}

export function screenRows(facts: ScreenFacts, words: UpWords): InkRow[] {
  const good = (label: string, text: string): InkRow => [
    ink('ok', '  ok  '),
    ink('text', padEnd(label, words.labelColumn) + text),
  ]
  const smtp = facts.listening.filter(isSmtp)
  const pop3 = facts.listening.filter((at) => !isSmtp(at))
  const spoken: readonly (readonly [string, readonly ListenerAddress[]])[] = [
    ['SMTP', smtp],
    ['POP3', pop3],
  ]
  const shown = spoken.filter(([, listeners]) => listeners.length > 0)
  const texts = placeRows(shown.map(([, listeners]) => places(listeners, words)))
  return [
    [ink('heading', `Postglass ${facts.version}`), ink('text', `   ${words.title}`)],
    [],
    good(words.storage, words.stored(inert(facts.data), facts.accounts, facts.messages)),
    good(words.certificate, certificateText(facts.certificates, words)),
    ...shown.map(([label], index) => good(label, texts[index] ?? '')),
    facts.isPublic
      ? good(words.reachable, words.everywhere)
      : [ink('caution', '   !  '), ink('text', padEnd(words.reachable, words.labelColumn) + words.onlyHere)],
    [],
    ...factRows(facts, words),
    [ink('quiet', words.stop)],
    [],
  ]
}

function certificateText({ kind, names }: ScreenFacts['certificates'], words: UpWords): string {
  switch (kind) {
    case 'made':
      return words.certificateMade(names[0] ?? '')
    case 'kept':
      return words.certificateKept(names[0] ?? '')
    case 'given':
      return words.certificateGiven(names)
  }
}

/** Who can sign in, what to paste, and where to look. */
function factRows(facts: ScreenFacts, words: UpWords): InkRow[] {
  const fact = (label: string, ...pieces: readonly Ink[]): InkRow => [
    ink('text', `  ${padEnd(label, words.factColumn)}`),
    ...pieces,
  ]
  if (facts.people.length === 0) return facts.domains === 0 ? [fact('', ink('text', words.noDomain)).slice(1), []] : []
  const widest = Math.max(...facts.people.map(({ address }) => widthOf(address)))
  return [
    ...facts.people.map(({ address, code }, index) =>
      fact(
        index === 0 ? words.accounts : '',
        ink('text', padEnd(address, widest + 3)),
        ink('quiet', `${words.code} `),
        ink('secret', code),
      ),
    ),
    fact('', ink('quiet', words.codeOnce)),
    ...pasteLines(facts).map((line, index) => fact(index === 0 ? words.tryIt : '', ink('sealed', line))),
    fact(words.watch, ink('text', words.watchLive)),
    [],
  ]
}

/** Lines to paste for telnet, swaks and curl, with the ports that are really open. */
function pasteLines({ listening, people }: ScreenFacts): string[] {
  const portOf = (...protocols: readonly ListenerProtocol[]): number | undefined =>
    listening.find(({ protocol }) => protocols.includes(protocol))?.port
  const [first, second] = people
  const mx = portOf('smtp')
  const pop3 = portOf('pop3')
  return [
    ...(mx === undefined || first === undefined ? [] : [`swaks --server localhost:${mx} --to ${first.address}`]),
    ...(pop3 === undefined || second === undefined
      ? []
      : [`curl pop3://localhost:${pop3}/ --user ${second.address}:${second.code}`]),
    ...(mx === undefined ? [] : [`telnet localhost ${mx}`]),
  ]
}
