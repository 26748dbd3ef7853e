import type {ClientBase} from 'pg'

/** What decides whether records may update the rows of a table. */
export interface UpsertFacts {
  /** `relkind` of pg_class. */
  kind: string
  hasRules: boolean
  /** This role may read the whole table. */
  maySelect: boolean
  /** Columns that this role may not update. */
  fixed: string[]
  /** Names of unique indexes that ON CONFLICT cannot use by their columns alone. */
  partial: string[]
  computed: string[]
  deferrable: string[]
  /** This role may make temporary tables. */
  mayStage: boolean
  /** Quoted for SQL. */
  role: string
}

// $1 = the table, quoted for SQL
const FACTS = `
WITH keys AS (SELECT u.relname::text AS name, i.indpred IS NOT NULL AS is_partial, 0 = ANY(i.indkey::int2[]) AS is_computed,
    NOT i.indimmediate AS is_deferrable
  FROM pg_index i JOIN pg_class u ON u.oid = i.indexrelid
  WHERE i.indrelid = to_regclass($1) AND i.indisunique ORDER BY 1)
SELECT c.relkind AS kind, c.relhasrules AS "hasRules", has_table_privilege(c.oid, 'SELECT') AS "maySelect",
  ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND NOT has_column_privilege(c.oid, a.attnum, 'UPDATE')) AS fixed,
  ARRAY(SELECT name FROM keys WHERE is_partial) AS partial, ARRAY(SELECT name FROM keys WHERE is_computed) AS computed,
  ARRAY(SELECT name FROM keys WHERE is_deferrable) AS deferrable,
  has_database_privilege(current_database(), 'TEMPORARY') AS "mayStage", quote_ident(current_user) AS role
FROM pg_class c WHERE c.oid = to_regclass($1)`

/** @param table quoted for SQL, known to exist */
export async function readUpsertFacts(client: ClientBase, table: string): Promise<UpsertFacts> {
  const {rows} = await client.query<UpsertFacts>(FACTS, [table])
  return rows[0]
}
