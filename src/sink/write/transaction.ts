import {type ClientBase, DatabaseError} from 'pg'
import {QtoolError} from '../../errors.ts'
import {faultOf} from '../../postgres/failure.ts'
import {countWritten} from '../../record/outcomes.ts'
import type {ReadItems} from '../../record/payload/read-items.ts'
import type {LeaseParts} from '../lease-parts.ts'
import type {Applied, AppliedLeases, LedgerEntry} from '../ledger/ledger.ts'
import {blameParents} from '../routes/refused-parents.ts'
import {noteDeadlock, waitForOthers} from './alone.ts'
import {assertUnchanged} from './unchanged.ts'
import {assertWholeJobs} from './whole-jobs.ts'
import {type PartWriter, sumOf, type TableResult, writeTables} from './write-tables.ts'

/** The outcome of a lease, in records. */
export interface LeaseResult extends Applied {
  records: number
  /** Items in which there was no record. */
  empty: number
  /** Each table; none if the ledger had it already. */
  tables: readonly TableResult[]
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
  /** It was tried for long after that. */
  isLongFailing: boolean
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
  refuse: (parts: LeaseParts) => Pick<Applied, 'deadLetters' | 'postponed'>
}

/** The ledger shows that this lease was split, so none of its holders may write it. */
export class LeaseSplitError extends Error {}

/** COMMIT itself failed, for a reason that no earlier statement could show. */
export class CommitError extends Error {}

/**
 * Constraints are checked at each statement, even deferred ones, because a failing COMMIT does not show which record
 * is at fault.
 */
const BEGIN = 'BEGIN; SET CONSTRAINTS ALL IMMEDIATE'

/**
 * Writes the records of a lease, table by table, and enters the lease in the ledger, in one transaction.
 * @throws StaleSinkError if the catalog has to be read again, CommitError if only COMMIT failed, PartialJobError if a
 * job has to be refused as a whole
 */
export async function inTransaction(
  client: ClientBase,
  options: WriteOptions,
  parts: LeaseParts,
  writer: PartWriter,
): Promise<LeaseResult> {
  await client.query(BEGIN)
  try {
    await waitForOthers(client, parts.sinks)
    const tables = await writeTables(client, parts, writer)
    await assertUnchanged(
      client,
      parts.sinks.map(({table}) => table),
    )
    blameParents(parts)
    assertWholeJobs(parts)
    const {deadLetters, postponed} = options.refuse(parts)
    const applied = {...sumOf(tables), deadLetters, postponed}
    const {ledger} = options
    if (ledger && !(await ledger.record(client, options, parts.tables, applied))) {
      return await appliedMeanwhile(client, ledger, {leaseId: options.leaseId, empty: parts.empty})
    }
    await commit(client)
    parts.sinks.forEach((sink, i) => {
      if (countWritten(tables[i]) > 0) sink.experience.hasWritten = true
    })
    return {...applied, records: parts.count, empty: parts.empty, tables, wasApplied: false}
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    noteDeadlock(error, parts.sinks)
    throw error
  }
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
  const records = countWritten(applied) + applied.deadLetters.length + applied.postponed.length
  return {...applied, records, empty, tables: [], wasApplied: true}
}
