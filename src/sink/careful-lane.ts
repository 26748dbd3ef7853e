import type {ClientBase} from 'pg'
import {assertNoAlibi} from './alibi.ts'
import type {DecodedLease} from './decoded.ts'
import type {AppliedLeases} from './ledger.ts'
import type {Sink} from './sink.ts'
import {StaleSinkError} from './stale-sink.ts'
import {limitStatements} from './time-limit.ts'
import {type Failure, Trial} from './trial.ts'

/** What became of the records of one lease that were not refused. */
export interface Written {
  inserted: number
  alreadyThere: number
  /** Dropped by a trigger or rule of the table, or written elsewhere by it: only it knows. */
  suppressed: number
}

/** What is known beside the records themselves. */
export interface Evidence {
  /** The retries of the lease are used up: find the record that meets a transient error. */
  isolate: boolean
  /** Call in the constraints behind each statement: a trigger may put them off to the COMMIT. */
  callsIn: boolean
  /** Other rows of this lease were written in the same transaction. */
  rowsPassed: boolean
  /** Other leases were written since this one failed the last time. */
  othersPass: boolean
  /** The table was read for this lease. */
  isFresh: boolean
  /** Where a write can show that the database works; undefined where this role may not write it. */
  ledger: AppliedLeases | undefined
}

/** No record of the lease passed, perhaps because of the set-up: other leases are to be tried first. */
export class SetAsideError extends Error {
  constructor(cause: unknown) {
    super('no record of the lease passed', {cause})
  }
}

/**
 * Writes records one by one where that is needed, and refuses those that are at fault. Must run inside a transaction.
 * A SQLSTATE alone decides nothing: a record is refused while others pass, or where Postgres speaks of its values.
 * @throws SetAsideError, StaleSinkError, or what Postgres said where no record is at fault
 */
export async function writeCarefully(
  client: ClientBase,
  sink: Sink,
  lease: DecodedLease,
  records: number[],
  evidence: Evidence,
): Promise<Written> {
  const trial = await tryRecords(client, sink, lease, records, evidence)
  if (!evidence.isFresh && trial.failures.some((failure) => meetsNewKey(sink, failure))) {
    throw new StaleSinkError(`a unique key of ${sink.table.quoted} is new`)
  }
  const passes = evidence.rowsPassed || sink.hasWritten || trial.passed.length > 0
  for (const {record, cause, kind, error} of trial.failures) {
    if (kind === 'setup' && !passes) throw new SetAsideError(error)
    lease.reject(record, kind === 'transient' ? {...cause, reason: 'retries_exhausted'} : cause)
  }
  const {inserted, alreadyThere, suppressed} = trial
  return {inserted, alreadyThere, suppressed}
}

/**
 * Tries records; those that meet a transient error to the end are its failures too, as far as it is their own.
 * @throws what Postgres said where that error is not theirs
 */
export async function tryRecords(
  client: ClientBase,
  sink: Sink,
  lease: DecodedLease,
  records: number[],
  evidence: Evidence,
): Promise<Trial> {
  const newTrial = () => new Trial(client, sink, lease, evidence)
  const trial = newTrial()
  if (evidence.isolate) {
    await limitStatements(client)
    await client.query('SAVEPOINT qtool_lane')
  }
  await trial.run(records)
  const first = transient(trial)
  if (first.length === 0) return trial
  await client.query('ROLLBACK TO SAVEPOINT qtool_lane')
  const again = newTrial()
  if (trial.passed.length === 0) {
    const assertOwn = async ({error}: Failure) => {
      if (!evidence.othersPass) await assertNoAlibi(client, sink, evidence.ledger, error)
    }
    await meetAlone(again, first, records, assertOwn)
  } else await meetFirst(again, new Set(first.map(({record}) => record)), records)
  return again
}

/** A key that was made since the catalog was read may be the one by which records count as already there. */
function meetsNewKey({table}: Sink, {error: {code, constraint}}: Failure): boolean {
  return code === '23505' && constraint !== undefined && !table.uniqueNames.includes(constraint)
}

function transient(trial: Trial): Failure[] {
  return trial.failures.filter(({kind}) => kind === 'transient')
}

/**
 * The suspects once more, and before the others. That these pass behind them shows that the database works, and does
 * not just have room for a few rows more.
 */
async function meetFirst(trial: Trial, suspects: Set<number>, records: number[]): Promise<void> {
  await trial.run([...suspects])
  const own = transient(trial).length
  await trial.run(records.filter((record) => !suspects.has(record)))
  const all = transient(trial)
  if (all.length > own) throw all[all.length - 1].error
}

/**
 * Nothing passes beside the suspects: a statement without rows, other leases or a write elsewhere have to speak for
 * the database, before and after the suspects are tried once more.
 * @param assertOwn throws an error that may not be the record's own
 */
async function meetAlone(
  trial: Trial,
  first: Failure[],
  records: number[],
  assertOwn: (failure: Failure) => Promise<void>,
): Promise<void> {
  for (const failure of differing(first)) await assertOwn(failure)
  await trial.probe(first[0].record)
  await trial.run(records)
  for (const failure of differing(transient(trial))) await assertOwn(failure)
  await trial.probe(first[0].record)
}

/** One failure of each SQLSTATE and place in Postgres: the others say nothing new. */
function differing(failures: Failure[]): Failure[] {
  const byKind = new Map(failures.map((one) => [`${one.error.code} ${one.error.routine}`, one]))
  return [...byKind.values()]
}
