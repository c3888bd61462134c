/** Every rule that a message can bend, by the id its remark carries, and where the rule is written. */
import type { Remark } from '../talk.ts'

export const messageRules = {
  'missing-date': 'RFC 5322 §3.6.1',
  'missing-from': 'RFC 5322 §3.6.2',
  'missing-sender': 'RFC 5322 §3.6.2',
  'missing-message-id': 'RFC 5322 §3.6.4',
  'missing-mime-version': 'RFC 2045 §4',
  'duplicate-field': 'RFC 5322 §3.6',
  'date-unreadable': 'RFC 5322 §3.3',
  'address-unreadable': 'RFC 5322 §3.4',
  'message-id-unreadable': 'RFC 5322 §3.6.4',
  'line-too-long': 'RFC 5322 §2.1.1',
  'bare-lf': 'RFC 5322 §2.3',
  'bare-cr': 'RFC 5322 §2.3',
  nul: 'RFC 5322 §4.1',
  'eight-bit-header': 'RFC 5322 §2.2',
  'utf8-header': 'RFC 6532 §3.2',
  'missing-blank-line': 'RFC 5322 §2.1',
  'mbox-from-line': 'RFC 5322 §2.2',
  'space-before-colon': 'RFC 5322 §4.5',
  'encoded-word-broken': 'RFC 2047 §2',
  'encoded-word-in-quotes': 'RFC 2047 §5',
  'content-type-unreadable': 'RFC 2045 §5.1',
  'parameter-unreadable': 'RFC 2045 §5.1',
  'parameter-duplicate': 'RFC 2045 §5.1',
  'parameter-continuation-broken': 'RFC 2231 §3',
  'encoding-unknown': 'RFC 2045 §6.1',
  'encoding-on-composite': 'RFC 2045 §6.4',
  'eight-bit-body': 'RFC 2045 §6.2',
  'base64-broken': 'RFC 2045 §6.8',
  'quoted-printable-broken': 'RFC 2045 §6.7',
  'charset-unknown': 'RFC 2046 §4.1.2',
  'boundary-missing': 'RFC 2046 §5.1.1',
  'boundary-not-found': 'RFC 2046 §5.1.1',
  'boundary-not-closed': 'RFC 2046 §5.1.1',
  'boundary-reused': 'RFC 2046 §5.1.2',
  'limit-depth': 'RFC 2046 §5.1.1',
  'limit-parts': 'RFC 2046 §5.1.1',
  'limit-header-bytes': 'RFC 5322 §2.2',
  'limit-fields': 'RFC 5322 §2.2',
} as const

export type MessageRule = keyof typeof messageRules

/** The remark that this rule is bent. */
export function remark(rule: MessageRule): Remark {
  return { rule, source: messageRules[rule] }
}

/** What a reader of hostile input goes along with. Reaching one is a remark, and the rest stays opaque. */
export interface Limits {
  /** Levels of parts inside parts; the message itself is level 0. */
  readonly depth: number
  readonly parts: number
  /** Bytes of one header block. */
  readonly headerBytes: number
  /** Fields of one header block. */
  readonly fields: number
}

export const defaultLimits: Limits = { depth: 64, parts: 10_000, headerBytes: 2 * 1024 * 1024, fields: 10_000 }
