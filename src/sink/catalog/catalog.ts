import type {ClientBase} from 'pg'
import {escapeIdentifier} from 'pg'
import {QtoolError} from '../../errors.ts'
import {didYouMean} from '../../nearest.ts'
import {assertTarget} from './assert-target.ts'
import {readColumns} from './catalog-columns.ts'
import {readConstraints} from './catalog-constraints.ts'
import {type NamedKey, readKeys} from './conflict-target.ts'
import {readDefinition} from './definition.ts'
import {fingerprintSql} from './fingerprint.ts'
import {stateSql} from './state.ts'
import type {Table} from './table.ts'
import {assertTableName} from './table-name.ts'
import {treeOf} from './tree.ts'
import {type ChangingTypes, changingTypesSql} from './types-of.ts'

/*
 * $1 = the table's name as written in SQL. A row may end up in any partition, so the triggers of all of them count.
 * AFTER ROW triggers run in the order of their names, including those of the foreign keys.
 */
const TABLE = `
WITH RECURSIVE ${treeOf('to_regclass($1)::oid')}
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind = 'v' AS is_view,
  c.relkind IN ('r', 'p') AND NOT c.relrowsecurity AND NOT c.relhasrules AS can_copy,
  c.relhasrules OR EXISTS (SELECT FROM tree JOIN pg_class p ON p.oid = tree.oid WHERE p.relkind IN ('f', 'v'))
    OR EXISTS (SELECT FROM tree JOIN pg_trigger t ON t.tgrelid = tree.oid
      WHERE NOT t.tgisinternal AND t.tgtype & 7 = 7) AS may_rewrite,
  EXISTS (SELECT FROM tree JOIN pg_trigger t ON t.tgrelid = tree.oid WHERE NOT t.tgisinternal AND (t.tgtype & 6 = 6
    OR t.tgtype & 5 = 5 AND t.tgname COLLATE "C" < 'RI_ConstraintTrigger')) AS may_make_parents,
  EXISTS (SELECT FROM tree JOIN pg_trigger t ON t.tgrelid = tree.oid
    WHERE NOT t.tgisinternal AND t.tgtype & 19 = 19) AS update_may_rewrite,
  EXISTS (SELECT FROM tree JOIN pg_trigger t ON t.tgrelid = tree.oid WHERE NOT t.tgisinternal AND (t.tgtype & 18 = 18
    OR t.tgtype & 17 = 17 AND t.tgname COLLATE "C" < 'RI_ConstraintTrigger')) AS update_may_make_parents,
  EXISTS (SELECT FROM tree JOIN pg_class p ON p.oid = tree.oid WHERE p.relkind IN ('f', 'v'))
    OR EXISTS (SELECT FROM tree JOIN pg_trigger t ON t.tgrelid = tree.oid
      WHERE NOT t.tgisinternal AND t.tgtype & 11 = 11) AS delete_may_rewrite,
  ARRAY(SELECT u.relname::text FROM tree JOIN pg_index i ON i.indrelid = tree.oid
    JOIN pg_class u ON u.oid = i.indexrelid WHERE i.indisunique OR i.indisexclusion) AS unique_names,
  row_to_json(types) AS types, ${fingerprintSql('c.oid', {domains: 'types.domains', enums: 'types.enums', rows: 'types.rows'})}
    AS fingerprint, ${stateSql('$1')} AS state,
  c.relkind AS kind, pg_relation_is_updatable(c.oid, true) & 8 = 8 AS takes_rows
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
LATERAL ${changingTypesSql('c.oid')} types
WHERE c.oid = to_regclass($1)`

interface TableRow {
  oid: number
  schema: string
  name: string
  is_view: boolean
  can_copy: boolean
  may_rewrite: boolean
  may_make_parents: boolean
  update_may_rewrite: boolean
  update_may_make_parents: boolean
  delete_may_rewrite: boolean
  unique_names: string[]
  types: ChangingTypes
  fingerprint: string
  state: string
  kind: string
  takes_rows: boolean
}

/**
 * Reads a sink table from the catalog.
 * @param name as written in SQL: `orders`, `public.orders`, `"Mixed".orders`.
 * @param key the key by which records count as already there; by default the primary or only key
 * @throws QtoolError (usage) if it does not exist, `NO_TABLE`, or if that is no name
 */
export async function readTable(client: ClientBase, name: string, key?: NamedKey): Promise<Table> {
  assertTableName(name)
  const found = await client.query<TableRow>(TABLE, [name])
  const row = found.rows[0]
  if (!row) throw noTable(name, await tableNames(client))
  assertTarget(row)
  const quoted = `${escapeIdentifier(row.schema)}.${escapeIdentifier(row.name)}`
  const columns = await readColumns(client, row.oid)
  const {foreignKeys, checks} = await readConstraints(client, row.oid, columns)
  const {target, otherKeys, otherKeyNames} = await readKeys(
    client,
    {oid: row.oid, quoted, isView: row.is_view},
    columns,
    key,
  )
  return {
    schema: row.schema,
    name: row.name,
    quoted,
    columns: columns.columns,
    generated: columns.generated,
    foreignKeys,
    checks,
    target,
    otherKeys,
    otherKeyNames,
    uniqueNames: row.unique_names,
    mayRewrite: row.may_rewrite,
    mayMakeParents: row.may_make_parents,
    onUpdate: {mayRewrite: row.update_may_rewrite, mayMakeParents: row.update_may_make_parents},
    onDelete: {mayRewrite: row.delete_may_rewrite},
    canCopy: row.can_copy,
    types: row.types,
    definition: await readDefinition(client, row.oid, row.types),
    fingerprint: row.fingerprint,
    state: row.state,
  }
}

/** Tables by their names alone and with their schemas, for a name that none of them has. */
async function tableNames(client: ClientBase): Promise<string[]> {
  const {rows} = await client.query<{schema: string; name: string}>(
    `SELECT format('%I', n.nspname) AS schema, format('%I', c.relname) AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'qtool') LIMIT 10000`,
  )
  return rows.flatMap(({schema, name}) => [name, `${schema}.${name}`])
}

/** @param known tables that there are */
function noTable(name: string, known: string[]): QtoolError {
  return new QtoolError(`no table ${name.includes('"') ? name : JSON.stringify(name)} in the database`, {
    code: 'NO_TABLE',
    kind: 'usage',
    suggestions: [
      ...didYouMean(name, known),
      'set the table with --table schema.table or in the profile; mixed case needs quotes: \'shop."OrderItems"\'',
      'a queue stays with its table: after a rename, bind it to the new name with qtool work --rebind --table',
      'qtool demo uses its own sample tables',
    ],
  })
}

/**
 * Whether two names, as written in SQL, mean the same table. False if either means none.
 * @throws QtoolError (usage) if one of them is no name
 */
export async function isSameTable(client: ClientBase, one: string, other: string): Promise<boolean> {
  for (const name of [one, other]) assertTableName(name)
  const sql = 'SELECT to_regclass($1) = to_regclass($2) AS same'
  const {rows} = await client.query<{same: boolean | null}>(sql, [one, other])
  return rows[0].same === true
}
