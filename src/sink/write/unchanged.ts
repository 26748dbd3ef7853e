import {type ClientBase, escapeLiteral} from 'pg'
import {fingerprintSql} from '../catalog/fingerprint.ts'
import type {Table} from '../catalog/table.ts'
import {StaleSinkError} from '../stale-sink.ts'

/**
 * Asserts that tables are still as they were read. Call after the records are written, in the same transaction: its locks
 * then keep every table that has taken a row from being changed before COMMIT. Before any verdict is final, too: a value
 * that was refused may fit by now.
 * @throws StaleSinkError if one has changed, or is gone
 */
export async function assertUnchanged(client: ClientBase, tables: readonly Table[]): Promise<void> {
  const now = tables.map(({quoted, types}) => {
    const lists = Object.entries(types).filter(([, oids]) => oids.length > 0)
    const ofTypes = Object.fromEntries(lists.map(([kind, oids]) => [kind, `'{${oids}}'::oid[]`]))
    return fingerprintSql(`to_regclass(${escapeLiteral(quoted)})`, ofTypes)
  })
  const {rows} = await client.query<{now: Array<string | null>}>(`SELECT ARRAY[${now.join(', ')}] AS now`)
  const changed = tables.find(({fingerprint}, i) => rows[0].now[i] !== fingerprint)
  if (changed) throw new StaleSinkError(`${changed.quoted} has changed`)
}
