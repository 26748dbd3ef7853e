import {DatabaseError} from 'pg'
import {type ErrorKind, messageOf, QtoolError} from '../errors.ts'
import {AdaptivePool} from './adaptive-pool.ts'
import {INSTEAD_OF_OPTIONS} from './start-up-options.ts'

/** What to do about SQLSTATEs that have one remedy. */
const ANSWERS: Record<string, {kind: ErrorKind; suggestion: string}> = {
  '28P01': {kind: 'connect', suggestion: 'check user and password of the Postgres URL'},
  '28000': {kind: 'connect', suggestion: 'check user and database in pg_hba.conf'},
  '3D000': {kind: 'connect', suggestion: 'create the database, or use another one in the URL'},
  '53300': {kind: 'connect', suggestion: 'lower --workers, or raise max_connections'},
  '57P03': {kind: 'connect', suggestion: 'Postgres is starting up or shutting down; try again'},
  '3F000': {kind: 'failure', suggestion: 'qtool migrate creates the schema qtool'},
  '42P01': {
    kind: 'failure',
    suggestion:
      'check the name and the search_path; qtool migrate creates the tables of qtool, with --sample the sample tables',
  },
  '42501': {
    kind: 'failure',
    suggestion: 'grant this role the missing privilege, or use another role in the URL',
  },
  '25006': {kind: 'connect', suggestion: 'this server is a standby or read-only; connect to the primary'},
  '53100': {kind: 'failure', suggestion: 'free disk space on the Postgres server'},
  '57014': {kind: 'failure', suggestion: 'raise statement_timeout, or lower --batch'},
}

/** System calls, and SQLSTATEs of classes 08 (connection) and 57P (shut down, crashed). */
const BROKEN_CODES = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|57P|08)/

/** Messages of pg, without a code, when a connection ends or cannot be made. */
const BROKEN_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|The server does not support SSL)/

/**
 * Translates an error of pg, in one place for all of qtool. Its detail and query hold payloads and are not shown.
 * Errors that are not the driver's are returned unchanged.
 * @param server - host, port and database, for the message
 */
export function translatePostgresError(error: unknown, server: string): unknown {
  if (!(error instanceof Error) || error instanceof QtoolError) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const answer = Object.hasOwn(ANSWERS, code) ? ANSWERS[code] : undefined
  if (answer) {
    return new QtoolError(`Postgres at ${server} answered: ${error.message}`, {
      code,
      kind: answer.kind,
      suggestions: [answer.suggestion],
      cause: error,
    })
  }
  const isConnecting = AdaptivePool.failures.has(error)
  if (!isConnecting && !BROKEN_CODES.test(code) && !BROKEN_MESSAGES.test(error.message)) return error
  const said = error instanceof DatabaseError
  return new QtoolError(
    said
      ? `Postgres at ${server} answered: ${error.message}`
      : `cannot reach Postgres at ${server}: ${messageOf(error)}`,
    {code: 'CONNECT', kind: 'connect', suggestions: adviceFor(error, code), cause: error},
  )
}

/** Errors of OpenSSL and Node, e.g. DEPTH_ZERO_SELF_SIGNED_CERT or ERR_TLS_CERT_ALTNAME_INVALID, and of the driver. */
const OF_TLS = /CERT|_TLS_|_SSL_|EPROTO|SIGNATURE|CRL|ISSUER|SSL connection/

function adviceFor(error: Error, code: string): string[] {
  if (/unsupported startup parameter/.test(error.message)) return [INSTEAD_OF_OPTIONS]
  if (!(error instanceof DatabaseError) && (OF_TLS.test(code) || OF_TLS.test(error.message))) {
    return [
      "check sslmode and sslrootcert of the Postgres URL; they mean what psql's do",
      'sslmode=require encrypts without checking the certificate, sslmode=disable does not encrypt',
    ]
  }
  return ['check the URL and that the server runs', 'qtool up starts a local Redis and Postgres']
}
