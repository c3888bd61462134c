/** The data directory and its store, for a host that keeps them as long as it runs. */
import type { MailStore } from '../../store/contract.ts'
import { StoreError } from '../../store/contract.ts'
import { reachServer } from '../control/ask.ts'
import { faultOf } from '../control/trouble.ts'
import { Fault } from '../fault.ts'
import type { StoreOptions, World } from '../world.ts'
import { makeFolder } from './folder.ts'

/** Another command may be at work for a moment. */
const patienceMs = 3000
const pauseMs = 100

/** Opens the store; a second host on the same directory is refused. Throws a `Fault`. */
export async function openData(world: World, data: string, options: StoreOptions): Promise<MailStore> {
  try {
    makeFolder(data)
  } catch (thrown) {
    throw faultOf(thrown, data)
  }
  for (let waited = 0; ; waited += pauseMs) {
    try {
      return await world.openStore(data, options)
    } catch (thrown) {
      if (!(thrown instanceof StoreError) || thrown.code !== 'locked') throw faultOf(thrown, data)
      const line = await reachServer(data)
      line?.destroy()
      if (line !== undefined) throw new Fault('server-running', { data }, { cause: thrown })
      if (waited >= patienceMs) throw faultOf(thrown, data)
    }
    await new Promise((go) => setTimeout(go, pauseMs))
  }
}
