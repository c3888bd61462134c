/** Mailbox operations at random against a model of a few lines, with restarts, reclaims and lost indexes in between. */
import fs from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { MailStore } from './contract.ts'
import { openUnflushed } from './index/unflushed.test-support.ts'
import { openStore } from './open.ts'
import { addAccounts, deliverText, testFolder } from './sample.test-support.ts'

const folder = testFolder('model')
const boxes = ['INBOX', 'A', 'B'] as const
type Box = (typeof boxes)[number]

interface Line {
  readonly uid: number
  readonly text: string
  readonly id: string
  flags: readonly string[]
}

/** A mailbox as it should be. */
interface Model {
  lines: Line[]
  next: number
  highest: number
}

type Operation =
  | { readonly what: 'deliver'; readonly to: readonly Box[]; readonly size: number }
  | { readonly what: 'flag'; readonly box: Box; readonly at: readonly number[]; readonly add: boolean }
  | { readonly what: 'expunge'; readonly box: Box; readonly at: readonly number[] }
  | { readonly what: 'copy' | 'move'; readonly box: Box; readonly at: readonly number[]; readonly to: Box }
  | { readonly what: 'reopen'; readonly indexLost: boolean }
  | { readonly what: 'reclaim' }

const box = fc.constantFrom(...boxes)
const at = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 4 })
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('deliver' as const),
      to: fc.uniqueArray(box, { minLength: 1 }),
      size: fc.nat({ max: 3000 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('flag' as const), box, at, add: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('expunge' as const), box, at }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('copy' as const, 'move' as const), box, at, to: box }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('reopen' as const), indexLost: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('reclaim' as const) }) },
)

class World {
  readonly #path = folder.next()
  readonly #models = new Map<Box, Model>(boxes.map((name) => [name, { lines: [], next: 1, highest: 0 }]))
  #store: MailStore | undefined
  #account = ''
  #count = 0

  async start(): Promise<void> {
    this.#store = await this.#open()
    ;[this.#account = ''] = await addAccounts(this.#store, 'a')
    for (const name of ['A', 'B']) await this.#store.addMailbox(this.#account, name)
  }

  #open(): Promise<MailStore> {
    return openStore(this.#path, { inThread: true, segmentBytes: 8000, openDatabase: openUnflushed })
  }

  get store(): MailStore {
    assert.ok(this.#store)
    return this.#store
  }

  #model(name: Box): Model {
    const model = this.#models.get(name)
    assert.ok(model)
    return model
  }

  /** Uids of the lines at these places, and one that is not there. */
  #uids(name: Box, places: readonly number[]): readonly number[] {
    const { lines } = this.#model(name)
    return [...new Set(places.map((place) => lines[place]?.uid ?? 10_000))]
  }

  async run(operation: Operation): Promise<void> {
    const { store } = this
    switch (operation.what) {
      case 'deliver':
        return this.#deliver(operation.to, operation.size)
      case 'flag': {
        const uids = this.#uids(operation.box, operation.at)
        const change = operation.add ? { add: ['\\Seen', 'k'] } : { remove: ['\\seen'] }
        await store.mailbox(this.#account, operation.box)?.flag(uids, change)
        for (const line of this.#model(operation.box).lines) {
          if (!uids.includes(line.uid)) continue
          line.flags = operation.add ? ['\\Seen', 'k'] : line.flags.filter((flag) => flag !== '\\Seen')
        }
        return
      }
      case 'expunge':
        await store.mailbox(this.#account, operation.box)?.expunge(this.#uids(operation.box, operation.at))
        return this.#drop(operation.box, this.#uids(operation.box, operation.at))
      case 'copy':
      case 'move':
        return this.#copy(operation.box, operation.at, operation.to, operation.what === 'move')
      case 'reclaim':
        await store.reclaim()
        return
      case 'reopen':
        await store.close()
        if (operation.indexLost)
          for (const name of ['index.db', 'index.db-wal', 'index.db-shm'])
            fs.rmSync(join(this.#path, name), { force: true })
        this.#store = await this.#open()
        return
    }
  }

  #drop(name: Box, uids: readonly number[]): void {
    const model = this.#model(name)
    model.lines = model.lines.filter(({ uid }) => !uids.includes(uid))
  }

  async #deliver(to: readonly Box[], size: number): Promise<void> {
    const text = `${this.#count++} ${'x'.repeat(size)}`
    const destinations = to.map((mailbox) => ({ account: this.#account, mailbox }))
    const { id, uids } = await deliverText(this.store, this.#account, text, { to: destinations })
    for (const [nth, name] of to.entries()) {
      const model = this.#model(name)
      assert.equal(uids[nth]?.uid, model.next)
      model.lines.push({ uid: model.next++, text, id, flags: [] })
    }
  }

  async #copy(from: Box, places: readonly number[], to: Box, isMove: boolean): Promise<void> {
    const uids = this.#uids(from, places)
    const lines = uids.flatMap((uid) => this.#model(from).lines.find((line) => line.uid === uid) ?? [])
    const mailbox = this.store.mailbox(this.#account, from)
    const pairs = await (isMove ? mailbox?.move(uids, to) : mailbox?.copy(uids, to))
    const target = this.#model(to)
    const copies = lines.map((line) => ({ ...line, uid: target.next++ }))
    assert.deepEqual(
      pairs,
      lines.map(({ uid }, nth) => ({ from: uid, to: copies[nth]?.uid })),
    )
    if (isMove) this.#drop(from, uids)
    target.lines.push(...copies)
  }

  verify(): void {
    let bytes = 0
    let messages = 0
    for (const [name, model] of this.#models) {
      const mailbox = this.store.mailbox(this.#account, name)
      assert.ok(mailbox)
      const list = mailbox.list()
      const seen = list.map(({ uid, id, flags }) => {
        const text = Buffer.from(mailbox.readSmall(uid) ?? []).toString()
        return { uid, text, id, flags: [...flags].sort() }
      })
      assert.deepEqual(
        seen,
        model.lines.map(({ uid, text, id, flags }) => ({ uid, text, id, flags: [...flags].sort() })),
      )
      const state = mailbox.state()
      const size = model.lines.reduce((sum, { text }) => sum + text.length, 0)
      assert.deepEqual([state.uidNext, state.messages, state.bytes], [model.next, model.lines.length, size])
      assert.ok(state.highestModseq >= model.highest)
      assert.ok(list.every(({ modseq }) => modseq <= state.highestModseq))
      model.highest = state.highestModseq
      bytes += size
      messages += list.length
    }
    assert.deepEqual(this.store.usage(this.#account), { bytes, messages, quota: undefined })
  }

  async end(): Promise<void> {
    await this.#store?.close()
    fs.rmSync(this.#path, { recursive: true, force: true })
  }
}

void test('mailboxes do what the model does, whatever happens in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
      const world = new World()
      try {
        await world.start()
        for (const one of operations) {
          await world.run(one)
          world.verify()
        }
        assert.deepEqual(await world.store.check(), [])
      } finally {
        await world.end()
      }
    }),
    { numRuns: 40 },
  )
})
