/** `npm run check`: format, types, lint and generated pages, without tests. Also the first part of `npm test`. */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { node, root, run, setUp } from './setup.js'

const tool = (name) => join(root, 'node_modules', name)
/** @type {[string, string[]][]} */
const checks = [
  ['format', [tool('oxfmt/bin/oxfmt'), '--check']],
  ['types', [tool('typescript/bin/tsc'), '-p', 'tsconfig.json']],
  ['lint', [tool('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings']],
  ['docs/rfc.md is current', [join(root, 'scripts/rfc.js'), '--check']],
]

/** Runs each and says which failed, with what it printed. */
export async function runChecks() {
  const failures = []
  for (const [name, args] of checks) {
    const { code, output } = await run(node(), args)
    process.stdout.write(code === 0 ? `ok   ${name}\n` : `FAIL ${name}\n${output}\n`)
    if (code !== 0) failures.push(name)
  }
  return { passed: checks.length - failures.length, failures }
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  await setUp({ build: false })
  const { failures } = await runChecks()
  process.exitCode = failures.length > 0 ? 1 : 0
}
