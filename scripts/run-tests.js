/** Runs the test files (all, or those named) under the bundled Node and counts; a failure and a skip are told with their place and reason. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { run } from 'node:test'
import { inspect } from 'node:util'

const root = resolve(import.meta.dirname, '..')

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return testFiles(path)
    return entry.name.endsWith('.test.ts') ? [path] : []
  })
}

const named = process.argv.slice(2).map((name) => resolve(name))
const files = named.length > 0 ? named : ['src', 'test'].flatMap((folder) => testFiles(join(root, folder)))
const perFileMs = 15 * 60_000

let passed = 0
let failed = 0
const skips = []
const began = Date.now()

const place = (data) => (data.file ? relative(root, data.file) : '')
const isSuiteOrFile = (data) => data.details?.type === 'suite' || files.includes(resolve(root, data.name))

const stream = run({ files, concurrency: 2, timeout: perFileMs, cwd: root })
stream.on('test:pass', (data) => {
  if (data.skip !== undefined)
    skips.push(`${place(data)}: ${data.name}${typeof data.skip === 'string' && data.skip ? ` (${data.skip})` : ''}`)
  else if (!isSuiteOrFile(data)) passed++
})
stream.on('test:fail', (data) => {
  // A suite fails because a test in it did; that one is counted.
  const cause = data.details.error?.cause ?? data.details.error
  if (data.details.error?.failureType === 'subtestsFailed') return
  failed++
  process.stdout.write(`FAIL ${place(data)}:${data.line ?? ''} ${data.name}\n${cause?.stack ?? inspect(cause)}\n\n`)
})
stream.on('test:stderr', (data) => process.stdout.write(data.message))
for await (const _ of stream);

if (skips.length > 0)
  process.stdout.write(`\nskipped, ${skips.length}:\n${skips.map((line) => `  ${line}`).join('\n')}\n`)
process.stdout.write(`\n${files.length} test files in ${((Date.now() - began) / 1000).toFixed(1)} s\n`)
if (process.env.POSTGLASS_COUNTS)
  writeFileSync(process.env.POSTGLASS_COUNTS, JSON.stringify({ passed, failed, skipped: skips.length }))
process.exitCode = failed > 0 ? 1 : 0
