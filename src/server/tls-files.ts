import {readFileSync} from 'node:fs'
import {createSecureContext} from 'node:tls'
import {messageOf, usageError} from '../errors.ts'

export interface TlsKeys {
  cert: Buffer
  key: Buffer
}

/** Reads the certificate and its key, and checks that they fit. @throws QtoolError (usage) */
export function readTlsFiles({tls}: {tls: {cert: string; key: string} | undefined}): TlsKeys | undefined {
  if (!tls) return undefined
  const keys = {cert: read('--tls-cert', tls.cert), key: read('--tls-key', tls.key)}
  try {
    createSecureContext(keys)
  } catch (error) {
    throw usageError(
      `cannot use the certificate ${tls.cert} with the key ${tls.key}: ${messageOf(error)}`,
      'both must be PEM files, and the key without a passphrase',
    )
  }
  return keys
}

function read(flag: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw usageError(`cannot read the file of ${flag}: ${messageOf(error)}`)
  }
}
