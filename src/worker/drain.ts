import {randomUUID} from 'node:crypto'
import {EventEmitter} from 'node:events'
import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {deadLetterText} from '../queue/dead-letter.ts'
import {acknowledgeLease, type DeadLetterEntry, type Lease, takeLease} from '../queue/lease.ts'
import type {QueueKeys} from '../redis/keys.ts'
import type {DecodedLease} from '../sink/decoded.ts'
import type {Sink} from '../sink/sink.ts'
import {type LeaseResult, writeLease} from '../sink/write-lease.ts'
import {BatchSize} from './batch-size.ts'
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
  /** Return once nothing is ready and nobody holds a lease; else go on until `signal`. */
  untilEmpty: boolean
  /** Write leases to qtool's ledger. */
  ledger: boolean
  /** First Ctrl-C: take nothing more, finish what is held. */
  signal: AbortSignal
  onLease?: (tally: Tally) => void
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
  const {redis, keys, signal, failed} = drain
  while (!signal.aborted && !failed.signal.aborted) {
    const lease = await takeLease(redis, keys, {
      id: randomUUID(),
      count: drain.size.next(),
      lengthMs: drain.leaseMs,
    })
    if ('items' in lease) {
      await work(drain, lease)
      onLeaseDone()
      drain.awake.emit('change')
      continue
    }
    if (drain.untilEmpty && lease.held === 0) return
    await idle(drain, Math.min(lease.nextVisibleInMs ?? IDLE_MS, IDLE_MS))
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
  try {
    const {result, reasons} = await write(drain, lease)
    const held = await acknowledgeLease(drain.redis, drain.keys, lease, result)
    if (!held) drain.tally.lostLeases++
    const {count, bytes} = lease.items
    drain.size.learn(count, result.records, bytes.length)
    addLease(drain.tally, count, result, reasons)
    drain.onLease?.(drain.tally)
  } finally {
    heartbeat.stop()
  }
}

async function write(drain: Drain, lease: Lease): Promise<{result: LeaseResult; reasons: string[]}> {
  const client = await drain.pool.connect()
  let reasons: string[] = []
  try {
    const result = await writeLease(client, drain.sink, {
      leaseId: lease.id,
      queue: drain.queue,
      redelivered: lease.attempt > 1,
      items: lease.items,
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
  }
}

/** The dead letters of a lease; each keeps the score its item had, so that a replay keeps its priority. */
async function deadLetters(drain: Drain, lease: Lease, decoded: DecodedLease): Promise<DeadLetterEntry[]> {
  const {rejections} = decoded
  if (rejections.length === 0) return []
  const items = rejections.map((rejection) => decoded.items.item(decoded.itemOf[rejection.record]))
  const scores = await drain.redis.zmscore(drain.keys.lease(lease.id), ...items)
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
