import {type ClientBase, DatabaseError} from 'pg'
import {causeOf} from '../../postgres/data-error.ts'
import type {DecodedLease, Rejection} from '../decode/decoded.ts'
import type {Sink} from '../sink.ts'
import {tryRecords} from './careful-lane.ts'

/** If another session holds a lock for longer than this, the records cannot be judged. */
const LOCK_WAIT = '5s'

/**
 * Rejects the records of a lease that would not be written now. It really writes them, as a worker would, in a
 * transaction that is always rolled back: nothing else shows what triggers, policies and constraints will do.
 * @returns the records that could not be judged, with the reason: no right to write, a read-only server, a lock, a
 * full disk
 */
export async function judgeRecords(
  client: ClientBase,
  sink: Sink,
  lease: DecodedLease,
): Promise<Rejection[]> {
  const {pending} = lease
  const evidence = {
    isolate: true,
    rowsPassed: false,
    othersPass: false,
    isLast: false,
    isFresh: true,
    ledger: undefined,
    callsIn: true,
  }
  try {
    await client.query(`BEGIN; SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL lock_timeout = '${LOCK_WAIT}'`)
    const {failures} = await tryRecords(client, sink, lease, pending, evidence)
    for (const {record, cause, kind} of failures) if (kind !== 'transient') lease.reject(record, cause)
    return failures.filter(({kind}) => kind === 'transient')
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    const cause = causeOf(error)
    return pending.map((record) => ({record, cause}))
  } finally {
    await client.query('ROLLBACK').catch(() => {})
  }
}
