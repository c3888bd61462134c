/** Parameters of MAIL and RCPT: RFC 5321 §4.1.2, SIZE RFC 1870, BODY RFC 6152 and RFC 3030, SMTPUTF8 RFC 6531, DSN RFC 3461, AUTH RFC 4954 §5. */
import type { Part, Remark } from '../talk.ts'
import { readText } from '../cutter/text.ts'
import type { Parameter } from './words.ts'
import { form } from './rules.ts'

export interface ReadParameters {
  readonly parameters: readonly Parameter[]
  readonly parts: readonly Part[]
  readonly remarks: readonly Remark[]
  /** What is wrong, where something is. */
  readonly why: string | undefined
}

/** More than any command has. */
const most = 32

/** Reads ` KEY=value KEY` in line[from, to); the key in upper case. `start` is the line's offset. */
export function readParameters(line: string, from: number, to: number, start: number): ReadParameters {
  const parameters: Parameter[] = []
  const parts: Part[] = []
  const remarks: Remark[] = []
  let why: string | undefined
  let at = from
  while (at < to) {
    const gap = at
    while (at < to && isBlank(line, at)) at++
    if ((at - gap > 1 || line[gap] === '\t') && !remarks.includes(form.extraSpace)) remarks.push(form.extraSpace)
    const begin = at
    while (at < to && !isBlank(line, at)) at++
    const text = line.slice(begin, at)
    const equals = text.indexOf('=')
    const key = (equals < 0 ? text : text.slice(0, equals)).toUpperCase()
    const value = equals < 0 ? undefined : readText(text.slice(equals + 1))
    parts.push({ name: 'parameter', at: { start: start + begin, end: start + at } })
    // esmtp-keyword and esmtp-value, RFC 5321 §4.1.2
    if (
      !/^[A-Z0-9][A-Z0-9-]*$/.test(key) ||
      value === '' ||
      (value !== undefined && /[\u0000-\u0020\u007f]/.test(value))
    )
      why ??= 'bad-parameter'
    if (parameters.some((one) => one.key === key)) why ??= 'parameter-twice'
    if (parameters.length === most) return { parameters, parts, remarks, why: 'too-many-parameters' }
    parameters.push({ key, value })
  }
  return { parameters, parts, remarks, why }
}

/** ` KEY=value` for each, in order. */
export function printParameters(parameters: readonly Parameter[]): string {
  return parameters.map(({ key, value }) => (value === undefined ? ` ${key}` : ` ${key}=${value}`)).join('')
}

/** The value of a parameter; `''` where it stands without one, undefined where it does not stand. */
export function parameterOf(command: { readonly parameters: readonly Parameter[] }, key: string): string | undefined {
  const found = command.parameters.find((one) => one.key === key)
  return found && (found.value ?? '')
}

/** The first parameter whose value its own RFC does not allow, as a word (`bad-size`). Unknown ones have no fault. */
export function findParameterFault(verb: 'MAIL' | 'RCPT', parameters: readonly Parameter[]): string | undefined {
  const shapes = verb === 'MAIL' ? mailShapes : recipientShapes
  for (const { key, value } of parameters) {
    const shape = shapes.get(key)
    if (shape && !shape.test(value ?? '')) return `bad-${key.toLowerCase()}`
  }
  return undefined
}

/** EHLO keyword that must have been offered for a parameter; undefined for one that is not known. */
export function extensionOf({ key, value }: Parameter): string | undefined {
  if (key === 'BODY') return value?.toUpperCase() === 'BINARYMIME' ? 'BINARYMIME' : '8BITMIME'
  return extensions.get(key)
}

const xtext = '(?:[!-*,-<>-~]|\\+[0-9A-F]{2})'
const mailShapes = new Map([
  ['SIZE', /^\d{1,20}$/],
  ['BODY', /^(?:7BIT|8BITMIME|BINARYMIME)$/i],
  ['SMTPUTF8', /^$/],
  ['RET', /^(?:FULL|HDRS)$/i],
  // at most 100 characters, RFC 3461 §5.4
  ['ENVID', new RegExp(`^(?:${xtext}){1,100}$`)],
  ['AUTH', new RegExp(`^(?:<>|(?:${xtext})+)$`)],
])
const recipientShapes = new Map([
  ['NOTIFY', /^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*)$/i],
  // at most 500 characters, RFC 3461 §5.4; UTF-8 stands in utf-8-address forms, RFC 6533 §3
  ['ORCPT', /^(?=.{1,500}$)[A-Za-z0-9-]+;[^\u0000-\u0020\u007f]+$/u],
])
const extensions = new Map([
  ['SIZE', 'SIZE'],
  ['SMTPUTF8', 'SMTPUTF8'],
  ['RET', 'DSN'],
  ['ENVID', 'DSN'],
  ['NOTIFY', 'DSN'],
  ['ORCPT', 'DSN'],
  ['AUTH', 'AUTH'],
  ['REQUIRETLS', 'REQUIRETLS'],
  ['HOLDFOR', 'FUTURERELEASE'],
  ['HOLDUNTIL', 'FUTURERELEASE'],
  ['BY', 'DELIVERBY'],
  ['MT-PRIORITY', 'MT-PRIORITY'],
  ['RRVS', 'RRVS'],
])

/** xtext -> text, RFC 3461 §4. Undefined where it is not xtext. */
export function readXtext(text: string): string | undefined {
  if (!new RegExp(`^(?:${xtext})*$`).test(text)) return undefined
  const bytes = text.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return readText(bytes)
}

/** Text -> xtext, RFC 3461 §4. */
export function printXtext(text: string): string {
  let out = ''
  for (const byte of new TextEncoder().encode(text)) {
    const isPlain = byte > 32 && byte < 127 && byte !== 43 && byte !== 61
    out += isPlain ? String.fromCharCode(byte) : `+${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return out
}

function isBlank(line: string, at: number): boolean {
  return line[at] === ' ' || line[at] === '\t'
}
