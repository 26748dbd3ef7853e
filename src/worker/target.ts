import {DatabaseError, type PoolClient} from 'pg'
import {QtoolError} from '../errors.ts'
import {classifyFailure} from '../postgres/failure.ts'
import type {QueueEngine} from '../queue/engine.ts'
import {SetAsideError} from '../sink/judge/careful-lane.ts'
import type {AppliedLeases} from '../sink/ledger/ledger.ts'
import {openSinks} from '../sink/open-sinks.ts'
import type {Sinks} from '../sink/sinks.ts'
import {StaleSinkError} from '../sink/stale-sink.ts'
import type {WorkerObserver} from './observer.ts'

/** What a worker drains, and into which tables. */
export interface Target {
  queue: QueueEngine
  /** Replaced if one of the tables turns out to have changed. */
  sinks: Sinks
  /** The ledger of written leases; undefined if this role cannot write it. */
  ledger: AppliedLeases | undefined
}

/** How many times in a row a table may turn out to have changed. */
const MOST_CHANGES = 5

/**
 * Writes with the sinks of the target. If a table has changed, for example by a new or dropped column, reads all again
 * and repeats the write. It also does so once if Postgres reports an error of the setup.
 */
export async function withFreshSinks<T>(
  client: PoolClient,
  target: Target,
  observer: Required<WorkerObserver>,
  write: (sinks: Sinks, isFresh: boolean) => Promise<T>,
): Promise<T> {
  for (let changes = 0; ; changes++) {
    const {sinks} = target
    try {
      return await write(sinks, changes > 0)
    } catch (error) {
      const isChanged = error instanceof StaleSinkError
      if (changes >= (isChanged ? MOST_CHANGES : 1) || !(isChanged || mayBeStale(error))) throw error
      // Another loop may have read them meanwhile
      if (target.sinks === sinks) {
        target.sinks = await openSinks(client, sinks.options)
        for (const sink of target.sinks.all) observer.sinkChanged(sink)
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
