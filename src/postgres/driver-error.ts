import {DatabaseError} from 'pg'
import {messageOf, QtoolError} from '../errors.ts'
import {codeOf, isAboutTls, networkFaultOf, UNREACHABLE_ADVICE} from '../network-error.ts'
import {AdaptivePool} from './adaptive-pool.ts'
import {driverMessageOf, sqlStateOf} from './sqlstates.ts'
import {INSTEAD_OF_OPTIONS} from './start-up-options.ts'

/**
 * Translates an error of pg, in one place for all of qtool. Its detail and query hold payloads and are not shown.
 * Errors that are not the driver's are returned unchanged.
 * @param server - host, port and database, for the message
 */
export function translatePostgresError(error: unknown, server: string): unknown {
  if (!(error instanceof Error) || error instanceof QtoolError) return error
  const code = codeOf(error)
  const {answer, breaks} = sqlStateOf(code)
  if (answer) {
    return new QtoolError(`Postgres at ${server} answered: ${error.message}`, {
      code,
      kind: answer.kind,
      suggestions: [answer.advice],
      cause: error,
    })
  }
  const isBroken = breaks || networkFaultOf(error) || driverMessageOf(error.message)
  if (!isBroken && !AdaptivePool.failures.has(error)) return error
  const said = error instanceof DatabaseError
  return new QtoolError(
    said
      ? `Postgres at ${server} answered: ${error.message}`
      : `cannot reach Postgres at ${server}: ${messageOf(error)}`,
    {code: 'CONNECT', kind: 'connect', suggestions: adviceFor(error, code), cause: error},
  )
}

function adviceFor(error: Error, code: string): string[] {
  if (/unsupported startup parameter/.test(error.message)) return [INSTEAD_OF_OPTIONS]
  if (!(error instanceof DatabaseError) && (isAboutTls(code) || isAboutTls(error.message))) {
    return [
      "check sslmode and sslrootcert of the Postgres URL; they mean what psql's do",
      'sslmode=require encrypts without checking the certificate, sslmode=disable does not encrypt',
    ]
  }
  return [...UNREACHABLE_ADVICE]
}
