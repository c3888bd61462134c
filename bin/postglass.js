#!/usr/bin/env node
/**
 * The program's first step, in plain JavaScript that any Node since 18 reads: a Node that is too old goes on under the
 * bundled one, which is looked for beside this file only (never in the current folder or on PATH), or says which to install.
 */
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const oldest = [24, 15]
const self = realpathSync(fileURLToPath(import.meta.url))

function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}

/** Ends with one sentence; exit 3: the machine says no. */
function give(sentence, todo) {
  process.stderr.write(`!!  ${sentence}\n    Do: ${todo}\n    Code: node-too-old  Exit: 3\n`)
  process.exit(3)
}

/** The Node that npm brought: in this package's own node_modules, or as a sibling of the package in an outer one. */
function bundledNode() {
  const name = `node-${process.platform}-${process.arch}`
  for (let folder = dirname(dirname(self)); ; folder = dirname(folder)) {
    const node = join(folder, 'node_modules', name, 'bin', 'node')
    if (existsSync(node)) return node
    if (dirname(folder) === folder) return undefined
  }
}

/** Runs this file again under that Node; signals and the exit code pass through. */
function goOn(node) {
  const child = spawn(node, [self, ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both; a signal sent to this process alone must reach the child too.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      child.kill(signal)
    })
  }
  child.on('error', (error) => give(`Cannot start ${node}: ${error.message}.`, 'npm ci'))
  child.on('close', (code, signal) => {
    if (signal === null) process.exit(code ?? 3)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

if (isNewEnough()) {
  const main = join(dirname(dirname(self)), 'dist', 'cli', 'main.js')
  if (!existsSync(main)) {
    process.stderr.write(
      '!!  Postglass is not built: dist/ is missing.\n    Do: npm run build\n    Code: not-built  Exit: 3\n',
    )
    process.exit(3)
  }
  const { start } = await import(pathToFileURL(main).href)
  await start()
} else {
  const node = bundledNode()
  if (node === undefined) {
    give(
      `Postglass needs Node ${oldest.join('.')} or newer; this is ${process.version}, and none came with it for ${process.platform} ${process.arch}.`,
      'install Node 24 and run the command again',
    )
  } else goOn(node)
}
