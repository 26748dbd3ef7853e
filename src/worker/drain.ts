import {randomUUID} from 'node:crypto'
import {EventEmitter} from 'node:events'
import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {deadLetterText} from '../queue/dead-letter.ts'
import {
  acknowledgeLease,
  type DeadLetterEntry,
  type Lease,
  releaseLease,
  retryLease,
  takeLease,
} from '../queue/lease.ts'
import {isRedisAway, isTimeout} from '../redis/failure.ts'
import type {QueueKeys} from '../redis/keys.ts'
import type {DecodedLease} from '../sink/decoded.ts'
import {classifyFailure} from '../sink/failure.ts'
import type {Sink} from '../sink/sink.ts'
import {type LeaseResult, writeLease} from '../sink/write-lease.ts'
import {backoffMs} from './backoff.ts'
import {BatchSize} from './batch-size.ts'
import {Breaker, type BreakerState, isBrokenCircuit} from './breaker.ts'
import {Heartbeat} from './heartbeat.ts'
import {addLease, emptyTally, type Tally} from './tally.ts'

export interface DrainOptions {
  queue: string
  keys: QueueKeys
  /** Leases in work at the same time. */
  workers: number
  /** Records a lease should hold, about. */
  batch: number
  leaseMs: number
  /** Retries of a lease that met a failure which passes; after them the record at fault is found and refused. */
  maxRetries: number
  /** Return once nothing is ready and nobody holds a lease; else go on until `signal`. */
  untilEmpty: boolean
  /** Write leases to qtool's ledger. */
  ledger: boolean
  /** First Ctrl-C: take nothing more, finish what is held. */
  signal: AbortSignal
  onLease?: (tally: Tally) => void
  /** Told when a server is taken for away, tried again, and back. */
  onBreaker?: (server: 'Redis' | 'Postgres', state: BreakerState, error?: unknown) => void
}

/** Longest pause between two looks at an empty queue. */
const IDLE_MS = 200

/** Everything the loops of one process share. */
interface Drain extends DrainOptions {
  redis: Redis
  pool: Pool
  sink: Sink
  size: BatchSize
  tally: Tally
  breakers: {redis: Breaker; postgres: Breaker}
  /** Set by the loop that failed; the others finish what they hold. */
  failed: AbortController
  /** Wakes the loops that found nothing: without it the last ones slept while the queue was empty already. */
  awake: EventEmitter<{change: []}>
}

/**
 * Drains a queue into a table with `workers` loops: lease, write, acknowledge.
 * @throws what stopped it; the leases under way stay in Redis and are taken over by the next worker.
 */
export async function drain(redis: Redis, pool: Pool, sink: Sink, options: DrainOptions): Promise<Tally> {
  const failed = new AbortController()
  const state: Drain = {
    ...options,
    redis,
    pool,
    sink,
    size: new BatchSize(options.batch),
    tally: emptyTally(),
    breakers: {
      redis: new Breaker(isRedisAway, (to, error) => options.onBreaker?.('Redis', to, error)),
      postgres: new Breaker(
        (error) => classifyFailure(error) === 'away',
        (to, error) => options.onBreaker?.('Postgres', to, error),
      ),
    },
    failed,
    awake: new EventEmitter<{change: []}>().setMaxListeners(0),
  }
  const wake = () => state.awake.emit('change')
  options.signal.addEventListener('abort', wake)
  failed.signal.addEventListener('abort', wake)
  try {
    await runLoops(state)
  } finally {
    options.signal.removeEventListener('abort', wake)
  }
  return state.tally
}

/**
 * Starts with one loop, and one more with every lease that is done: the first lease tells how large items are, and
 * a small queue is drained before connections for all workers are open (each costs Postgres a process and a login).
 */
async function runLoops(drain: Drain): Promise<void> {
  const loops: Array<Promise<void>> = []
  let failure: unknown
  const start = () => {
    const onLeaseDone = () => {
      if (loops.length < drain.workers) start()
    }
    const loop = drainLoop(drain, onLeaseDone).catch((error: unknown) => {
      failure ??= error
      drain.failed.abort()
    })
    loops.push(loop)
  }
  start()
  // Loops that start meanwhile are appended behind the ones waited for
  for (let i = 0; i < loops.length; i++) await loops[i]
  if (failure !== undefined) throw failure
}

async function drainLoop(drain: Drain, onLeaseDone: () => void): Promise<void> {
  while (!isStopping(drain)) {
    if (!(await postgresWorks(drain))) {
      await idle(drain, IDLE_MS)
      continue
    }
    // The same id until Redis has answered: a call that was executed but not answered is answered then
    const id = randomUUID()
    const lease = await askRedis(drain, () =>
      takeLease(drain.redis, drain.keys, {id, count: drain.size.next(), lengthMs: drain.leaseMs}),
    )
    if (!lease) return
    if ('items' in lease) {
      await work(drain, lease)
      onLeaseDone()
      drain.awake.emit('change')
      continue
    }
    if (drain.untilEmpty && lease.held === 0 && !lease.paused) return
    await idle(drain, Math.min(lease.nextVisibleInMs ?? IDLE_MS, IDLE_MS))
  }
}

function isStopping(drain: Drain): boolean {
  return drain.signal.aborted || drain.failed.signal.aborted
}

