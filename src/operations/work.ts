import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {maskUrl} from '../config/secrets.ts'
import type {Settings} from '../config/settings.ts'
import {guaranteeOf} from '../doctor/guarantee.ts'
import {readKeeping} from '../doctor/read-keeping.ts'
import {shownRedisUrl} from '../redis/shown-url.ts'
import {qtoolVersion} from '../version.ts'
import type {Started} from '../worker/events.ts'
import {
  type ObserversFor,
  runWork,
  type Start,
  type WorkOptions,
  type WorkResult,
} from '../worker/run-work.ts'
import type {Caller} from './context.ts'

/** How a queue is drained. */
export interface WorkInput extends Pick<WorkOptions, 'policy' | 'sink' | 'rebind'> {
  queryTimeoutMs: number
}

/** What drains a queue is given by whoever asked for it. */
export interface WorkCaller
  extends Pick<Caller, 'actor' | 'signal' | 'withPostgres'>,
    Pick<WorkOptions, 'tell' | 'onProgress'> {
  settings: Settings
  /** Lends a client that waits for Redis as long as it takes. */
  withRedis<R>(use: (redis: Redis) => Promise<R>): Promise<R>
  /** Told of what happens. */
  observers?: ObserversFor
}

/** Drains a queue in this process until it is empty or the signal is aborted. */
export async function work(caller: WorkCaller, input: WorkInput): Promise<WorkResult> {
  const {settings, signal, tell, onProgress, observers} = caller
  const {queryTimeoutMs, policy, ...options} = input
  caller.actor.assertMayWrite()
  const limits = {max: policy.workers, idleInTransactionMs: policy.leaseMs, queryTimeoutMs}
  return caller.withRedis((redis) =>
    caller.withPostgres(limits, (pool) => {
      const onStart = async (start: Start) => tell(await startedEvent(start, {redis, pool, policy, settings}))
      return runWork(redis, pool, {
        ...options,
        ...{policy, settings, signal, tell, onStart, onProgress, observers},
      })
    }),
  )
}

/** What the first line says. */
async function startedEvent(
  {queue, table, hasLedger}: Start,
  {redis, pool, policy, settings}: {redis: Redis; pool: Pool} & Pick<WorkOptions, 'policy' | 'settings'>,
): Promise<Started> {
  return {
    event: 'started',
    queue: queue.name,
    table,
    workers: policy.workers,
    processes: 1,
    batch: policy.batch,
    maxRefused: policy.fuse.share,
    hasLedger,
    redis: shownRedisUrl(settings.redisUrl?.value ?? ''),
    postgres: maskUrl(settings.databaseUrl?.value ?? ''),
    profile: settings.profile?.name ?? null,
    version: qtoolVersion(),
    guarantee: guaranteeOf(await readKeeping({redis, pool})).row,
  }
}
