/** Turns an explanation into words of one language. A missing id never throws; `say.test.ts` proves that none is missing. */
import type { Explanation, HiddenKind, Language } from '../model.ts'
import type { Entry, Told, Words } from './entry.ts'
import { catalogue } from './catalogue.ts'
import { enhancedWords, withDetail } from './enhanced.ts'

const entries: ReadonlyMap<string, Entry> = new Map(catalogue.map((entry) => [entry.id, entry]))

/** The entry of that id; undefined where the catalogue has none. */
export function entryOf(id: string): Entry | undefined {
  return entries.get(id)
}

/**
 * The words of an explanation. An id the catalogue lacks is answered by the nearest more general one
 * (`remark.odd` -> `remark`), then by the id itself. A param `variant` asks for a more particular text
 * (`finding.auth-clear` with `smtp.code`); a param `enhanced` adds what that code says.
 */
export function say(explanation: Explanation, language: Language): Told {
  const variant = explanation.params?.['variant']
  const entry = nearest(variant === undefined ? explanation.id : `${explanation.id}.${variant}`)
  if (entry === undefined) {
    return { short: explanation.id, alone: undefined, long: undefined, why: undefined, todo: undefined, rfc: [] }
  }
  const words = language === 'en' ? entry.en : entry.zh
  const told = { ...fill({ ...words, ...longOf(entry, language) }, explanation, language), rfc: entry.rfc }
  const code = explanation.params?.['enhanced']
  const detail = typeof code === 'string' ? enhancedWords(code, language) : undefined
  return detail === undefined ? told : withDetail(told, detail, language)
}

function nearest(id: string): Entry | undefined {
  for (let at = id; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const entry = entries.get(at)
    if (entry !== undefined) return entry
  }
  return undefined
}

/** An entry without a long text has that of the more general one: of its code, its class, its group. */
function longOf(entry: Entry, language: Language): { readonly long?: string } {
  for (let id: string | undefined = entry.id; id !== undefined; id = moreGeneral(id)) {
    const known = entries.get(id)
    const long = language === 'en' ? known?.en.long : known?.zh.long
    if (long !== undefined) return { long }
  }
  return {}
}

/** `smtp.reply.550@RCPT` -> `smtp.reply.550` -> `smtp.reply.5xx`; `pop3.code.X` -> `pop3.reply.error`; else a dot less. */
function moreGeneral(id: string): string | undefined {
  if (/^(?:finding|note|remark|outcome|capture|phase)\b/.test(id)) return undefined
  if (id.includes('@')) return id.slice(0, id.indexOf('@'))
  const code = /^smtp\.reply\.([2-5])\d\d$/.exec(id)?.[1]
  if (code !== undefined) return `smtp.reply.${code}xx`
  if (id.startsWith('pop3.code.')) return 'pop3.reply.error'
  const dot = id.lastIndexOf('.')
  return dot < 0 ? undefined : id.slice(0, dot)
}

function fill(words: Words, explanation: Explanation, language: Language): Omit<Told, 'rfc'> {
  const filled = (text: string | undefined) =>
    text === undefined ? undefined : insert(text, explanation.params ?? {}, language)
  return {
    short: insert(words.short, explanation.params ?? {}, language),
    alone: filled(words.alone),
    long: filled(words.long),
    why: filled(words.why),
    todo: filled(words.todo),
  }
}

/** Puts the values in; a value that is not given leaves its name in braces, so that a test sees it. */
function insert(text: string, params: Readonly<Record<string, string | number>>, language: Language): string {
  return text.replace(
    /\{(\w+)(?::(list)|\|([^|{}]*)\|([^|{}]*))?\}/g,
    (all: string, name: string, list?: string, one?: string, many?: string) => {
      const value = params[name]
      if (value === undefined) return all
      if (one !== undefined && many !== undefined) return Number(value) === 1 ? one : many
      if (list !== undefined) return String(value).replaceAll(', ', language === 'en' ? ', ' : '、')
      return String(value)
    },
  )
}

const masks: Record<Language, Record<HiddenKind, string>> = {
  en: {
    code: '[authorization code hidden]',
    password: '[password hidden]',
    user: '[user name hidden]',
    token: '[token hidden]',
    proof: '[proof hidden]',
  },
  'zh-CN': {
    code: '[授权码已隐藏]',
    password: '[口令已隐藏]',
    user: '[用户名已隐藏]',
    token: '[令牌已隐藏]',
    proof: '[认证摘要已隐藏]',
  },
}

/** The words that stand in place of a hidden value, one text whatever its length. */
export function maskOf(kind: HiddenKind, language: Language): string {
  return masks[language][kind]
}
