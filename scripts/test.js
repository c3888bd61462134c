/**
 * `npm test`: everything. Set-up, the programs that tests talk to, format, types, lint, then all tests; closes with one
 * plain line summed over all of them. `npm test -- PATH...` runs only these test files.
 */
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChecks } from './check.js'
import { installPeers } from './debian.js'
import { node, run, setUp } from './setup.js'

const only = process.argv.slice(2)
await setUp()

const total = { passed: 0, failed: 0, skipped: 0 }
if (only.length === 0) {
  for (const note of await installPeers()) process.stdout.write(`note: ${note}\n`)
  const { passed, failures } = await runChecks()
  total.passed += passed
  total.failed += failures.length
}

const counts = join(tmpdir(), `postglass-test-${process.pid}.json`)
const { code } = await run(node(), ['scripts/run-tests.js', ...only], {
  show: true,
  spawn: { env: { ...process.env, POSTGLASS_COUNTS: counts } },
})
try {
  const told = JSON.parse(readFileSync(counts, 'utf8'))
  for (const name of Object.keys(total)) total[name] += told[name]
} catch {
  total.failed++
  process.stdout.write('FAIL the test runner ended without counting\n')
}
rmSync(counts, { force: true })
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
process.exitCode = total.failed > 0 || code !== 0 ? 1 : 0
