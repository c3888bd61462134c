/** What every engine must keep. Run by `memory.test.ts` and `open.test.ts`. */
import test from 'node:test'
import assert from 'node:assert/strict'
import type { AccountId, MailStore, NewMessage, NewStory, StoryQuery, StorySummary } from './contract.ts'
import type { StoreError } from './contract.ts'
import { packFacts } from './facts.ts'
import type { Recording } from '../wire/packet/recording.ts'

export interface Engine {
  readonly name: string
  /** A store that is empty. `now` is the clock it goes by. */
  open(options: { now: () => Date; keepHours: number; storiesTotal: number }): Promise<MailStore>
}

interface Bench {
  readonly store: MailStore
  readonly clock: { now: Date }
  readonly alice: AccountId
  readonly bob: AccountId
}

const scram = { salt: new Uint8Array([1, 2, 3]), iterations: 4096 }
const error =
  (code: string) =>
  (thrown: unknown): boolean =>
    (thrown as StoreError).code === code

export function sampleFacts(lines: readonly string[]): Recording {
  const began = 1_700_000_000_000_000_000n
  return {
    protocol: 'smtp',
    ours: 'server',
    client: { address: '192.0.2.1', port: 4000 },
    server: { address: '192.0.2.2', port: 25 },
    implicitTls: false,
    began,
    ended: undefined,
    kept: lines.map((line, at) => ({
      what: 'bytes',
      side: at % 2 ? 'client' : 'server',
      time: began + BigInt(at),
      bytes: new TextEncoder().encode(line),
    })),
    keyLog: [],
    secrets: [],
  }
}

export function messageOf(store: MailStore, text: string | Uint8Array, to: NewMessage['to']): NewMessage {
  const bytes = store.incoming()
  void bytes.write(typeof text === 'string' ? new TextEncoder().encode(text) : text)
  return {
    bytes,
    to,
    received: new Date('2026-03-01T10:00:00Z'),
    queueId: store.newQueueId(),
    envelope: { from: 'carol@south.test', to: ['alice@north.test'] },
    facts: packFacts(sampleFacts(['220 hello\r\n', 'MAIL FROM:<carol@south.test>\r\n'])),
    story: undefined,
  }
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all).toString('latin1')
}

async function storiesOf(store: MailStore, query?: StoryQuery): Promise<StorySummary[]> {
  const all: StorySummary[] = []
  for await (const one of store.stories.list(query)) all.push(one)
  return all
}

function storyOf(bench: Bench, more: Partial<NewStory['summary']>, recording: Recording | undefined): NewStory {
  return {
    id: bench.store.stories.newId(),
    summary: {
      protocol: 'smtp',
      side: 'server',
      peer: '192.0.2.1:4000',
      local: '192.0.2.2:25',
      account: 'alice@north.test',
      code: undefined,
      began: bench.clock.now,
      ended: bench.clock.now,
      recorded: recording !== undefined,
      messages: [],
      outcome: 'accepted',
      ...more,
    },
    facts: packFacts(sampleFacts(['220 hello\r\n'])),
    recording,
    owners: [bench.alice],
  }
}

