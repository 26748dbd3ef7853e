import {type ClientBase, DatabaseError} from 'pg'
import {causeOf} from '../../postgres/data-error.ts'
import {NOTHING_WRITTEN, type Written} from '../../record/outcomes.ts'
import type {DecodedLease, Rejection} from '../decode/decoded.ts'
import type {LeaseParts, Part} from '../lease-parts.ts'
import {blameParents} from '../routes/refused-parents.ts'
import {takeSteps} from '../routes/second-chances.ts'
import type {Sink} from '../sink.ts'
import {tryRecords} from './careful-lane.ts'

/** If another session holds a lock for longer than this, the records cannot be judged. */
const LOCK_WAIT = '5s'

/**
 * Rejects the records of a lease that would not be written now. It really writes them, as a worker would, in a
 * transaction that is always rolled back: nothing else shows what triggers, policies and constraints will do.
 * @returns for each part the records that could not be judged, with the reason: no right to write, a read-only server, a
 * lock, a full disk
 */
export async function judgeRecords(client: ClientBase, parts: LeaseParts): Promise<Map<Part, Rejection[]>> {
  try {
    await beginTrial(client)
    return await judgeParts(
      client,
      parts,
      async ({sink, lease}, records) => (await judgeInTrial(client, sink, lease, records)).unjudged,
    )
  } finally {
    await endTrial(client)
  }
}

/** Judges the parts of a lease as a worker writes them. @param judge rejects records; returns those that could not be judged */
export async function judgeParts(
  client: ClientBase,
  parts: LeaseParts,
  judge: (part: Part, records: number[]) => Promise<Rejection[]>,
): Promise<Map<Part, Rejection[]>> {
  const unjudged = new Map<Part, Rejection[]>()
  const judgeSome = async (part: Part, records: number[]) => {
    unjudged.set(part, [...(unjudged.get(part) ?? []), ...(await judge(part, records))])
  }
  await takeSteps(client, parts, (part) => judgeSome(part, part.lease.pending), judgeSome)
  blameParents(parts)
  return unjudged
}

/** Begins a transaction for `judgeInTrial`. */
export async function beginTrial(client: ClientBase): Promise<void> {
  await client.query(`BEGIN; SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL lock_timeout = '${LOCK_WAIT}'`)
}

/** Rolls back everything that was tried. */
export async function endTrial(client: ClientBase): Promise<void> {
  await client.query('ROLLBACK').catch(() => {})
}

/**
 * Rejects those of some records that would not be written after those that passed earlier in this transaction; what
 * passes stays in it until `endTrial`.
 */
export async function judgeInTrial(
  client: ClientBase,
  sink: Sink,
  lease: DecodedLease,
  records: number[],
): Promise<{unjudged: Rejection[]; written: Written}> {
  const evidence = {
    isolate: true,
    isLongFailing: true,
    rowsPassed: false,
    othersPass: false,
    isLast: false,
    isFresh: true,
    ledger: undefined,
    callsIn: true,
  }
  try {
    const {failures, written} = await tryRecords(client, sink, lease, records, evidence)
    for (const {record, cause, kind} of failures) if (kind !== 'transient') lease.reject(record, cause)
    return {unjudged: failures.filter(({kind}) => kind === 'transient'), written}
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    const cause = causeOf(error)
    await client.query('ROLLBACK TO SAVEPOINT qtool_lane').catch(() => {})
    return {unjudged: records.map((record) => ({record, cause})), written: NOTHING_WRITTEN}
  }
}
