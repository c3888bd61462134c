/** What crosses the control socket: one JSON value a line, bounded. Passwords travel only here. */
import type { FaultCode, FaultValues } from '../words/faults.ts'
import { isFaultCode } from '../words/faults.ts'

/** Bytes of one line. A request is small, a row holds at most a piece of a recording. */
export const longestRequest = 262_144
export const longestAnswer = 2_097_152

export interface Request {
  readonly version: string
  readonly verb: string
  readonly args: unknown
}

export type Answer =
  | { readonly what: 'row'; readonly row: unknown }
  | { readonly what: 'progress'; readonly done: number; readonly total: number }
  | { readonly what: 'done' }
  | { readonly what: 'fault'; readonly code: FaultCode; readonly values: FaultValues[FaultCode] }

const encoder = new TextEncoder()

export function printMessage(message: Request | Answer): Uint8Array {
  return encoder.encode(`${JSON.stringify(message)}\n`)
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

export function readRequest(line: string): Request | undefined {
  const value = parsed(line)
  const version = value?.['version']
  const verb = value?.['verb']
  if (typeof version !== 'string' || typeof verb !== 'string') return undefined
  return { version, verb, args: value?.['args'] }
}

export function readAnswer(line: string): Answer | undefined {
  const value = parsed(line)
  switch (value?.['what']) {
    case 'row':
      return { what: 'row', row: value['row'] }
    case 'progress':
      return { what: 'progress', done: Number(value['done']), total: Number(value['total']) }
    case 'done':
      return { what: 'done' }
    case 'fault': {
      const code = value['code']
      if (typeof code !== 'string' || !isFaultCode(code)) return undefined
      return { what: 'fault', code, values: value['values'] as FaultValues[FaultCode] }
    }
    default:
      return undefined
  }
}

/** Cuts lines out of bytes; `too long` once a line passes the bound. */
export class LineCutter {
  readonly #longest: number
  readonly #decoder = new TextDecoder()
  #waiting = ''
  constructor(longest: number) {
    this.#longest = longest
  }
  cut(bytes: Uint8Array): readonly string[] | 'too long' {
    const lines = (this.#waiting + this.#decoder.decode(bytes, { stream: true })).split('\n')
    this.#waiting = lines.pop() ?? ''
    return this.#waiting.length > this.#longest || lines.some((line) => line.length > this.#longest)
      ? 'too long'
      : lines
  }
}
