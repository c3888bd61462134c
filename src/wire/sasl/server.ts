/**
 * The server's side of a sign-in as values. It checks form only; who may come in is decided by `access/`.
 * Text is strict UTF-8, names hold no NUL or other control character, and acting for another is refused
 * (authzid other than authcid), RFC 4616 §2. CRAM-MD5 needs the password in clear and is never served.
 */
import { Secret } from '../talk.ts'
import { decodeUtf8, utf8Bytes } from '../cutter/text.ts'
import type { Mechanism, SaslServer, SaslStep } from './words.ts'
import { isName, readSaslName, refused } from './names.ts'
import { ScramServer } from './scram.ts'

export interface ServerHow {
  /** SCRAM: the server's part of the nonce, fresh and unguessable, printable without comma. */
  readonly nonce: string
}

/** All that are read here, in the order in which they are worth offering. */
export const mechanisms: readonly Mechanism[] = [
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'PLAIN',
  'LOGIN',
  'XOAUTH2',
  'OAUTHBEARER',
  'CRAM-MD5',
]

/** The mechanism of that name in any letter case; undefined where it is not known. */
export function mechanismNamed(name: string): Mechanism | undefined {
  const upper = name.toUpperCase()
  return mechanisms.find((mechanism) => mechanism === upper)
}

/** One exchange; used once. */
export function saslServer(mechanism: Mechanism, how: ServerHow): SaslServer {
  switch (mechanism) {
    case 'PLAIN':
      return simple(mechanism, plain)
    case 'LOGIN':
      return loginServer()
    case 'XOAUTH2':
      return simple(mechanism, xoauth2, '{"status":"401","schemes":"bearer","scope":"mail"}')
    case 'OAUTHBEARER':
      return simple(mechanism, oauthBearer, '{"status":"invalid_token","scope":"mail"}')
    case 'SCRAM-SHA-1':
    case 'SCRAM-SHA-256':
      return new ScramServer(mechanism, how.nonce)
    case 'CRAM-MD5':
      return simple(mechanism, () => refused('not-served'))
  }
}

const empty = new Uint8Array(0)

/** A mechanism of one answer. `failure` is sent before the refusal, RFC 7628 §3.2.2. */
function simple(mechanism: Mechanism, read: (text: string) => SaslStep, failure?: string): SaslServer {
  return {
    mechanism,
    step(response) {
      if (!response) return { what: 'challenge', data: empty }
      const text = decodeUtf8(response)
      return text === undefined ? refused('not-utf8') : read(text)
    },
    salted: () => refused('out-of-order'),
    finish: (accepted) => (accepted || failure === undefined ? undefined : utf8Bytes(failure)),
  }
}

function isPassword(text: string): boolean {
  return text !== '' && text.length <= 1024 && !text.includes('\0')
}

/** authzid NUL authcid NUL passwd, RFC 4616 §2. */
function plain(text: string): SaslStep {
  const [authorizeAs, user, password, ...more] = text.split('\0')
  if (authorizeAs === undefined || user === undefined || password === undefined || more.length > 0)
    return refused('not-three-fields')
  if (!isName(user) || !isPassword(password)) return refused('bad-name-or-password')
  // nobody acts for another here, RFC 4616 §2
  if (authorizeAs !== '' && authorizeAs !== user) return refused('authzid-differs')
  return {
    what: 'credential',
    credential: {
      kind: 'password',
      method: 'PLAIN',
      user,
      authorizeAs: authorizeAs === '' ? undefined : authorizeAs,
      password: new Secret(password),
    },
  }
}

/** Two prompts whose words clients compare; a user name may come with AUTH itself. */
function loginServer(): SaslServer {
  let user: string | undefined
  return {
    mechanism: 'LOGIN',
    step(response) {
      if (!response) return { what: 'challenge', data: utf8Bytes('Username:') }
      const text = decodeUtf8(response)
      if (text === undefined) return refused('not-utf8')
      if (user === undefined) {
        if (!isName(text)) return refused('bad-name-or-password')
        user = text
        return { what: 'challenge', data: utf8Bytes('Password:') }
      }
      if (!isPassword(text)) return refused('bad-name-or-password')
      const password = new Secret(text)
      return {
        what: 'credential',
        credential: { kind: 'password', method: 'LOGIN', user, authorizeAs: undefined, password },
      }
    },
    salted: () => refused('out-of-order'),
    finish: () => undefined,
  }
}

/** `user=U^Aauth=Bearer T^A^A`. */
function xoauth2(text: string): SaslStep {
  const found = /^user=([^\u0001]*)\u0001auth=Bearer +([^\u0001 ]+)\u0001\u0001$/i.exec(text)
  return found ? token('XOAUTH2', found[1] ?? '', found[2] ?? '') : refused('not-xoauth2')
}

/** gs2-header, then `key=value` fields between ^A, RFC 7628 §3.1. */
function oauthBearer(text: string): SaslStep {
  const fields = text.split('\u0001')
  const header = /^n,a=([^,]*),$/.exec(fields[0] ?? '')
  if (!header || fields.length < 4 || fields.at(-1) !== '' || fields.at(-2) !== '') return refused('not-oauthbearer')
  const auth = fields.find((field) => /^auth=Bearer +[^ ]+$/i.test(field))
  const user = readSaslName(header[1] ?? '')
  if (!auth || user === undefined) return refused('not-oauthbearer')
  return token('OAUTHBEARER', user, auth.replace(/^auth=Bearer +/i, ''))
}

function token(method: 'XOAUTH2' | 'OAUTHBEARER', user: string, value: string): SaslStep {
  // the letters of a bearer token, RFC 6750 §2.1
  if (!isName(user) || !/^[A-Za-z0-9._~+/-]+=*$/.test(value)) return refused('bad-name-or-token')
  return { what: 'credential', credential: { kind: 'token', method, user, token: new Secret(value) } }
}
