/** The certificates of a running host: those of the configuration, read again when their files change; else a self-signed one in the data directory. */
import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { makeCertificate, openCertificates, readCertificate } from '../../net/certificate.ts'
import type { CertificateEntry, Certificates } from '../../net/certificate.ts'
import type { CertificateFiles } from '../config/config.ts'
import { Fault, messageOf } from '../fault.ts'
import { giveToOwner, makeFolder, readIfThere, writePrivate } from './folder.ts'

export interface HostCertificates {
  readonly certificates: Certificates
  readonly kind: 'made' | 'kept' | 'given'
  readonly names: readonly string[]
  /** Reads the files again and takes them, or keeps the old ones and says why. */
  readonly reload: () => Promise<void>
  /** Stops looking at the files. */
  readonly close: () => void
}

/** A self-signed certificate is made anew when it has fewer days left than this. */
const fewestDays = 30
/** Files are looked at this often. */
const watchMs = 2000

/** `files` are the configuration's, paths counted from `folder`. */
export async function hostCertificates(options: {
  readonly data: string
  readonly folder: string
  readonly files: ReadonlyMap<string, CertificateFiles>
  readonly name: string
  readonly now: Date
  /** New files were taken, or could not be and the old ones stay. */
  readonly told: (taken: boolean, text: string) => void
}): Promise<HostCertificates> {
  if (options.files.size === 0) return selfSigned(options.data, options.name, options.now)
  const files = [...options.files].map(([name, pair]) => ({
    name,
    certificate: resolve(options.folder, pair.certificate),
    key: resolve(options.folder, pair.key),
  }))
  const certificates = openChecked(await readEntries(files), files[0]?.certificate ?? '')
  const reload = (): Promise<void> => takeAgain(files, certificates, options.told)
  return {
    certificates,
    kind: 'given',
    names: files.map(({ name }) => name),
    reload,
    close: follow(files, reload),
  }
}

interface NamedFiles extends CertificateFiles {
  readonly name: string
}

function readEntries(files: readonly NamedFiles[]): Promise<CertificateEntry[]> {
  return Promise.all(
    files.map(async ({ name, certificate, key }) => ({
      name,
      certificate: await readPem(certificate),
      key: await readPem(key),
    })),
  )
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (thrown) {
    throw new Fault('certificate-unreadable', { file, why: messageOf(thrown) }, { cause: thrown })
  }
}

function openChecked(entries: readonly CertificateEntry[], file: string): Certificates {
  try {
    return openCertificates(entries)
  } catch (thrown) {
    throw new Fault('certificate-unreadable', { file, why: messageOf(thrown) }, { cause: thrown })
  }
}

/** A renewal writes two files, one after the other: a pair that does not fit yet is tried again at the next look. */
async function takeAgain(
  files: readonly NamedFiles[],
  certificates: Certificates,
  told: (taken: boolean, text: string) => void,
): Promise<void> {
  try {
    certificates.replace(await readEntries(files))
    told(true, 'the certificates were read again')
  } catch (thrown) {
    const why = thrown instanceof Fault && thrown.cause !== undefined ? thrown.cause : thrown
    told(false, `the changed certificates cannot be used yet: ${messageOf(why)}`)
  }
}

function follow(files: readonly NamedFiles[], reload: () => Promise<void>): () => void {
  const paths = [...new Set(files.flatMap(({ certificate, key }) => [certificate, key]))]
  const changed = (): void => void reload()
  for (const path of paths) watchFile(path, { interval: watchMs, persistent: false }, changed)
  return () => {
    for (const path of paths) unwatchFile(path, changed)
  }
}

async function selfSigned(data: string, name: string, now: Date): Promise<HostCertificates> {
  const folder = join(data, 'tls')
  const paths = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') }
  const still = { reload: () => Promise.resolve(), close: (): void => {} }
  const kept = { certificate: readIfThere(paths.certificate), key: readIfThere(paths.key) }
  if (kept.certificate !== undefined && kept.key !== undefined && isStillGood(kept.certificate, name, now)) {
    const entry = { name, certificate: kept.certificate, key: kept.key }
    return { certificates: openChecked([entry], paths.certificate), kind: 'kept', names: [name], ...still }
  }
  const made = await makeCertificate({ names: [name], now })
  makeFolder(dirname(paths.key))
  giveToOwner(folder)
  writePrivate(paths.key, made.key)
  writePrivate(paths.certificate, made.certificate)
  return { certificates: openChecked([{ name, ...made }], paths.certificate), kind: 'made', names: [name], ...still }
}

function isStillGood(pem: string, name: string, now: Date): boolean {
  const facts = readCertificate(pem)
  return (
    facts !== undefined &&
    facts.names.includes(name) &&
    facts.notAfter.getTime() - now.getTime() > fewestDays * 86_400_000
  )
}
