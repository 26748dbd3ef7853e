import type {ClientBase} from 'pg'
import {treeOf} from '../../../sink/catalog/tree.ts'

/** A foreign key of another table that points to the sink. */
export interface ChildKey {
  name: string
  /** Quoted `schema.table`. */
  child: string
  /** Quoted for SQL. */
  columns: string[]
  /** An index of the child begins with its columns, in any order. */
  isIndexed: boolean
}

/** A foreign key of the sink. */
export interface ParentKey {
  name: string
  /** Quoted `schema.table`. */
  parent: string
  /** This role may read the parent. */
  mayRead: boolean
  /** Row security may hide rows of the parent from this role. */
  hidesRows: boolean
  /** The index by which Postgres looks parents up is valid. */
  isIndexed: boolean
}

/** The keys of the sink's table. */
export interface SinkKeys {
  /** A unique key stops a record that is written twice. */
  isUnique: boolean
  children: ChildKey[]
  parents: ParentKey[]
}

// A partial index does not hold for all rows, and an identity that is always generated differs in a repeated record
const UNIQUE = `
SELECT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
  AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = $1 AND a.attidentity = 'a'
    AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))) AS "isUnique"`

/*
 * The lookup is for values that are not null, so an index WHERE the column IS NOT NULL will do. Its text is read as
 * stored, since pg_get_expr locks the table.
 */
const CHILDREN = `
WITH RECURSIVE ${treeOf('$1::oid')}
SELECT k.conname::text AS name, format('%I.%I', n.nspname, c.relname) AS child,
  ARRAY(SELECT quote_ident(a.attname) FROM unnest(k.conkey) WITH ORDINALITY f(n, i)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = f.n ORDER BY f.i) AS columns,
  EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    WHERE i.indrelid = k.conrelid AND i.indisvalid AND m.amname IN ('btree', 'hash')
      AND (i.indpred IS NULL OR i.indpred::text ~ '^[^{]*\\{NULLTEST [^{]*\\{VAR [^}]*\\} :nulltesttype 1 [^{]*$')
      AND i.indnkeyatts >= cardinality(k.conkey)
      AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey) AS "isIndexed"
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid IN (SELECT oid FROM tree) ORDER BY 2, 1`

// Keys that are not enforced are new in Postgres 18
const PARENTS = `
SELECT k.conname::text AS name, format('%I.%I', n.nspname, c.relname) AS parent, c.relrowsecurity AS "hidesRows",
  has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS "mayRead",
  COALESCE(i.indisvalid, true) AS "isIndexed"
FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = k.conindid
WHERE k.conrelid = $1 AND k.contype = 'f' AND k.conparentid = 0
  AND COALESCE((to_jsonb(k)->>'conenforced')::boolean, true) ORDER BY 1`

export async function readKeys(client: ClientBase, oid: number): Promise<SinkKeys> {
  const unique = await client.query<{isUnique: boolean}>(UNIQUE, [oid])
  const children = await client.query<ChildKey>(CHILDREN, [oid])
  const parents = await client.query<ParentKey>(PARENTS, [oid])
  return {isUnique: unique.rows[0].isUnique, children: children.rows, parents: parents.rows}
}
