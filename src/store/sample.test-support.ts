/** Small stores for tests: folders that go again, accounts, messages. */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccountId, Delivered, MailStore, NewMessage } from './contract.ts'

/** A folder for this test file; removed when it ends. `next` gives a path in it that is not there yet. */
export function testFolder(name: string): { readonly path: string; next(): string } {
  const path = fs.mkdtempSync(join(tmpdir(), `postglass-${name}-`))
  process.once('exit', () => fs.rmSync(path, { recursive: true, force: true }))
  let count = 0
  return { path, next: () => join(path, String(count++)) }
}

/** Makes `north.test` with these accounts; returns their ids. */
export async function addAccounts(store: MailStore, ...names: readonly string[]): Promise<readonly AccountId[]> {
  if (!store.directory.domain('north.test')) await store.directory.addDomain('north.test', 'lab')
  const made: AccountId[] = []
  for (const name of names) {
    const scram = { salt: new Uint8Array([1]), iterations: 4096 }
    const account = await store.directory.addAccount({ address: `${name}@north.test`, passwordHash: '', scram })
    made.push(account.id)
  }
  return made
}

/** Delivers a text to an account's INBOX. */
export function deliverText(
  store: MailStore,
  account: AccountId,
  text: string | Uint8Array,
  more: Partial<NewMessage> = {},
): Promise<Delivered> {
  const bytes = store.incoming()
  void bytes.write(typeof text === 'string' ? Buffer.from(text) : text)
  return store.deliver({
    bytes,
    to: [{ account }],
    received: new Date(Date.UTC(2026, 2, 1)),
    queueId: store.newQueueId(),
    envelope: { from: 'x@south.test', to: ['a@north.test'] },
    facts: undefined,
    story: undefined,
    ...more,
  })
}

export function textsOf(store: MailStore, account: AccountId): readonly string[] {
  const inbox = store.mailbox(account, 'INBOX')
  return (inbox?.list() ?? []).map(({ uid }) => Buffer.from(inbox?.readSmall(uid) ?? []).toString())
}

/** Every file below a folder, with its mode in octal; folders end in `/`. */
export function modesOf(folder: string): readonly string[] {
  const mode = (path: string): string => (fs.statSync(path).mode & 0o777).toString(8)
  const below = fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? modesOf(path) : [`${path} ${mode(path)}`]
  })
  return [`${folder}/ ${mode(folder)}`, ...below]
}
