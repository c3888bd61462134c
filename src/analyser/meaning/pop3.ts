/** What each thing said in POP3 means, as ids of the catalogue. Lookup: response code, then verb and status, then status. */
import type { Explanation } from '../model.ts'
import type { Pop3Command, Pop3Reply } from '../../wire/pop3/words.ts'
import { firstKnown, firstWord, inert } from './known.ts'
import { meaningOfAnswer, meaningOfStart } from './sasl.ts'

export interface Pop3Context {
  /** It passed inside TLS. */
  readonly sealed: boolean
  /** Number of the line that this one answers. */
  readonly answers?: number | undefined
  /** CAPA was answered before on this connection, outside TLS counted too. */
  readonly again?: boolean | undefined
  /** Nobody has signed in yet: QUIT deletes nothing. */
  readonly early?: boolean | undefined
}

/** What a command means. A line after a `+ ` is better told by `meaningOfAnswer`, which knows the step. */
export function meaningOfPop3Command(command: Pop3Command, context: Pop3Context): Explanation {
  const id = `pop3.command.${command.verb}`
  switch (command.verb) {
    case 'PASS':
      return { id: context.sealed ? 'pop3.command.PASS.sealed' : id }
    case 'AUTH':
      return command.mechanism === undefined
        ? { id: 'sasl.start.list' }
        : meaningOfStart(command.mechanism, command.initial !== undefined, context.sealed)
    case 'answer':
      return meaningOfAnswer({
        mechanism: undefined,
        step: 0,
        of: command.cancel ? 'cancel' : undefined,
        sealed: context.sealed,
        answers: context.answers,
      })
    case 'LIST':
    case 'UIDL':
      return command.number === undefined ? { id } : { id: `${id}.one`, params: { number: command.number } }
    case 'RETR':
    case 'DELE':
      return { id, params: { number: command.number } }
    case 'TOP':
      return command.lines === 0
        ? { id: 'pop3.command.TOP.head', params: { number: command.number } }
        : { id, params: { number: command.number, lines: command.lines } }
    case 'CAPA':
      return { id: context.sealed && context.again === true ? 'pop3.command.CAPA.sealed' : id }
    case 'QUIT':
      return { id: context.early === true ? 'pop3.command.QUIT.early' : id }
    case 'LANG':
      return command.tag === undefined
        ? { id }
        : { id: 'pop3.command.LANG.one', params: { tag: inert(command.tag, 20) } }
    case 'unknown':
    case 'malformed':
      if (command.word === '') return { id: 'pop3.command.empty' }
      return { id, params: { word: inert(command.word, 20) } }
    case 'USER':
    case 'APOP':
    case 'STAT':
    case 'NOOP':
    case 'RSET':
    case 'STLS':
    case 'UTF8':
      return { id }
  }
}

/** What a status line means; `to` undefined: the greeting. A `+ ` is better told by `meaningOfChallenge`. */
export function meaningOfPop3Reply(reply: Pop3Reply, to: Pop3Command | undefined, _context: Pop3Context): Explanation {
  switch (reply.status) {
    case 'continue':
    case 'stray':
      return { id: `pop3.reply.${reply.status}` }
    case 'ok':
    case 'error': {
      const code = reply.code?.toUpperCase()
      if (reply.status === 'error' && code !== undefined) {
        const known = firstKnown(`pop3.code.${code}`, '')
        if (known !== '') return { id: known }
      }
      return reply.status === 'ok' ? okMeaning(reply.text, to) : { id: nearest('error', verbOf(to)) }
    }
  }
}

function okMeaning(text: string, to: Pop3Command | undefined): Explanation {
  const verb = verbOf(to)
  if (to?.verb === 'STAT') {
    const [, count, size] = /^(\d{1,10}) (\d{1,15})/.exec(text) ?? []
    return count === undefined || size === undefined
      ? { id: 'pop3.reply.ok@STAT.other' }
      : { id: 'pop3.reply.ok@STAT', params: { count: Number(count), size: Number(size) } }
  }
  if ((to?.verb === 'LIST' || to?.verb === 'UIDL') && to.number !== undefined)
    return { id: `pop3.reply.ok@${verb}.one` }
  if (to?.verb === 'AUTH' && to.mechanism === undefined) return { id: 'pop3.reply.ok@AUTH.list' }
  return { id: nearest('ok', verb) }
}

function nearest(status: 'ok' | 'error', verb: string): string {
  return firstKnown(`pop3.reply.${status}@${verb}`, `pop3.reply.${status}`)
}

function verbOf(to: Pop3Command | undefined): string {
  if (to === undefined) return 'greeting'
  return to.verb === 'answer' ? 'AUTH' : to.verb
}

/** What one row of the answer to CAPA means. */
export function meaningOfCapaRow(row: string): Explanation | undefined {
  const tag = firstWord(row)
  if (tag === '') return undefined
  return { id: firstKnown(`pop3.capability.${tag}`, tag.startsWith('X') ? 'pop3.capability.X' : 'pop3.capability') }
}

/** What the lines after a status line are, up to the dot: the answer to LIST, UIDL, CAPA, AUTH, LANG. */
export function meaningOfListing(to: Pop3Command | undefined, rows: number): Explanation {
  return { id: firstKnown(`pop3.listing.${verbOf(to)}`, 'pop3.listing.other'), params: { count: rows } }
}
