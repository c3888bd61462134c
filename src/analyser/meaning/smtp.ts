/** What each thing said in SMTP means, as ids of the catalogue. Lookup: verb and code, then code, then class (`4xx`). */
import type { Explanation } from '../model.ts'
import type { Parameter, SmtpCommand, SmtpReply } from '../../wire/smtp/words.ts'
import { firstKnown, firstWord, inert } from './known.ts'
import { meaningOfAnswer, meaningOfStart } from './sasl.ts'

export { meaningOfAnswer, meaningOfChallenge, type SignInStep } from './sasl.ts'

export interface SmtpContext {
  /** It passed inside TLS. */
  readonly sealed: boolean
  /** Number of the line that this one answers. */
  readonly answers?: number | undefined
  /** An EHLO or HELO was answered before on this connection, outside TLS counted too. */
  readonly again?: boolean | undefined
}

/** What a command means. A line after a 334 is better told by `meaningOfAnswer`, which knows the step. */
export function meaningOfSmtpCommand(command: SmtpCommand, context: SmtpContext): Explanation {
  switch (command.verb) {
    case 'EHLO':
    case 'HELO':
      return { id: hello(command.verb, context) }
    case 'MAIL':
      return { id: command.path === 'null' ? 'smtp.command.MAIL.null' : 'smtp.command.MAIL' }
    case 'BDAT':
      return { id: command.last ? 'smtp.command.BDAT.last' : 'smtp.command.BDAT', params: { size: command.size } }
    case 'AUTH':
      return meaningOfStart(command.mechanism, command.initial !== undefined, context.sealed)
    case 'answer':
      return meaningOfAnswer({
        mechanism: undefined,
        step: 0,
        of: command.cancel ? 'cancel' : undefined,
        sealed: context.sealed,
        answers: context.answers,
      })
    case 'unknown':
      return unknown(command.word)
    case 'malformed':
      return { id: 'smtp.command.malformed', params: { word: inert(command.word, 20) } }
    case 'RCPT':
    case 'DATA':
    case 'RSET':
    case 'QUIT':
    case 'STARTTLS':
    case 'NOOP':
    case 'HELP':
    case 'VRFY':
    case 'EXPN':
    case 'message':
      return { id: `smtp.command.${command.verb}` }
  }
}

function hello(verb: 'EHLO' | 'HELO', context: SmtpContext): string {
  if (verb === 'HELO' || context.again !== true) return `smtp.command.${verb}`
  return context.sealed ? 'smtp.command.EHLO.sealed' : 'smtp.command.EHLO.again'
}

function unknown(word: string): Explanation {
  if (word === '') return { id: 'smtp.command.empty' }
  if (word === 'LHLO') return { id: 'smtp.command.LHLO' }
  const general = word.startsWith('X') ? 'smtp.command.unknown.X' : 'smtp.command.unknown'
  return { id: firstKnown(`smtp.command.unknown.${word}`, general), params: { word: inert(word, 20) } }
}

/** What one parameter of MAIL or RCPT means, for a closer look at the line. */
export function meaningOfParameter(parameter: Parameter): Explanation {
  const id = firstKnown(`smtp.parameter.${parameter.key}`, 'smtp.parameter')
  return { id, params: { value: inert(parameter.value ?? '') } }
}

/** What a reply means; `to` undefined: the greeting, or a word nobody asked for. */
export function meaningOfSmtpReply(reply: SmtpReply, to: SmtpCommand | undefined, context: SmtpContext): Explanation {
  const verb = to !== undefined ? answered(to) : context.again === true ? 'stray' : 'greeting'
  if (verb === 'stray' && reply.code < 400) return { id: 'smtp.reply.stray' }
  if (reply.code === 250 && (verb === 'EHLO' || verb === 'LHLO')) return ehloReply(reply, context)
  const { code } = reply
  const known = firstKnown(
    `smtp.reply.${code}@${verb}`,
    `smtp.reply.${code}`,
    `smtp.reply.${Math.floor(code / 100)}xx`,
    'smtp.reply',
  )
  return reply.enhanced === undefined ? { id: known } : { id: known, params: { enhanced: reply.enhanced } }
}

/** The verb that a reply is looked up by. The last piece of a BDAT is answered as a message is. */
function answered(to: SmtpCommand): string {
  switch (to.verb) {
    case 'answer':
      return 'AUTH'
    case 'unknown':
    case 'malformed':
      return to.word
    case 'message':
      return to.chunk ? 'BDAT' : 'message'
    case 'BDAT':
      return to.last ? 'message' : 'BDAT'
    case 'EHLO':
    case 'HELO':
    case 'MAIL':
    case 'RCPT':
    case 'DATA':
    case 'RSET':
    case 'QUIT':
    case 'STARTTLS':
    case 'AUTH':
    case 'NOOP':
    case 'HELP':
    case 'VRFY':
    case 'EXPN':
      return to.verb
  }
}

function ehloReply(reply: SmtpReply, context: SmtpContext): Explanation {
  const rows = reply.lines.slice(1)
  if (rows.length === 0) return { id: 'smtp.reply.250@EHLO.none' }
  const offers = (keyword: string) => rows.some((row) => firstWord(row) === keyword)
  const params = { count: rows.length }
  if (context.sealed && context.again === true && offers('AUTH')) return { id: 'smtp.reply.250@EHLO.sealed', params }
  if (!context.sealed && offers('STARTTLS')) return { id: 'smtp.reply.250@EHLO.starttls', params }
  return { id: 'smtp.reply.250@EHLO', params }
}

/** What one row of the answer to EHLO means; row 0 is the server's name: undefined. `row` is without its code. */
export function meaningOfEhloRow(row: string, index: number): Explanation | undefined {
  if (index === 0) return undefined
  const keyword = firstWord(row)
  if (keyword.startsWith('AUTH=')) return { id: 'smtp.keyword.AUTH=' }
  if (keyword === 'AUTH' && row.trim().toUpperCase() === 'AUTH') return { id: 'smtp.keyword.AUTH.none' }
  if (keyword === 'SIZE') {
    const size = Number(/^\S+\s+(\d{1,15})\s*$/.exec(row.trim())?.[1] ?? 0)
    return size > 0
      ? { id: 'smtp.keyword.SIZE', params: { size: roundSize(size) } }
      : { id: 'smtp.keyword.SIZE.unlimited' }
  }
  const general = keyword.startsWith('X') ? 'smtp.keyword.X' : 'smtp.keyword'
  return { id: firstKnown(`smtp.keyword.${keyword}`, general) }
}

/** `70 MiB`, `10.2 MB`: in powers of two where it comes out even, else in powers of ten. */
export function roundSize(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes >= size && bytes < size * 1024 && Number.isInteger((bytes / size) * 2)) return `${bytes / size} ${unit}`
  }
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (bytes >= size) return `${Math.round((bytes / size) * 10) / 10} ${unit}`
  }
  return `${bytes} B`
}
