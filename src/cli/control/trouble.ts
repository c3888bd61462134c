/** Whatever was thrown, as one of the command line's own faults. */
import { NetError } from '../../net/errors.ts'
import { StoreError } from '../../store/contract.ts'
import { Fault, messageOf, systemCode } from '../fault.ts'

const full = new Set(['ENOSPC', 'EDQUOT'])
const denied = new Set(['EROFS', 'EACCES', 'EPERM'])

/** `data` is the data directory, for the faults of the store. */
export function faultOf(thrown: unknown, data = ''): Fault {
  if (thrown instanceof Fault) return thrown
  const how = { cause: thrown }
  if (thrown instanceof StoreError) return storeFault(thrown, data)
  if (thrown instanceof NetError) return new Fault('peer-unreachable', { peer: 'The peer', why: thrown.message }, how)
  const code = systemCode(thrown) ?? ''
  if (full.has(code)) return new Fault('disk-full', { data }, how)
  if (denied.has(code)) return new Fault('data-denied', { data }, how)
  return new Fault('internal', { why: messageOf(thrown) }, how)
}

function storeFault(thrown: StoreError, data: string): Fault {
  const how = { cause: thrown }
  switch (thrown.code) {
    case 'locked':
      return new Fault('store-locked', { data }, how)
    case 'newer-format':
      return new Fault('store-newer', { data }, how)
    case 'not-a-store':
      return new Fault('not-a-store', { data }, how)
    case 'no-space':
      return new Fault('disk-full', { data }, how)
    case 'read-only':
      return new Fault('data-denied', { data }, how)
    case 'damaged':
      return new Fault('store-damaged', { data, why: thrown.message }, how)
    case 'closed':
    case 'io':
    case 'exists':
    case 'unknown':
    case 'bad-name':
    case 'domain-not-empty':
    case 'over-quota':
    case 'message-gone':
    case 'too-large':
      return new Fault('store-failed', { data, why: thrown.message }, how)
  }
}
