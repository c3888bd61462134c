/** How a configuration is checked: each setting says what it wants, an unknown one is an error with the nearest known. */
import { isIP } from 'node:net'
import { nearest } from '../nearest.ts'

/** Where a fault is, and what of. */
export interface ShapeFault {
  readonly path: readonly (string | number)[]
  readonly what: 'unknown-key' | 'bad-value'
  /** The nearest known key, or what is wanted. */
  readonly say: string
}

/** Reads a value or tells the fault. */
export type Shape<Value> = (value: unknown, path: ShapeFault['path']) => Value

/** Thrown within the reading; `readConfig` turns it into words with a line. */
export class ShapeError extends Error {
  readonly fault: ShapeFault
  constructor(fault: ShapeFault) {
    super(fault.what)
    this.fault = fault
  }
}

function wrong(path: ShapeFault['path'], want: string): never {
  throw new ShapeError({ path, what: 'bad-value', say: want })
}

export const boolean: Shape<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : wrong(path, 'true or false')

/** A whole number within bounds; `unit` for the message. */
export function integer(least: number, most: number, unit = ''): Shape<number> {
  return (value, path) => {
    const number = typeof value === 'bigint' ? Number(value) : value
    if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number
    return wrong(path, `a whole number from ${least} to ${most}${unit === '' ? '' : ` (${unit})`}`)
  }
}

export const text: Shape<string> = (value, path) =>
  typeof value === 'string' && value !== '' ? value : wrong(path, 'a text in quotes')

export function oneOf<Word extends string>(...words: readonly Word[]): Shape<Word> {
  return (value, path) =>
    words.find((word) => word === value) ?? wrong(path, words.map((word) => `"${word}"`).join(' or '))
}

const label = /^(?!-)[\p{L}\p{N}-]{1,63}(?<!-)$/u

/** Lower-case host name of letters, digits, hyphens and dots. RFC 1123 §2.1. */
export const hostName: Shape<string> = (value, path) =>
  typeof value === 'string' && value.length <= 253 && value.split('.').every((part) => label.test(part))
    ? value.toLowerCase()
    : wrong(path, 'a host name such as "mail.north.test"')

/** `HOST:PORT`, an IPv6 address in brackets. */
export const hostAndPort: Shape<{ host: string; port: number }> = (value, path) => {
  const match = typeof value === 'string' ? /^(?:\[([0-9a-f:.]+)\]|([^:\s]+)):(\d{1,5})$/i.exec(value) : null
  const port = Number(match?.[3])
  const host = match?.[1] ?? match?.[2]
  if (host === undefined || port < 1 || port > 65535) return wrong(path, 'HOST:PORT such as "127.0.0.1:2600"')
  return { host, port }
}

/** An address, or a network as ADDRESS/BITS; `/0`, which is everybody, is refused. safety.md 16. */
const network: Shape<string> = (value, path) => {
  const [address = '', bits, more] = typeof value === 'string' ? value.split('/') : []
  const kind = isIP(address)
  const isWhole = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128))
  if (kind === 0 || !isWhole || more !== undefined) return wrong(path, 'addresses or networks such as "192.0.2.0/24"')
  if (bits !== undefined && Number(bits) === 0) return wrong(path, 'networks smaller than /0, which is everybody')
  return typeof value === 'string' ? value : address
}

export function listOf<Value>(item: Shape<Value>): Shape<readonly Value[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((one: unknown, index) => item(one, [...path, index]))
      : wrong(path, 'a list in square brackets')
}

export const networks: Shape<readonly string[]> = listOf(network)

function entriesOf(value: unknown, path: ShapeFault['path']): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(path, 'a table')
  return Object.entries(value)
}

type Tables = Readonly<Record<string, Shape<unknown>>>
type Read<Keys extends Tables> = { readonly [Key in keyof Keys]?: ReturnType<Keys[Key]> }

/** A table of known keys, each of which may be left out. */
export function table<Keys extends Tables>(keys: Keys): Shape<Read<Keys>> {
  const known = Object.keys(keys)
  return (value, path) => {
    const read: Record<string, unknown> = {}
    for (const [key, item] of entriesOf(value, path)) {
      const shape = Object.hasOwn(keys, key) ? keys[key] : undefined
      if (shape === undefined)
        throw new ShapeError({ path: [...path, key], what: 'unknown-key', say: nearest(key, known) ?? '' })
      read[key] = shape(item, [...path, key])
    }
    return read as Read<Keys>
  }
}

/** A table whose keys are names. */
export function tableOf<Value>(name: Shape<string>, item: Shape<Value>): Shape<ReadonlyMap<string, Value>> {
  return (value, path) =>
    new Map(entriesOf(value, path).map(([key, one]) => [name(key, [...path, key]), item(one, [...path, key])]))
}

/** The table with these keys given. */
export function needing<Value extends object>(shape: Shape<Value>, ...keys: readonly (keyof Value & string)[]) {
  return (value: unknown, path: ShapeFault['path']): Required<Value> => {
    const read = shape(value, path)
    for (const key of keys) if (read[key] === undefined) return wrong(path, `the key ${key}`)
    return read as Required<Value>
  }
}
