import {type ClientBase, DatabaseError} from 'pg'
import {causeOf, isDataError} from './data-error.ts'
import type {DecodedLease} from './decoded.ts'
import {canIsolate} from './failure.ts'
import {bySignature, inSavepoint, jsonArray, judgeSet} from './judge.ts'
import type {Recordset} from './recordset.ts'
import type {Sink} from './sink.ts'

/** Rows of one lease that were written, and that were there already. */
export interface Written {
  inserted: number
  alreadyThere: number
}

/**
 * Writes records that Postgres has to judge one by one, without giving up the set: whole-set queries find the
 * values, keys and checks at fault, one INSERT writes the rest, and what still fails is found by halving inside
 * savepoints. Must run inside a transaction.
 */
export async function writeCarefully(
  client: ClientBase,
  sink: Sink,
  lease: DecodedLease,
  records: number[],
): Promise<Written> {
  const total: Written = {inserted: 0, alreadyThere: 0}
  for (const {set, members} of bySignature(sink, lease, records)) {
    const kept = await judgeSet(client, sink, set, lease, members)
    const inserted = await insertOrHalve(client, set, lease, kept)
    total.inserted += inserted.rows
    total.alreadyThere += inserted.tried - inserted.rows
  }
  // Every single record: then it is the database that cannot work, and not one of them
  const exhausted = lease.rejections.filter(({cause}) => cause.reason === 'retries_exhausted').length
  if (exhausted > 1 && exhausted === lease.count) throw lease.blamed
  return total
}

/**
 * Inserts the records; where that fails, both halves on their own, down to the single culprit.
 * @returns rows that Postgres took, and records that were not refused.
 */
async function insertOrHalve(
  client: ClientBase,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<{rows: number; tried: number}> {
  if (records.length === 0) return {rows: 0, tried: 0}
  const rows = await inSavepoint(
    client,
    lease.isolating ? canIsolate : isDataError,
    async () => (await client.query(set.insert(), [jsonArray(lease, records)])).rowCount ?? 0,
    (error) => {
      if (records.length === 1) blame(lease, records[0], error)
    },
  )
  if (rows !== undefined) return {rows, tried: records.length}
  if (records.length === 1) return {rows: 0, tried: 0}
  const middle = records.length >> 1
  const left = await insertOrHalve(client, set, lease, records.slice(0, middle))
  const right = await insertOrHalve(client, set, lease, records.slice(middle))
  return {rows: left.rows + right.rows, tried: left.tried + right.tried}
}

/** A passing failure that met this record alone, until its retries were used up, is its own. */
function blame(lease: DecodedLease, record: number, error: unknown): void {
  if (!(error instanceof DatabaseError)) return
  if (isDataError(error)) {
    lease.reject(record, causeOf(error))
    return
  }
  lease.blamed = error
  lease.reject(record, {...causeOf(error), reason: 'retries_exhausted'})
}
