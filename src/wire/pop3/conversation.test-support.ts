/** Short words for what a POP3 engine hears, for tables of tests. */
import type { Side } from '../talk.ts'
import { byteString, bytesOf } from '../cutter/text.ts'
import { Pop3Conversation } from './conversation.ts'
import type { HeardPop3, Pop3Options } from './conversation.ts'
import type { Pop3Command, Pop3Reply } from './words.ts'

/** `C: text`, `S: text` (no line end is added), a hole `C? 10`, an end `C.`. */
export function hearAll(events: readonly string[], options: Pop3Options = {}): string[] {
  const engine = new Pop3Conversation(options)
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

export function drain(engine: Pop3Conversation, heard: string[]): void {
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

/** One line for a thing: `C RETR`, `S ok to RETR more`, `S stray "x"`, and `(rule)` for its remarks. */
export function word(side: Side, thing: HeardPop3): string {
  const remarks = thing.remarks.map((remark) => ` (${remark.rule})`).join('')
  return `${side === 'client' ? 'C' : 'S'} ${what(thing)}${thing.assumed ? ' assumed' : ''}${remarks}`
}

function what(thing: HeardPop3): string {
  switch (thing.what) {
    case 'command':
      return shown(thing.command)
    case 'reply':
      return `${status(thing.reply)}${thing.to ? ` to ${thing.to.verb === 'malformed' ? `[${thing.to.word}]` : thing.to.verb}` : ''}`
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

function status(reply: Pop3Reply): string {
  if (reply.status === 'stray') return `stray ${JSON.stringify(reply.text)}`
  return `${reply.status}${reply.status === 'ok' && reply.more ? ' more' : ''}`
}

function shown(command: Pop3Command): string {
  if (command.verb === 'unknown') return `unknown ${command.word}`
  if (command.verb === 'malformed') return `malformed ${command.word} ${command.why}`
  return command.verb === 'answer' && command.cancel ? 'cancel' : command.verb
}
