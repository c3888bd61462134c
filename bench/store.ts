/**
 * What the store costs: acknowledged messages a second with 16 producers, facts of their stories included, beside the
 * bound of this disk measured in the same run: append, one fdatasync a group of the same size. And one producer's wait
 * beside one bare flush.
 *
 *     node bench/store.ts [--seconds 3] [--rounds 3] [--producers 16] [--dir FOLDER]
 */
import fs from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openStore } from '../src/store/open.ts'
import { packFacts } from '../src/store/facts.ts'
import type { MailStore } from '../src/store/contract.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    producers: { type: 'string', default: '16' },
    size: { type: 'string', default: '2048' },
    facts: { type: 'string', default: '1024' },
    dir: { type: 'string', default: '/var/tmp' },
  },
})
const seconds = Number(values.seconds)
const producers = Number(values.producers)
const size = Number(values.size)
const folder = fs.mkdtempSync(join(values.dir, 'postglass-bench-'))

const body = Buffer.alloc(size, 'Subject: bench\r\n\r\nabcdefghijklmnopqrstuvwxyz\r\n')
const facts = factsOf(Number(values.facts))

/** Facts of about so many bytes, in lines as a conversation has them. */
function factsOf(wanted: number): Uint8Array {
  const began = 1_700_000_000_000_000_000n
  const lines = Math.max(1, Math.round(wanted / 64))
  return packFacts({
    protocol: 'smtp',
    ours: 'server',
    client: { address: '127.0.0.1', port: 40000 },
    server: { address: '127.0.0.1', port: 2525 },
    implicitTls: false,
    began,
    ended: undefined,
    kept: Array.from({ length: lines }, (_, at) => ({
      what: 'bytes' as const,
      side: at % 2 ? ('client' as const) : ('server' as const),
      time: began + BigInt(at * 100_000),
      bytes: Buffer.alloc(59, 'x'),
    })),
    keyLog: [],
    secrets: [],
  })
}

interface Measured {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly perGroup: number
}

function summary(count: number, elapsedMs: number, waits: number[], groups: number): Measured {
  waits.sort((a, b) => a - b)
  const at = (share: number): number => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0
  return { perSecond: (count * 1000) / elapsedMs, p50: at(0.5), p99: at(0.99), perGroup: groups ? count / groups : 0 }
}

/** Each producer delivers one message after the other. */
async function measureStore(store: MailStore, count: number, accounts: readonly string[]): Promise<Measured> {
  const waits: number[] = []
  // what is answered in one turn was one group
  let groups = 0
  let isSameTurn = false
  const answered = (): void => {
    if (isSameTurn) return
    isSameTurn = true
    groups++
    setImmediate(() => (isSameTurn = false))
  }
  const until = performance.now() + seconds * 1000
  const started = performance.now()
  const produce = async (nth: number): Promise<void> => {
    const account = accounts[nth % accounts.length] ?? ''
    while (performance.now() < until) {
      const bytes = store.incoming()
      void bytes.write(body)
      const from = performance.now()
      await store.deliver({
        bytes,
        to: [{ account }],
        received: new Date(),
        queueId: store.newQueueId(),
        envelope: { from: 'a@south.test', to: ['u@north.test'] },
        facts,
        story: undefined,
      })
      waits.push(performance.now() - from)
      answered()
    }
  }
  await Promise.all(Array.from({ length: count }, (_, nth) => produce(nth)))
  return summary(waits.length, performance.now() - started, waits, groups)
}

/** The bound: so many bytes a group, appended, one fdatasync. */
function measureBound(perGroup: number): Measured {
  const path = join(folder, `bound-${Math.random()}`)
  const handle = fs.openSync(path, 'w', 0o600)
  const group = Array.from({ length: perGroup }, () => Buffer.alloc(size + facts.length + 100, 'x'))
  const waits: number[] = []
  const started = performance.now()
  let at = 0
  while (performance.now() - started < seconds * 1000) {
    const from = performance.now()
    at += fs.writevSync(handle, group, at)
    fs.fdatasyncSync(handle)
    waits.push(performance.now() - from)
  }
  const measured = summary(waits.length * perGroup, performance.now() - started, waits, waits.length)
  fs.closeSync(handle)
  fs.rmSync(path)
  return measured
}

function cpuMs(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  return (userCPUTime + systemCPUTime) / 1000
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

async function round(nth: number): Promise<{ ratio: number; wait: number }> {
  const store = await openStore(join(folder, `store-${nth}`))
  await store.directory.addDomain('north.test', 'lab')
  const accounts: string[] = []
  for (let at = 0; at < 10; at++) {
    const account = await store.directory.addAccount({
      address: `u${at}@north.test`,
      passwordHash: '',
      scram: { salt: new Uint8Array(16), iterations: 4096 },
    })
    accounts.push(account.id)
  }
  await measureStore(store, 1, accounts) // warm
  const flush = measureBound(1)
  const one = await measureStore(store, 1, accounts)
  const cpu = cpuMs()
  const many = await measureStore(store, producers, accounts)
  const cpuEach = ((cpuMs() - cpu) * 1000) / (many.perSecond * seconds)
  const perGroup = Math.max(1, Math.round(many.perGroup))
  const bound = measureBound(perGroup)
  await store.close()
  const print = (name: string, { perSecond, p50, p99 }: Measured, more = ''): void =>
    console.log(
      `| ${nth} | ${name} | ${perSecond.toFixed(0)} | ${(p50 * 1000).toFixed(0)} | ${(p99 * 1000).toFixed(0)} | ${more} |`,
    )
  print('one bare flush', flush)
  print('1 producer', one, `${(one.p50 / flush.p50).toFixed(2)} x a bare flush`)
  print(`bound, ${perGroup} a group`, bound)
  print(
    `${producers} producers`,
    many,
    `${(many.perSecond / bound.perSecond).toFixed(2)} x the bound, ${cpuEach.toFixed(0)} us CPU a message`,
  )
  return { ratio: many.perSecond / bound.perSecond, wait: one.p50 / flush.p50 }
}

console.log(`${size} B messages, ${facts.length} B facts each, ${seconds} s a cell, in ${folder}`)
console.log('| round | what | messages/s | p50 us | p99 us | |')
console.log('|---|---|---|---|---|---|')
try {
  const rounds: { ratio: number; wait: number }[] = []
  for (let nth = 1; nth <= Number(values.rounds); nth++) rounds.push(await round(nth))
  console.log(
    `\nmedian: ${median(rounds.map(({ ratio }) => ratio)).toFixed(2)} x the bound (wanted: at least 0.6); ` +
      `one producer waits ${median(rounds.map(({ wait }) => wait)).toFixed(2)} x a bare flush (wanted: at most 2)`,
  )
} finally {
  fs.rmSync(folder, { recursive: true, force: true })
}
