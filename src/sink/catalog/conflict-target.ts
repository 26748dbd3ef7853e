import type {ClientBase} from 'pg'
import {usageError} from '../../errors.ts'
import type {TableColumns} from './catalog-columns.ts'
import type {ConflictTarget} from './table.ts'
import {readUnfitKeys, unfitWords} from './unfit-keys.ts'

/*
 * $1 = oid of the table. Finds the unique keys that are over plain columns and not partial; an index may hold more
 * columns than its key (INCLUDE). ON CONFLICT accepts no deferrable key, needs SELECT on the key's columns, and does
 * not work on a table with an INSERT rule. NULLS NOT DISTINCT is new in Postgres 15. An error names the index of the
 * partition in which the conflict occurred.
 */
const KEYS = `
WITH RECURSIVE key AS (
  SELECT i.indexrelid AS oid, i.indisprimary AS is_primary, i.indimmediate,
    COALESCE((to_jsonb(i)->>'indnullsnotdistinct')::boolean, false) AS nulls_are_equal,
    ARRAY(SELECT i.indkey[n] FROM generate_series(0, i.indnkeyatts - 1) n ORDER BY n)::int2[] AS columns
  FROM pg_index i
  WHERE i.indrelid = $1 AND i.indisunique AND NOT i.indisexclusion AND i.indisvalid AND i.indpred IS NULL),
tree AS (
  SELECT oid AS key, oid FROM key
  UNION ALL
  SELECT tree.key, h.inhrelid FROM tree JOIN pg_inherits h ON h.inhparent = tree.oid)
SELECT key.columns, key.is_primary, key.nulls_are_equal AS "nullsAreEqual",
  ARRAY(SELECT c.relname::text FROM tree JOIN pg_class c ON c.oid = tree.oid WHERE tree.key = key.oid) AS names,
  key.indimmediate AND NOT EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = $1 AND r.ev_type = '3')
    AND is_readable AS arbiter, is_readable
FROM key, LATERAL (SELECT bool_and(has_column_privilege($1, n, 'SELECT')) AS is_readable FROM unnest(key.columns) n) r
WHERE NOT 0 = ANY(key.columns) ORDER BY key.is_primary DESC, key.oid`

/** The columns of a key, as somebody named them. */
export interface NamedKey {
  columns: readonly string[]
  /** The flag, variable or field that names them, for messages. */
  where: string
}

interface KeyRow {
  columns: number[]
  is_primary: boolean
  names: string[]
  arbiter: boolean
  nullsAreEqual: boolean
  is_readable: boolean
}

/**
 * The key by which records count as already there: the one that is named, else the primary key, else the only unique
 * key. Keys with a column that no record can give, such as an identity that is always generated, do not count.
 * @returns the columns of the other keys as well, as far as this role may read them
 * @throws QtoolError (usage) if no unique key has exactly the named columns
 */
export async function readKeys(
  client: ClientBase,
  table: {oid: number; quoted: string; isView: boolean},
  columns: TableColumns,
  named: NamedKey | undefined,
): Promise<{target: ConflictTarget | undefined; otherKeys: number[][]; otherKeyNames: string[]}> {
  const {rows} = await client.query<KeyRow>(KEYS, [table.oid])
  const keys = rows
    .map((row) => ({...row, columns: row.columns.map(columns.indexOf)}))
    .filter((key) => !key.columns.includes(-1))
  const usual = keys.find((key) => key.is_primary) ?? (keys.length === 1 ? keys[0] : undefined)
  const target = named ? await namedTarget(client, table, columns, keys, named) : usual
  const others = keys.filter((key) => key.is_readable && key.columns !== target?.columns)
  return {
    target,
    otherKeys: others.map((key) => key.columns),
    otherKeyNames: others.flatMap((key) => key.names),
  }
}

async function namedTarget(
  client: ClientBase,
  table: {quoted: string; isView: boolean},
  {columns}: TableColumns,
  keys: ConflictTarget[],
  {columns: named, where}: NamedKey,
): Promise<ConflictTarget> {
  const wanted = named.map((name) => columns.findIndex((column) => column.name === name))
  const names = (indexes: number[]) => indexes.map((index) => columns[index].name).join(',')
  const unknown = named.find((_, i) => wanted[i] < 0)
  if (unknown !== undefined) {
    throw usageError(
      `${where} names ${JSON.stringify(unknown)}, which is not a writable column of ${table.quoted}`,
      `columns: ${columns.map((column) => column.name).join(', ')}`,
    )
  }
  // The keys of a view are those of the table behind it, and Postgres finds them itself
  if (table.isView) return {columns: wanted, names: [], arbiter: true, nullsAreEqual: false}
  const found = keys.find(
    (key) => key.columns.length === wanted.length && key.columns.every((column) => wanted.includes(column)),
  )
  if (found) return found
  const unfit = await readUnfitKeys(client, table.quoted)
  const near = unfit.filter((key) => key.columns.some((column) => named.includes(column)))
  throw usageError(
    `${where} ${named.join(',')}: ${table.quoted} has no unique key on exactly these columns`,
    ...unfitWords(near),
    keys.length > 0
      ? `its unique keys: ${keys.map((key) => names(key.columns)).join(' | ')}`
      : 'it has no unique key over plain columns',
  )
}
