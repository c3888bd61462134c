/** Changes of the directory, and what they take along: an account's mailboxes, mail and stories. */
import type { AccountId } from '../contract.ts'
import { decide } from '../people.ts'
import type { Group } from './group.ts'
import { messagesIn } from './mail.ts'
import type { AnswerValue, WriteRequest } from './requests.ts'

export function changePeople(group: Group, request: Extract<WriteRequest, { what: 'people' }>): AnswerValue {
  for (const change of decide(group.people, request.request)) {
    if (change.what === 'account-gone') {
      forgetAccount(group, change.id, () => group.change(change))
      continue
    }
    const isNew = change.what === 'account' && !group.people.accounts.has(change.account.id)
    group.change(change)
    if (isNew) group.makeBox(change.account.id, 'INBOX', request.at)
  }
  return undefined
}

function forgetAccount(group: Group, account: AccountId, go: () => void): void {
  const messages = group.index.boxes.of(account).flatMap((box) => messagesIn(group, box))
  const stories = group.index.stories.ofAccount(account)
  go()
  group.forgetGone(messages)
  for (const id of stories) {
    // what somebody else owns too stays theirs
    if (group.index.stories.owners(id).some((owner) => group.people.accounts.has(owner))) continue
    group.unseal(id)
    group.record({ what: 'story-gone', id })
  }
}
