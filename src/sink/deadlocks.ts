import type {ClientBase} from 'pg'
import {DatabaseError} from 'pg'
import {isDeadlock} from '../postgres/failure.ts'
import type {Sink} from './sink.ts'

/** Leases that are written alone after a deadlock, before others are tried side by side again. */
const LEASES = 200

/*
 * $1 = the table. All qtool processes that have met a deadlock there wait for each other, and for no other program: the lock
 * is theirs alone.
 */
const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('qtool writes alone into ' || $1, 0))"

/**
 * How many of the next leases of a table are written alone. Rows of several shapes are written by several statements, each
 * in the order of its keys; so two leases with the same keys may lock them in different orders. Postgres notices after a
 * second, and ends one of them: 8,000 records over 540 keys took 7.5 minutes.
 */
export class Deadlocks {
  #alone = 0

  met(): void {
    this.#alone = LEASES
  }

  /** Whether this lease is to be written alone. */
  next(): boolean {
    if (this.#alone === 0) return false
    this.#alone--
    return true
  }
}

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
