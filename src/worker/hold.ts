import type {Pool, PoolClient} from 'pg'
import {CrowdedJobsError} from '../queue/jobs/read-jobs.ts'
import type {Lease, Places} from '../queue/lease.ts'
import {countWritten} from '../record/outcomes.ts'
import {SetAsideError} from '../sink/judge/careful-lane.ts'
import type {LeaseParts} from '../sink/lease-parts.ts'
import {StaleSinkError} from '../sink/stale-sink.ts'
import {LeaseSplitError, type WriteOptions} from '../sink/write/transaction.ts'
import {CrowdedLeaseError, writeLease} from '../sink/write/write-lease.ts'
import {Fuse, FuseError} from './fuse.ts'
import {Heartbeat} from './heartbeat.ts'
import {type HeldLease, sizeOf} from './held-lease.ts'
import type {WrittenLease} from './observer.ts'
import {deaths, MOST_DEATHS, quarantine} from './poison.ts'
import {readLease} from './read-lease.ts'
import {judgementOf, NO_REFUSALS, refuse} from './refusals.ts'
import {LeaseReturns} from './returns.ts'
import {Setbacks} from './setbacks.ts'
import {withFreshSinks} from './target.ts'
import type {Worker} from './worker.ts'

/** Retries beyond those of the policy until a lease has failed for long: with backoff, about a minute. */
const LAST_RETRIES = 7

/** Another worker holds the lease. This worker ended its own connection, so the error says nothing about Postgres. */
class LostLeaseError extends Error {}

/** The worker was told to stop while Redis did not answer: the lease expires, and the ledger knows what was written. */
class StoppedError extends Error {}

/** Finishes the leases that the loops of a process have taken. */
export class LeaseHolder {
  readonly #worker: Worker
  readonly #setbacks = new Setbacks()
  readonly #fuse: Fuse
  readonly #returns: LeaseReturns

  constructor(worker: Worker) {
    this.#worker = worker
    this.#fuse = new Fuse(worker.policy.fuse)
    this.#returns = new LeaseReturns(worker, this.#setbacks)
  }

  /** Writes a lease and acknowledges it, or gives it back after an error. @throws if the user has to act */
  async work(lease: HeldLease): Promise<void> {
    const {servers, target, policy, observer} = this.#worker
    const heartbeat = new Heartbeat(target.queue, lease, policy.leaseMs)
    let began = false
    try {
      const started = performance.now()
      const written = await servers.breakers.postgres.run(async () => {
        const client = await connect(servers.pool, heartbeat.lost)
        began = true
        return this.#write(client, lease, heartbeat.lost)
      })
      observer.written(lease, written, performance.now() - started)
      await this.#acknowledge(lease, written)
    } catch (error) {
      if (error instanceof StoppedError) return
      if (error instanceof LeaseSplitError) await this.#split(lease)
      else if (heartbeat.lost.aborted) observer.lost(lease)
      else if (error instanceof SetAsideError) await this.#returns.setAside(lease, error)
      else if (error instanceof StaleSinkError) await this.#returns.waitOut(lease, error)
      else if (error instanceof FuseError)
        await this.#returns.heedFuse(lease, this.#fuse.setAside(error), error)
      else await this.#returns.giveBack(lease, error, began)
    } finally {
      heartbeat.stop()
    }
  }

  async #write(client: PoolClient, lease: HeldLease, lost: AbortSignal): Promise<WrittenLease> {
    // After losing the lease, stop even in the middle of a statement; the transaction ends with the connection
    const stop = () => void client.end().catch(() => {})
    lost.addEventListener('abort', stop)
    try {
      const written = await this.#writeOrQuarantine(client, lease)
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

  async #writeOrQuarantine(client: PoolClient, lease: HeldLease): Promise<WrittenLease> {
    if (!('items' in lease) || deaths(lease) >= MOST_DEATHS) return this.#quarantine(client, lease)
    try {
      return await this.#writeRecords(client, lease)
    } catch (error) {
      if (error instanceof CrowdedLeaseError || error instanceof CrowdedJobsError) {
        return this.#quarantine(client, lease)
      }
      throw error
    }
  }

  async #writeRecords(client: PoolClient, lease: Lease): Promise<WrittenLease> {
    const {target, policy, observer} = this.#worker
    const {name: queue} = target.queue
    const read = await readLease(this.#worker, lease)
    if (!read) throw new StoppedError()
    let refusals = NO_REFUSALS
    let places: Places | undefined
    const isLongFailing = lease.retries >= policy.maxRetries + LAST_RETRIES
    const options: Omit<WriteOptions, 'isFresh'> = {
      leaseId: lease.id,
      queue,
      // On a later attempt, an earlier holder may have committed without acknowledging
      redelivered: lease.attempt > 1 || lease.retries > 0,
      read,
      isolate: lease.retries > 0 && lease.retries >= policy.maxRetries,
      othersPass: this.#setbacks.othersPassSince(lease.id),
      isLongFailing,
      // Only then does it matter whether the queue holds nothing else that could be tried
      isLast: isLongFailing && ((await this.#worker.queue.holdsOneLease()) ?? false),
      ledger: target.ledger,
      beforeRefusing: async () => {
        places ??= await this.#placesOf(lease)
      },
      refuse: (parts: LeaseParts) => {
        refusals = refuse(lease, parts, {queue, parentRetries: policy.foreignKeys.retries, places})
        this.#fuse.judge(judgementOf(lease, parts, refusals))
        return refusals
      },
    }
    const result = await withFreshSinks(client, target, observer, (sinks, isFresh) => {
      this.#fuse.expect(sinks.fingerprint)
      return writeLease(client, sinks, {...options, isFresh})
    })
    const refused = refusals.causes.map(({cause}) => cause)
    return {...result, refused, textBytes: read.texts.bytes.length}
  }

  #quarantine(client: PoolClient, lease: HeldLease): Promise<WrittenLease> {
    return quarantine(client, this.#worker.target, lease, (single) => this.#placesOf(single))
  }

  /** @throws StoppedError if the worker is to stop before Redis answers */
  async #placesOf(lease: Lease): Promise<Places> {
    const places = await this.#worker.queue.places(lease)
    if (!places) throw new StoppedError()
    return places
  }

  async #acknowledge(lease: HeldLease, written: WrittenLease): Promise<void> {
    const {queue, policy, pace, observer} = this.#worker
    const outcome = {...written, postponeMs: policy.foreignKeys.delayMs}
    if ((await queue.settle(lease, outcome)) === 'lost') observer.lost(lease)
    const {count, bytes} = sizeOf(lease)
    if (countWritten(written) > written.suppressed) this.#setbacks.wrote(lease.id)
    pace.size.learn(count, written.records, Math.max(bytes, written.textBytes ?? 0))
    observer.settled(lease, written)
  }

  async #split(lease: HeldLease): Promise<void> {
    const {queue, pace, observer} = this.#worker
    const {count, bytes} = sizeOf(lease)
    pace.size.learn(count, count, bytes)
    // A half with the culprit is split after one more death; halves of a lease that was only too large keep its count
    const attempts = Math.min(MOST_DEATHS - 1, deaths(lease))
    if ((await queue.split(lease, attempts)) === 'lost') observer.lost(lease)
    else observer.split(lease)
  }
}

async function connect(pool: Pool, lost: AbortSignal): Promise<PoolClient> {
  const client = await pool.connect()
  // Connecting may take longer than the lease lasts; the connection is still good
  if (lost.aborted) client.release()
  lost.throwIfAborted()
  return client
}
