import {randomUUID} from 'node:crypto'
import {EventEmitter} from 'node:events'
import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {classifyFailure} from '../postgres/failure.ts'
import {isRedisAway} from '../redis/failure.ts'
import type {Sink} from '../sink/sink.ts'
import {askRedis, postgresWorks} from './ask.ts'
import {BatchSize} from './batch-size.ts'
import {Breaker, type BreakerState} from './breaker.ts'
import {sizeOf} from './held-lease.ts'
import {work} from './hold.ts'
import type {ServerName} from './observer.ts'
import {fanOut} from './observers.ts'
import {PauseWatch} from './pause.ts'
import {Presence} from './presence.ts'
import {pruneLedger} from './prune.ts'
import {Setbacks} from './setbacks.ts'
import {type Drain, type DrainOptions, idle, isStopping} from './state.ts'
import {Turns} from './turns.ts'

export type {DrainOptions} from './state.ts'

/** Longest pause before looking again at a queue whose items others hold, or at an unavailable Postgres, ms. */
const IDLE_MS = 200

/**
 * Pause between two looks, of all loops together, at a queue that gave less than a full lease, ms. Items gather in
 * that time: a lease of one record costs Postgres and this process nearly as much as one of twenty.
 */
export const GATHER_MS = 40

/**
 * Drains a queue into a table with `workers` loops: lease, write, acknowledge. Observers learn what happens.
 * @throws the error that stopped it; unfinished leases stay in Redis, and the next worker takes them over
 */
export async function drain(redis: Redis, pool: Pool, sink: Sink, options: DrainOptions): Promise<void> {
  const failed = new AbortController()
  const presence = new Presence(options.queue, options.workers)
  const observer = fanOut([presence, ...(options.observers ?? [])])
  const onBreaker = (server: ServerName) => (to: BreakerState, error?: unknown) =>
    observer.breaker(server, to, error)
  const state: Drain = {
    ...options,
    redis,
    pool,
    sink,
    setbacks: new Setbacks(),
    size: new BatchSize(options.batch),
    observer,
    pauses: new PauseWatch(observer),
    breakers: {
      redis: new Breaker(isRedisAway, onBreaker('redis')),
      postgres: new Breaker((error) => classifyFailure(error) === 'away', onBreaker('postgres')),
    },
    failed,
    awake: new EventEmitter<{change: []}>().setMaxListeners(0),
    turns: new Turns(GATHER_MS),
    sweptAt: Number.NEGATIVE_INFINITY,
    prunedAt: Number.NEGATIVE_INFINITY,
  }
  state.awake.on('change', () => state.turns.release())
  const wake = () => state.awake.emit('change')
  const onRedisReady = () => {
    state.breakers.redis.hurry()
    wake()
  }
  redis.on('ready', onRedisReady)
  options.signal.addEventListener('abort', wake)
  failed.signal.addEventListener('abort', wake)
  try {
    await runLoops(state)
  } finally {
    redis.off('ready', onRedisReady)
    options.signal.removeEventListener('abort', wake)
    await presence.stop()
  }
}

/**
 * Starts with one loop and adds one after every finished lease: the first lease shows how large items are, and a
 * small queue is drained before connections for all workers are open (each costs Postgres a process and a login).
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
  // Loops that start meanwhile are appended to the array
  for (let i = 0; i < loops.length; i++) await loops[i]
  if (failure !== undefined) throw failure
}

async function drainLoop(drain: Drain, onLeaseDone: () => void): Promise<void> {
  const taker = randomUUID()
  for (let turn = 1; !isStopping(drain); turn++) {
    if (!(await postgresWorks(drain))) {
      await idle(drain, IDLE_MS)
      continue
    }
    await sweep(drain, drain.leaseMs)
    // The turn stays the same until Redis answers: if a call was executed but its reply was lost, the next call gets it
    const count = drain.size.next()
    const request = {taker, turn, count, lengthMs: drain.leaseMs}
    const take = await askRedis(drain, () => drain.queue.take(request))
    if (!take) return
    drain.pauses.notice(take)
    if (take.state === 'lease' || take.state === 'oversized') {
      drain.observer.taken(take.lease)
      await work(drain, take.lease)
      onLeaseDone()
      if (drain.untilEmpty || sizeOf(take.lease).count >= count) drain.awake.emit('change')
      else await drain.turns.wait()
      continue
    }
    const isEmpty = take.held === 0 && take.ready === 0
    if (drain.untilEmpty && isEmpty && !(await sweep(drain, 0))) return
    // No worker can take the remaining items until the queue is resumed
    if (drain.untilEmpty && drain.pauses.paused && !isEmpty) return
    if (drain.untilEmpty) await idle(drain, Math.min(take.nextVisibleInMs ?? IDLE_MS, IDLE_MS))
    else await drain.turns.wait()
  }
}

/**
 * Housekeeping, at most once every `everyMs`: restores leases without a deadline, which no worker could take over,
 * frees expired trash, and checks that Redis does not evict keys. @returns whether leases were restored
 */
async function sweep(drain: Drain, everyMs: number): Promise<boolean> {
  const now = performance.now()
  if (now - drain.sweptAt < everyMs) return false
  drain.sweptAt = now
  const {queue} = drain
  // Not awaited: it handles its own errors
  void pruneLedger(drain)
  const restored = await askRedis(drain, async () => {
    await queue.assertKept()
    await queue.freeOldTrash()
    return queue.repair()
  })
  return (restored ?? 0) > 0
}
