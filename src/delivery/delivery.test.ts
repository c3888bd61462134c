import test from 'node:test'
import assert from 'node:assert/strict'
import type { Path } from '../wire/address.ts'
import type { Account, MailStore } from '../store/contract.ts'
import { StoreError } from '../store/contract.ts'
import { openMemoryStore } from '../store/memory.ts'
import { openAccess } from '../access/access.ts'
import { newScram } from '../access/code.ts'
import type { Delivery, Sender } from './contract.ts'
import { openDelivery } from './delivery.ts'
import { replyToFault } from './replies.ts'

interface House {
  readonly store: MailStore
  readonly delivery: Delivery
  readonly accounts: Readonly<Record<string, Account>>
}

async function house(testMessages = 1000, options: Parameters<typeof openMemoryStore>[0] = {}): Promise<House> {
  const store = openMemoryStore(options)
  const { directory } = store
  await directory.addDomain('north.test', 'lab')
  await directory.addDomain('app.test', 'test')
  const accounts: Record<string, Account> = {}
  for (const [address, quota] of [
    ['alice@north.test', undefined],
    ['bob@north.test', 1000],
    ['off@north.test', undefined],
    ['dev@app.test', undefined],
  ] as const)
    accounts[address] = await directory.addAccount({
      address,
      passwordHash: '*',
      scram: newScram(),
      ...(quota !== undefined && { quota }),
    })
  await directory.changeAccount(accounts['off@north.test']!.id, { disabled: true })
  await directory.addAlias({ address: 'team@north.test', to: ['alice@north.test', 'off@north.test'] })
  const { testAccounts } = openAccess({ store, listensBeyondLoopback: false })
  return { store, delivery: openDelivery({ store, testAccounts, testMessages }), accounts }
}

const path = (text: string): Path => {
  if (text === '<>') return 'null'
  if (text === 'postmaster') return 'postmaster'
  const at = text.lastIndexOf('@')
  return { local: text.slice(0, at), domain: text.slice(at + 1) }
}
const stranger: Sender = { account: undefined, listener: 'mx', address: '192.0.2.7' }
const signedIn = (account: Account | undefined): Sender => ({ account, listener: 'submission', address: '192.0.2.7' })

const rows: [string, string | undefined, string, number, string][] = [
  // who, signed in as, to, size, verdict
  ['a local account', undefined, 'alice@north.test', 0, 'alice@north.test'],
  ['letter case does not count', undefined, 'ALICE@North.Test', 0, 'alice@north.test'],
  ['an alias, its able accounts', undefined, 'team@north.test', 0, 'alice@north.test'],
  ['postmaster', undefined, 'postmaster', 0, 'alice@north.test'],
  ['postmaster of a domain', undefined, 'Postmaster@north.test', 0, 'alice@north.test'],
  ['unknown', undefined, 'nobody@north.test', 0, '550 5.1.1'],
  ['disabled', undefined, 'off@north.test', 0, '550 5.2.1'],
  ['would be full', undefined, 'bob@north.test', 1001, '552 5.2.2'],
  ['fits', undefined, 'bob@north.test', 1000, 'bob@north.test'],
  ['elsewhere, signed in', 'alice@north.test', 'x@elsewhere.example', 0, '550 5.7.1'],
  ['here, signed in', 'alice@north.test', 'bob@north.test', 0, 'bob@north.test'],
  ['elsewhere, a stranger: caught', undefined, 'x@elsewhere.example', 0, '"x@elsewhere.example"@app.test'],
  ['elsewhere, a test account: caught', 'dev@app.test', 'x@elsewhere.example', 0, '"x@elsewhere.example"@app.test'],
  ['a new test account', undefined, 'New@app.test', 0, 'new@app.test'],
  ['from a test account to a lab', 'dev@app.test', 'alice@north.test', 0, '550 5.7.1'],
  ['postmaster of a test domain', undefined, 'postmaster@app.test', 0, 'postmaster@app.test'],
  ['too long for a mailbox', undefined, `${'x'.repeat(65)}@app.test`, 0, '553 5.1.3'],
]
for (const [name, as, to, size, expected] of rows)
  void test(`RCPT: ${name}`, async () => {
    const { delivery, accounts, store } = await house()
    const sender = as === undefined ? stranger : signedIn(accounts[as])
    const verdict = await delivery.judge(sender, path(to), size)
    const told =
      verdict.what === 'refused'
        ? `${verdict.code} ${verdict.enhanced}`
        : verdict.accounts.map((id) => store.directory.accountById(id)?.address).join()
    assert.equal(told, expected)
  })

void test('without a test domain strangers hear that relaying is denied', async () => {
  const store = openMemoryStore()
  await store.directory.addDomain('north.test', 'lab')
  const { testAccounts } = openAccess({ store, listensBeyondLoopback: false })
  const delivery = openDelivery({ store, testAccounts })
  const verdict = await delivery.judge(stranger, path('x@elsewhere.example'))
  assert.equal(verdict.what === 'refused' && `${verdict.code} ${verdict.enhanced}`, '550 5.7.1')
  assert.equal((await delivery.judge(stranger, 'postmaster')).what, 'refused', 'nobody lives here')
})