/** Registers the suite for one engine. */
export function contractSuite(engine: Engine): void {
  const hour = 3_600_000
  const on = (name: string, run: (bench: Bench) => Promise<void>): void => {
    void test(`${engine.name}: ${name}`, async () => {
      const clock = { now: new Date('2026-03-01T10:00:00Z') }
      const store = await engine.open({ now: () => clock.now, keepHours: 24, storiesTotal: 5000 })
      try {
        await store.directory.addDomain('North.test', 'lab')
        const alice = await store.directory.addAccount({ address: 'alice@north.test', passwordHash: 'a', scram })
        const bob = await store.directory.addAccount({ address: 'bob@north.test', passwordHash: 'b', scram })
        await run({ store, clock, alice: alice.id, bob: bob.id })
      } finally {
        await store.close()
      }
    })
  }

  on('the directory compares without letter case', async ({ store, alice }) => {
    const { directory } = store
    assert.deepEqual(directory.domains(), [{ name: 'north.test', mode: 'lab' }])
    assert.equal(directory.domain('NORTH.TEST')?.mode, 'lab')
    assert.equal(directory.account('ALICE@north.test')?.id, alice)
    assert.equal(directory.accountById(alice)?.passwordHash, 'a')
    assert.deepEqual(directory.accountById(alice)?.scram, scram)
    assert.deepEqual(
      directory.resolve({ local: 'Alice', domain: 'North.Test' })?.map(({ id }) => id),
      [alice],
    )
    assert.equal(directory.resolve({ local: 'nobody', domain: 'north.test' }), undefined)
    assert.equal(directory.resolve({ local: 'alice', domain: 'south.test' }), undefined)
    assert.deepEqual(
      directory.resolve({ local: 'PostMaster', domain: 'north.test' })?.map(({ id }) => id),
      [alice],
    )
    await assert.rejects(directory.addDomain('north.TEST', 'lab'), error('exists'))
    await assert.rejects(
      directory.addAccount({ address: 'ALICE@north.test', passwordHash: '', scram }),
      error('exists'),
    )
    await assert.rejects(
      directory.addAccount({ address: 'a@elsewhere.test', passwordHash: '', scram }),
      error('unknown'),
    )
    await assert.rejects(
      directory.addAccount({ address: 'a\r\n@north.test', passwordHash: '', scram }),
      error('bad-name'),
    )
    await assert.rejects(directory.removeDomain('north.test'), error('domain-not-empty'))
    await assert.rejects(directory.removeDomain('south.test'), error('unknown'))
    await directory.addDomain('empty.test', 'test')
    await directory.removeDomain('Empty.test')
    assert.equal(directory.domain('empty.test'), undefined)
  })

  on('names with other letters', async ({ store }) => {
    await store.directory.addDomain('bücher.test', 'lab')
    const made = await store.directory.addAccount({ address: '用户@bücher.test', passwordHash: '', scram })
    assert.equal(store.directory.resolve({ local: '用户', domain: 'xn--bcher-kva.test' })?.[0]?.id, made.id)
  })

  on('an account is changed and deleted with all it has', async ({ store, alice, bob }) => {
    const changed = await store.directory.changeAccount(alice, { passwordHash: 'new', disabled: true, quota: 10 })
    assert.equal(changed.passwordHash, 'new')
    assert.equal(store.directory.account('alice@north.test')?.disabled, true)
    assert.equal(store.usage(alice).quota, 10)
    await store.deliver(messageOf(store, 'both', [{ account: bob }]))
    await store.directory.deleteAccount(bob)
    assert.equal(store.directory.account('bob@north.test'), undefined)
    assert.equal(store.mailbox(bob, 'INBOX'), undefined)
    assert.deepEqual(store.mailboxes(bob), [])
    assert.equal((await store.stat()).messages, 0)
    assert.deepEqual(await storiesOf(store), [])
    await assert.rejects(store.directory.deleteAccount(bob), error('unknown'))
    await assert.rejects(store.deliver(messageOf(store, 'x', [{ account: bob }])), error('unknown'))
  })

  on('aliases lead to accounts, also by way of others', async ({ store, alice, bob }) => {
    const { directory } = store
    await directory.addAlias({ address: 'team@north.test', to: ['alice@north.test', 'bob@north.test'] })
    await directory.addAlias({ address: 'all@north.test', to: ['TEAM@north.test'] })
    assert.deepEqual(
      directory.resolve({ local: 'ALL', domain: 'north.test' })?.map(({ id }) => id),
      [alice, bob],
    )
    await assert.rejects(directory.addAlias({ address: 'alice@north.test', to: ['bob@north.test'] }), error('exists'))
    await assert.rejects(directory.addAlias({ address: 'x@north.test', to: ['y@north.test'] }), error('unknown'))
    await directory.deleteAlias('Team@north.test')
    assert.equal(directory.resolve({ local: 'all', domain: 'north.test' }), undefined)
    assert.equal(directory.aliases().length, 1)
  })

  on('codes are kept, used and revoked', async ({ store, alice, clock }) => {
    const keys = { storedKey: new Uint8Array(20).fill(1), serverKey: new Uint8Array(20).fill(2) }
    const hash = new Uint8Array(32).fill(7)
    const expires = new Date('2027-01-01T00:00:00Z')
    const code = await store.directory.addCode({
      account: alice,
      label: 'phone',
      scope: ['smtp', 'pop3'],
      token: false,
      hash,
      scram: { sha1: keys, sha256: keys },
      expires,
    })
    const token = await store.directory.addCode({
      account: alice,
      label: '',
      scope: ['imap'],
      token: true,
      hash,
      scram: undefined,
      expires: undefined,
    })
    assert.notEqual(code.id, token.id)
    assert.deepEqual(
      store.directory.codes(alice).map(({ label, created }) => [label, created]),
      [
        ['phone', clock.now],
        ['', clock.now],
      ],
    )
    store.directory.codeUsed(code.id, { at: expires, address: '192.0.2.9', client: 'phone.test' })
    await store.directory.revokeCode(code.id)
    const after = store.directory.code(code.id)
    assert.deepEqual(after?.lastUsed, { at: expires, address: '192.0.2.9', client: 'phone.test' })
    assert.deepEqual(after?.revoked, clock.now)
    assert.deepEqual(after?.scram?.sha1.storedKey, keys.storedKey)
    assert.deepEqual(after?.hash, hash)
    assert.equal(store.directory.code(token.id)?.revoked, undefined)
    await assert.rejects(store.directory.revokeCode('none'), error('unknown'))
  })

  on('a message is delivered to each, once, with its own uid', async ({ store, alice, bob }) => {
    const text = 'Subject: hello\r\n\r\n.\r\n\u00e9'
    const received = new Date('2026-03-01T10:00:00Z')
    const first = await store.deliver(
      messageOf(store, text, [
        { account: alice, flags: ['\\seen', 'Work'] },
        { account: bob, mailbox: 'Lists/a' },
      ]),
    )
    const second = await store.deliver(messageOf(store, 'two', [{ account: alice, mailbox: 'inbox' }]))
    assert.deepEqual(first.uids, [
      { account: alice, mailbox: 'INBOX', uid: 1 },
      { account: bob, mailbox: 'Lists/a', uid: 1 },
    ])
    assert.equal(second.uids[0]?.uid, 2)
    const inbox = store.mailbox(alice, 'inbox')!
    const list = inbox.list()
    const size = Buffer.byteLength(text)
    assert.deepEqual(
      list.map(({ id, uid, size, received, flags }) => ({ id, uid, size, received, flags })),
      [
        { id: first.id, uid: 1, size, received, flags: ['\\Seen', 'Work'] },
        { id: second.id, uid: 2, size: 3, received, flags: [] },
      ],
    )
    assert.match(first.id, /^[\x21-\x7e]{1,70}$/)
    assert.ok(list[1]!.modseq > list[0]!.modseq)
    assert.equal(await textOf(inbox.read(1)), Buffer.from(text).toString('latin1'))
    assert.equal(Buffer.from(inbox.readSmall(2)!).toString(), 'two')
    const state = inbox.state()
    assert.deepEqual(
      [state.name, state.uidNext, state.messages, state.bytes, state.highestModseq],
      ['INBOX', 3, 2, size + 3, list[1]!.modseq],
    )
    assert.ok(state.uidValidity > 0 && state.uidValidity < 2 ** 32)
    assert.deepEqual(store.mailboxes(bob), ['INBOX', 'Lists/a'])
    assert.equal(store.mailbox(bob, 'INBOX')?.state().messages, 0)
    assert.deepEqual(store.usage(alice), { bytes: size + 3, messages: 2, quota: undefined })
    assert.equal((await store.stat()).messages, 2)
  })

  on('flags change, and MODSEQ with them', async ({ store, alice }) => {
    for (const text of ['a', 'b', 'c']) await store.deliver(messageOf(store, text, [{ account: alice }]))
    const inbox = store.mailbox(alice, 'INBOX')!
    const before = inbox.state().highestModseq
    await inbox.flag([1, 3, 9], { add: ['\\SEEN', 'x'] })
    const after = inbox.state().highestModseq
    assert.ok(after > before)
    assert.deepEqual(
      inbox.list().map(({ flags, modseq }) => [flags, modseq > before]),
      [
        [['\\Seen', 'x'], true],
        [[], false],
        [['\\Seen', 'x'], true],
      ],
    )
    await inbox.flag([1], { remove: ['X'] })
    await inbox.flag([3], { set: ['\\Deleted'] })
    await inbox.flag([2], { remove: ['y'] })
    assert.deepEqual(
      inbox.list().map(({ flags }) => flags),
      [['\\Seen'], [], ['\\Deleted']],
    )
    assert.equal(inbox.list()[1]!.modseq, before - 1, 'nothing changed, so no new MODSEQ')
    await assert.rejects(inbox.flag([1], { add: ['a b'] }), error('bad-name'))
  })

  on('what is expunged is gone, and its uid is never used again', async ({ store, alice, bob }) => {
    await store.deliver(messageOf(store, 'a', [{ account: alice }, { account: bob }]))
    const { id } = await store.deliver(messageOf(store, 'b', [{ account: alice }]))
    const inbox = store.mailbox(alice, 'INBOX')!
    const before = inbox.state()
    await inbox.expunge([2, 7])
    assert.deepEqual(
      inbox.list().map(({ uid }) => uid),
      [1],
    )
    assert.ok(inbox.state().highestModseq > before.highestModseq)
    assert.equal(inbox.state().uidNext, 3)
    assert.throws(() => inbox.readSmall(2), error('message-gone'))
    await assert.rejects(textOf(inbox.read(2)), error('message-gone'))
    await inbox.expunge([1])
    assert.equal(store.mailbox(bob, 'INBOX')!.list().length, 1)
    const again = await store.deliver(messageOf(store, 'c', [{ account: alice }]))
    assert.equal(again.uids[0]?.uid, 3)
    assert.notEqual(again.id, id)
    assert.deepEqual(store.usage(alice), { bytes: 1, messages: 1, quota: undefined })
    assert.equal((await store.stat()).messages, 2)
  })

  on('copies and moves keep id, date and flags', async ({ store, alice }) => {
    const { id } = await store.deliver(messageOf(store, 'a', [{ account: alice, flags: ['\\Seen'] }]))
    await store.addMailbox(alice, 'Archive')
    const inbox = store.mailbox(alice, 'INBOX')!
    const archive = store.mailbox(alice, 'Archive')!
    assert.deepEqual(await inbox.copy([1, 5], 'Archive'), [{ from: 1, to: 1 }])
    assert.deepEqual(await inbox.move([1], 'archive').catch((thrown: StoreError) => thrown.code), 'unknown')
    assert.deepEqual(await inbox.move([1], 'Archive'), [{ from: 1, to: 2 }])
    assert.equal(inbox.list().length, 0)
    assert.deepEqual(
      archive.list().map((one) => [one.id, one.flags, one.uid]),
      [
        [id, ['\\Seen'], 1],
        [id, ['\\Seen'], 2],
      ],
    )
    assert.equal(Buffer.from(archive.readSmall(2)!).toString(), 'a')
    await archive.expunge([1])
    assert.equal(Buffer.from(archive.readSmall(2)!).toString(), 'a')
    assert.equal(store.usage(alice).messages, 1)
  })

  on('mailboxes are added, renamed and deleted', async ({ store, alice }) => {
    await store.addMailbox(alice, 'Old')
    await assert.rejects(store.addMailbox(alice, 'Old'), error('exists'))
    await assert.rejects(store.addMailbox(alice, 'in\u0000'), error('bad-name'))
    await assert.rejects(store.deleteMailbox(alice, 'inbox'), error('bad-name'))
    await assert.rejects(store.deleteMailbox(alice, 'None'), error('unknown'))
    await store.deliver(messageOf(store, 'a', [{ account: alice, mailbox: 'Old' }]))
    const { uidValidity } = store.mailbox(alice, 'Old')!.state()
    await store.renameMailbox(alice, 'Old', 'New')
    assert.equal(store.mailbox(alice, 'Old'), undefined)
    assert.equal(store.mailbox(alice, 'New')!.state().uidValidity, uidValidity)
    assert.equal(store.mailbox(alice, 'New')!.list().length, 1)
    await store.deleteMailbox(alice, 'New')
    assert.deepEqual(store.mailboxes(alice), ['INBOX'])
    assert.equal(store.usage(alice).messages, 0)
    await store.addMailbox(alice, 'New')
    assert.ok(store.mailbox(alice, 'New')!.state().uidValidity > uidValidity)
  })

  on('over the quota nothing is delivered to anyone', async ({ store, alice, bob }) => {
    await store.directory.changeAccount(bob, { quota: 5 })
    await store.deliver(messageOf(store, '123', [{ account: bob }]))
    const both = [{ account: alice }, { account: bob }]
    await assert.rejects(store.deliver(messageOf(store, '456', both)), error('over-quota'))
    assert.equal(store.mailbox(alice, 'INBOX')!.list().length, 0)
    await store.deliver(messageOf(store, '45', both))
    assert.deepEqual(store.usage(bob), { bytes: 5, messages: 2, quota: 5 })
  })

  on('watchers hear of changes and stop when told', async ({ store, alice, bob }) => {
    const heard: string[] = []
    const stop = store.watch(alice, (name) => heard.push(name))
    await store.deliver(messageOf(store, 'a', [{ account: alice }]))
    await store.deliver(messageOf(store, 'a', [{ account: bob }]))
    await store.deliver(messageOf(store, 'a', [{ account: alice, mailbox: 'Box' }]))
    await store.mailbox(alice, 'INBOX')!.flag([1], { add: ['\\Seen'] })
    await store.mailbox(alice, 'INBOX')!.flag([1], { add: ['\\Seen'] })
    await store.mailbox(alice, 'INBOX')!.expunge([1])
    assert.deepEqual(heard, ['INBOX', 'Box', 'INBOX', 'INBOX'])
    stop()
    await store.deliver(messageOf(store, 'a', [{ account: alice }]))
    assert.equal(heard.length, 4)
  })

  on('a large message streams', async ({ store, alice }) => {
    const incoming = store.incoming()
    const piece = new Uint8Array(100_000)
    for (let at = 0; at < 30; at++) await incoming.write(piece.fill(at))
    assert.equal(incoming.size, 3_000_000)
    const message = { ...messageOf(store, '', [{ account: alice }]), bytes: incoming }
    await store.deliver(message)
    let size = 0
    for await (const bytes of store.mailbox(alice, 'INBOX')!.read(1)) {
      bytes.forEach((byte, at) => byte === Math.floor((size + at) / 100_000) || assert.fail(`byte ${size + at}`))
      size += bytes.length
    }
    assert.equal(size, 3_000_000)
    const dropped = store.incoming()
    for (let at = 0; at < 30; at++) await dropped.write(piece)
    dropped.discard()
  })

  on('a message without a connection story has one of its own', async ({ store, alice }) => {
    const message = messageOf(store, 'a', [{ account: alice }])
    const { id } = await store.deliver(message)
    const [story] = await storiesOf(store, { message: id })
    assert.equal(story?.kind, 'message')
    assert.equal(story.peer, '192.0.2.1:4000')
    assert.deepEqual(await storiesOf(store, { queueId: message.queueId }), [story])
    assert.deepEqual(await storiesOf(store, { account: 'alice@north.test' }), [story])
    assert.deepEqual(await storiesOf(store, { account: 'bob@north.test' }), [])
    assert.deepEqual(store.stories.find(story.id), story)
    assert.equal((await store.stories.facts(story.id))?.kept.length, 2)
    assert.equal(await store.stories.recording(story.id), undefined)
    assert.equal(await store.stories.delete(story.id), true)
    assert.equal(await store.stories.delete(story.id), false)
    assert.deepEqual(await storiesOf(store), [])
    assert.equal(store.mailbox(alice, 'INBOX')!.list().length, 1)
  })

  on('a connection has a story, with bytes where they are recorded', async (bench) => {
    const { store, alice } = bench
    const id = store.stories.newId()
    const message = { ...messageOf(store, 'a', [{ account: alice }]), story: id }
    const { id: mail } = await store.deliver(message)
    const recording = { ...sampleFacts(['x', 'y', 'z']), keyLog: ['CLIENT_RANDOM 00 11\n'] }
    await store.stories.keep({ ...storyOf(bench, { messages: [mail] }, recording), id })
    await store.stories.keep(storyOf(bench, { outcome: 'nothing', account: undefined }, undefined))
    const all = await storiesOf(store)
    assert.deepEqual(
      all.map(({ kind, recorded, outcome }) => [kind, recorded, outcome]),
      [
        ['connection', true, 'accepted'],
        ['connection', false, 'nothing'],
      ],
    )
    for (const query of [{ message: mail }, { queueId: message.queueId }])
      assert.deepEqual(
        (await storiesOf(store, query)).map((one) => one.id),
        [id],
      )
    assert.equal((await storiesOf(store, { account: 'alice@north.test' })).length, 2)
    assert.deepEqual(await store.stories.recording(id), recording)
    assert.equal((await store.stories.facts(id))?.kept.length, 1)
    assert.equal(await store.stories.delete(id), true)
    assert.equal(store.stories.find(id), undefined)
    assert.equal(await store.stories.recording(id), undefined)
  })

  on('with the last copy of a message its bytes go from every story', async (bench) => {
    const { store, alice, bob, clock } = bench
    const both = [{ account: alice }, { account: bob }]
    const { id } = await store.deliver(messageOf(store, 'a', both))
    const story = storyOf(bench, { messages: [id] }, sampleFacts(['x']))
    await store.stories.keep(story)
    await store.mailbox(alice, 'INBOX')!.expunge([1])
    assert.equal(store.stories.find(story.id)?.recorded, true)
    await store.mailbox(bob, 'INBOX')!.expunge([1])
    assert.equal(store.stories.find(story.id)?.recorded, false)
    assert.equal(await store.stories.recording(story.id), undefined)
    assert.equal((await store.stories.facts(story.id))?.kept.length, 1)
    const late = storyOf(bench, { messages: [id], outcome: 'fetched' }, sampleFacts(['y']))
    await store.stories.keep(late)
    assert.equal(store.stories.find(late.id)?.recorded, false)
    clock.now = new Date(clock.now.getTime() + 25 * hour)
    await store.stories.prune(clock.now)
    await store.stories.prune(clock.now)
    assert.deepEqual(await storiesOf(store), [])
  })

  on('prune takes what is old or too much, oldest first', async (bench) => {
    const { store, clock } = bench
    const big = sampleFacts(['x'.repeat(2000)])
    const made: NewStory[] = []
    for (let at = 0; at < 4; at++) {
      made.push(storyOf(bench, {}, big))
      await store.stories.keep(made[at]!)
      clock.now = new Date(clock.now.getTime() + hour)
    }
    assert.equal(await store.stories.prune(clock.now), 2)
    assert.deepEqual(
      made.map(({ id }) => store.stories.find(id)?.recorded),
      [false, false, true, true],
    )
    clock.now = new Date(clock.now.getTime() + 22.5 * hour)
    assert.equal(await store.stories.prune(clock.now), 1)
    assert.deepEqual(
      (await storiesOf(store)).map(({ id }) => id),
      [made[3]!.id],
      'without mail, a story goes with its bytes',
    )
  })

  on('a closed store says so', async ({ store, alice }) => {
    const message = messageOf(store, 'a', [{ account: alice }])
    await store.close()
    await assert.rejects(store.deliver(message), error('closed'))
    assert.throws(() => store.incoming(), error('closed'))
  })
}
