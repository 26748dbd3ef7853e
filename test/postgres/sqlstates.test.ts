import pg from 'pg'
import {describe, expect, it} from 'vitest'
import {EXIT_CODES, QtoolError} from '../../src/errors.ts'
import {reasonOf} from '../../src/postgres/data-error.ts'
import {translatePostgresError} from '../../src/postgres/driver-error.ts'
import {classifyFailure, faultOf, needsRowsToPass} from '../../src/postgres/failure.ts'
import {SQLSTATES, TRANSIENT} from '../../src/postgres/sqlstates.ts'

const CHECK = [
  'CONNECT',
  4,
  'check the URL and that the server runs',
  'qtool up starts a local Redis and Postgres',
]

const MIGRATE =
  'check the name and the search_path; qtool migrate creates the tables of qtool, with --sample the sample tables'

/**
 * For each SQLSTATE: what to do about a failed write, also if a RAISE chose the code; what it is about for one record,
 * also after a RAISE; the reason of a dead letter; whether only accepted rows show that it is over; and what a command
 * shows. `[row]` is the row of the table.
 */
type Case = [
  row: string,
  code: string,
  doing: string,
  fault: string,
  reason: string,
  needsRows: boolean,
  shown?: unknown[],
]

const CASES: Case[] = [
  ['08', '08006', 'away, raised: retry', 'transient', 'constraint', true, CHECK],
  ['09000', '09000', 'config', 'data', 'constraint', false],
  ['20', '20001', 'config', 'other', 'invalid', false],
  ['20000', '20000', 'config', 'data', 'invalid', false],
  ['21', '21001', 'config', 'other', 'invalid', false],
  ['21000', '21000', 'config', 'data', 'invalid', false],
  ['22', '22P02', 'config', 'data', 'invalid', false],
  ['23', '23505', 'config', 'data', 'constraint', false],
  ['23001', '23001', 'config', 'data', 'foreign_key', false],
  ['23503', '23503', 'config', 'data', 'foreign_key', false],
  [
    '25006',
    '25006',
    'away, raised: retry',
    'transient',
    'constraint',
    true,
    ['25006', 4, 'this server is a standby or read-only; connect to the primary'],
  ],
  ['25P03', '25P03', 'retry', 'transient', 'constraint', false],
  ['25P04', '25P04', 'retry', 'transient', 'constraint', false],
  [
    '28000',
    '28000',
    'config',
    'other',
    'constraint',
    false,
    ['28000', 4, 'check user and database in pg_hba.conf'],
  ],
  [
    '28P01',
    '28P01',
    'config',
    'other',
    'constraint',
    false,
    ['28P01', 4, 'check user and password of the Postgres URL'],
  ],
  ['38', '38001', 'config', 'data', 'constraint', false],
  ['39', '39P01', 'config', 'data', 'constraint', false],
  ['44000', '44000', 'config', 'data', 'constraint', false],
  [
    '3D000',
    '3D000',
    'config',
    'other',
    'constraint',
    false,
    ['3D000', 4, 'create the database, or use another one in the URL'],
  ],
  [
    '3F000',
    '3F000',
    'config',
    'other',
    'constraint',
    false,
    ['3F000', 1, 'qtool migrate creates the schema qtool'],
  ],
  ['40001', '40001', 'retry', 'transient', 'constraint', false],
  ['40P01', '40P01', 'retry', 'transient', 'constraint', false],
  ['42', '42703', 'config', 'setup, raised: other', 'constraint', false],
  ['42P01', '42P01', 'config', 'setup, raised: other', 'constraint', false, ['42P01', 1, MIGRATE]],
  [
    '42501',
    '42501',
    'config',
    'other',
    'constraint',
    false,
    ['42501', 1, 'grant this role the missing privilege, or use another role in the URL'],
  ],
  ['53', '53000', 'away, raised: retry', 'transient', 'constraint', true],
  [
    '53100',
    '53100',
    'away, raised: retry',
    'transient',
    'constraint',
    true,
    ['53100', 1, 'free disk space on the Postgres server'],
  ],
  ['53200', '53200', 'away, raised: retry', 'transient', 'constraint', false],
  [
    '53300',
    '53300',
    'away, raised: retry',
    'transient',
    'constraint',
    true,
    ['53300', 4, 'lower --workers, or raise max_connections'],
  ],
  ['53400', '53400', 'away, raised: retry', 'transient', 'constraint', false],
  ['54', '54011', 'config', 'other', 'constraint', false],
  ['5400', '54000', 'config', 'data', 'invalid', false],
  ['55', '55000', 'config', 'other', 'constraint', false],
  ['55P03', '55P03', 'retry', 'transient', 'constraint', false],
  ['56', '56000', 'config', 'other', 'constraint', false],
  ['57', '57000', 'away, raised: retry', 'transient', 'constraint', true],
  [
    '57014',
    '57014',
    'retry',
    'transient',
    'constraint',
    false,
    ['57014', 1, 'raise statement_timeout, or lower --batch'],
  ],
  ['57P', '57P01', 'away, raised: retry', 'transient', 'constraint', true, CHECK],
  [
    '57P03',
    '57P03',
    'away, raised: retry',
    'transient',
    'constraint',
    true,
    ['57P03', 4, 'Postgres is starting up or shutting down; try again'],
  ],
  ['58', '58030', 'away, raised: retry', 'transient', 'constraint', true],
  ['72', '72000', 'config', 'other', 'constraint', false],
  ['F0', 'F0000', 'config', 'setup, raised: other', 'constraint', false],
  ['HV', 'HV000', 'config', 'setup, raised: other', 'constraint', false],
  ['P0', 'P0001', 'config', 'data', 'constraint', false],
  ['XX', 'XX001', 'config', 'setup, raised: other', 'constraint', false],
  ['XX000', 'XX000', 'retry', 'transient', 'constraint', false],
  // Not in the table: classes of the standard, then classes that it leaves to users, then no SQLSTATEs
  ['', '0A000', 'config', 'other', 'constraint', false],
  ['', '25001', 'config', 'other', 'constraint', false],
  ['', '40002', 'config', 'other', 'constraint', false],
  ['', '44001', 'config', 'other', 'constraint', false],
  ['', '45000', 'config', 'other', 'constraint', false],
  ['', 'H0000', 'config', 'other', 'constraint', false],
  ['', '50001', 'config', 'data', 'constraint', false],
  ['', '99001', 'config', 'data', 'constraint', false],
  ['', 'I0000', 'config', 'data', 'constraint', false],
  ['', 'MYERR', 'config', 'data', 'constraint', false],
  ['', 'ZZ999', 'config', 'data', 'constraint', false],
  ['', '', 'config', 'other', 'constraint', false],
  ['', 'constructor', 'config', 'other', 'constraint', false],
]

