/** The configuration: TOML, strictly checked. An unknown key is an error with its line and the nearest known key. contracts.md. */
import { TomlError, parse } from 'smol-toml'
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
}

export const defaultConfig: Config = {
  name: undefined,
  tls: new Map(),
  inClear: undefined,
  testPublic: false,
  keepHours: 24,
  bytesPerSide: 4_194_304,
  limits: {},
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Every limit under its name with underscores: `silence_ms`. */
const limitNames = new Map(Object.keys(defaultLimits).map((name) => [snake(name), name as keyof Limits]))
const limitKeys: Readonly<Record<string, Shape<number>>> = Object.fromEntries(
  [...limitNames.keys()].map((name) => [name, integer(1, 2 ** 40)]),
)

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
  const limits = Object.entries(read.limits ?? {}).flatMap(([name, value]) => {
    const key = limitNames.get(name)
    return key === undefined || value === undefined ? [] : [[key, value] as const]
  })
  return {
    name: read.server?.name,
    tls: read.tls ?? defaultConfig.tls,
    inClear: read.auth?.in_clear,
    testPublic: read.test?.public ?? defaultConfig.testPublic,
    keepHours: read.record?.keep_hours ?? defaultConfig.keepHours,
    bytesPerSide: read.record?.bytes_per_side ?? defaultConfig.bytesPerSide,
    limits: { ...Object.fromEntries(limits), ...(size === undefined ? {} : { messageBytes: size }) },
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
