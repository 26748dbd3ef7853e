import {DatabaseError, type PoolClient} from 'pg'
import {QtoolError} from '../errors.ts'
import {classifyFailure} from '../postgres/failure.ts'
import {SetAsideError} from '../sink/judge/careful-lane.ts'
import {openSink, type Sink} from '../sink/sink.ts'
import {StaleSinkError} from '../sink/stale-sink.ts'
import type {Drain} from './state.ts'

/** How many times in a row the table may turn out to have changed. */
const MOST_CHANGES = 5

/**
 * Writes with the process's sink. If the table has changed, for example by a new or dropped column, reads it again and
 * repeats the write. It also does so once if Postgres reports an error of the setup.
 */
export async function withFreshSink<T>(
  drain: Drain,
  client: PoolClient,
  write: (sink: Sink, isFresh: boolean) => Promise<T>,
): Promise<T> {
  for (let changes = 0; ; changes++) {
    const {sink} = drain
    try {
      return await write(sink, changes > 0)
    } catch (error) {
      const isChanged = error instanceof StaleSinkError
      if (changes >= (isChanged ? MOST_CHANGES : 1) || !(isChanged || mayBeStale(error))) throw error
      // Another loop may have read it meanwhile
      if (drain.sink === sink) {
        drain.sink = await openSink(client, sink.options)
        drain.observer.sinkChanged(drain.sink)
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
