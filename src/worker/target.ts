import {DatabaseError, type PoolClient} from 'pg'
import {QtoolError} from '../errors.ts'
import {classifyFailure} from '../postgres/failure.ts'
import type {QueueEngine} from '../queue/engine.ts'
import {SetAsideError} from '../sink/judge/careful-lane.ts'
import type {AppliedLeases} from '../sink/ledger/ledger.ts'
import {openSink, type Sink} from '../sink/sink.ts'
import {StaleSinkError} from '../sink/stale-sink.ts'
import type {WorkerObserver} from './observer.ts'

/** What a worker drains, and into which table. */
export interface Target {
  queue: QueueEngine
  /** Replaced if the table turns out to have changed. */
  sink: Sink
  /** The ledger of written leases; undefined if this role cannot write it. */
  ledger: AppliedLeases | undefined
}

/** How many times in a row the table may turn out to have changed. */
const MOST_CHANGES = 5

/**
 * Writes with the sink of the target. If the table has changed, for example by a new or dropped column, reads it again
 * and repeats the write. It also does so once if Postgres reports an error of the setup.
 */
export async function withFreshSink<T>(
  client: PoolClient,
  target: Target,
  observer: Required<WorkerObserver>,
  write: (sink: Sink, isFresh: boolean) => Promise<T>,
): Promise<T> {
  for (let changes = 0; ; changes++) {
    const {sink} = target
    try {
      return await write(sink, changes > 0)
    } catch (error) {
      const isChanged = error instanceof StaleSinkError
      if (changes >= (isChanged ? MOST_CHANGES : 1) || !(isChanged || mayBeStale(error))) throw error
      // Another loop may have read it meanwhile
      if (target.sink === sink) {
        target.sink = await openSink(client, sink.options)
        observer.sinkChanged(target.sink)
      }
    }
  }
}

function mayBeStale(error: unknown): boolean {
  if (error instanceof SetAsideError) return true
  // A trigger created since then may drop rows
  if (error instanceof QtoolError) return error.code === 'NOT_CONSERVED'
  return error instanceof DatabaseError && classifyFailure(error) === 'config'
}
