import {type ClientBase, escapeLiteral} from 'pg'
import {stateSql} from '../catalog/state.ts'
import type {Table} from '../catalog/table.ts'
import {StaleSinkError} from '../stale-sink.ts'
import {SILENCE} from './facts.ts'

/**
 * Writes rows whose parents this transaction has locked, without the triggers that would look for the parents again.
 * @throws StaleSinkError if the table is no longer as it was when this way was chosen: a new trigger, for example, was
 * silenced as well, and the transaction must be rolled back
 */
export async function withoutTriggers<T>(
  client: ClientBase,
  {quoted, state}: Pick<Table, 'quoted' | 'state'>,
  write: () => Promise<T>,
): Promise<T> {
  await client.query(SILENCE)
  const written = await write()
  // Several statements in one text return an array of results, which the driver's types do not describe
  const results: unknown = await client.query(
    `SET LOCAL session_replication_role TO DEFAULT; SELECT ${stateSql(escapeLiteral(quoted))} AS state`,
  )
  const now = Array.isArray(results) ? results.at(-1)?.rows[0]?.state : undefined
  if (now !== state) throw new StaleSinkError(`the triggers or keys of ${quoted} have changed`)
  return written
}
