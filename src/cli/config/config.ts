/** The configuration: TOML, strictly checked. An unknown key is an error with its line and the nearest known key. contracts.md. */
import { TomlError, parse } from 'smol-toml'
import { defaultAccessLimits } from '../../access/limits.ts'
import type { AccessLimits } from '../../access/limits.ts'
import { defaultLimits } from '../../server/limits.ts'
import type { Limits } from '../../server/limits.ts'
import { Fault } from '../fault.ts'
import { lineOf } from './lines.ts'
import {
  ShapeError,
  boolean,
  hostAndPort,
  hostName,
  integer,
  listOf,
  needing,
  networks,
  oneOf,
  table,
  tableOf,
  text,
} from './shape.ts'
import type { Shape } from './shape.ts'

export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

export interface Config {
  /** Of the greeting and Received; undefined: by the first domain, else the machine's. */
  readonly name: string | undefined
  /** Files by DNS name; relative paths count from the configuration's folder. */
  readonly tls: ReadonlyMap<string, CertificateFiles>
  readonly inClear: 'off' | 'loopback' | 'on' | undefined
  readonly testPublic: boolean
  readonly keepHours: number
  readonly bytesPerSide: number
  readonly limits: Partial<Limits>
  readonly accessLimits: Partial<AccessLimits>
}

export const defaultConfig: Config = {
  name: undefined,
  tls: new Map(),
  inClear: undefined,
  testPublic: false,
  keepHours: 24,
  bytesPerSide: 4_194_304,
  limits: {},
  accessLimits: {},
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Not in `[limits]`: `[smtp] size` sets it; an inner bound. */
const elsewhere: ReadonlySet<string> = new Set(['messageBytes', 'remembered'])

/** Every limit under its name with underscores: `silence_ms`. */
const limitNames = Object.keys({ ...defaultLimits, ...defaultAccessLimits }).filter((name) => !elsewhere.has(name))
const limitKeys: Readonly<Record<string, Shape<number>>> = Object.fromEntries(
  limitNames.map((name) => [snake(name), integer(1, 2 ** 40)]),
)

/** Those of the given limits that are set. */
function limitsIn<Limit extends object>(
  read: Readonly<Record<string, number | undefined>>,
  all: Limit,
): Partial<Limit> {
  const set = Object.keys(all).flatMap((name) => {
    const value = read[snake(name)]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(set) as Partial<Limit>
}

const shape = table({
  server: table({ name: hostName }),
  tls: tableOf(certificateName, needing(table({ certificate: text, key: text }), 'certificate', 'key')),
  auth: table({ in_clear: oneOf('off', 'loopback', 'on') }),
  smtp: table({ size: integer(65_536, 2 ** 31, 'bytes'), relay_from: networks, proxy_from: networks }),
  test: table({ public: boolean }),
  transport: listOf(
    needing(table({ domain: text, host: hostAndPort, tls: oneOf('off', 'may', 'must') }), 'domain', 'host'),
  ),
  record: table({
    keep_hours: integer(0, 24 * 366, 'hours'),
    bytes_per_side: integer(1024, 2 ** 30, 'bytes'),
  }),
  limits: table(limitKeys),
})

/** A DNS name, or one with `*` for its first label. */
function certificateName(value: unknown, path: readonly (string | number)[]): string {
  if (typeof value === 'string' && value.startsWith('*.')) return `*.${hostName(value.slice(2), path)}`
  return hostName(value, path)
}

/** Reads the text of a configuration file. Throws a `Fault` that names file, line and key. */
export function readConfig(toml: string, file: string): Config {
  const read = checked(toml, file)
  refuseUnbuilt(read, toml, file)
  const size = read.smtp?.size
  const limits = limitsIn(read.limits ?? {}, defaultLimits)
  return {
    name: read.server?.name,
    tls: read.tls ?? defaultConfig.tls,
    inClear: read.auth?.in_clear,
    testPublic: read.test?.public ?? defaultConfig.testPublic,
    keepHours: read.record?.keep_hours ?? defaultConfig.keepHours,
    bytesPerSide: read.record?.bytes_per_side ?? defaultConfig.bytesPerSide,
    limits: { ...limits, ...(size === undefined ? {} : { messageBytes: size }) },
    accessLimits: limitsIn(read.limits ?? {}, defaultAccessLimits),
  }
}

function checked(toml: string, file: string): ReturnType<typeof shape> {
  try {
    return shape(parse(toml, { integersAsBigInt: 'asNeeded' }), [])
  } catch (thrown) {
    if (thrown instanceof TomlError)
      // The first line of the message says what; what follows draws the place.
      throw new Fault('config-syntax', { file, line: thrown.line, why: firstLine(thrown.message) })
    if (!(thrown instanceof ShapeError)) throw thrown
    const { path, what, say } = thrown.fault
    const line = lineOf(toml, path)
    const key = path.filter((part) => typeof part === 'string').join('.')
    if (what === 'unknown-key') throw new Fault('config-unknown-key', { file, line, key, near: say })
    throw new Fault('config-bad-value', { file, line, key, want: say })
  }
}

function firstLine(message: string): string {
  const line = (message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '')
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}.`
}

/** What sends mail on to other servers comes with the queue: it is refused, never silently ignored. */
function refuseUnbuilt(read: ReturnType<typeof shape>, toml: string, file: string): void {
  const refuse = (path: readonly string[]): never => {
    throw new Fault('config-not-built', { file, line: lineOf(toml, path), key: path.join('.') })
  }
  if (read.transport !== undefined && read.transport.length > 0) refuse(['transport'])
  if (read.smtp?.relay_from !== undefined && read.smtp.relay_from.length > 0) refuse(['smtp', 'relay_from'])
  if (read.smtp?.proxy_from !== undefined && read.smtp.proxy_from.length > 0) refuse(['smtp', 'proxy_from'])
}
