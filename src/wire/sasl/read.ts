/**
 * What is said during a sign-in, read after the fact: which bytes of a client's answer or a server's challenge are
 * what, and which are secret. Where in doubt, all of it is. Nothing is checked here; `server.ts` and `client.ts` do.
 */
import type { Part, SecretKind } from '../talk.ts'
import { byteString, readText } from '../cutter/text.ts'
import { readBase64 } from './base64.ts'

export interface ReadSasl {
  /** Decoded bytes; undefined where it is not base64. */
  readonly decoded: Uint8Array | undefined
  /** Pieces of the decoded bytes; spans count from its first byte. */
  readonly parts: readonly Part[]
  /** Set where the whole is secret, since its pieces cannot be told. */
  readonly whole: SecretKind | undefined
}

/** What a prompt asks for by its own words. */
export type Asks = 'user' | 'password' | 'other'

/** An answer that shows nothing: an empty line, `=`, or the `*` that cancels, RFC 4954 §4. */
export function isEmptyAnswer(text: string): boolean {
  return text === '' || text === '=' || text === '*'
}

/**
 * Reads a client's answer (base64 text). `step` counts the client's answers from 0, an initial response included;
 * `challenge` is the base64 text that it answers, where one came.
 */
export function readAnswer(mechanism: string, step: number, text: string, challenge?: string): ReadSasl {
  if (isEmptyAnswer(text)) return { decoded: text === '*' ? undefined : new Uint8Array(0), parts: [], whole: undefined }
  const decoded = readBase64(text)
  if (!decoded) return { decoded, parts: [], whole: 'password' }
  const value = byteString(decoded)
  const parts = answerParts(mechanism, step, value, challenge)
  return { decoded, parts: parts ?? [], whole: parts ? undefined : wholeKind(mechanism) }
}

/** Reads a server's challenge (base64 text), and what it asks for. */
export function readChallenge(mechanism: string, text: string): ReadSasl & { readonly asks: Asks } {
  const decoded = readBase64(text)
  // a prompt in plain text is not the standard's, and some servers' own
  if (!decoded) return { decoded, parts: [], whole: undefined, asks: asksFor(text) }
  const value = byteString(decoded)
  const parts = challengeParts(mechanism, value)
  return { decoded, parts: parts ?? [], whole: parts ? undefined : 'proof', asks: asksFor(readText(value)) }
}

/** The gravest secret in an answer: how its whole line is to be marked. Undefined where it holds none. */
export function secretOfAnswer(
  mechanism: string,
  step: number,
  text: string,
  challenge?: string,
): SecretKind | undefined {
  const { parts, whole } = readAnswer(mechanism, step, text, challenge)
  return whole ?? gravest(parts)
}

/** The same of a challenge. */
export function secretOfChallenge(mechanism: string, text: string): SecretKind | undefined {
  const { parts, whole } = readChallenge(mechanism, text)
  return whole ?? gravest(parts)
}

function gravest(parts: readonly Part[]): SecretKind | undefined {
  const order: readonly SecretKind[] = ['password', 'token', 'proof', 'user']
  return order.find((kind) => parts.some((part) => part.secret === kind))
}

function wholeKind(mechanism: string): SecretKind {
  if (/OAUTH/.test(mechanism)) return 'token'
  return /^(?:NTLM|GSS|KERBEROS|SCRAM|CRAM|DIGEST)/.test(mechanism) ? 'proof' : 'password'
}

/** Undefined where the value is not what the mechanism says. */
function answerParts(mechanism: string, step: number, value: string, challenge?: string): Part[] | undefined {
  if (mechanism.startsWith('SCRAM-')) return step === 0 ? scramFirst(value) : scramFields(value)
  switch (mechanism) {
    case 'PLAIN':
      return plainParts(value)
    case 'LOGIN':
      return loginParts(step, value, challenge)
    case 'CRAM-MD5':
      return cramParts(value)
    case 'XOAUTH2':
    case 'OAUTHBEARER':
    case 'XOAUTH':
      return bearerParts(value)
    case 'DIGEST-MD5':
      return digestParts(value)
    case 'EXTERNAL':
    case 'ANONYMOUS':
      return [part('user', 0, value.length, 'user')]
    default:
      return undefined
  }
}

function challengeParts(mechanism: string, value: string): Part[] | undefined {
  if (value === '') return []
  if (mechanism.startsWith('SCRAM-')) return scramFields(value)
  switch (mechanism) {
    case 'DIGEST-MD5':
      return digestParts(value)
    case 'NTLM':
      return ntlmChallenge(value)
    case 'GSSAPI':
    case 'GSS-SPNEGO':
    case 'KERBEROS_V4':
      return undefined
    default:
      return [part('challenge', 0, value.length)]
  }
}

function part(name: string, start: number, end: number, secret?: SecretKind): Part {
  return { name, at: { start, end }, ...(secret ? { secret } : {}) }
}

