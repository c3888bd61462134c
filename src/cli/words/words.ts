/** The command line's own texts, in both languages: data of one shape, so that the compiler sees a missing one. */
import type { Language } from '../../analyser/model.ts'

export type { Language }

/** The same texts in each language. */
export type Both<Texts> = Readonly<Record<Language, Texts>>

/** An English noun after its number. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number): string => String(value).padStart(2, '0')

/** `10:00:01`, local time of nanoseconds since 1970. */
export function clock(time: bigint): string {
  const at = new Date(Number(time / 1_000_000n))
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** `24 Nov 2026 10:00:01`, in Chinese `2026-11-24 10:00:01`; local time. */
export function dateAndClock(time: bigint, language: Language): string {
  const at = new Date(Number(time / 1_000_000n))
  const date =
    language === 'en'
      ? `${at.getDate()} ${months[at.getMonth()]} ${at.getFullYear()}`
      : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${date} ${clock(time)}`
}

/** `zh-CN` for any Chinese locale, else `en`: the first of LC_ALL, LC_MESSAGES, LANG that is set. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((value) => value !== undefined && value !== '')
  return /^zh/i.test(locale ?? '') ? 'zh-CN' : 'en'
}
