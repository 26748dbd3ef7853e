import type {ClientBase} from 'pg'
import {QtoolError} from '../errors.ts'
import type {Items} from '../queue/items.ts'
import {type Written, writeCarefully} from './careful-lane.ts'
import {copyRows, ROW_COUNT} from './copy-lane.ts'
import {isDataError} from './data-error.ts'
import type {DecodedLease} from './decoded.ts'
import {rejectMissingParents} from './foreign-keys.ts'
import type {Applied, AppliedLeases, LedgerEntry} from './ledger.ts'
import type {Sink} from './sink.ts'

/** What a lease came to; counts of records. */
export interface LeaseResult extends Applied {
  records: number
  unknownKeys: number
  /** True where the ledger had it already: an earlier holder wrote it and died before it could acknowledge. */
  wasApplied: boolean
}

export interface WriteOptions {
  leaseId: string
  queue: string
  /** Taken over from another holder: it may be in the ledger. */
  redelivered: boolean
  items: Items
  /** Its retries are used up: find the record at fault, also for a failure that passes elsewhere. */
  isolate: boolean
  /** Undefined where this role may not write it. */
  ledger: AppliedLeases | undefined
  /** Says what becomes of the records that are not written, once they are known. */
  refuse: (lease: DecodedLease) => Promise<Pick<Applied, 'deadLetters' | 'postponed'>>
}

/** The ledger says that this lease was split: none of its holders may write it. */
export class LeaseSplitError extends Error {}

/** It holds more records than one transaction should: nobody has written it yet. */
export class CrowdedLeaseError extends Error {}

/** Most records of a lease of several items: envelopes of a MiB may hold hundreds of thousands each. */
const MOST_RECORDS = 40_000

/** Most leases written carefully before COPY gets another chance. */
const CAREFUL_MOST = 32

/**
 * Writes the records of a lease and its id in one transaction, so that neither can be there without the other.
 * Plain rows go by COPY; when Postgres refuses one of them, or one is there already, the transaction is rolled
 * back and the whole lease goes the careful way. A sink where that keeps happening stops trying COPY for a while.
 * @throws CrowdedLeaseError where it is to be split
 */
export async function writeLease(
  client: ClientBase,
  sink: Sink,
  options: WriteOptions,
): Promise<LeaseResult> {
  const prior = options.redelivered ? await options.ledger?.find(client, options.leaseId) : undefined
  if (prior) return alreadyApplied(prior)
  if (sink.table.canCopy && sink.carefulLeft === 0 && !options.isolate) {
    try {
      const result = await decodeAndWrite(client, sink, options, 'copy')
      sink.carefulNext = 1
      return result
    } catch (error) {
      if (!canRetryCarefully(error)) throw error
      sink.carefulLeft = sink.carefulNext
      sink.carefulNext = Math.min(CAREFUL_MOST, sink.carefulNext * 2)
    }
  }
  if (sink.carefulLeft > 0) sink.carefulLeft--
  return decodeAndWrite(client, sink, options, 'careful')
}

async function decodeAndWrite(
  client: ClientBase,
  sink: Sink,
  options: WriteOptions,
  lane: 'copy' | 'careful',
): Promise<LeaseResult> {
  const lease = sink.decoder.decode(options.items, lane)
  lease.isolating = options.isolate
  try {
    if (lease.count > MOST_RECORDS && options.items.count > 1) throw new CrowdedLeaseError()
    return await inTransaction(client, sink, options, lease, () =>
      lane === 'copy' ? writeFast(client, sink, lease) : writeCarefully(client, sink, lease, lease.pending),
    )
  } finally {
    sink.decoder.reclaim(lease)
  }
}

/** 40P01: two leases hold the same keys in another order; the careful way sorts them. */
function canRetryCarefully(error: unknown): boolean {
  if (error instanceof QtoolError) return error.code === ROW_COUNT
  return isDataError(error) || (error instanceof Error && 'code' in error && error.code === '40P01')
}

async function writeFast(client: ClientBase, sink: Sink, lease: DecodedLease): Promise<Written> {
  const missing = await rejectMissingParents(client, sink.table, lease)
  const copied = await copyRows(client, sink.table, lease, missing)
  const rest = await writeCarefully(client, sink, lease, lease.suspects)
  return {inserted: copied + rest.inserted, alreadyThere: rest.alreadyThere}
}

async function inTransaction(
  client: ClientBase,
  sink: Sink,
  options: WriteOptions,
  lease: DecodedLease,
  write: () => Promise<Written>,
): Promise<LeaseResult> {
  await client.query(sink.table.canDefer ? 'BEGIN; SET CONSTRAINTS ALL IMMEDIATE' : 'BEGIN')
  try {
    const written = await write()
    assertConserved(sink, lease, written)
    const {deadLetters, postponed} = await options.refuse(lease)
    const applied = {...written, deadLetters, postponed}
    const {ledger} = options
    if (ledger && !(await ledger.record(client, options, sink.table, applied))) {
      return await appliedMeanwhile(client, ledger, options.leaseId)
    }
    await client.query('COMMIT')
    return {...applied, records: lease.count, unknownKeys: lease.unknownKeys, wasApplied: false}
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

/** Another holder of the same lease committed first: what this transaction wrote is taken back. */
async function appliedMeanwhile(
  client: ClientBase,
  ledger: AppliedLeases,
  leaseId: string,
): Promise<LeaseResult> {
  await client.query('ROLLBACK')
  const prior = await ledger.find(client, leaseId)
  if (!prior) throw new QtoolError(`lease ${leaseId} vanished from the ledger`, {code: 'LEDGER'})
  return alreadyApplied(prior)
}

/** @throws LeaseSplitError where it was split instead of written */
export function alreadyApplied(prior: LedgerEntry): LeaseResult {
  const {split, ...applied} = prior
  if (split) throw new LeaseSplitError()
  const {inserted, alreadyThere, deadLetters, postponed} = applied
  const records = inserted + alreadyThere + deadLetters.length + postponed.length
  return {...applied, records, unknownKeys: 0, wasApplied: true}
}

/** inserted + already there + rejected = leased, or nothing is committed. */
function assertConserved(sink: Sink, lease: DecodedLease, written: Written): void {
  const rejected = lease.rejections.length
  const total = written.inserted + written.alreadyThere + rejected
  const explained = sink.table.canConflict || sink.table.canSuppress || written.alreadyThere === 0
  if (total === lease.count && explained) return
  throw new QtoolError(
    `expected ${lease.count} records to be accounted for in ${sink.table.quoted}, got ${written.inserted} inserted, ${written.alreadyThere} already there and ${rejected} rejected`,
    {code: 'NOT_CONSERVED', suggestions: ['nothing was committed; the items are kept in their lease']},
  )
}
