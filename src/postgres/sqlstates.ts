import type {ErrorKind} from '../errors.ts'
import type {DeadReason} from '../record/cause.ts'

/**
 * What a SQLSTATE is about. No list decides alone whether a record or the setup is at fault, because any code may be
 * raised by a trigger, and one record may cause errors of every class: whoever holds a lease also looks at whether
 * other records pass.
 * - `data`: the values of a record
 * - `retry`: a transient error of this lease (deadlock, serialization, lock or statement timeout)
 * - `away`: the database as a whole is unavailable (no connection, too many clients, disk full, read-only)
 * - `setup`: tables, functions, privileges on them, or Postgres's own internals
 * - `other`: anything else, e.g. the login, or what a policy or an extension reports
 */
export type SqlStateClass = 'data' | 'retry' | 'away' | 'setup' | 'other'

export interface SqlState {
  class: SqlStateClass
  /** The reason of a dead letter with this code; `constraint` by default. */
  reason?: DeadReason
  /** Of `away`: one statement can cause it, so a statement without rows that passes shows that it is over. */
  isOfOneStatement?: true
  /** Of `away`: a statement may meet it in a server or file that it reaches for itself, e.g. in a trigger. */
  mayBeElsewhere?: true
  /** Another transaction causes it, unless a user's code raised it: see `isConflict`. */
  isConflict?: true
  /** The connection is lost or was not made. */
  breaks?: true
  /** How a command ends with it, and what to do next. */
  answer?: {kind: ErrorKind; advice: string}
}

/**
 * By the first characters of the code; the longest match counts.
 * Classes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const SQLSTATES: Readonly<Record<string, SqlState>> = {
  // Connection exceptions
  '08': {class: 'away', breaks: true, mayBeElsewhere: true},
  // Triggered action exception; case not found; cardinality violation. Only these codes of the three classes exist
  '09000': {class: 'data'},
  '20': {class: 'other', reason: 'invalid'},
  '20000': {class: 'data', reason: 'invalid'},
  '21': {class: 'other', reason: 'invalid'},
  '21000': {class: 'data', reason: 'invalid'},
  // Data exceptions and constraint violations
  '22': {class: 'data', reason: 'invalid'},
  '23': {class: 'data'},
  // A delete that RESTRICT refuses, since Postgres 18
  '23001': {class: 'data', reason: 'foreign_key'},
  '23503': {class: 'data', reason: 'foreign_key'},
  '25006': {
    class: 'away',
    answer: {kind: 'connect', advice: 'this server is a standby or read-only; connect to the primary'},
  },
  // Timeouts of an idle transaction and of a whole one
  '25P03': {class: 'retry'},
  '25P04': {class: 'retry'},
  '28000': {class: 'other', answer: {kind: 'connect', advice: 'check user and database in pg_hba.conf'}},
  '28P01': {
    class: 'other',
    answer: {kind: 'connect', advice: 'check user and password of the Postgres URL'},
  },
  // Exceptions of routines, and WITH CHECK OPTION
  '38': {class: 'data'},
  '39': {class: 'data'},
  '44000': {class: 'data'},
  '3D000': {
    class: 'other',
    answer: {kind: 'connect', advice: 'create the database, or use another one in the URL'},
  },
  '3F000': {class: 'other', answer: {kind: 'failure', advice: 'qtool migrate creates the schema qtool'}},
  // Serialization failure and deadlock
  '40001': {class: 'retry', isConflict: true},
  '40P01': {class: 'retry', isConflict: true},
  // Names, types and privileges
  '42': {class: 'setup'},
  '42P01': {
    class: 'setup',
    answer: {
      kind: 'failure',
      advice:
        'check the name and the search_path; qtool migrate creates the tables of qtool, with --sample the sample tables',
    },
  },
  // Row security raises it for a row, too
  '42501': {
    class: 'other',
    answer: {
      kind: 'failure',
      advice: 'grant this role the missing privilege, or use another role in the URL',
    },
  },
  // Lack of resources
  '53': {class: 'away'},
  '53100': {class: 'away', answer: {kind: 'failure', advice: 'free disk space on the Postgres server'}},
  '53200': {class: 'away', isOfOneStatement: true},
  '53300': {class: 'away', answer: {kind: 'connect', advice: 'lower --workers, or raise max_connections'}},
  '53400': {class: 'away', isOfOneStatement: true},
  // Limits that one value exceeds, e.g. an index row that is too large
  '54': {class: 'other'},
  '5400': {class: 'data', reason: 'invalid'},
  '55': {class: 'other'},
  '55P03': {class: 'retry', isConflict: true},
  '56': {class: 'other'},
  // Intervention by an operator; 57P is a server that shuts down, starts or has crashed
  '57': {class: 'away'},
  '57014': {
    class: 'retry',
    answer: {kind: 'failure', advice: 'raise statement_timeout, or lower --batch'},
  },
  '57P': {class: 'away', breaks: true},
  '57P03': {
    class: 'away',
    breaks: true,
    answer: {kind: 'connect', advice: 'Postgres is starting up or shutting down; try again'},
  },
  // Errors outside of Postgres, e.g. of its disk
  '58': {class: 'away', mayBeElsewhere: true},
  '72': {class: 'other'},
  // Configuration file, foreign data wrappers
  F0: {class: 'setup'},
  HV: {class: 'setup'},
  // PL/pgSQL, and RAISE without a code
  P0: {class: 'data'},
  // Internal errors. XX000 also reports that a row was changed at the same time
  XX: {class: 'setup'},
  XX000: {class: 'retry'},
}

/** A pattern for the codes of transient errors, `retry` and `away`; one of JavaScript and of Postgres's `~`. */
export const TRANSIENT = `^(${Object.keys(SQLSTATES)
  .filter((start) => ['retry', 'away'].includes(SQLSTATES[start].class))
  .join('|')})`

/** The SQL standard leaves these classes to users, and Postgres's own among them are in the table: only a RAISE has them. */
const OF_USERS = /^[5-9I-Z]/

/** @returns the row for a SQLSTATE; class `other` for an unknown code, or for none */
export function sqlStateOf(code: string): SqlState {
  for (let length = code.length; length > 0; length--) {
    const start = code.slice(0, length)
    if (Object.hasOwn(SQLSTATES, start)) return SQLSTATES[start]
  }
  return {class: OF_USERS.test(code) ? 'data' : 'other'}
}

export interface DriverMessage {
  starts: string
  /** A later attempt may succeed. */
  isAway: boolean
}

/** Messages of pg, without a code, for a connection that ended or cannot be made. */
export const DRIVER_MESSAGES: readonly DriverMessage[] = [
  {starts: 'Connection terminated', isAway: true},
  {starts: 'timeout exceeded when trying to connect', isAway: true},
  {starts: 'timeout expired', isAway: true},
  {starts: 'Query read timeout', isAway: true},
  {starts: 'Client has encountered a connection error', isAway: true},
  {starts: 'Client was closed', isAway: true},
  {starts: 'The server does not support SSL', isAway: false},
]

export function driverMessageOf(message: string): DriverMessage | undefined {
  return DRIVER_MESSAGES.find(({starts}) => message.startsWith(starts))
}
