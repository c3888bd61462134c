/** What a mail, a hole, sealing and unreadable bytes mean, as ids of the catalogue. */
import type { Explanation, SpokenProtocol } from '../model.ts'
import type { TlsFacts } from '../../wire/packet/recording.ts'
import { firstKnown } from './known.ts'

/** What a message is made of, told by whoever read it. */
export interface MessageShape {
  /** Names of header fields worth naming that it has, in their usual spelling (`From`, `Subject`). */
  readonly fields: readonly string[]
  readonly texts: number
  readonly htmls: number
  readonly attachments: number
  /** Bytes of the mail; 0: nothing at all. */
  readonly size: number
  /** Only the head was asked for (TOP). */
  readonly headOnly?: boolean
  /** Bytes are missing or the end was not seen. */
  readonly cut?: boolean
}

/** Fields that are named, in this order: who and what about. */
const named = ['From', 'Subject']

/** `From, Subject; a text part and an HTML part.` */
export function meaningOfMessage(shape: MessageShape): Explanation {
  if (shape.size === 0 && shape.cut !== true) return { id: 'message.nothing' }
  const present = named.filter((name) => shape.fields.some((field) => field.toLowerCase() === name.toLowerCase()))
  const shown = present.length > 0 ? present : shape.fields.slice(0, 2)
  if (shown.length === 0) return { id: shape.cut === true ? 'message.cut-bare' : 'message.bare' }
  const fields = shown.join(', ')
  if (shape.cut === true) return { id: 'message.cut', params: { fields } }
  if (shape.headOnly === true) return { id: 'message.head', params: { fields } }
  const parts = [shape.texts > 0 ? 'text' : '', shape.htmls > 0 ? 'html' : '', shape.attachments > 0 ? 'attached' : '']
  const id = parts.filter((part) => part !== '').join('-')
  return { id: `message.${id === '' ? 'empty' : id}`, params: { fields, count: shape.attachments } }
}

/** Bytes that are not in the capture. */
export function meaningOfHole(size: number, why: 'not captured' | 'cut by snap length' | 'not kept'): Explanation {
  const ids = { 'not captured': 'not-captured', 'cut by snap length': 'cut', 'not kept': 'not-kept' }
  return { id: `hole.${ids[why]}`, params: { size } }
}

/** The moment of sealing. `tls` where our own end recorded it; `readable` when the inside follows. */
export function meaningOfSealing(readable: boolean, tls?: TlsFacts): Explanation {
  if (tls !== undefined) return { id: 'sealing.own', params: { tls: `${tls.version}, ${tls.cipher}` } }
  return { id: readable ? 'sealing.readable' : 'sealing.closed' }
}

/** Records inside TLS that cannot be read. */
export function meaningOfSealed(records: number, size: number): Explanation {
  return { id: 'sealed.records', params: { records, size } }
}

/** Bytes that are no line of the protocol; `secret` when they may hold a credential. */
export function meaningOfUnreadable(protocol: SpokenProtocol, secret: boolean): Explanation {
  return { id: secret ? 'unreadable.secret' : firstKnown(`unreadable.${protocol}`, 'unreadable') }
}
