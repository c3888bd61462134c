import { contractSuite } from './contract.suite.ts'
import { openMemoryStore } from './memory.ts'

contractSuite({ name: 'memory', open: (options) => Promise.resolve(openMemoryStore(options)) })
