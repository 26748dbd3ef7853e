import type {Redis} from 'ioredis'
import type {Settings} from '../config/settings.ts'
import {type EnqueueFlags, type EnqueueResult, runEnqueue} from '../producer/run-enqueue.ts'
import type {ChunkTracing} from '../queue/producer.ts'
import type {Caller} from './context.ts'

/** What puts records into a queue is given by whoever asked for it. */
export interface EnqueueCaller
  extends Pick<Caller, 'actor' | 'signal' | 'note' | 'withProgress' | 'withPostgres'> {
  settings: Settings
  withRedis<R>(use: (redis: Redis) => Promise<R>): Promise<R>
  /** Traces chunks that go to a queue of this name. */
  traceChunks?(queue: string): ChunkTracing
}

export interface EnqueueInput {
  flags: EnqueueFlags
  /** Files to read; stdin if there is none, or for `-`. */
  files: string[]
}

/** Puts records into a queue; once the signal is aborted, those that it has read. */
export async function enqueue(caller: EnqueueCaller, input: EnqueueInput): Promise<EnqueueResult> {
  const {actor, settings, signal, note, withRedis} = caller
  actor.assertMayWrite()
  return caller.withProgress({doing: 'enqueueing'}, (report) =>
    runEnqueue({
      ...input,
      settings,
      signal,
      note,
      withRedis,
      tracing: caller.traceChunks?.(settings.queue.value),
      withPostgres: (use) => caller.withPostgres({max: 1}, use),
      report,
    }),
  )
}
