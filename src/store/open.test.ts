import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { contractSuite } from './contract.suite.ts'
import { openStore } from './open.ts'

const folder = mkdtempSync(join(tmpdir(), 'postglass-open-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let count = 0

contractSuite({
  name: 'journal',
  open: (options) => openStore(join(folder, `thread-${count++}`), options),
})
contractSuite({
  name: 'journal in one thread',
  open: (options) => openStore(join(folder, `own-${count++}`), { ...options, inThread: true }),
})
