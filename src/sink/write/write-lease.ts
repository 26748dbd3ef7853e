import {type ClientBase, DatabaseError} from 'pg'
import {QtoolError} from '../../errors.ts'
import {causeOf} from '../../postgres/data-error.ts'
import {faultOf} from '../../postgres/failure.ts'
import type {Sink} from '../sink.ts'
import {StaleSinkError} from '../stale-sink.ts'
import {ROW_COUNT} from './copy-lane.ts'
import {
  alreadyApplied,
  CommitError,
  inTransaction,
  type LeaseResult,
  type WriteOptions,
} from './transaction.ts'
import {CAREFUL, CHECKED, quickWay, type Way} from './ways.ts'
import {PartialJobError, withoutJobs} from './whole-jobs.ts'

/** The lease was not written and has to be split: it has too many records, or COMMIT fails because of one of them. */
export class CrowdedLeaseError extends Error {}

/** Most records of a lease of several items: envelopes of a MiB may hold hundreds of thousands each. */
const MOST_RECORDS = 40_000

/**
 * Writes the records of a lease and its id in one transaction, so that neither can be there without the other. Plain
 * rows go by COPY; if Postgres refuses one of them, or one is already there, the transaction is rolled back and the
 * whole lease takes the careful lane. A sink for which that keeps happening stops trying COPY for a while.
 * @throws CrowdedLeaseError if it has to be split, StaleSinkError if the catalog has to be read again, SetAsideError
 * if other leases are to be tried first
 */
export async function writeLease(
  client: ClientBase,
  sink: Sink,
  options: WriteOptions,
): Promise<LeaseResult> {
  const prior = options.redelivered ? await options.ledger?.find(client, options.leaseId) : undefined
  if (prior) return alreadyApplied(prior, sink.decoder.countEmpty(options.read))
  const {copies} = sink.experience
  const quick = options.isolate ? undefined : quickWay(sink)
  if (quick && copies.opens()) {
    try {
      const result = await decodeAndWrite(client, sink, options, quick)
      copies.worked()
      return result
    } catch (error) {
      if (!canRetryCarefully(error)) throw error
      const isNew = error instanceof QtoolError && !sink.table.mayRewrite
      if (isNew && !options.isFresh) throw new StaleSinkError(`a trigger of ${sink.table.quoted} is new`)
      copies.failed()
    }
  }
  try {
    return await decodeAndWrite(client, sink, options, CAREFUL)
  } catch (error) {
    if (!(error instanceof CommitError)) throw error
  }
  // Something defers its constraints itself, so they are now checked after each statement
  try {
    return await decodeAndWrite(client, sink, options, CHECKED)
  } catch (error) {
    if (!(error instanceof CommitError)) throw error
    if (options.read.items.count > 1) throw new CrowdedLeaseError()
    return decodeAndWrite(client, sink, options, refusing(error.cause))
  }
}

/** Jobs are refused as a whole: each try finds more of them, until the others are written. */
async function decodeAndWrite(
  client: ClientBase,
  sink: Sink,
  options: WriteOptions,
  way: Way,
): Promise<LeaseResult> {
  for (let {read} = options; ; ) {
    try {
      return await writeOnce(client, sink, {...options, read}, way)
    } catch (error) {
      if (!(error instanceof PartialJobError)) throw error
      read = withoutJobs(read, error.refused)
    }
  }
}

async function writeOnce(
  client: ClientBase,
  sink: Sink,
  options: WriteOptions,
  way: Way,
): Promise<LeaseResult> {
  const lease = sink.decoder.decode(options.read, way.lane)
  const {isolate, othersPass, isLast, isFresh, ledger} = options
  try {
    if (lease.count > MOST_RECORDS && options.read.items.count > 1) throw new CrowdedLeaseError()
    const evidence = {isolate, othersPass, isLast, isFresh, ledger, rowsPassed: false}
    return await way.write(client, sink, options, lease, evidence)
  } finally {
    sink.decoder.reclaim(lease)
  }
}

/**
 * Whether the careful lane may succeed: always if Postgres has answered, except for transient errors other than a
 * deadlock, 40P01. It prevents that, since it sorts the keys that two leases hold in different orders.
 */
function canRetryCarefully(error: unknown): boolean {
  if (error instanceof QtoolError) return error.code === ROW_COUNT
  if (error instanceof CommitError) return true
  return error instanceof DatabaseError && (error.code === '40P01' || faultOf(error) !== 'transient')
}

/** Refuses every record of a lease, because COMMIT fails with this error of Postgres and shows no culprit. */
function refusing(error: unknown): Way {
  if (!(error instanceof DatabaseError)) return CHECKED
  return {
    lane: 'careful',
    async write(client, sink, options, lease) {
      await options.beforeRefusing()
      return inTransaction(client, sink, options, lease, async () => {
        for (const record of lease.pending) lease.reject(record, causeOf(error))
        return {inserted: 0, alreadyThere: 0, suppressed: 0}
      })
    },
  }
}
