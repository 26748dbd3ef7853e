import type {ClientBase} from 'pg'

/** A unique index by whose columns alone ON CONFLICT cannot find a row. */
export interface UnfitKey {
  name: string
  /** Follows the name in a message. */
  why: string
  isDeferrable: boolean
  /** Names of the columns that it is about, also in its condition and its expressions. */
  columns: string[]
}

// $1 = the table, quoted for SQL. The index of a constraint does not depend on columns itself
const UNFIT = `
WITH key AS (SELECT u.relname::text AS name, i.*, pg_get_expr(i.indpred, i.indrelid, true) AS condition,
    ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, true) FROM generate_series(1, i.indnkeyatts) n ORDER BY n) AS parts,
    ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum > 0
      AND (a.attnum = ANY(i.indkey::int2[]) OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
        AND d.objid = i.indexrelid AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))) AS columns,
    ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey::int2[])
      AND (a.attgenerated <> '' OR a.attidentity = 'a')) AS generated
  FROM pg_index i JOIN pg_class u ON u.oid = i.indexrelid
  WHERE i.indrelid = to_regclass($1) AND i.indisunique AND NOT i.indisexclusion),
unfit AS (SELECT name, columns, NOT indimmediate AS "isDeferrable", CASE
    WHEN NOT indisvalid THEN 'is not valid'
    WHEN condition IS NOT NULL THEN 'covers only the rows with ' || condition
    WHEN 0 = ANY(indkey::int2[]) THEN 'is over an expression: ' || array_to_string(parts, ', ')
    WHEN cardinality(generated) > 0 THEN 'has a column that only Postgres fills: ' || array_to_string(generated, ', ')
    WHEN NOT indimmediate THEN 'is deferrable' END AS why
  FROM key)
SELECT * FROM unfit WHERE why IS NOT NULL ORDER BY name`

/** @param table quoted for SQL */
export async function readUnfitKeys(client: ClientBase, table: string): Promise<UnfitKey[]> {
  const {rows} = await client.query<UnfitKey>(UNFIT, [table])
  return rows
}

/** Why each cannot be used, for a message; nothing if there is none. */
export function unfitWords(keys: readonly UnfitKey[]): string[] {
  if (keys.length === 0) return []
  return [`unique indexes that cannot be used: ${keys.map(({name, why}) => `${name} ${why}`).join('; ')}`]
}
