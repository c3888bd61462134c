/** Short words for what an SMTP engine hears, for tables of tests. */
import type { Side } from '../talk.ts'
import { Secret } from '../talk.ts'
import { byteString, bytesOf } from '../cutter/text.ts'
import { SmtpConversation } from './conversation.ts'
import type { HeardSmtp, SmtpOptions } from './conversation.ts'
import { smtpReply } from './reply.ts'
import type { SmtpCommand } from './words.ts'

/** `C: text`, `S: text` (no line end is added), a hole `C? 10`, an end `C.`. */
export function hearAll(events: readonly string[], options: SmtpOptions = {}): string[] {
  const engine = new SmtpConversation(options)
  const heard: string[] = []
  for (const event of events) {
    const side: Side = event.startsWith('C') ? 'client' : 'server'
    const rest = event.slice(3)
    if (event[1] === ':') engine.hear(side, bytesOf(rest))
    else if (event[1] === '?') engine.lose(side, Number(rest))
    else engine.end(side)
    drain(engine, heard)
  }
  return heard
}

export function drain(engine: SmtpConversation, heard: string[]): void {
  for (let goesOn = true; goesOn;) {
    goesOn = false
    for (const side of ['client', 'server'] as const) {
      for (let next = engine.next(side); typeof next === 'object'; next = engine.next(side)) {
        heard.push(word(side, next))
        goesOn = true
      }
    }
  }
}

/** One line for a thing: `C MAIL`, `S 250 to MAIL`, `C body "text" last`, and `(rule)` for its remarks. */
export function word(side: Side, thing: HeardSmtp): string {
  const remarks = thing.remarks.map((remark) => ` (${remark.rule})`).join('')
  return `${side === 'client' ? 'C' : 'S'} ${what(thing)}${thing.assumed ? ' assumed' : ''}${remarks}`
}

function what(thing: HeardSmtp): string {
  switch (thing.what) {
    case 'command':
      return shown(thing.command)
    case 'reply':
      return `${thing.reply.code}${thing.to ? ` to ${thing.to.verb === 'malformed' ? `[${thing.to.word}]` : thing.to.verb}` : ''}`
    case 'body':
      return `body ${JSON.stringify(byteString(thing.bytes))}${thing.last ? ' last' : ''}`
    case 'unreadable':
      return `unreadable ${thing.why}${thing.secret ? ' secret' : ''}`
    case 'hole':
      return `hole ${thing.size}${thing.inBody ? ' in body' : ''}`
    case 'sealed':
      return `sealed ${thing.at.start}-${thing.at.end}`
    case 'offer':
      return 'offer'
  }
}

function shown(command: SmtpCommand): string {
  if (command.verb === 'unknown') return `unknown ${command.word}`
  if (command.verb === 'malformed') return `malformed ${command.word} ${command.why}`
  return command.verb === 'answer' && command.cancel ? 'cancel' : command.verb
}

/** A server's engine with the greeting said and EHLO accepted; `keywords` are offered. */
export function greetedServer(
  options: SmtpOptions = {},
  keywords: readonly string[] = ['PIPELINING', 'CHUNKING', 'STARTTLS', 'AUTH PLAIN LOGIN'],
): SmtpConversation {
  const engine = new SmtpConversation(options)
  engine.say({ what: 'reply', reply: smtpReply(220, undefined, 'ready') })
  engine.hear('client', bytesOf('EHLO client.test\r\n'))
  engine.next('client')
  engine.say({ what: 'reply', reply: smtpReply(250, undefined, 'mx.test', ...keywords) })
  return engine
}

/** Hears these bytes as a server that agrees to all; what was heard, and the replies refused by `objection`. */
export function serveAll(engine: SmtpConversation, text: string, agreed: string[] = []): string[] {
  engine.hear('client', bytesOf(text))
  for (let next = engine.next('client'); typeof next === 'object'; next = engine.next('client')) {
    agreed.push(word('client', next))
    const command = asked(next)
    if (!command) continue
    const objection = engine.objection(command)
    if (objection) agreed.push(`objection ${objection.rule}`)
    engine.say({ what: 'reply', reply: smtpReply(objection ? 503 : (agreeing[command.verb] ?? 250), undefined, 'x') })
  }
  return agreed
}

function asked(thing: HeardSmtp): SmtpCommand | undefined {
  if (thing.what === 'command') return thing.command.verb === 'BDAT' ? undefined : thing.command
  if (thing.what === 'unreadable') return { verb: 'malformed', word: '', text: '', why: thing.why }
  return thing.what === 'body' && thing.last ? { verb: 'message', chunk: false } : undefined
}

const agreeing: { readonly [verb in SmtpCommand['verb']]?: number } = {
  DATA: 354,
  STARTTLS: 220,
  AUTH: 334,
  answer: 235,
  malformed: 500,
  unknown: 500,
}

/** Everything that a thing shows when it is printed or put into JSON, secrets told nowhere. */
export function shownText(thing: HeardSmtp): string {
  return JSON.stringify(thing, (_key, value: unknown) =>
    value instanceof Uint8Array ? byteString(value) : value instanceof Secret ? String(value) : value,
  )
}
