import type {ClientBase} from 'pg'
import {NOTHING_WRITTEN, OUTCOME_NAMES, type Written} from '../../record/outcomes.ts'
import type {RowGroup} from '../decode/decoded.ts'
import type {Sink} from '../sink.ts'
import {copyGroup} from '../write/copy-lane.ts'
import {countRow} from '../write/record-writes.ts'
import {DeleteSql} from './delete-sql.ts'
import {fromStage, openStage} from './stage.ts'
import {UpsertSql} from './upsert-sql.ts'

/**
 * Writes plain rows by COPY into a temporary table, and from there with ON CONFLICT DO UPDATE. On 2 cores with Postgres 18
 * (200,000 rows, unique key of 4 columns, leases of 2,000), a million new rows cost Postgres 7.0 s of CPU and a million
 * updates 11.1 s, in place of 9.5 and 13.2 from `json_to_recordset`; COPY straight into the table costs 3.4 to 4.2 s.
 * A stage made anew for every transaction costs 7.4 and 11.2 s. `npm run bench:upserts` measures whole commands.
 * @param skip records not to write
 */
export async function upsertRows(
  client: ClientBase,
  sink: Sink,
  groups: readonly RowGroup[],
  skip: Set<number>,
): Promise<Written> {
  const written = {...NOTHING_WRITTEN}
  const {table, upsert} = sink
  if (groups.length === 0 || !upsert) return written
  for (const group of groups) {
    const stage = await openStage(client, table)
    const rows = await copyGroup(client, table, group, skip, stage)
    if (rows === 0) continue
    const value = (column: number) => fromStage(table.columns[column])
    const records = {from: `${stage} AS r`, order: 'r.ctid', value}
    const answer = await client.query<Record<string, string>>(
      group.shape.deletes && upsert.deletes
        ? new DeleteSql(upsert, upsert.deletes).write(records)
        : new UpsertSql(table, upsert, group.shape.columns).upsert(records),
    )
    const counts = countRow(rows, answer.rows[0], sink.recordset(group.shape).writes.unwritten('settle'))
    for (const outcome of OUTCOME_NAMES) written[outcome] += counts[outcome]
  }
  return written
}
