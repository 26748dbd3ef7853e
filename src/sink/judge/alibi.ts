import {randomBytes, randomUUID} from 'node:crypto'
import type {ClientBase, DatabaseError} from 'pg'
import {isRaised, mayBeElsewhere, needsRowsToPass} from '../../postgres/failure.ts'
import {rehearse} from '../../postgres/savepoint.ts'
import {NOTHING_WRITTEN} from '../../record/outcomes.ts'
import type {AppliedLeases} from '../ledger/ledger.ts'

/** More than the free space that pages of the ledger may have left; the bytes are random, so they do not compress. */
const PROOF_BYTES = 64 * 1024

/*
 * Whether another session holds a lock that blocks writers, or their foreign key checks, on a whole table. Looks at
 * all tables, because triggers may write to others than that of the statement. Every role may read pg_locks.
 */
const LOCKED = `
SELECT FROM pg_locks WHERE locktype = 'relation' AND granted AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock') LIMIT 1`

/**
 * Checks that a record alone is to blame for a transient error when no other record has been written to show it.
 * An error raised by the user's own code is the record's fault. For any other, the database has to prove that it
 * works: no table is locked, and a write by qtool itself succeeds at once. No write can prove that the disk is not
 * full, since it may be full for one table and not for another.
 * @param known what else is known of the record and of this role
 * @throws the error if that cannot be proved
 */
export async function assertNoAlibi(
  client: ClientBase,
  {name}: {name: string},
  {ledger, isLeft}: {ledger: AppliedLeases | undefined; isLeft: boolean},
  error: DatabaseError,
): Promise<void> {
  const raised = isRaised(error)
  if (!raised) {
    if (needsRowsToPass(error) && !(isLeft && mayBeElsewhere(error))) throw error
    if (((await client.query(LOCKED)).rowCount ?? 0) > 0) throw error
  }
  if (ledger) await assertWritable(client, name, ledger)
  else if (!raised && !isLeft && error.code === '57014') throw error
}

/** Writes to the ledger and rolls that back. @throws Postgres's error */
async function assertWritable(client: ClientBase, table: string, ledger: AppliedLeases): Promise<void> {
  const proof = {failedAt: 0, text: randomBytes(PROOF_BYTES / 2).toString('latin1')}
  const applied = {...NOTHING_WRITTEN, deadLetters: [proof], postponed: []}
  const outcome = await rehearse(client, async () => {
    await client.query(`SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '1s'`)
    await ledger.record(client, {leaseId: `proof-${randomUUID()}`, queue: ''}, table, applied)
  })
  if (outcome.error) throw outcome.error
}
