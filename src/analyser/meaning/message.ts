/** What a mail, a hole, sealing and unreadable bytes mean, as ids of the catalogue. */
import type { Explanation, SpokenProtocol } from '../model.ts'
import type { TlsFacts } from '../../wire/packet/recording.ts'

/** What a message is made of, told by whoever read it. */
export interface MessageShape {
  /** Names of header fields worth naming that it has, in their usual spelling (`From`, `Subject`). */
  readonly fields: readonly string[]
  readonly texts: number
  readonly htmls: number
  readonly attachments: number
  /** Only the head was sent (TOP). */
  readonly headOnly?: boolean
  /** Bytes are missing or the end was not seen. */
  readonly cut?: boolean
}

/** `From, Subject; a text part and an HTML part.` */
export function meaningOfMessage(shape: MessageShape): Explanation {
  return { id: 'message.text', params: { fields: shape.fields.join(', ') } }
}

/** Bytes that are not in the capture. */
export function meaningOfHole(size: number, why: 'not captured' | 'cut by snap length' | 'not kept'): Explanation {
  return { id: `hole.${why}`, params: { size } }
}

/** The moment of sealing. `tls` where our own end recorded it; `readable` when the inside follows. */
export function meaningOfSealing(readable: boolean, _tls?: TlsFacts): Explanation {
  return { id: readable ? 'sealing.readable' : 'sealing.closed' }
}

/** Records inside TLS that cannot be read. */
export function meaningOfSealed(records: number, size: number): Explanation {
  return { id: 'sealed.records', params: { records, size } }
}

/** Bytes that are no line of the protocol; `secret` when they may hold a credential. */
export function meaningOfUnreadable(protocol: SpokenProtocol, secret: boolean): Explanation {
  return { id: secret ? 'unreadable.secret' : `unreadable.${protocol}` }
}
