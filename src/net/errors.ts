/** Faults of the net, sorted by what a person can do about them. Never hold a secret. */
export type NetErrorCode =
  | 'port-taken'
  | 'port-forbidden'
  | 'address-unknown'
  | 'path-too-long'
  | 'name-not-found'
  | 'connection-refused'
  | 'unreachable'
  | 'timeout'
  | 'closed'
  | 'certificate'
  | 'tls'
  | 'tls-injection'
  | 'aborted'
  | 'io'

export class NetError extends Error {
  readonly code: NetErrorCode
  constructor(code: NetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NetError'
    this.code = code
  }
}

const bySystemCode: Readonly<Record<string, NetErrorCode>> = {
  EADDRINUSE: 'port-taken',
  EACCES: 'port-forbidden',
  EPERM: 'port-forbidden',
  EADDRNOTAVAIL: 'address-unknown',
  ENAMETOOLONG: 'path-too-long',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  ECONNREFUSED: 'connection-refused',
  ENOENT: 'connection-refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
  ABORT_ERR: 'aborted',
}

/** OpenSSL's verification results that Node gives as codes. */
const certificateFaults = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
])

/** What the system or OpenSSL said, as one of ours; `what` begins the sentence: `cannot listen on 127.0.0.1:25`. */
export function netError(what: string, cause: unknown): NetError {
  if (cause instanceof NetError) return cause
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  const text = cause instanceof Error ? cause.message : String(cause)
  return new NetError(kindOf(code), `${what}: ${text}`, { cause })
}

function kindOf(code: string): NetErrorCode {
  if (certificateFaults.has(code)) return 'certificate'
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return 'tls'
  return bySystemCode[code] ?? 'io'
}
