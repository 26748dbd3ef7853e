import {randomBytes, randomUUID} from 'node:crypto'
import type {ClientBase, DatabaseError} from 'pg'
import {isRaised, needsRowsToPass} from './failure.ts'
import type {AppliedLeases} from './ledger.ts'
import {rehearse} from './savepoint.ts'
import type {Table} from './table.ts'

/** Larger than the room that pages of the ledger may have left, and of no pattern that would be stored smaller. */
const PROOF_BYTES = 64 * 1024

/*
 * Whether somebody holds a lock that keeps writers, or the foreign keys of their rows, out of a whole table. Of any
 * table: triggers may write to others than that of the statement. Every role may look.
 */
const LOCKED = `
SELECT FROM pg_locks WHERE locktype = 'relation' AND granted AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock') LIMIT 1`

/**
 * Asks whether a record alone can be blamed for a transient error, where no other record passes that would show it.
 * What the user's own code raises is its own; of other errors the database has to show that it works: no table is
 * locked, and a write of qtool's own goes through at once. No write shows that of a disk, which may be full for one
 * table and not for another.
 * @throws the error where that is not shown
 */
export async function assertNoAlibi(
  client: ClientBase,
  {table}: {table: Table},
  ledger: AppliedLeases | undefined,
  error: DatabaseError,
): Promise<void> {
  const raised = isRaised(error)
  if (!raised) {
    if (needsRowsToPass(error)) throw error
    if (((await client.query(LOCKED)).rowCount ?? 0) > 0) throw error
  }
  if (ledger) await assertWritable(client, table, ledger)
  else if (!raised && error.code === '57014') throw error
}

/** @throws what Postgres says to a write of the ledger, which is taken back */
async function assertWritable(client: ClientBase, table: Table, ledger: AppliedLeases): Promise<void> {
  const proof = {failedAt: 0, text: randomBytes(PROOF_BYTES / 2).toString('latin1')}
  const applied = {inserted: 0, alreadyThere: 0, suppressed: 0, deadLetters: [proof], postponed: []}
  const outcome = await rehearse(client, async () => {
    await client.query(`SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '1s'`)
    await ledger.record(client, {leaseId: `proof-${randomUUID()}`, queue: ''}, table, applied)
  })
  if (outcome.error) throw outcome.error
}
