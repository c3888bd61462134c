/** SCRAM, RFC 5802 and RFC 7677: its keys, the server's side and the client's. No channel binding. */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../talk.ts'
import { decodeUtf8, utf8Bytes } from '../cutter/text.ts'
import { printBase64, readBase64 } from './base64.ts'
import { isName, printSaslName, readSaslName, refused } from './names.ts'
import type { SaslClient, SaslServer, SaslStep, ScramHash } from './words.ts'

type ScramMechanism = 'SCRAM-SHA-1' | 'SCRAM-SHA-256'

/** Fewer make guessing cheap (RFC 7677 §4), more make a client of a hostile server hang. */
const iterationsAllowed = { least: 4096, most: 1_000_000 }

export interface ScramKeys {
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
}

/** StoredKey and ServerKey of a password, RFC 5802 §3. Takes its time: iterations of HMAC. */
export function scramKeys(password: Secret, salt: Uint8Array, iterations: number, hash: ScramHash): ScramKeys {
  const salted = saltedPassword(password, salt, iterations, hash)
  return { storedKey: digest(hash, hmac(hash, salted, 'Client Key')), serverKey: hmac(hash, salted, 'Server Key') }
}

function hashOf(mechanism: ScramMechanism): ScramHash {
  return mechanism === 'SCRAM-SHA-1' ? 'sha1' : 'sha256'
}

function saltedPassword(password: Secret, salt: Uint8Array, iterations: number, hash: ScramHash): Uint8Array {
  return pbkdf2Sync(prepare(password.reveal()), salt, iterations, hash === 'sha1' ? 20 : 32, hash)
}

/** What SASLprep does to passwords people have: compatibility forms and odd spaces, RFC 4013 §2. */
function prepare(text: string): string {
  return text.replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g, ' ').normalize('NFKC')
}

function hmac(hash: ScramHash, key: Uint8Array, text: string): Uint8Array {
  return createHmac(hash, key).update(text, 'utf8').digest()
}

function digest(hash: ScramHash, bytes: Uint8Array): Uint8Array {
  return createHash(hash).update(bytes).digest()
}

function xor(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, index) => byte ^ (other[index] ?? 0))
}

/** Printable without comma, RFC 5802 §7. */
function isNonce(text: string): boolean {
  return /^[!-+\--~]{8,512}$/.test(text)
}

export class ScramServer implements SaslServer {
  readonly mechanism: ScramMechanism
  readonly #hash: ScramHash
  readonly #serverNonce: string
  #state: 'first' | 'salt' | 'final' | 'done' = 'first'
  #gs2 = ''
  #user = ''
  #clientFirst = ''
  #nonce = ''
  #serverFirst = ''
  #authMessage = ''

  constructor(mechanism: ScramMechanism, nonce: string) {
    if (!isNonce(nonce)) throw new RangeError('a SCRAM nonce is 8 to 512 printable characters without comma')
    this.mechanism = mechanism
    this.#hash = hashOf(mechanism)
    this.#serverNonce = nonce
  }

