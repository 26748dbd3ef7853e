import type {ClientBase} from 'pg'
import {escapeIdentifier} from 'pg'
import type {TableColumns} from './catalog-columns.ts'
import type {CheckConstraint, ForeignKey} from './table.ts'

/*
 * $1 = oid of the table. Excludes constraints that are not enforced and keys over periods: both are new in Postgres 18,
 * so they are read through to_jsonb, which works on older versions, too. A parent is not `readable` if its schema,
 * privileges or row security keep this role from seeing the rows that the constraint sees. A check is not `of_record` if
 * it calls a user-defined function, since that may look at rows that the lease itself writes. A key is listed again for
 * each partition of its parent.
 */
const CONSTRAINTS = `
SELECT k.conname AS name, k.contype AS kind, k.conkey::int2[] AS columns,
  COALESCE(pg_partition_root(k.confrelid) = pg_partition_root(k.conrelid), k.confrelid = k.conrelid) AS self,
  k.contype = 'f' AND has_schema_privilege(pc.relnamespace, 'USAGE')
    AND has_table_privilege(NULLIF(k.confrelid, 0), 'SELECT') AND NOT pc.relrowsecurity AS readable,
  pn.nspname AS parent_schema, pc.relname AS parent_name, pc.relkind AS parent_kind,
  ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY f(n, i)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = f.n ORDER BY f.i) AS parent_columns,
  ARRAY(SELECT format('OPERATOR(%I.%s)', s.nspname, o.oprname) FROM unnest(k.conpfeqop) WITH ORDINALITY f(n, i)
    JOIN pg_operator o ON o.oid = f.n JOIN pg_namespace s ON s.oid = o.oprnamespace ORDER BY f.i) AS operators,
  ARRAY(SELECT CASE WHEN t.typtype <> 'p' THEN format_type(t.oid, -1) END
    FROM unnest(k.conpfeqop) WITH ORDINALITY f(n, i)
    JOIN pg_operator o ON o.oid = f.n JOIN pg_type t ON t.oid = o.oprright ORDER BY f.i) AS operands,
  CASE k.contype WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid) END AS expression,
  NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_constraint'::regclass
    AND d.objid = k.oid AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass)) AS of_record
FROM pg_constraint k
LEFT JOIN pg_class pc ON pc.oid = k.confrelid LEFT JOIN pg_namespace pn ON pn.oid = pc.relnamespace
WHERE k.conrelid = $1 AND k.contype IN ('f', 'c')
  AND COALESCE((to_jsonb(k)->>'conenforced')::boolean, true)
  AND NOT COALESCE((to_jsonb(k)->>'conperiod')::boolean, false)
  AND NOT EXISTS (SELECT FROM pg_constraint up WHERE up.oid = k.conparentid AND up.conrelid = k.conrelid)
ORDER BY k.contype, k.conname`

interface ConstraintRow {
  name: string
  kind: 'f' | 'c'
  columns: number[] | null
  self: boolean
  readable: boolean
  parent_schema: string
  parent_name: string
  parent_kind: string
  parent_columns: string[]
  operators: string[]
  operands: Array<string | null>
  expression: string | null
  of_record: boolean
}

/** The foreign keys and checks over columns that records give. @param oid of the table */
export async function readConstraints(
  client: ClientBase,
  oid: number,
  columns: TableColumns,
): Promise<{foreignKeys: ForeignKey[]; checks: CheckConstraint[]}> {
  const {rows} = await client.query<ConstraintRow>(CONSTRAINTS, [oid])
  const known = rows
    .map((row) => ({row, indexes: (row.columns ?? []).map(columns.indexOf)}))
    .filter(({indexes}) => !indexes.includes(-1))
  return {
    foreignKeys: known
      .filter(({row}) => row.kind === 'f')
      .map(({row, indexes}) => ({
        name: row.name,
        columns: indexes,
        // Rows of tables that inherit from the parent are no parents; those of its partitions are
        parent: `${row.parent_kind === 'p' ? '' : 'ONLY '}${parentOf(row)}`,
        parentTable: parentOf(row),
        parentName: row.parent_name,
        parentColumns: row.parent_columns,
        operators: row.operators,
        operands: row.operands,
        self: row.self,
        readable: row.readable,
      })),
    checks: known
      .filter(({row}) => row.kind === 'c')
      .map(({row, indexes}) => ({
        name: row.name,
        columns: indexes,
        expression: row.expression ?? 'true',
        isOfRecord: row.of_record,
      })),
  }
}

function parentOf({parent_schema: schema, parent_name: name}: ConstraintRow): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`
}