const senders: [string, string, boolean][] = [
  // signed in as, MAIL FROM, may
  ['alice@north.test', 'alice@north.test', true],
  ['alice@north.test', 'ALICE@north.test', true],
  ['alice@north.test', 'team@north.test', true],
  ['alice@north.test', '<>', true],
  ['alice@north.test', 'bob@north.test', false],
  ['bob@north.test', 'team@north.test', false],
  ['alice@north.test', 'alice@elsewhere.example', false],
  ['dev@app.test', 'shop@elsewhere.example', true],
  ['dev@app.test', 'other@app.test', true],
  ['dev@app.test', 'alice@north.test', false],
]
for (const [as, from, may] of senders)
  void test(`MAIL FROM ${from} as ${as}: ${may ? 'allowed' : '553 5.7.1'}`, async () => {
    const { delivery, accounts } = await house()
    const refused = delivery.judgeSender(signedIn(accounts[as]), path(from))
    assert.equal(refused && `${refused.code} ${refused.enhanced}`, may ? undefined : '553 5.7.1')
    assert.equal(delivery.judgeSender(stranger, path(from)), undefined)
  })

async function send({ store, delivery }: House, to: string[], text: string): Promise<string> {
  const message = store.incoming()
  await message.write(Buffer.from(text))
  const recipients = await Promise.all(
    to.map(async (one) => {
      const verdict = await delivery.judge(stranger, path(one))
      assert.equal(verdict.what, 'local')
      return {
        address: path(one) as { local: string; domain: string },
        accounts: verdict.what === 'local' ? verdict.accounts : [],
      }
    }),
  )
  const queueId = store.newQueueId()
  const how = { queueId, received: new Date(), facts: undefined, story: undefined }
  return (await delivery.accept({ from: path('x@elsewhere.example'), to: recipients }, message, how)).id
}

void test('one body for all recipients, each account once', async () => {
  const all = await house()
  const id = await send(all, ['alice@north.test', 'team@north.test', 'bob@north.test'], 'Subject: hi\r\n\r\nhello\r\n')
  for (const address of ['alice@north.test', 'bob@north.test']) {
    const box = all.store.mailbox(all.accounts[address]!.id, 'INBOX')
    assert.deepEqual(
      box?.list().map((message) => message.id),
      [id],
      address,
    )
    assert.equal(Buffer.from(box?.readSmall(1) ?? []).toString(), 'Subject: hi\r\n\r\nhello\r\n')
  }
  assert.equal((await all.store.stat()).messages, 1)
})

void test('a mailbox that fills up meanwhile refuses the whole message, and nobody has it', async () => {
  const all = await house()
  await send(all, ['bob@north.test'], 'x'.repeat(900))
  await assert.rejects(
    send(all, ['alice@north.test', 'bob@north.test'], 'x'.repeat(200)),
    (fault) => fault instanceof StoreError && replyToFault(fault).enhanced === '4.2.2',
  )
  assert.equal(all.store.mailbox(all.accounts['alice@north.test']!.id, 'INBOX')?.list().length, 0)
})

void test('a test domain keeps its last messages over all its accounts', async () => {
  const all = await house(5)
  const ids: string[] = []
  for (let i = 0; i < 12; i++) ids.push(await send(all, [`u${i % 3}@app.test`], `number ${i}\r\n`))
  await send(all, ['alice@north.test'], 'stays\r\n')
  await all.delivery.settled()
  const left = all.store.directory
    .accounts()
    .flatMap(({ id, address }) => (address.endsWith('@app.test') ? (all.store.mailbox(id, 'INBOX')?.list() ?? []) : []))
    .map(({ id }) => id)
  assert.deepEqual(left.sort(), ids.slice(-5).sort())
  assert.equal(all.store.mailbox(all.accounts['alice@north.test']!.id, 'INBOX')?.list().length, 1)
})

void test('what was removed by hand meanwhile does not make more go', async () => {
  const all = await house(5)
  for (let i = 0; i < 5; i++) await send(all, ['u@app.test'], `number ${i}\r\n`)
  const account = all.store.directory.account('u@app.test')!
  await all.store.mailbox(account.id, 'INBOX')?.expunge([1, 2])
  for (let i = 5; i < 8; i++) await send(all, ['u@app.test'], `number ${i}\r\n`)
  await all.delivery.settled()
  assert.deepEqual(
    all.store
      .mailbox(account.id, 'INBOX')
      ?.list()
      .map(({ uid }) => uid),
    [4, 5, 6, 7, 8],
  )
})

void test('faults of the store as replies', () => {
  const told = (fault: unknown): string => `${replyToFault(fault).code} ${replyToFault(fault).enhanced}`
  assert.equal(told(new StoreError('no-space', 'x')), '452 4.3.1')
  assert.equal(told(new StoreError('read-only', 'x')), '452 4.3.1')
  assert.equal(told(new StoreError('over-quota', 'x')), '452 4.2.2')
  assert.equal(told(new StoreError('too-large', 'x')), '552 5.3.4')
  assert.equal(told(new StoreError('io', 'x')), '451 4.3.0')
  assert.equal(told(new Error('secret path')), '451 4.3.0')
})
