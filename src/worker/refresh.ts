import {DatabaseError, type PoolClient} from 'pg'
import {QtoolError} from '../errors.ts'
import {classifyFailure} from '../postgres/failure.ts'
import {SetAsideError} from '../sink/judge/careful-lane.ts'
import {openSink, type Sink} from '../sink/sink.ts'
import {StaleSinkError} from '../sink/stale-sink.ts'
import type {Drain} from './state.ts'

/** Times in a row that the table may turn out to have changed. */
const MOST_CHANGES = 5

/**
 * Writes with the sink of the process. Where the table is not what it was any more, it is read again and the write
 * repeated: a column may have come or gone. Once this is also done where Postgres speaks of a set-up that does not fit.
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
      if (drain.sink === sink) drain.replaceSink(await openSink(client, sink.options))
    }
  }
}

function mayBeStale(error: unknown): boolean {
  if (error instanceof SetAsideError) return true
  // A trigger that was made since may drop rows
  if (error instanceof QtoolError) return error.code === 'NOT_CONSERVED'
  return error instanceof DatabaseError && classifyFailure(error) === 'config'
}