function answer(code: string | undefined, routine?: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('it failed', 0, 'error'), {code, routine})
}

/** `a`, or `a, raised: b` if the answer differs for an error that user code raised. */
function bothWays(code: string, ask: (error: pg.DatabaseError) => string): string {
  const [own, raised, asserted] = [undefined, 'exec_stmt_raise', 'exec_stmt_assert'].map((routine) =>
    ask(answer(code, routine)),
  )
  expect(asserted).toBe(raised)
  return own === raised ? own : `${own}, raised: ${raised}`
}

function shown(error: unknown): unknown {
  if (!(error instanceof QtoolError)) return undefined
  return [error.code, EXIT_CODES[error.kind], ...error.suggestions]
}

describe('an error of Postgres', () => {
  it.each(CASES)('%s: %s', (_row, code, doing, fault, reason, needsRows, told) => {
    expect(bothWays(code, classifyFailure)).toBe(doing)
    expect(bothWays(code, faultOf)).toBe(fault)
    expect(reasonOf(code)).toBe(reason)
    expect(needsRowsToPass(answer(code))).toBe(needsRows)
    expect(shown(translatePostgresError(answer(code), 'host'))).toEqual(told)
  })

  it('is expected here for every row of the table', () => {
    const rows = CASES.map(([row]) => row).filter((row) => row !== '')
    expect(rows.sort()).toEqual(Object.keys(SQLSTATES).sort())
  })

  it('says nothing about the data if it has no code', () => {
    expect(faultOf(answer(undefined))).toBe('other')
  })

  it('is shown with its message, and without its detail', () => {
    const error = Object.assign(answer('42P01'), {detail: 'a payload'})
    expect(translatePostgresError(error, 'host')).toMatchObject({
      message: 'Postgres at host answered: it failed',
    })
    expect(translatePostgresError(answer('57P01'), 'host')).toMatchObject({
      message: 'Postgres at host answered: it failed',
    })
  })
})

it.each(CASES)('%s: the pattern for transient errors matches %s only if it is one', (_, code, __, fault) => {
  expect(new RegExp(TRANSIENT).test(code)).toBe(fault.startsWith('transient'))
})
