/**
 * The child of `kill.test.ts`: delivers and expunges as fast as it can and tells each thing that was acknowledged, until
 * it is killed. Arguments: folder, number of the round.
 */
import { writeSync } from 'node:fs'
import { openStore } from './open.ts'

const [folder = '', round = '0'] = process.argv.slice(2)
const store = await openStore(folder)
const accounts = store.directory.accounts()
// a reclaim goes on all the while
const reclaiming = (async () => {
  for (;;) await store.reclaim()
})()

async function produce(nth: number): Promise<void> {
  const account = accounts[nth % accounts.length]
  const inbox = account && store.mailbox(account.id, 'INBOX')
  if (!account || !inbox) throw new Error('no account')
  for (let count = 0; ; count++) {
    const key = `${round}-${nth}-${count}`
    const bytes = store.incoming()
    void bytes.write(Buffer.from(`Key: ${key}\r\n\r\n${'x'.repeat((count * 337) % 5000)}`))
    const { id, uids } = await store.deliver({
      bytes,
      to: [{ account: account.id }],
      received: new Date(),
      queueId: store.newQueueId(),
      envelope: { from: '', to: [account.address] },
      facts: undefined,
      story: undefined,
    })
    const uid = uids[0]?.uid ?? 0
    writeSync(1, `+ ${account.id} ${uid} ${id} ${key}\n`)
    if (count % 3 === 2) {
      writeSync(1, `? ${account.id} ${uid}\n`)
      await inbox.expunge([uid])
      writeSync(1, `- ${account.id} ${uid}\n`)
    }
  }
}

await Promise.all([reclaiming, ...[0, 1, 2, 3, 4, 5, 6, 7].map(produce)])
