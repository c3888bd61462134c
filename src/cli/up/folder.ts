/** The data directory as the command line keeps it: 0700, its own files 0600, given to the directory's owner. safety.md 9. */
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemCode } from '../fault.ts'

/** Makes the directory where it is missing. */
export function makeFolder(path: string): void {
  makeWithParents(path)
  if ((statSync(path).mode & 0o777) === 0o700) return
  try {
    // Whatever the umask, and whoever made it.
    chmodSync(path, 0o700)
  } catch (thrown) {
    // Somebody else's directory that we may use: its mode is theirs.
    if (systemCode(thrown) !== 'EPERM') throw thrown
  }
}

/** One by one: asked to make parents too, Node tells ENOENT of a read-only file system instead of EROFS. */
function makeWithParents(path: string): void {
  if (existsSync(path)) return
  if (dirname(path) !== path) makeWithParents(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (thrown) {
    // another command was quicker
    if (systemCode(thrown) !== 'EEXIST') throw thrown
  }
}

/** Run as root, files go to whom the directory belongs. */
export function giveToOwner(path: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(dirname(path))
  if (uid !== 0) chownSync(path, uid, gid)
}

/** Writes a secret file whole: a half-written one never stands under its name. */
export function writePrivate(path: string, text: string | Uint8Array): void {
  const fresh = `${path}.new`
  writeFileSync(fresh, text, { mode: 0o600, flush: true })
  chmodSync(fresh, 0o600)
  giveToOwner(fresh)
  renameSync(fresh, path)
}

/** The file's text, or undefined where it is missing. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

/** A secret of this directory that lasts: made at first use. Its text is base64. */
export function lastingSecret(data: string, name: string, make: () => Uint8Array): Uint8Array {
  const path = join(data, name)
  const kept = readIfThere(path)
  if (kept !== undefined && kept.trim() !== '') return Buffer.from(kept.trim(), 'base64')
  const fresh = make()
  writePrivate(path, `${Buffer.from(fresh).toString('base64')}\n`)
  return fresh
}
