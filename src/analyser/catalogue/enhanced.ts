/** Enhanced status codes, composed of class, subject and detail. RFC 3463 §2. */
import type { Language } from '../model.ts'
import type { Entry, Told } from './entry.ts'
import { smtpEnhancedCodes } from './smtp/enhanced-codes.ts'

/** What one code says: `detail` fits behind a colon, `sentence` stands alone. */
export interface EnhancedWords {
  readonly detail: string
  readonly sentence: string
  /** Class 4 or 5. */
  readonly refuses: boolean
}

const parts: ReadonlyMap<string, Entry> = new Map(smtpEnhancedCodes.map((entry) => [entry.id, entry]))

function part(key: string, language: Language): string | undefined {
  const entry = parts.get(`smtp.enhanced.${key}`)
  return language === 'en' ? entry?.en.short : entry?.zh.short
}

/** The words of a code such as `5.7.1`; undefined where it says nothing beyond its class, or is not known. */
export function enhancedWords(code: string, language: Language): EnhancedWords | undefined {
  const [kind, subject, number] = code.split('.')
  const about = part(`subject.${subject}`, language)
  const of = part(`class.${kind}`, language)
  const detail = part(`${subject}.${number}`, language)
  const sentence = part('sentence', language)
  if (about === undefined || of === undefined || detail === undefined || sentence === undefined) return undefined
  const values: Record<string, string> = { code, class: of, subject: about, detail }
  return {
    detail,
    refuses: kind !== '2',
    sentence: sentence.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all),
  }
}

/** Room beside a line, in characters. */
const room: Record<Language, number> = { en: 90, 'zh-CN': 45 }

/**
 * The text with the detail added: behind a refusal where there is room (`… for good: no such mailbox.`), and as a
 * sentence of the long one. A short text that has a colon or an enumeration already keeps to itself.
 */
export function withDetail(told: Told, words: EnhancedWords, language: Language): Told {
  const long = told.long === undefined ? words.sentence : `${told.long}${language === 'en' ? ' ' : ''}${words.sentence}`
  const stop = language === 'en' ? '.' : '。'
  const colon = language === 'en' ? ': ' : '：'
  const bare = told.short.endsWith(stop) ? told.short.slice(0, -1) : undefined
  const joined =
    !words.refuses || bare === undefined || /[:;：；，]/.test(bare)
      ? undefined
      : `${bare}${colon}${words.detail}${stop}`
  const fits = joined !== undefined && Array.from(joined).length <= room[language]
  return { ...told, short: fits ? joined : told.short, long }
}