/** Before a lease is taken: while Postgres is away items wait in Redis, and only a probe goes out. */
async function postgresWorks(drain: Drain): Promise<boolean> {
  const {postgres} = drain.breakers
  if (postgres.state === 'closed') return true
  try {
    await postgres.run(() => drain.pool.query('SELECT 1'))
    return true
  } catch (error) {
    if (isBrokenCircuit(error) || classifyFailure(error) !== 'config') return false
    throw error
  }
}

/** Asks until Redis answers; undefined where the worker is to stop before that. */
async function askRedis<T>(drain: Drain, ask: () => Promise<T>): Promise<T | undefined> {
  for (let tries = 0; ; tries++) {
    try {
      return await drain.breakers.redis.run(ask)
    } catch (error) {
      if (!isBrokenCircuit(error) && !isRedisAway(error)) throw error
      if (isStopping(drain)) return undefined
      if (isTimeout(error) && drain.redis.status === 'ready') drain.redis.disconnect(true)
      await idle(drain, backoffMs(Math.min(tries, 4)))
    }
  }
}

/** Waits, or less where a lease of this process is done or somebody wants the loop to end. */
async function idle(drain: Drain, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer)
      drain.awake.off('change', end)
      resolve()
    }
    const timer = setTimeout(end, Math.max(1, ms))
    drain.awake.on('change', end)
  })
}

async function work(drain: Drain, lease: Lease): Promise<void> {
  const heartbeat = new Heartbeat(drain.redis, drain.keys, lease, drain.leaseMs)
  const attempt = {began: false}
  try {
    const {result, reasons} = await drain.breakers.postgres.run(() =>
      write(drain, lease, heartbeat.lost, attempt),
    )
    await acknowledge(drain, lease, result, reasons)
  } catch (error) {
    if (error instanceof StoppedError) return
    if (heartbeat.lost.aborted) drain.tally.lostLeases++
    else await giveBack(drain, lease, error, attempt.began)
  } finally {
    heartbeat.stop()
  }
}

async function acknowledge(
  drain: Drain,
  lease: Lease,
  result: LeaseResult,
  reasons: string[],
): Promise<void> {
  const held = await askRedis(drain, () => acknowledgeLease(drain.redis, drain.keys, lease, result))
  if (held === false) drain.tally.lostLeases++
  const {count, bytes} = lease.items
  drain.size.learn(count, result.records, bytes.length)
  addLease(drain.tally, count, result, reasons)
  drain.onLease?.(drain.tally)
}

/** The worker was told to stop while Redis was away: the lease runs out, and the ledger knows what was written. */
class StoppedError extends Error {}

/**
 * After a failure: a lease whose own attempt failed waits in Redis and has a retry less; one that never had a
 * chance, because the database is away, loses nothing. @throws where only a person can help; the items are kept
 */
async function giveBack(drain: Drain, lease: Lease, error: unknown, began: boolean): Promise<void> {
  const {redis, keys, breakers} = drain
  const kind = isBrokenCircuit(error) ? 'away' : classifyFailure(error)
  if (kind === 'config') {
    await releaseLease(redis, keys, lease).catch(() => false)
    throw error
  }
  const counts = began && (kind === 'retry' || breakers.postgres.state === 'closed')
  const delay = backoffMs(lease.retries)
  await askRedis(drain, () =>
    counts ? retryLease(redis, keys, lease, delay) : releaseLease(redis, keys, lease, delay),
  )
  if (counts) drain.tally.retried++
}

async function write(
  drain: Drain,
  lease: Lease,
  lost: AbortSignal,
  attempt: {began: boolean},
): Promise<{result: LeaseResult; reasons: string[]}> {
  const client = await drain.pool.connect()
  attempt.began = true
  // Whoever lost the lease stops in the middle of the statement; the transaction ends with its connection
  const stop = () => void client.end().catch(() => {})
  lost.addEventListener('abort', stop)
  let reasons: string[] = []
  try {
    const result = await writeLease(client, drain.sink, {
      leaseId: lease.id,
      queue: drain.queue,
      // Any later hand-out may follow one that committed and could not say so
      redelivered: lease.attempt > 1 || lease.retries > 0,
      items: lease.items,
      isolate: lease.retries > 0 && lease.retries >= drain.maxRetries,
      ledger: drain.ledger,
      deadLetters: (decoded) => {
        reasons = decoded.rejections.map((rejection) => rejection.cause.reason)
        return deadLetters(drain, lease, decoded)
      },
    })
    client.release()
    return {result, reasons}
  } catch (error) {
    // The state of the connection is unknown; it is not given to anybody else.
    client.release(true)
    throw error
  } finally {
    lost.removeEventListener('abort', stop)
  }
}

/** The dead letters of a lease; each keeps the score its item had, so that a replay keeps its priority. */
async function deadLetters(drain: Drain, lease: Lease, decoded: DecodedLease): Promise<DeadLetterEntry[]> {
  const {rejections} = decoded
  if (rejections.length === 0) return []
  const items = rejections.map((rejection) => decoded.items.item(decoded.itemOf[rejection.record]))
  const scores = await askRedis(drain, () => drain.redis.zmscore(drain.keys.lease(lease.id), ...items))
  if (!scores) throw new StoppedError()
  return rejections.map(({record, cause}, i) => {
    const head = {
      id: `${lease.id}:${record}`,
      queue: drain.queue,
      failedAt: lease.takenAt,
      attempts: lease.attempt,
      score: Number(scores[i] ?? 0),
    }
    return {failedAt: lease.takenAt, text: deadLetterText(head, cause, decoded.text(record))}
  })
}
