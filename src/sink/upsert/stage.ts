import {createHash} from 'node:crypto'
import type {ClientBase} from 'pg'
import type {Column, Table} from '../catalog/table.ts'

/** Transactions after which a stage is made again: as long as a session has it, the database cannot freeze older ones. */
const MOST_AGE = 50_000_000

/**
 * The name of an empty temporary table that takes rows before they are written into a table; made where this session has
 * none. It lasts as long as the session, and loses its rows with each COMMIT, because a new one for every lease would bloat
 * the catalog. Behind PgBouncer another worker may have made it. Rows that this transaction has staged before are deleted.
 * Its columns depend on no type of the user, who could not change that type otherwise. Needs a transaction.
 */
export async function openStage(client: ClientBase, table: Table): Promise<string> {
  const definitions = table.columns.map((column) => `${column.quoted} ${stagedType(column)}`).join(', ')
  const hash = createHash('sha256').update(`${table.quoted} ${definitions}`).digest('hex').slice(0, 16)
  const name = `pg_temp.qtool_stage_${hash}`
  // $1 = its name
  const {rows} = await client.query<{age: number; isUsed: boolean}>(
    `SELECT age(relfrozenxid) AS age, pg_relation_size(oid) > 0 AS "isUsed"
FROM pg_class WHERE oid = to_regclass($1)`,
    [name],
  )
  const isOld = rows.length > 0 && rows[0].age > MOST_AGE
  if (isOld) await client.query(`DROP TABLE ${name}`)
  if (isOld || rows.length === 0) {
    await client.query(`CREATE TEMPORARY TABLE ${name} (${definitions}) ON COMMIT DELETE ROWS`)
  } else if (rows[0].isUsed) await client.query(`DELETE FROM ${name}`)
  return name
}

/** A staged value with the type of its column. */
export function fromStage(column: Column): string {
  return column.isBuiltIn ? `r.${column.quoted}` : `r.${column.quoted}::${column.type}`
}

function stagedType({isBuiltIn, type}: Column): string {
  return isBuiltIn ? type : 'text'
}
