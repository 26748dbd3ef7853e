import type {ClientBase} from 'pg'
import {attempt} from '../../postgres/savepoint.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Sink} from '../sink.ts'
import type {Recordset} from '../write/recordset.ts'

/**
 * Sorts records into those whose key is already in the table, the first record of each other key, and those that
 * repeat a key. If this cannot be told, because a record gives no key or a value cannot be read, all count as first.
 */
export async function findThere(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<{there: number[]; first: number[]; repeated: number[]}> {
  const sql = set.there()
  if (!sql || records.length === 0) return {there: [], first: records, repeated: []}
  const texts = sink.decoder.texts.array(lease, records)
  const outcome = await attempt(client, () =>
    client.query<{n: string; there: boolean; repeated: boolean}>(sql, [texts]),
  )
  if (outcome.error) return {there: [], first: records, repeated: []}
  const {rows} = outcome.value
  const those = (some: typeof rows) => some.map(({n}) => records[Number(n) - 1]).sort((a, b) => a - b)
  const taken = new Set(those(rows))
  return {
    there: those(rows.filter((row) => row.there)),
    first: records.filter((record) => !taken.has(record)),
    repeated: those(rows.filter((row) => !row.there)),
  }
}
