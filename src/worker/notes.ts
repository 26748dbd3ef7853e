import {DatabaseError} from 'pg'
import {messageOf} from '../errors.ts'
import type {Sink} from '../sink/sink.ts'
import type {BreakerState} from './breaker.ts'
import type {ServerName, WorkerObserver} from './observer.ts'

const SERVER_NAMES: Record<ServerName, string> = {redis: 'Redis', postgres: 'Postgres'}

/** Tells the user, while a worker runs, what keeps it from writing, and once that the table drops rows. */
export function noteEvents(queue: string, sink: Sink, note: (text: string) => void): WorkerObserver {
  let isSuppressionNoted = false
  let table = sink.table
  /** Columns that the table had when this worker began, or later, and has no more. */
  const gone = new Set<string>()
  return {
    written(_lease, {unknown}) {
      if (gone.size === 0) return
      const lost = [...unknown.names.keys()].filter((key) => gone.delete(key))
      if (lost.length > 0) note(goneNote(table.quoted, lost))
    },
    sinkChanged(next) {
      const now = new Set(next.table.columns.map(({name}) => name))
      for (const {name} of table.columns) if (!now.has(name)) gone.add(name)
      table = next.table
    },
    settled(_lease, {suppressed, wasApplied}) {
      if (suppressed === 0 || wasApplied || isSuppressionNoted) return
      isSuppressionNoted = true
      note(suppressedNote(sink))
    },
    paused: (paused, items) => note(pauseNote(queue, paused, items)),
    breaker: (server, state, error) => note(breakerNote(SERVER_NAMES[server], state, error)),
  }
}

/** Values that were written a moment ago, and are not any more, must not wait for the end of the command. */
function goneNote(table: string, columns: string[]): string {
  const names = columns.map((name) => JSON.stringify(name)).join(', ')
  return `WARNING: ${table} has no column ${names} any more, and records still give it: its values are left out; stop the workers, or let --rename map the key`
}

function suppressedNote({table}: Sink): string {
  return `WARNING: a trigger or rule of ${table.quoted} drops rows, or writes them elsewhere; they are counted as suppressed`
}

function pauseNote(queue: string, paused: boolean, items: number): string {
  if (!paused) return `queue ${queue} is no longer paused`
  return `queue ${queue} is paused; ${items} items are waiting; qtool resume -q ${queue} resumes it`
}

function breakerNote(server: string, state: BreakerState, error: unknown): string {
  if (state === 'closed') return `${server} is back`
  if (state === 'half-open') return `${server}: probing`
  const how = error instanceof DatabaseError ? 'cannot write now' : 'is unreachable'
  return `${server} ${how}, items stay queued: ${messageOf(error)}`
}
