import type {ClientBase} from 'pg'
import {limitStatements} from '../../postgres/time-limit.ts'
import type {Written} from '../../record/outcomes.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import type {AppliedLeases} from '../ledger/ledger.ts'
import type {Sink} from '../sink.ts'
import {StaleSinkError} from '../stale-sink.ts'
import {assertNoAlibi} from './alibi.ts'
import {Trial} from './trial.ts'
import type {Failure, Verdicts} from './verdicts.ts'

/** What is known besides the records themselves. */
export interface Evidence {
  /** The retries of the lease are used up: find the record that meets a transient error. */
  isolate: boolean
  /** It was tried for long after they were used up: a lock that it still meets may be the matter of one record. */
  isLongFailing: boolean
  /** Check the constraints after each statement: a trigger may defer them to COMMIT. */
  callsIn: boolean
  /** Other rows of this lease were written in the same transaction. */
  rowsPassed: boolean
  /** Other leases were written since this one failed the last time. */
  othersPass: boolean
  /** The lease is the last of the queue and has failed for long: nothing else can show that the database works. */
  isLast: boolean
  /** The catalog was read for this lease. */
  isFresh: boolean
  /** A write here can prove that the database works; undefined if this role may not write it. */
  ledger: AppliedLeases | undefined
}

/** No record of the lease was accepted, perhaps because of the setup: try other leases first. */
export class SetAsideError extends Error {
  constructor(cause: unknown) {
    super('no record of the lease passed', {cause})
  }
}

/**
 * Writes records, one by one if needed, and refuses those at fault. Must run inside a transaction. A SQLSTATE alone
 * decides nothing: a record is refused if others are accepted, or if Postgres's error is about its values.
 * @throws SetAsideError, StaleSinkError, or Postgres's error if no record is at fault
 */
export async function writeCarefully(
  client: ClientBase,
  sink: Sink,
  lease: DecodedLease,
  records: number[],
  evidence: Evidence,
): Promise<Written> {
  const verdicts = await tryRecords(client, sink, lease, records, evidence)
  if (!evidence.isFresh && verdicts.failures.some((failure) => meetsNewKey(sink, failure))) {
    throw new StaleSinkError(`a unique key of ${sink.table.quoted} is new`)
  }
  const passes = evidence.rowsPassed || sink.experience.hasWritten || verdicts.passed.length > 0
  for (const {record, cause, kind, error} of verdicts.failures) {
    if (kind === 'setup' && !passes) throw new SetAsideError(error)
    lease.reject(record, kind === 'transient' ? {...cause, reason: 'retries_exhausted'} : cause)
  }
  return verdicts.written
}

/**
 * Tries records. Those that keep meeting a transient error count as failures too, if they cause it themselves.
 * @throws that error if no record causes it
 */
export async function tryRecords(
  client: ClientBase,
  sink: Sink,
  lease: DecodedLease,
  records: number[],
  evidence: Evidence,
): Promise<Verdicts> {
  const newTrial = () => new Trial(client, sink, lease, evidence)
  const trial = newTrial()
  if (evidence.isolate) {
    await limitStatements(client)
    await client.query('SAVEPOINT qtool_lane')
  }
  await trial.run(records)
  const first = transient(trial)
  if (first.length === 0) return trial.verdicts
  await client.query('ROLLBACK TO SAVEPOINT qtool_lane')
  const again = newTrial()
  if (trial.verdicts.passed.length === 0) {
    const known = {ledger: evidence.ledger, isLeft: evidence.isLast && records.length === 1}
    const assertOwn = async ({error}: Failure) => {
      if (!evidence.othersPass) await assertNoAlibi(client, sink, known, error)
    }
    await meetAlone(again, first, records, assertOwn)
  } else await meetFirst(again, new Set(first.map(({record}) => record)), records)
  return again.verdicts
}

/** A key created since the catalog was read may be the one by which records count as already there. */
function meetsNewKey({table}: Sink, {error: {code, constraint}}: Failure): boolean {
  return code === '23505' && constraint !== undefined && !table.uniqueNames.includes(constraint)
}

function transient(trial: Trial): Failure[] {
  return trial.verdicts.failures.filter(({kind}) => kind === 'transient')
}

/**
 * Tries the suspects again, this time before the others. If those then pass, the database works, and did not just
 * have room for a few more rows.
 */
async function meetFirst(trial: Trial, suspects: Set<number>, records: number[]): Promise<void> {
  await trial.run([...suspects])
  const own = transient(trial).length
  await trial.run(records.filter((record) => !suspects.has(record)))
  const all = transient(trial)
  if (all.length > own) throw all[all.length - 1].error
}

/**
 * No record has passed, so a statement without rows, other leases or a write elsewhere must show that the database
 * works, both before and after the suspects are tried again.
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

/** One failure for each SQLSTATE and routine of Postgres: the others add nothing. */
function differing(failures: Failure[]): Failure[] {
  const byKind = new Map(failures.map((one) => [`${one.error.code} ${one.error.routine}`, one]))
  return [...byKind.values()]
}