/** authzid NUL authcid NUL passwd, RFC 4616 §2. */
function plainParts(value: string): Part[] | undefined {
  const one = value.indexOf('\0')
  const two = one < 0 ? -1 : value.indexOf('\0', one + 1)
  if (two < 0) return undefined
  const parts = [part('user', one + 1, two, 'user'), part('password', two + 1, value.length, 'password')]
  return one > 0 ? [part('authzid', 0, one, 'user'), ...parts] : parts
}

/** The prompt's own words count, then the order. */
function loginParts(step: number, value: string, challenge: string | undefined): Part[] {
  const asks = challenge === undefined ? 'other' : readChallenge('LOGIN', challenge).asks
  const isUser = asks === 'other' ? step === 0 : asks === 'user'
  // a name after a name, or a third answer, may be anything: hide it as a password
  return isUser && step === 0
    ? [part('user', 0, value.length, 'user')]
    : [part('password', 0, value.length, 'password')]
}

/** user SP 32 hex digits, RFC 2195 §2. */
function cramParts(value: string): Part[] | undefined {
  const space = value.lastIndexOf(' ')
  if (space < 0) return undefined
  return [part('user', 0, space, 'user'), part('digest', space + 1, value.length, 'proof')]
}

/** `user=U^Aauth=Bearer TOKEN^A^A`, or a GS2 header and the like, RFC 7628 §3.1. */
function bearerParts(value: string): Part[] | undefined {
  const parts: Part[] = []
  let at = 0
  for (const field of value.split('\u0001')) {
    const user = /^(?:user=|[nyp][^,]*,a=)/.exec(field)
    const auth = /^auth=(?:[A-Za-z]+ +)?/.exec(field)
    const plain = /^(?:host=|port=|mthd=|path=|qs=|[nyp](?:=[^,]*)?,,?$)/.exec(field)
    const end = at + field.length
    if (auth) parts.push(part('token', at + auth[0].length, end, 'token'))
    else if (user) parts.push(part('user', at + user[0].length, field.endsWith(',') ? end - 1 : end, 'user'))
    else if (field !== '' && !plain) return undefined
    at = end + 1
  }
  return parts.some((one) => one.name === 'token') ? parts : undefined
}

/** gs2-header, then fields: `n,,n=user,r=nonce`, RFC 5802 §7. */
function scramFirst(value: string): Part[] | undefined {
  const header = /^(?:n|y|p=[^,]*),(?:a=[^,]*)?,/.exec(value)?.[0]
  if (header === undefined) return undefined
  const parts = scramFields(value.slice(header.length), header.length)
  return parts && [part('gs2-header', 0, header.length), ...parts]
}

const scramNames: Readonly<Record<string, string>> = {
  a: 'authzid',
  n: 'user',
  r: 'nonce',
  s: 'salt',
  i: 'iterations',
  c: 'channel-binding',
  p: 'proof',
  v: 'server-signature',
  e: 'error',
  m: 'extension',
}

/** `x=value` between commas; p= and v= allow guessing offline. */
function scramFields(value: string, offset = 0): Part[] | undefined {
  const parts: Part[] = []
  let at = offset
  for (const field of value.split(',')) {
    const name = field[1] === '=' ? scramNames[field[0] ?? ''] : undefined
    const secret =
      name === 'proof' || name === 'server-signature'
        ? 'proof'
        : name === 'user' || name === 'authzid'
          ? 'user'
          : undefined
    if (name === undefined) return undefined
    parts.push(part(name, at + 2, at + field.length, secret))
    at += field.length + 1
  }
  return parts
}

const digestSecrets = new Set(['response', 'rspauth', 'cnonce'])

/** `key=value` or `key="value"` between commas, RFC 2831 §2.1. */
function digestParts(value: string): Part[] | undefined {
  const parts: Part[] = []
  const field = /(\s*([A-Za-z-]+)\s*=\s*"?)((?<=")(?:[^"\\]|\\[\s\S])*|[^\s,"]*)"?\s*(?:,|$)/y
  while (field.lastIndex < value.length) {
    const found = field.exec(value)
    if (!found) return undefined
    const [, before = '', key = '', inner = ''] = found
    const name = key.toLowerCase()
    const start = found.index + before.length
    const secret = digestSecrets.has(name) ? 'proof' : name === 'username' ? 'user' : undefined
    parts.push(part(name, start, start + inner.length, secret))
  }
  return parts
}

/** Message type 2: the eight bytes of the server's challenge allow guessing. */
function ntlmChallenge(value: string): Part[] | undefined {
  if (!value.startsWith('NTLMSSP\0') || value.length < 32) return undefined
  return [part('message', 0, 24), part('challenge', 24, 32, 'proof'), part('message', 32, value.length)]
}

function asksFor(text: string): Asks {
  if (/pass|pwd|secret|code|密码|口令|授权码/i.test(text)) return 'password'
  if (/user|name|login|account|e-?mail|用户|账号|帐号/i.test(text)) return 'user'
  return 'other'
}
