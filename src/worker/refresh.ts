import {DatabaseError, type PoolClient} from 'pg'
import {QtoolError} from '../errors.ts'
import {SetAsideError} from '../sink/careful-lane.ts'
import {classifyFailure} from '../sink/failure.ts'
import {openSink, type Sink} from '../sink/sink.ts'
import {StaleSinkError} from '../sink/transaction.ts'
import type {Drain} from './state.ts'

/**
 * Writes with the sink of the process. Where the table is not what it was any more, or Postgres speaks of a set-up
 * that does not fit, the table is read again, once, and the write repeated: a column may have come or gone.
 */
export async function withFreshSink<T>(
  drain: Drain,
  client: PoolClient,
  write: (sink: Sink) => Promise<T>,
): Promise<T> {
  const {sink} = drain
  try {
    return await write(sink)
  } catch (error) {
    if (!mayBeStale(error)) throw error
    // Another loop may have read it meanwhile
    if (drain.sink === sink) drain.replaceSink(await openSink(client, sink.options))
    return await write(drain.sink)
  }
}

function mayBeStale(error: unknown): boolean {
  if (error instanceof StaleSinkError || error instanceof SetAsideError) return true
  // A trigger that was made since may drop rows
  if (error instanceof QtoolError) return error.code === 'NOT_CONSERVED'
  return error instanceof DatabaseError && classifyFailure(error) === 'config'
}
