import {type ClientBase, DatabaseError} from 'pg'
import {isDeadlock} from '../../postgres/failure.ts'
import type {Sink} from '../sink.ts'

/*
 * $1 = the table. All qtool processes that have met a deadlock there wait for each other, and for no other program: the lock
 * is theirs alone.
 */
const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('qtool writes alone into ' || $1, 0))"

/** Waits until no other lease is written into those of the tables in which leases have met deadlocks. Needs a transaction. */
export async function waitForOthers(client: ClientBase, sinks: readonly Sink[]): Promise<void> {
  const crowded = sinks.filter(({experience}) => experience.deadlocks.next()).map(({table}) => table.quoted)
  // In the same order everywhere, or the locks themselves would meet a deadlock
  for (const table of crowded.sort()) await client.query(LOCK, [table])
}

/** Remembers a deadlock that has ended the transaction of a lease. */
export function noteDeadlock(error: unknown, sinks: readonly Sink[]): void {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof DatabaseError && isDeadlock(cause))
      for (const {experience} of sinks) experience.deadlocks.met()
  }
}
