import {type ClientBase, DatabaseError, escapeLiteral} from 'pg'
import {QtoolError} from '../../errors.ts'
import {faultOf} from '../../postgres/failure.ts'
import type {ReadItems} from '../../record/payload/read-items.ts'
import {fingerprintSql} from '../catalog/catalog.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import {NO_UNKNOWN_KEYS, type UnknownKeys} from '../decode/unknown-keys.ts'
import type {Written} from '../judge/careful-lane.ts'
import type {Applied, AppliedLeases, LedgerEntry} from '../ledger/ledger.ts'
import type {Sink} from '../sink.ts'
import {StaleSinkError} from '../stale-sink.ts'
import {assertWholeJobs} from './whole-jobs.ts'

/** The outcome of a lease, in records. */
export interface LeaseResult extends Applied {
  records: number
  /** Items in which there was no record. */
  empty: number
  unknown: UnknownKeys
  /** True if the ledger had it already: an earlier holder wrote it and died before it could acknowledge. */
  wasApplied: boolean
}

export interface WriteOptions {
  leaseId: string
  queue: string
  /** Taken over from another holder, so it may be in the ledger already. */
  redelivered: boolean
  read: ReadItems
  /** The lease has used up its retries: find the record that meets a transient error. */
  isolate: boolean
  /** Other leases were written since this one failed the last time. */
  othersPass: boolean
  /** It is the last of the queue and has failed for long. */
  isLast: boolean
  /** The catalog was read for this lease. */
  isFresh: boolean
  /** Undefined if this role may not write it. */
  ledger: AppliedLeases | undefined
  /** Awaited before any transaction in which records may be refused. */
  beforeRefusing: () => Promise<void>
  /** Decides, once the rejected records are known, which become dead letters and which are postponed. */
  refuse: (lease: DecodedLease) => Pick<Applied, 'deadLetters' | 'postponed'>
}

/** The ledger shows that this lease was split, so none of its holders may write it. */
export class LeaseSplitError extends Error {}

/** COMMIT itself failed, for a reason that no earlier statement could show. */
export class CommitError extends Error {}

/**
 * Writes the records of a lease and enters the lease in the ledger, in one transaction.
 * @throws StaleSinkError if the catalog has to be read again, CommitError if only COMMIT failed, PartialJobError if a
 * job has to be refused as a whole
 */
export async function inTransaction(
  client: ClientBase,
  sink: Sink,
  options: WriteOptions,
  lease: DecodedLease,
  write: () => Promise<Written>,
): Promise<LeaseResult> {
  await begin(client, sink, lease)
  try {
    const written = await write()
    assertConserved(sink, lease, written)
    assertWholeJobs(lease)
    const {deadLetters, postponed} = options.refuse(lease)
    const applied = {...written, deadLetters, postponed}
    const {ledger} = options
    if (ledger && !(await ledger.record(client, options, sink.table, applied))) {
      return await appliedMeanwhile(client, ledger, {leaseId: options.leaseId, empty: lease.empty})
    }
    await commit(client)
    if (written.inserted + written.alreadyThere + written.suppressed > 0) sink.experience.hasWritten = true
    return {...applied, records: lease.count, empty: lease.empty, unknown: lease.unknown, wasApplied: false}
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

/**
 * Constraints are checked at each statement, even deferred ones, because a failing COMMIT does not show which record
 * is at fault. Unknown keys may have become columns by now, so the same round trip compares the table's columns.
 */
async function begin(client: ClientBase, sink: Sink, lease: DecodedLease): Promise<void> {
  const sql = 'BEGIN; SET CONSTRAINTS ALL IMMEDIATE'
  if (lease.unknown.count === 0) {
    await client.query(sql)
    return
  }
  const {quoted, fingerprint} = sink.table
  const now = fingerprintSql(`to_regclass(${escapeLiteral(quoted)})`)
  // Several statements in one text return an array of results, which the driver's types do not describe
  const results: unknown = await client.query(`${sql}; SELECT ${now} AS fingerprint`)
  const last = Array.isArray(results) ? results.at(-1)?.rows[0]?.fingerprint : undefined
  if (last === fingerprint) return
  await client.query('ROLLBACK')
  throw new StaleSinkError(`the columns of ${quoted} have changed`)
}

async function commit(client: ClientBase): Promise<void> {
  try {
    await client.query('COMMIT')
  } catch (error) {
    if (!(error instanceof DatabaseError) || faultOf(error) === 'transient') throw error
    throw new CommitError(error.message, {cause: error})
  }
}

/** Rolls this transaction back, because another holder of the lease committed first. */
async function appliedMeanwhile(
  client: ClientBase,
  ledger: AppliedLeases,
  {leaseId, empty}: {leaseId: string; empty: number},
): Promise<LeaseResult> {
  await client.query('ROLLBACK')
  const prior = await ledger.find(client, leaseId)
  if (!prior) throw new QtoolError(`lease ${leaseId} vanished from the ledger`, {code: 'LEDGER'})
  return alreadyApplied(prior, empty)
}

/**
 * What an earlier holder has written. The ledger counts records, so that items without one are counted again.
 * @throws LeaseSplitError if it was split instead of written
 */
export function alreadyApplied(prior: LedgerEntry, empty: number): LeaseResult {
  const {split, ...applied} = prior
  if (split) throw new LeaseSplitError()
  const {inserted, alreadyThere, suppressed, deadLetters, postponed} = applied
  const records = inserted + alreadyThere + suppressed + deadLetters.length + postponed.length
  return {...applied, records, empty, unknown: NO_UNKNOWN_KEYS, wasApplied: true}
}

/** inserted + already there + suppressed + rejected = leased, or nothing is committed. */
function assertConserved(sink: Sink, lease: DecodedLease, written: Written): void {
  const rejected = lease.rejections.length
  const {inserted, alreadyThere, suppressed} = written
  const total = inserted + alreadyThere + suppressed + rejected
  const explained = sink.table.target || alreadyThere === 0
  if (total === lease.count && explained) return
  throw new QtoolError(
    `expected ${lease.count} records to be accounted for in ${sink.table.quoted}, got ${inserted} inserted, ${alreadyThere} already there, ${suppressed} suppressed and ${rejected} rejected`,
    {code: 'NOT_CONSERVED', suggestions: ['nothing was committed; the items stay in their lease']},
  )
}
