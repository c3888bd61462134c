/**
 * Account passwords as argon2id hashes in PHC form. They open the account's settings, never a mail client. At most two
 * are computed at once: each takes 19 MiB and a core for some 20 ms.
 */
import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto'
import type { Secret } from '../wire/talk.ts'

/** RFC 9106 §4 gives the family; memory in KiB as the field recommends where many log in. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 }
const saltLength = 16
const hashLength = 32
/** Bounds for hashes that come from elsewhere, so that none can eat the machine. */
const most = { memory: 262_144, passes: 10, parallelism: 4 }

/** Stands in `passwordHash` of an account that no password opens. */
export const lockedPassword = '*'

export async function hashPassword(password: Secret): Promise<string> {
  const salt = randomBytes(saltLength)
  const hash = await derive(password, salt, cost, hashLength)
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${unpadded(salt)}$${unpadded(hash)}`
}

/** False for a hash that cannot be read, and for a locked account. */
export async function verifyPassword(password: Secret, phc: string): Promise<boolean> {
  const read = readPhc(phc)
  if (!read) return false
  const hash = await derive(password, read.salt, read.cost, read.hash.length)
  return timingSafeEqual(hash, read.hash)
}

function readPhc(phc: string): { cost: typeof cost; salt: Buffer; hash: Buffer } | undefined {
  const found =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/.exec(phc)
  if (!found) return undefined
  const [memory = 0, passes = 0, parallelism = 0] = found.slice(1, 4).map(Number)
  if (memory > most.memory || passes > most.passes || parallelism > most.parallelism) return undefined
  if (memory < 8 * parallelism || passes < 1 || parallelism < 1) return undefined
  return {
    cost: { memory, passes, parallelism },
    salt: Buffer.from(found[4] ?? '', 'base64'),
    hash: Buffer.from(found[5] ?? '', 'base64'),
  }
}

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '')

async function derive(password: Secret, salt: Uint8Array, how: typeof cost, tagLength: number): Promise<Buffer> {
  await turn()
  try {
    const parameters: Argon2Parameters = {
      message: Buffer.from(password.reveal().normalize('NFKC'), 'utf8'),
      nonce: salt,
      memory: how.memory,
      passes: how.passes,
      parallelism: how.parallelism,
      tagLength,
    }
    return await new Promise<Buffer>((done, failed) => {
      argon2('argon2id', parameters, (fault, key) => (fault ? failed(fault) : done(Buffer.from(key))))
    })
  } finally {
    leave()
  }
}

const atOnce = 2
let running = 0
const waiting: (() => void)[] = []

function turn(): Promise<void> | undefined {
  if (running < atOnce) {
    running += 1
    return undefined
  }
  return new Promise((go) => waiting.push(go))
}

function leave(): void {
  const next = waiting.shift()
  // the place is handed over, so `running` stays
  if (next) next()
  else running -= 1
}
