import {describe, expect, it} from 'vitest'
import {EXIT_CODES, QtoolError} from '../../src/errors.ts'
import {translatePostgresError} from '../../src/postgres/driver-error.ts'
import {classifyFailure} from '../../src/postgres/failure.ts'
import {DRIVER_MESSAGES} from '../../src/postgres/sqlstates.ts'

const CHECK = [
  'CONNECT',
  4,
  'check the URL and that the server runs',
  'qtool up starts a local Redis and Postgres',
]

const TLS = [
  'CONNECT',
  4,
  "check sslmode and sslrootcert of the Postgres URL; they mean what psql's do",
  'sslmode=require encrypts without checking the certificate, sslmode=disable does not encrypt',
]

/** Messages of pg, what to do about a write that ended with them, and what a command shows. */
const MESSAGES: Array<[message: string, doing: string, told: unknown[] | undefined]> = [
  ['Connection terminated unexpectedly', 'away', CHECK],
  ['timeout exceeded when trying to connect', 'away', CHECK],
  ['timeout expired', 'away', CHECK],
  ['Query read timeout', 'away', CHECK],
  ['Client has encountered a connection error and is not queryable', 'away', CHECK],
  ['Client was closed and is not queryable', 'away', CHECK],
  ['The server does not support SSL connections', 'config', TLS],
  ['a timeout expired', 'config', undefined],
  ['something else', 'config', undefined],
]

const CODES: Array<[code: string, doing: string, told: unknown[] | undefined]> = [
  ['ECONNREFUSED', 'away', CHECK],
  ['ECONNRESET', 'away', CHECK],
  ['ECONNABORTED', 'away', CHECK],
  ['EPIPE', 'away', CHECK],
  ['ETIMEDOUT', 'away', CHECK],
  ['EHOSTUNREACH', 'away', CHECK],
  ['ENETUNREACH', 'away', CHECK],
  ['ENOTFOUND', 'away', CHECK],
  ['EAI_AGAIN', 'away', CHECK],
  ['EMFILE', 'config', undefined],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'config', undefined],
  ['ENOTFOUND_BUT_LONGER', 'config', undefined],
]

describe('a broken connection to Postgres', () => {
  it.each(MESSAGES)('%s', (message, doing, told) => {
    expect(classifyFailure(new Error(message))).toBe(doing)
    expect(shown(translatePostgresError(new Error(message), 'host'))).toEqual(told)
  })

  it.each(DRIVER_MESSAGES)('is expected here for every message: $starts', ({starts}) => {
    expect(MESSAGES.filter(([message]) => message.startsWith(starts))).toHaveLength(1)
  })

  it.each(CODES)('%s', (code, doing, told) => {
    const error = Object.assign(new Error('no words'), {code})
    expect(classifyFailure(error)).toBe(doing)
    expect(shown(translatePostgresError(error, 'host'))).toEqual(told)
  })

  it('of several addresses is away only if every attempt says so', () => {
    const coded = (code: string) => Object.assign(new Error('no words'), {code})
    expect(classifyFailure(new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]))).toBe('away')
    expect(classifyFailure(new AggregateError([coded('ECONNREFUSED'), coded('EMFILE')]))).toBe('config')
  })

  it.each([undefined, 'text', new QtoolError('timeout expired', {code: 'X'})])('is not %s', (thrown) => {
    expect(classifyFailure(thrown)).toBe('config')
    expect(translatePostgresError(thrown, 'host')).toBe(thrown)
  })
})

function shown(error: unknown): unknown {
  if (!(error instanceof QtoolError)) return undefined
  return [error.code, EXIT_CODES[error.kind], ...error.suggestions]
}
