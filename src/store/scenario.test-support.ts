/** A course of changes that touches every kind of record, and what a store looks like after each. */
import type { MailStore, NewMessage } from './contract.ts'
import { packFacts } from './facts.ts'

/** All that must outlast a crash, as text. Last uses of codes and stories of connections may be forgotten. */
export async function dump(store: MailStore): Promise<string> {
  const { directory } = store
  const accounts = await Promise.all(
    directory.accounts().map(async (account) => ({
      account,
      codes: directory.codes(account.id).map((code) => ({ ...code, lastUsed: undefined })),
      usage: store.usage(account.id),
      mailboxes: await Promise.all(
        store.mailboxes(account.id).map(async (name) => {
          const mailbox = store.mailbox(account.id, name)
          if (!mailbox) return name
          const list = mailbox.list()
          const bodies = await Promise.all(list.map(({ uid }) => digest(mailbox.read(uid))))
          return { state: mailbox.state(), list, bodies }
        }),
      ),
    })),
  )
  const whole = { domains: directory.domains(), aliases: directory.aliases(), accounts }
  return JSON.stringify(whole, (_, value: unknown) => plain(value), 1)
}

/** Bytes as numbers, and the keys of an object in order. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Length and a sum: enough to tell bodies apart here. */
async function digest(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let size = 0
  let sum = 0
  for await (const piece of pieces) {
    size += piece.length
    for (let at = 0; at < piece.length; at += piece.length > 100_000 ? 997 : 1)
      sum = (sum * 31 + (piece[at] ?? 0) + at) % 1_000_000_007
  }
  return `${size}/${sum}`
}

/** A deterministic world: the same ids in every run. */
export function stillWorld(): { now: () => Date; randomBytes: (size: number) => Uint8Array } {
  let ms = Date.UTC(2026, 2, 1)
  return {
    now: () => new Date((ms += 1)),
    randomBytes: (size) => new Uint8Array(size).fill(7),
  }
}

export interface Step {
  readonly name: string
  readonly run: (store: MailStore) => Promise<unknown>
}

const id = (store: MailStore, address: string): string => store.directory.account(address)?.id ?? 'missing'

function deliver(
  store: MailStore,
  size: number,
  to: readonly { address: string; mailbox?: string }[],
): Promise<unknown> {
  const bytes = store.incoming()
  const written = writeAll(bytes, size)
  const message: NewMessage = {
    bytes,
    to: to.map(({ address, mailbox }) => ({ account: id(store, address), ...(mailbox !== undefined && { mailbox }) })),
    received: new Date(Date.UTC(2026, 2, 1)),
    queueId: store.newQueueId(),
    envelope: { from: 'x@south.test', to: to.map(({ address }) => address) },
    facts: packFacts({
      protocol: 'smtp',
      ours: 'server',
      client: { address: '192.0.2.1', port: 1 },
      server: { address: '192.0.2.2', port: 25 },
      implicitTls: false,
      began: 1n,
      ended: undefined,
      kept: [{ what: 'lost', side: 'client', time: 2n, size }],
      keyLog: [],
      secrets: [],
    }),
    story: undefined,
  }
  return written.then(() => store.deliver(message))
}

async function writeAll(bytes: ReturnType<MailStore['incoming']>, size: number): Promise<void> {
  const piece = new Uint8Array(Math.min(size, 300_000)).map((_, at) => at % 251)
  for (let left = size; left > 0; left -= piece.length)
    await bytes.write(piece.subarray(0, Math.min(left, piece.length)))
}

const alice = 'alice@north.test'
const bob = 'bob@north.test'
const scram = { salt: new Uint8Array([1]), iterations: 4096 }

export const steps: readonly Step[] = [
  { name: 'domain', run: (store) => store.directory.addDomain('north.test', 'lab') },
  {
    name: 'two accounts at once',
    run: (store) =>
      Promise.all([alice, bob].map((address) => store.directory.addAccount({ address, passwordHash: 'p', scram }))),
  },
  {
    name: 'alias and code',
    run: (store) =>
      Promise.all([
        store.directory.addAlias({ address: 'all@north.test', to: [alice, bob] }),
        store.directory.addCode({
          account: id(store, alice),
          label: 'phone',
          scope: ['pop3'],
          token: true,
          hash: new Uint8Array(32),
          scram: undefined,
          expires: undefined,
        }),
      ]),
  },
  { name: 'a message', run: (store) => deliver(store, 700, [{ address: alice }]) },
  {
    name: 'a message to both',
    run: (store) => deliver(store, 900, [{ address: alice }, { address: bob, mailbox: 'Lists' }]),
  },
  {
    name: 'three messages at once',
    run: (store) =>
      Promise.all([1, 2, 3].map((nth) => deliver(store, 500 + nth, [{ address: nth === 2 ? bob : alice }]))),
  },
  { name: 'flags', run: async (store) => store.mailbox(id(store, alice), 'INBOX')?.flag([1, 3], { add: ['\\Seen'] }) },
  {
    name: 'a code is used and a story kept, which ride along',
    run: async (store) => {
      const [code] = store.directory.codes(id(store, alice))
      if (code) store.directory.codeUsed(code.id, { at: new Date(0), address: '192.0.2.1', client: 'x' })
      const fact = { protocol: 'smtp', side: 'server', peer: 'p', local: 'l', account: alice } as const
      const dates = { began: new Date(0), ended: new Date(1) }
      const summary = { ...fact, ...dates, code: undefined, recorded: false, messages: [], outcome: 'accepted' }
      const facts = new Uint8Array(3)
      await store.stories.keep({ id: store.stories.newId(), summary, facts, recording: undefined, owners: [] })
    },
  },
  { name: 'a message after them', run: (store) => deliver(store, 600, [{ address: bob }]) },
  { name: 'a large message', run: (store) => deliver(store, 1_100_000, [{ address: bob }]) },
  { name: 'a mailbox', run: (store) => store.addMailbox(id(store, alice), 'Archive') },
  { name: 'a copy', run: async (store) => store.mailbox(id(store, alice), 'INBOX')?.copy([1, 2], 'Archive') },
  { name: 'a move', run: async (store) => store.mailbox(id(store, alice), 'INBOX')?.move([3], 'Archive') },
  { name: 'a renaming', run: (store) => store.renameMailbox(id(store, alice), 'Archive', 'Old') },
  { name: 'an expunge', run: async (store) => store.mailbox(id(store, alice), 'INBOX')?.expunge([1, 2]) },
  { name: 'the large one goes', run: async (store) => store.mailbox(id(store, bob), 'INBOX')?.expunge([3]) },
  { name: 'a mailbox goes', run: (store) => store.deleteMailbox(id(store, bob), 'Lists') },
  { name: 'reclaim', run: (store) => store.reclaim() },
  {
    name: 'a code is revoked',
    run: async (store) => store.directory.revokeCode(store.directory.codes(id(store, alice))[0]?.id ?? ''),
  },
  { name: 'after the reclaim', run: (store) => deliver(store, 800, [{ address: alice }]) },
  { name: 'an alias goes', run: (store) => store.directory.deleteAlias('all@north.test') },
  { name: 'bob goes', run: (store) => store.directory.deleteAccount(id(store, bob)) },
  { name: 'reclaim again', run: (store) => store.reclaim() },
  { name: 'the last message', run: (store) => deliver(store, 300, [{ address: alice }]) },
]
