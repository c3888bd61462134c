/**
 * Authorization codes and tokens: made here, shown once, kept only as hashes. A code has 75 random bits, which no one
 * guesses offline either, so a plain SHA-256 is enough for it; the SCRAM keys serve clients that never send it.
 */
import { createHash, randomBytes } from 'node:crypto'
import { Secret } from '../wire/talk.ts'
import { scramKeys } from '../wire/sasl/scram.ts'
import type { Account, Code } from '../store/contract.ts'

const letters = 16
const randomBits = 75n

/** 16 letters a-z of 75 random bits (the 26th power of 16 has 75.2). */
export function makeCode(): Secret {
  let number = BigInt(`0x${randomBytes(10).toString('hex')}`) & ((1n << randomBits) - 1n)
  let text = ''
  for (let at = 0; at < letters; at++) {
    text += String.fromCharCode(97 + Number(number % 26n))
    number /= 26n
  }
  return new Secret(text)
}

/** Blanks, hyphens and letter case do not count. Undefined for what cannot be a code. */
export function normaliseCode(typed: Secret): Secret | undefined {
  const text = typed.reveal()
  if (text.length > 64) return undefined
  const plain = text.replace(/[\s-]+/g, '').toLowerCase()
  return /^[a-z]{16}$/.test(plain) ? new Secret(plain) : undefined
}

/** 43 characters of base64url: 256 random bits. */
export function makeToken(): Secret {
  return new Secret(randomBytes(32).toString('base64url'))
}

/** SHA-256 of a normalised code or of a token: what the store keeps. */
export function hashOf(secret: Secret): Uint8Array {
  return createHash('sha256').update(secret.reveal(), 'utf8').digest()
}

/** What the store keeps of a code, with SCRAM keys under the account's own salt and count. */
export function codeRecord(code: Secret, account: Pick<Account, 'scram'>): Pick<Code, 'hash' | 'scram' | 'token'> {
  const plain = normaliseCode(code)
  if (!plain) throw new TypeError('a code has 16 letters a-z')
  const { salt, iterations } = account.scram
  return {
    token: false,
    hash: hashOf(plain),
    scram: {
      sha1: scramKeys(plain, salt, iterations, 'sha1'),
      sha256: scramKeys(plain, salt, iterations, 'sha256'),
    },
  }
}

/** What the store keeps of a token. */
export function tokenRecord(token: Secret): Pick<Code, 'hash' | 'scram' | 'token'> {
  return { token: true, hash: hashOf(token), scram: undefined }
}

/** A fresh salt and count for a new account. */
export function newScram(): Account['scram'] {
  return { salt: randomBytes(16), iterations: scramIterations }
}

/** RFC 5802 §5.1 asks for at least 4096; more protects weak passwords, which a code is not. */
export const scramIterations = 4096
