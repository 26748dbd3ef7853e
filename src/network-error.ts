/** Why a connection broke or could not be made, by the code of Node. */
export type NetworkFault = 'socket' | 'lookup'

/** `lookup`: the name of the server was not resolved. */
export const NETWORK_FAULTS: Readonly<Record<string, NetworkFault>> = {
  ECONNREFUSED: 'socket',
  ECONNRESET: 'socket',
  ECONNABORTED: 'socket',
  EPIPE: 'socket',
  ETIMEDOUT: 'socket',
  EHOSTUNREACH: 'socket',
  ENETUNREACH: 'socket',
  ENOTFOUND: 'lookup',
  EAI_AGAIN: 'lookup',
}

/**
 * Codes of OpenSSL and Node's TLS, e.g. DEPTH_ZERO_SELF_SIGNED_CERT or ERR_TLS_CERT_ALTNAME_INVALID, and messages of
 * pg about SSL.
 */
const TLS = /CERT|_TLS_|_SSL_|EPROTO|SIGNATURE|CRL|ISSUER|SSL connection/

export const UNREACHABLE_ADVICE: readonly string[] = [
  'check the URL and that the server runs',
  'qtool up starts a local Redis and Postgres',
]

/** @returns undefined for an error that says nothing about the network */
export function networkFaultOf(error: Error): NetworkFault | undefined {
  const code = codeOf(error)
  return Object.hasOwn(NETWORK_FAULTS, code) ? NETWORK_FAULTS[code] : undefined
}

/** @param text the code or the message of an error */
export function isAboutTls(text: string): boolean {
  return TLS.test(text)
}

/** The code of an error of Node or of a driver; '' if it has none. */
export function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
