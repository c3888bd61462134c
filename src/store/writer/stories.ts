/** Changes of stories. */
import { StoreError } from '../contract.ts'
import { messageNumber } from '../index/messages.ts'
import { messageOfStory, tooMany } from '../stories.ts'
import type { Group } from './group.ts'
import type { AnswerValue, WriteRequest } from './requests.ts'

type Asked<What extends WriteRequest['what']> = Extract<WriteRequest, { what: What }>

export function keepStory(group: Group, request: Asked<'keep-story'>): AnswerValue {
  const { summary, facts, owners } = request
  if (group.index.stories.get(summary.id)) throw new StoreError('exists', `the story ${summary.id} is kept already`)
  // a message in it that is gone by now has taken its bytes along
  const whole = summary.messages.every((id) => {
    const message = group.index.messages.get(messageNumber(id))
    return message !== undefined && message.gone === undefined
  })
  const sealedBytes = whole ? request.sealedBytes : 0
  if (!whole && request.sealedBytes > 0) group.unsealed.push(summary.id)
  group.record({
    what: 'story',
    story: { summary: { ...summary, recorded: sealedBytes > 0 }, owners, sealedBytes, facts },
    factsAt: 0,
  })
  return undefined
}

export function deleteStory(group: Group, request: Asked<'delete-story'>): AnswerValue {
  const message = messageOfStory(request.id)
  const there =
    message === undefined
      ? group.index.stories.get(request.id) !== undefined
      : group.index.messages.get(messageNumber(message))?.told === true
  if (!there) return { count: 0 }
  group.unseal(request.id)
  group.record({ what: 'story-gone', id: request.id })
  return { count: 1 }
}

export function prune(group: Group, request: Asked<'prune'>): AnswerValue {
  const gone = tooMany(group.index.stories.sealed(), new Date(request.before), request.total)
  for (const { id } of gone) group.unseal(id)
  // not journalled: a message that is gone tells itself when its facts are due
  group.index.messages.expire(request.before)
  for (const { id, summary } of group.index.stories.endedBefore(request.before)) {
    const hasMail = summary.messages.some((one) => group.index.messages.get(messageNumber(one)))
    if (hasMail) continue
    group.unseal(id)
    group.record({ what: 'story-gone', id })
  }
  return { count: gone.length }
}
