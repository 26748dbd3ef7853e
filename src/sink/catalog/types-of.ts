/** The types that the values of a table consist of and that can change, also as parts of others: those of its own kind each. */
export interface ChangingTypes {
  /** Oids in pg_type. */
  domains: number[]
  enums: number[]
  /** Composite types: oids in pg_class, where their attributes belong to. */
  rows: number[]
}

/**
 * SQL for one row of the columns of `ChangingTypes`. No types that belong to Postgres itself are among them, so that most
 * tables have none. The lists change only with the columns of the table, or with the attributes of one of these types.
 * @param table SQL for the oid of the table
 */
export function changingTypesSql(table: string): string {
  const those = (kind: string, oid: string) =>
    `COALESCE(array_agg(${oid} ORDER BY ${oid}) FILTER (WHERE t.typtype = '${kind}'), '{}')`
  return `(WITH RECURSIVE reached AS (
    SELECT a.atttypid AS oid FROM pg_attribute a WHERE a.attrelid = ${table} AND a.attnum > 0 AND NOT a.attisdropped
    UNION SELECT p.oid FROM reached r JOIN pg_type t ON t.oid = r.oid, LATERAL (${PARTS}) p)
  SELECT ${those('d', 't.oid')} AS domains, ${those('e', 't.oid')} AS enums, ${those('c', 't.typrelid')} AS rows
  FROM reached JOIN pg_type t USING (oid) WHERE t.typnamespace <> 'pg_catalog'::regnamespace)`
}

/** SQL for the types that type `t` consists of, found through indexes: a database may have 100,000 types. */
export const PARTS = `
SELECT t.typbasetype AS oid, 0 AS position, NULL::text AS name WHERE t.typtype = 'd'
UNION ALL SELECT e.oid, 0, NULL FROM pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid
UNION ALL SELECT rngsubtype, 0, NULL FROM pg_range WHERE rngtypid = t.oid
UNION ALL SELECT rngsubtype, 0, NULL FROM pg_range WHERE rngmultitypid = t.oid
UNION ALL SELECT a.atttypid, a.attnum, a.attname::text FROM pg_attribute a
  WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped`
