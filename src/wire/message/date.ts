/** Dates of messages, RFC 5322 §3.3, and what older programs write, §4.3. */

export interface MailDate {
  readonly at: Date
  /** Minutes east of Greenwich; undefined for `-0000` and for zones whose offset is not known, RFC 5322 §3.3. */
  readonly zoneMinutes: number | undefined
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** Obsolete zone names, RFC 5322 §4.3, in hours. */
const zones: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
}

/**
 * Reads a date: day names, comments, folding, two- and three-digit years, zone names, missing seconds or zone, and
 * `Tue Nov 24 13:43:44 2026`. Undefined if it is none, or names a day or a time that does not exist.
 */
export function readDate(text: string): MailDate | undefined {
  const line = withoutComments(text)
    .split(/[\s,]+/)
    .join(' ')
  // so that what follows has little to look at
  if (line.length > 100) return undefined
  const words = line
    .replace(/ ?: ?/g, ':')
    .split(/ |(?<=\d)-(?=[A-Za-z])|(?<=[A-Za-z])-(?=\d)/)
    .filter((word) => word !== '')
  if (words.length > 8) return undefined
  const first = words[0]?.toLowerCase().slice(0, 3) ?? ''
  if (days.includes(first)) words.shift()
  const monthFirst = months.includes(words[0]?.toLowerCase() ?? '')
  const [day, month, ...rest] = monthFirst ? [words[1] ?? '', words[0] ?? '', ...words.slice(2)] : words
  // asctime writes the year last
  const [year, time, ...zone] = rest[0]?.includes(':') ? [rest.at(-1) ?? '', ...rest.slice(0, -1)] : rest
  return makeDate(day ?? '', month ?? '', year ?? '', time ?? '', zone)
}

function makeDate(
  dayText: string,
  monthText: string,
  yearText: string,
  timeText: string,
  zoneWords: readonly string[],
): MailDate | undefined {
  const clock = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?$/.exec(timeText)
  const month = months.indexOf(monthText.slice(0, 3).toLowerCase())
  const year = readYear(yearText)
  if (!clock || month < 0 || year === undefined || !/^\d{1,2}$/.test(dayText)) return undefined
  const day = Number(dayText)
  const [hour, minute, second] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)]
  // 60 is a leap second, RFC 5322 §3.3
  if (hour > 23 || minute > 59 || second > 60 || day < 1) return undefined
  const zoneMinutes = readZone(zoneWords)
  if (zoneMinutes === 'unreadable') return undefined
  const local = new Date(0)
  local.setUTCFullYear(year, month, day)
  if (local.getUTCDate() !== day) return undefined
  local.setUTCHours(hour, minute, second)
  return { at: new Date(local.getTime() - (zoneMinutes ?? 0) * 60_000), zoneMinutes }
}

/** Two digits mean 1950 to 2049, three count from 1900, RFC 5322 §4.3. */
function readYear(text: string): number | undefined {
  if (!/^\d{2,4}$/.test(text)) return undefined
  const year = Number(text)
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return text.length === 3 ? 1900 + year : year
}

function readZone(words: readonly string[]): number | undefined | 'unreadable' {
  // `GMT+0800` and `+0800 CST` are seen; the number counts
  const numeric = words
    .map((word) => /^(?:GMT|UTC)?([+-])(\d{2}):?(\d{2})$/i.exec(word))
    .find((match) => match !== null)
  if (numeric) {
    const minutes = Number(numeric[2]) * 60 + Number(numeric[3])
    if (Number(numeric[3]) > 59) return 'unreadable'
    if (numeric[1] === '-') return minutes === 0 ? undefined : -minutes
    return minutes
  }
  const name = words[0]?.toLowerCase() ?? ''
  if (name === '') return undefined
  if (!/^[a-z]{1,5}$/.test(name)) return 'unreadable'
  // military letters were defined wrongly and mean nothing, RFC 5322 §4.3
  const hours = Object.hasOwn(zones, name) ? zones[name] : undefined
  return hours === undefined ? undefined : hours * 60
}

/** Comments nest and may hold quoted characters, RFC 5322 §3.2.2. */
function withoutComments(text: string): string {
  if (!text.includes('(')) return text
  let out = ''
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '(') depth += 1
    else if (character === ')' && depth > 0) {
      depth -= 1
      if (depth === 0) out += ' '
    } else if (character === '\\' && depth > 0) at += 1
    else if (depth === 0) out += character
  }
  return out
}

const title = (word: string | undefined): string => (word ? `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}` : '')
const two = (value: number): string => String(value).padStart(2, '0')

/** `Tue, 24 Nov 2026 13:43:44 +0800`: this moment as the clock there shows it, RFC 5322 §3.3. */
export function printDate(date: Date, zoneMinutes = 0): string {
  const local = new Date(date.getTime() + zoneMinutes * 60_000)
  const far = Math.abs(zoneMinutes)
  const zone = `${zoneMinutes < 0 ? '-' : '+'}${two(Math.floor(far / 60))}${two(far % 60)}`
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`
  const year = String(local.getUTCFullYear()).padStart(4, '0')
  const day = title(days[local.getUTCDay()])
  return `${day}, ${local.getUTCDate()} ${title(months[local.getUTCMonth()])} ${year} ${time} ${zone}`
}
