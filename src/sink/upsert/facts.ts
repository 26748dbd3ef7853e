import type {ClientBase} from 'pg'

/** What decides whether records may update the rows of a table. */
export interface UpsertFacts {
  /** `relkind` of pg_class. */
  kind: string
  hasRules: boolean
  /** This role may read the whole table. */
  maySelect: boolean
  /** This role may delete rows. */
  mayDelete: boolean
  /** Columns that this role may not update. */
  fixed: string[]
  /** This role may make temporary tables. */
  mayStage: boolean
  /** Quoted for SQL. */
  role: string
}

// $1 = the table, quoted for SQL
const FACTS = `
SELECT c.relkind AS kind, c.relhasrules AS "hasRules", has_table_privilege(c.oid, 'SELECT') AS "maySelect",
  has_table_privilege(c.oid, 'DELETE') AS "mayDelete",
  ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND NOT has_column_privilege(c.oid, a.attnum, 'UPDATE')) AS fixed,
  has_database_privilege(current_database(), 'TEMPORARY') AS "mayStage", quote_ident(current_user) AS role
FROM pg_class c WHERE c.oid = to_regclass($1)`

/** @param table quoted for SQL, known to exist */
export async function readUpsertFacts(client: ClientBase, table: string): Promise<UpsertFacts> {
  const {rows} = await client.query<UpsertFacts>(FACTS, [table])
  return rows[0]
}
