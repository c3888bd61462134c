/** Enhanced status codes, composed of class, subject and detail. RFC 3463 §2. */
import type { Language } from '../model.ts'
import type { Told } from './entry.ts'

/** What one code says: `detail` fits behind a colon, `sentence` stands alone. */
export interface EnhancedWords {
  readonly detail: string
  readonly sentence: string
}

/** The words of a code such as `5.7.1`; undefined where it says nothing beyond its class. */
export function enhancedWords(_code: string, _language: Language): EnhancedWords | undefined {
  return undefined
}

/** The text with the detail added: behind the short sentence where there is room, as a sentence of the long one. */
export function withDetail(told: Told, _detail: EnhancedWords, _language: Language): Told {
  return told
}