  step(response: Uint8Array | undefined): SaslStep {
    if (!response)
      return this.#state === 'first' ? { what: 'challenge', data: new Uint8Array(0) } : refused('out-of-order')
    const text = decodeUtf8(response)
    if (text === undefined) return refused('not-utf8')
    if (this.#state === 'first') return this.#readFirst(text)
    return this.#state === 'final' ? this.#readFinal(text) : refused('out-of-order')
  }

  salted(keys: { readonly salt: Uint8Array; readonly iterations: number }): SaslStep {
    if (this.#state !== 'salt') return refused('out-of-order')
    this.#state = 'final'
    this.#serverFirst = `r=${this.#nonce},s=${printBase64(keys.salt)},i=${keys.iterations}`
    return { what: 'challenge', data: utf8Bytes(this.#serverFirst) }
  }

  finish(accepted: boolean, serverKey?: Uint8Array): Uint8Array | undefined {
    if (!accepted) return undefined
    if (!serverKey || this.#state !== 'done')
      throw new TypeError('SCRAM ends with the server key of the code that matched')
    return utf8Bytes(`v=${printBase64(hmac(this.#hash, serverKey, this.#authMessage))}`)
  }

  /** gs2-header and `n=user,r=nonce`, RFC 5802 §7. */
  #readFirst(text: string): SaslStep {
    const found = /^([ny]),(?:a=([^,]*))?,(n=([^,]*),r=([^,]*)(?:,[\s\S]*)?)$/.exec(text)
    if (!found) return refused(text.startsWith('p=') ? 'channel-binding-not-offered' : 'not-scram')
    const [, flag = '', authorizeAs = '', bare = '', name = '', nonce = ''] = found
    const user = readSaslName(name)
    if (user === undefined || !isName(user) || !isNonce(nonce)) return refused('bad-name-or-nonce')
    if (authorizeAs !== '' && readSaslName(authorizeAs) !== user) return refused('authzid-differs')
    this.#gs2 = `${flag},${authorizeAs === '' ? '' : `a=${authorizeAs}`},`
    this.#user = user
    this.#clientFirst = bare
    this.#nonce = nonce + this.#serverNonce
    this.#state = 'salt'
    return { what: 'salt', user }
  }

  /** `c=`, `r=`, `p=`, RFC 5802 §7. */
  #readFinal(text: string): SaslStep {
    this.#state = 'done'
    const found = /^(c=([^,]*),r=([^,]*)(?:,[^,]*)*),p=([^,]*)$/.exec(text)
    if (!found) return refused('not-scram')
    const [, withoutProof = '', binding = '', nonce = '', proofText = ''] = found
    if (binding !== printBase64(utf8Bytes(this.#gs2)) || nonce !== this.#nonce)
      return refused('nonce-or-binding-differs')
    const proof = readBase64(proofText)
    const hash = this.#hash
    if (!proof || proof.length !== (hash === 'sha1' ? 20 : 32)) return refused('not-scram')
    this.#authMessage = `${this.#clientFirst},${this.#serverFirst},${withoutProof}`
    const authMessage = this.#authMessage
    const proves = (storedKey: Uint8Array): boolean => {
      const clientKey = xor(proof, hmac(hash, storedKey, authMessage))
      const mine = digest(hash, clientKey)
      return mine.length === storedKey.length && timingSafeEqual(mine, storedKey)
    }
    return {
      what: 'credential',
      credential: { kind: 'scram', method: this.mechanism, user: this.#user, hash, proves },
    }
  }
}

export class ScramClient implements SaslClient {
  readonly mechanism: ScramMechanism
  readonly #hash: ScramHash
  readonly #password: Secret
  readonly #nonce: string
  readonly #clientFirst: string
  #serverSignature: Uint8Array | undefined
  #isComplete = false

  constructor(mechanism: ScramMechanism, user: string, password: Secret, nonce: string) {
    if (!isNonce(nonce)) throw new RangeError('a SCRAM nonce is 8 to 512 printable characters without comma')
    this.mechanism = mechanism
    this.#hash = hashOf(mechanism)
    this.#password = password
    this.#nonce = nonce
    this.#clientFirst = `n=${printSaslName(user)},r=${nonce}`
  }

  get isComplete(): boolean {
    return this.#isComplete
  }

  start(): Uint8Array {
    return utf8Bytes(`n,,${this.#clientFirst}`)
  }

  answer(challenge: Uint8Array): Uint8Array | { readonly what: 'refused'; readonly why: string } {
    const text = decodeUtf8(challenge)
    if (text === undefined) return { what: 'refused', why: 'not-utf8' }
    return this.#serverSignature ? this.#checkFinal(text, this.#serverSignature) : this.#prove(text)
  }

  #prove(serverFirst: string): Uint8Array | { readonly what: 'refused'; readonly why: string } {
    const found = /^r=([^,]*),s=([^,]*),i=([1-9]\d{0,9})(?:,[\s\S]*)?$/.exec(serverFirst)
    if (!found) return { what: 'refused', why: 'not-scram' }
    const [, nonce = '', saltText = '', iterationsText = ''] = found
    const salt = readBase64(saltText)
    const iterations = Number(iterationsText)
    // the server's nonce goes on from ours, RFC 5802 §5.1
    if (!salt || !nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length)
      return { what: 'refused', why: 'nonce-differs' }
    if (iterations < iterationsAllowed.least || iterations > iterationsAllowed.most)
      return { what: 'refused', why: 'iterations' }
    const hash = this.#hash
    const salted = saltedPassword(this.#password, salt, iterations, hash)
    const clientKey = hmac(hash, salted, 'Client Key')
    const withoutProof = `c=${printBase64(utf8Bytes('n,,'))},r=${nonce}`
    const authMessage = `${this.#clientFirst},${serverFirst},${withoutProof}`
    const proof = xor(clientKey, hmac(hash, digest(hash, clientKey), authMessage))
    this.#serverSignature = hmac(hash, hmac(hash, salted, 'Server Key'), authMessage)
    return utf8Bytes(`${withoutProof},p=${printBase64(proof)}`)
  }

  /** The server knows the password too, or it is no server of ours. */
  #checkFinal(text: string, mine: Uint8Array): Uint8Array | { readonly what: 'refused'; readonly why: string } {
    const theirs = readBase64(/^v=([^,]*)/.exec(text)?.[1] ?? '!')
    if (!theirs || theirs.length !== mine.length || !timingSafeEqual(theirs, mine))
      return { what: 'refused', why: text.startsWith('e=') ? 'server-error' : 'server-not-proved' }
    this.#isComplete = true
    return new Uint8Array(0)
  }
}
