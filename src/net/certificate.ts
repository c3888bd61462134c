/**
 * Certificates as PEM texts: a self-signed one for the first start, what stands in one, and the book from which the
 * servers take one by the name the client asks for. Files are read and written by the caller; `replace` takes new texts.
 */
import { X509Certificate, constants } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { NetError } from './errors.ts'

/** A certificate chain and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

export interface CertificateFacts {
  readonly names: readonly string[]
  readonly issuer: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly selfSigned: boolean
  /** SHA-256 of the DER form, lower-case hex without colons. */
  readonly fingerprint: string
}

/** Makes a self-signed P-256 certificate for these DNS names; `localhost` and loopback addresses are always added. */
export async function makeCertificate(how: { names: readonly string[]; now: Date; days?: number }): Promise<KeyPair> {
  // The library throws at import where this one does not come first; both are only loaded where one is made.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const names = [...new Set([...how.names, 'localhost'])]
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${names[0] ?? 'localhost'}`,
    // an hour before now: clocks of clients differ
    notBefore: new Date(how.now.getTime() - 3_600_000),
    notAfter: new Date(how.now.getTime() + (how.days ?? 825) * 86_400_000),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns' as const, value })),
        { type: 'ip' as const, value: '127.0.0.1' },
        { type: 'ip' as const, value: '::1' },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { certificate: `${certificate.toString('pem')}\n`, key: `${key}\n` }
}

/** What stands in the first certificate of a PEM text; undefined where it holds none that can be read. */
export function readCertificate(pem: string): CertificateFacts | undefined {
  try {
    const read = new X509Certificate(pem)
    return {
      names: (read.subjectAltName ?? '')
        .split(', ')
        .map((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? '')
        .filter((name) => name !== ''),
      issuer: read.issuer,
      notBefore: read.validFromDate,
      notAfter: read.validToDate,
      selfSigned: read.issuer === read.subject && read.verify(read.publicKey),
      fingerprint: read.fingerprint256.replaceAll(':', '').toLowerCase(),
    }
  } catch {
    return undefined
  }
}

/** The certificates of a server. The first entry is also given to clients that ask for no name or an unknown one. */
export interface Certificates {
  /** `tickets` false: for inbound port 25, where some senders hang up when a session ticket comes. */
  context(name: string | undefined, tickets: boolean): SecureContext
  /** Takes new texts, for connections from now on. Throws `NetError('certificate')` and keeps the old ones if one cannot be used. */
  replace(entries: readonly CertificateEntry[]): void
}

export interface CertificateEntry extends KeyPair {
  /** DNS name, compared without letter case; `*.name` covers one label. */
  readonly name: string
}

interface Contexts {
  readonly plain: SecureContext
  readonly withoutTickets: SecureContext
}

export function openCertificates(entries: readonly CertificateEntry[]): Certificates {
  let book = readBook(entries)
  return {
    context(name, tickets) {
      const found = name === undefined ? undefined : lookUp(book.byName, name.toLowerCase())
      const { plain, withoutTickets } = found ?? book.first
      return tickets ? plain : withoutTickets
    },
    replace(next) {
      book = readBook(next)
    },
  }
}

function readBook(entries: readonly CertificateEntry[]): { first: Contexts; byName: ReadonlyMap<string, Contexts> } {
  const byName = new Map<string, Contexts>()
  for (const entry of entries) byName.set(entry.name.toLowerCase(), contextsOf(entry))
  const first = byName.values().next().value
  if (!first) throw new NetError('certificate', 'cannot serve TLS: no certificate was given')
  return { first, byName }
}

function lookUp(byName: ReadonlyMap<string, Contexts>, name: string): Contexts | undefined {
  return byName.get(name) ?? byName.get(`*${name.slice(name.indexOf('.'))}`)
}

function contextsOf(entry: CertificateEntry): Contexts {
  const base = {
    cert: entry.certificate,
    key: entry.key,
    // TLS 1.0 and 1.1 are gone, RFC 8996 §5
    minVersion: 'TLSv1.2' as const,
    // needed where a client resumes a session on a socket that was wrapped by hand
    sessionIdContext: 'postglass',
  }
  try {
    return {
      plain: createSecureContext(base),
      // Stops tickets of TLS 1.2. Those of TLS 1.3 have no switch in Node but OpenSSL's own configuration (NumTickets = 0).
      withoutTickets: createSecureContext({ ...base, secureOptions: constants.SSL_OP_NO_TICKET }),
    }
  } catch (cause) {
    throw new NetError('certificate', `cannot use the certificate and key for ${entry.name}: ${reason(cause)}`, {
      cause,
    })
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
