import {type ClientBase, DatabaseError} from 'pg'
import {QtoolError} from '../../errors.ts'
import {faultOf} from '../../postgres/failure.ts'
import type {Sink} from '../sink.ts'
import type {Sinks} from '../sinks.ts'
import {StaleSinkError} from '../stale-sink.ts'
import {ROW_COUNT} from './copy-lane.ts'
import {alreadyApplied, CommitError, type LeaseResult, type WriteOptions} from './transaction.ts'
import {CAREFUL, CHECKED, quickWay, refusing, type Way} from './ways.ts'
import {PartialJobError, withoutJobs} from './whole-jobs.ts'
import {QuickWayError, writeParts} from './write-parts.ts'

/** The lease was not written and has to be split: it has too many records, or COMMIT fails because of one of them. */
export class CrowdedLeaseError extends Error {}

/** Most records of a lease of several items: envelopes of a MiB may hold hundreds of thousands each. */
const MOST_RECORDS = 40_000

/** How the records for a table are written. */
type WayOf = (sink: Sink) => Way

/**
 * Writes the records of a lease and its id in one transaction, so that neither can be there without the other. Plain
 * rows go by COPY; if Postgres refuses one of them, or one is already there, the transaction is rolled back and the
 * records for that table take the careful lane. A table for which that keeps happening stops trying COPY for a while.
 * @throws CrowdedLeaseError if it has to be split, StaleSinkError if the catalog has to be read again, SetAsideError
 * if other leases are to be tried first
 */
export async function writeLease(
  client: ClientBase,
  sinks: Sinks,
  options: WriteOptions,
): Promise<LeaseResult> {
  const prior = options.redelivered ? await options.ledger?.find(client, options.leaseId) : undefined
  if (prior) return alreadyApplied(prior, sinks.countEmpty(options.read))
  const quickly = options.isolate ? undefined : await writeQuickly(client, sinks, options)
  return quickly ?? writeCarefully(client, sinks, options)
}

/** @returns undefined if there is no quick way into any table, or if it failed for each */
async function writeQuickly(
  client: ClientBase,
  sinks: Sinks,
  options: WriteOptions,
): Promise<LeaseResult | undefined> {
  const quick = new Map<Sink, Way>()
  for (const sink of sinks.all) {
    const way = quickWay(sink)
    if (way && sink.experience.copies.opens()) quick.set(sink, way)
  }
  while (quick.size > 0) {
    try {
      const result = await decodeAndWrite(client, sinks, options, (sink) => quick.get(sink) ?? CAREFUL)
      for (const {experience} of quick.keys()) experience.copies.worked()
      return result
    } catch (error) {
      // COMMIT does not say which table it fails for
      const isOfOne = error instanceof QuickWayError
      const failed = isOfOne ? [error.sink] : [...quick.keys()]
      assertCarefulMayWork(isOfOne ? error.cause : error, failed, options)
      for (const sink of failed) {
        sink.experience.copies.failed()
        quick.delete(sink)
      }
    }
  }
  return undefined
}

async function writeCarefully(client: ClientBase, sinks: Sinks, options: WriteOptions): Promise<LeaseResult> {
  try {
    return await decodeAndWrite(client, sinks, options, () => CAREFUL)
  } catch (error) {
    if (!(error instanceof CommitError)) throw error
  }
  // Something defers its constraints itself, so they are now checked after each statement
  try {
    return await decodeAndWrite(client, sinks, options, () => CHECKED)
  } catch (error) {
    if (!(error instanceof CommitError)) throw error
    if (options.read.items.count > 1) throw new CrowdedLeaseError()
    const way = refusing(error.cause)
    return decodeAndWrite(client, sinks, options, () => way)
  }
}

/** Jobs are refused as a whole: each try finds more of them, until the others are written. */
async function decodeAndWrite(
  client: ClientBase,
  sinks: Sinks,
  options: WriteOptions,
  wayOf: WayOf,
): Promise<LeaseResult> {
  for (let {read} = options; ; ) {
    try {
      return await writeOnce(client, sinks, {...options, read}, wayOf)
    } catch (error) {
      if (!(error instanceof PartialJobError)) throw error
      read = withoutJobs(read, error.refused)
    }
  }
}

async function writeOnce(
  client: ClientBase,
  sinks: Sinks,
  options: WriteOptions,
  wayOf: WayOf,
): Promise<LeaseResult> {
  const laneOf = (sink: Sink) => wayOf(sink).lane
  let parts = sinks.decode(options.read, laneOf)
  try {
    if (parts.count > MOST_RECORDS && options.read.items.count > 1) throw new CrowdedLeaseError()
    parts = await sinks.inOrder(client, parts, laneOf)
    return await writeParts(client, options, parts, wayOf)
  } finally {
    sinks.reclaim(parts)
  }
}

/**
 * The careful lane may succeed: always if Postgres has answered, except for transient errors other than a deadlock,
 * 40P01. It prevents that, since it sorts the keys that two leases hold in different orders.
 * @throws the error if it cannot, StaleSinkError for a trigger that is not known yet
 */
function assertCarefulMayWork(error: unknown, failed: readonly Sink[], {isFresh}: WriteOptions): void {
  if (error instanceof CommitError) return
  if (error instanceof QtoolError) {
    if (error.code !== ROW_COUNT) throw error
    const news = failed.find(({table}) => !table.mayRewrite)
    if (news && !isFresh) throw new StaleSinkError(`a trigger of ${news.table.quoted} is new`)
    return
  }
  const isAnswer = error instanceof DatabaseError
  if (!isAnswer || (error.code !== '40P01' && faultOf(error) === 'transient')) throw error
}
