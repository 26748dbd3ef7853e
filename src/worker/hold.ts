import type {PoolClient} from 'pg'
import {classifyFailure} from '../postgres/failure.ts'
import type {Lease} from '../queue/engine.ts'
import type {DecodedLease} from '../sink/decode/decoded.ts'
import {SetAsideError} from '../sink/judge/careful-lane.ts'
import {LeaseSplitError, type WriteOptions} from '../sink/write/transaction.ts'
import {CrowdedLeaseError, writeLease} from '../sink/write/write-lease.ts'
import {askRedis} from './ask.ts'
import {backoffMs} from './backoff.ts'
import {isBrokenCircuit} from './breaker.ts'
import {Heartbeat} from './heartbeat.ts'
import {type HeldLease, sizeOf} from './held-lease.ts'
import type {WrittenLease} from './observer.ts'
import {deaths, MOST_DEATHS, quarantine} from './poison.ts'
import {withFreshSink} from './refresh.ts'
import {NO_REFUSALS, refuse} from './refusals.ts'
import type {Drain} from './state.ts'

/** How long a lease is set aside, ms: long enough to try others. */
const ASIDE_MS = 1000

/** Another worker holds the lease. This worker ended its own connection, so the error says nothing about Postgres. */
class LostLeaseError extends Error {}

/** Writes a lease and acknowledges it, or gives it back after an error. @throws if the user has to act */
export async function work(drain: Drain, lease: HeldLease): Promise<void> {
  const heartbeat = new Heartbeat(drain.queue, lease, drain.leaseMs)
  const attempt = {began: false}
  try {
    const started = performance.now()
    const written = await drain.breakers.postgres.run(() => write(drain, lease, heartbeat.lost, attempt))
    drain.observer.written(lease, written, performance.now() - started)
    await acknowledge(drain, lease, written)
  } catch (error) {
    if (error instanceof LeaseSplitError) await split(drain, lease)
    else if (heartbeat.lost.aborted) drain.observer.lost(lease)
    else if (error instanceof SetAsideError) await setAside(drain, lease, error)
    else await giveBack(drain, lease, error, attempt.began)
  } finally {
    heartbeat.stop()
  }
}

async function acknowledge(drain: Drain, lease: HeldLease, written: WrittenLease): Promise<void> {
  const {queue, observer} = drain
  const outcome = {...written, postponeMs: drain.foreignKeys.delayMs}
  if ((await askRedis(drain, () => queue.settle(lease, outcome))) === 'lost') observer.lost(lease)
  const {count, bytes} = sizeOf(lease)
  if (written.inserted + written.alreadyThere > 0) drain.setbacks.wrote(lease.id)
  drain.size.learn(count, written.records, bytes)
  observer.settled(lease, written)
}

/**
 * Delays a lease of which no record was accepted until others were tried. @throws Postgres's error if the lease comes
 * back and none was accepted from others either, because then the user has to act
 */
async function setAside(drain: Drain, lease: HeldLease, {cause}: SetAsideError): Promise<void> {
  const isFirst = drain.setbacks.setAside(lease.id)
  const delayMs = isFirst ? ASIDE_MS : 0
  await askRedis(drain, () => drain.queue.giveBack(lease, {why: 'untried', delayMs}))
  drain.observer.gaveBack(lease, 'untried', cause)
  if (!isFirst) throw cause
}

async function split(drain: Drain, lease: HeldLease): Promise<void> {
  const {count, bytes} = sizeOf(lease)
  drain.size.learn(count, count, bytes)
  // A half with the culprit is split after one more death; halves of a lease that was only too large keep its count
  const attempts = Math.min(MOST_DEATHS - 1, deaths(lease))
  const held = await askRedis(drain, () => drain.queue.split(lease, attempts))
  if (held === 'lost') drain.observer.lost(lease)
  else drain.observer.split(lease)
}

/**
 * Gives a lease back after an error. If the attempt itself failed, the lease waits in Redis and has used a retry; if it
 * was never tried, because the database is unreachable, it has not. Running out of retries does not by itself reject a
 * record: see careful-lane.ts.
 * @throws the error if the user has to act; the items are kept
 */
async function giveBack(drain: Drain, lease: HeldLease, error: unknown, began: boolean): Promise<void> {
  const {queue, breakers, observer} = drain
  const kind = isBrokenCircuit(error) ? 'away' : classifyFailure(error)
  if (kind === 'config') {
    await queue.giveBack(lease, {why: 'untried', delayMs: 0}).catch(() => {})
    observer.gaveBack(lease, 'untried', error)
    throw error
  }
  if (began) drain.setbacks.failed(lease.id)
  const counts = began && (kind === 'retry' || breakers.postgres.state === 'closed')
  const why = counts ? 'failed' : 'untried'
  const delayMs = backoffMs(lease.retries)
  await askRedis(drain, () => queue.giveBack(lease, {why, delayMs}))
  observer.gaveBack(lease, why, error)
}

async function write(
  drain: Drain,
  lease: HeldLease,
  lost: AbortSignal,
  attempt: {began: boolean},
): Promise<WrittenLease> {
  const client = await drain.pool.connect()
  // Connecting may take longer than the lease lasts; the connection is still good
  if (lost.aborted) client.release()
  lost.throwIfAborted()
  attempt.began = true
  // After losing the lease, stop even in the middle of a statement; the transaction ends with the connection
  const stop = () => void client.end().catch(() => {})
  lost.addEventListener('abort', stop)
  try {
    const isWhole = 'items' in lease && deaths(lease) < MOST_DEATHS
    const written = await (isWhole ? writeOrSplit(drain, client, lease) : quarantine(drain, client, lease))
    client.release()
    return written
  } catch (error) {
    // The state of the connection is unknown, so it is not used again
    client.release(true)
    throw lost.aborted ? new LostLeaseError('the lease is held by another worker', {cause: error}) : error
  } finally {
    lost.removeEventListener('abort', stop)
  }
}

async function writeOrSplit(drain: Drain, client: PoolClient, lease: Lease): Promise<WrittenLease> {
  try {
    return await writeRecords(drain, client, lease)
  } catch (error) {
    if (error instanceof CrowdedLeaseError) return await quarantine(drain, client, lease)
    throw error
  }
}

async function writeRecords(drain: Drain, client: PoolClient, lease: Lease): Promise<WrittenLease> {
  let refusals = NO_REFUSALS
  const options: Omit<WriteOptions, 'isFresh'> = {
    leaseId: lease.id,
    queue: drain.queue.name,
    // On a later attempt, an earlier holder may have committed without acknowledging
    redelivered: lease.attempt > 1 || lease.retries > 0,
    items: lease.items,
    isolate: lease.retries > 0 && lease.retries >= drain.maxRetries,
    othersPass: drain.setbacks.othersPassSince(lease.id),
    ledger: drain.ledger,
    refuse: (decoded: DecodedLease) => {
      refusals = refuse(drain, lease, decoded)
      return refusals
    },
  }
  const result = await withFreshSink(drain, client, (sink, isFresh) =>
    writeLease(client, sink, {...options, isFresh}),
  )
  return {...result, reasons: refusals.reasons}
}
