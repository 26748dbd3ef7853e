import type {Redis} from 'ioredis'
import type {Settings} from '../config/settings.ts'
import {tallyLine} from '../render/work.ts'
import {type ObserversFor, runWork, type WorkOptions, type WorkResult} from '../worker/run-work.ts'
import type {Caller} from './context.ts'

/** How a queue is drained. */
export interface WorkInput extends Pick<WorkOptions, 'policy' | 'sink' | 'rebind'> {
  queryTimeoutMs: number
}

/** What drains a queue is given by whoever asked for it. */
export interface WorkCaller extends Pick<Caller, 'actor' | 'signal' | 'note' | 'withPostgres'> {
  settings: Settings
  /** Shows how far it is. */
  say(text: string): void
  /** Lends a client that waits for Redis as long as it takes. */
  withRedis<R>(use: (redis: Redis) => Promise<R>): Promise<R>
  /** Told of what happens. */
  observers?: ObserversFor
}

/** Drains a queue in this process until it is empty or the signal is aborted. */
export async function work(caller: WorkCaller, input: WorkInput): Promise<WorkResult> {
  const {settings, signal, note, say, observers} = caller
  const {queryTimeoutMs, policy, ...options} = input
  caller.actor.assertMayWrite()
  const limits = {max: policy.workers, idleInTransactionMs: policy.leaseMs, queryTimeoutMs}
  const started = performance.now()
  const onProgress: WorkOptions['onProgress'] = (tally) =>
    say(tallyLine(tally, (performance.now() - started) / 1000))
  return caller.withRedis((redis) =>
    caller.withPostgres(limits, (pool) =>
      runWork(redis, pool, {...options, policy, settings, signal, note, onProgress, observers}),
    ),
  )
}
