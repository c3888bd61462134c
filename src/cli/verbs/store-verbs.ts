/** All verbs that touch the store, by name. */
import { accountVerbs, aliasVerbs, codeVerbs, domainVerbs } from './people.ts'
import type { StoreVerbName, StoreVerbTable } from './store-verb.ts'
import { careVerbs, storyVerbs } from './stories.ts'

export const storeVerbs: StoreVerbTable = {
  ...domainVerbs,
  ...accountVerbs,
  ...aliasVerbs,
  ...codeVerbs,
  ...storyVerbs,
  ...careVerbs,
}

export function isStoreVerb(name: string): name is StoreVerbName {
  return Object.hasOwn(storeVerbs, name)
}
