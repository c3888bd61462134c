/**
 * The plan of the house: which room may import which, and through which doors it reaches the world.
 * Type-only imports count. Change the plan and docs/decisions/ together.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, dirname } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'

const ground = ['wire/talk', 'wire/address', 'wire/cutter']

/** Floors from the bottom up; a room may import only what is named here. */
const plan: Record<string, readonly string[]> = {
  'wire/talk': [],
  'wire/address': ['wire/talk'],
  'wire/cutter': ['wire/talk'],
  'wire/sasl': ground,
  'wire/smtp': [...ground, 'wire/sasl'],
  'wire/pop3': [...ground, 'wire/sasl'],
  'wire/message': ground,
  'wire/packet': ground,
  net: ['wire'],
  store: ['wire'],
  analyser: ['wire'],
  client: ['wire', 'net'],
  access: ['wire', 'store', 'net'],
  delivery: ['wire', 'store', 'net', 'client'],
  server: ['wire', 'net', 'store', 'access', 'delivery'],
  cli: ['wire', 'net', 'store', 'analyser', 'client', 'access', 'delivery', 'server'],
}

/** Modules that are not ours, by room. Tests may use any. */
const doors: Record<string, readonly string[]> = {
  'wire/sasl': ['node:crypto'],
  'wire/packet': ['node:zlib'],
  'wire/message': ['iconv-lite'],
  net: [
    'node:net',
    'node:tls',
    'node:dgram',
    'node:stream',
    'node:events',
    'node:child_process',
    'node:dns',
    'node:crypto',
    '@peculiar/x509',
    'reflect-metadata',
  ],
  store: [
    'node:fs',
    'node:path',
    'node:crypto',
    'node:worker_threads',
    'node:timers',
    'node:sqlite',
    'node:os',
    'node:zlib',
  ],
  access: ['node:crypto'],
  cli: ['node:*', 'commander', 'smol-toml', 'string-width'],
}

/** In `wire/` time, randomness and the machine come in as arguments. */
const impure = [
  /\bsetTimeout\b/,
  /\bsetInterval\b/,
  /\bprocess\./,
  /\bDate\.now\b/,
  /\bMath\.random\b/,
  /\bBuffer\b/,
  /\bnew Date\(\)/,
]

const src = resolve(import.meta.dirname, '../src')

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? files(join(folder, entry.name))
      : entry.name.endsWith('.ts')
        ? [join(folder, entry.name)]
        : [],
  )
}

function roomOf(path: string): string {
  const parts = relative(src, path).replace(/\.ts$/, '').split('/')
  if (parts[0] === 'wire') return `wire/${parts[1]}`
  return parts[0] ?? ''
}

function allows(allowed: readonly string[], room: string): boolean {
  return allowed.some((name) => room === name || room.startsWith(`${name}/`))
}

const isTest = (path: string): boolean => /\.(test|suite|test-support)\.ts$/.test(path)
/** Imports, re-exports and dynamic imports, comments left out. */
const importing =
  /(?:^|\s)(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|(?:^|\s)import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '')
  return [...code.matchAll(importing)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

/** The first fault of a file, or undefined. */
function faults(path: string, text: string): string[] {
  const room = roomOf(path)
  const found: string[] = []
  const allowed = plan[room]
  if (!allowed) return [`${relative(src, path)}: there is no room ${room}/ in the plan`]
  for (const name of importsOf(text)) {
    if (name.startsWith('.')) {
      const target = roomOf(resolve(dirname(path), name))
      if (target !== room && !allows(allowed, target))
        found.push(`${room}/ may not import ${target}/ (${relative(src, path)} imports ${name})`)
    } else {
      const open = doors[room] ?? []
      if (!open.some((door) => (door.endsWith('*') ? name.startsWith(door.slice(0, -1)) : name === door)))
        found.push(`${room}/ has no door to ${name} (${relative(src, path)})`)
    }
  }
  if (room.startsWith('wire/')) {
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
    for (const pattern of impure)
      if (pattern.test(code)) found.push(`wire/ is pure: ${relative(src, path)} uses ${pattern.source}`)
  }
  return found
}

test('every import goes down, through a door of its room', () => {
  const found = files(src)
    .filter((path) => !isTest(path))
    .flatMap((path) => faults(path, readFileSync(path, 'utf8')))
  assert.deepEqual(found, [])
})

test('the check sees what it should', () => {
  assert.deepEqual(faults(join(src, 'wire/smtp/x.ts'), `import type { A } from '../../store/contract.ts'`), [
    'wire/smtp/ may not import store/ (wire/smtp/x.ts imports ../../store/contract.ts)',
  ])
  assert.deepEqual(faults(join(src, 'wire/smtp/x.ts'), `import { a } from '../pop3/words.ts'`).length, 1)
  assert.deepEqual(faults(join(src, 'analyser/x.ts'), `import fs from 'node:fs'`), [
    'analyser/ has no door to node:fs (analyser/x.ts)',
  ])
  assert.deepEqual(faults(join(src, 'wire/x/y.ts'), '').length, 1)
  assert.deepEqual(faults(join(src, 'wire/smtp/x.ts'), 'const now = Date.now()').length, 1)
  assert.deepEqual(faults(join(src, 'server/smtp.ts'), `import { a } from '../wire/smtp/words.ts'`), [])
})
