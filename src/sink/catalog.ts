import type {ClientBase} from 'pg'
import {escapeIdentifier} from 'pg'
import {QtoolError} from '../errors.ts'
import {type ValueRule, valueRule} from './value-rule.ts'
import {hasRule, readTypes, type ValueType} from './value-type.ts'

export interface Column {
  name: string
  /** Quoted for SQL. */
  quoted: string
  /** As `format_type` writes it, e.g. `numeric(10,2)`. */
  type: string
  notNull: boolean
  hasDefault: boolean
  rule: ValueRule
  /** What its values are made of; undefined where whatever Postgres takes is taken. */
  judged: ValueType | undefined
}

export interface ForeignKey {
  name: string
  /** Indexes into `Table.columns`. */
  columns: number[]
  /** Quoted `schema.table`. */
  parent: string
  /** As the message of Postgres names it. */
  parentName: string
  parentColumns: string[]
  /** The parent is the table itself. */
  self: boolean
  /** This role may read the parent; else the constraint alone judges. */
  readable: boolean
}

export interface CheckConstraint {
  name: string
  /** Indexes into `Table.columns`. */
  columns: number[]
  /** SQL over the column names. */
  expression: string
}

/** A sink table, as the catalog says. */
export interface Table {
  schema: string
  name: string
  /** Quoted `schema.table`. */
  quoted: string
  /** The columns a record may give: not generated, not `GENERATED ALWAYS AS IDENTITY`. */
  columns: Column[]
  /** Foreign keys over these columns that a record alone decides. */
  foreignKeys: ForeignKey[]
  checks: CheckConstraint[]
  /** Indexes into `columns` of the columns of one unique key; the order in which rows are inserted. */
  uniqueKey: number[]
  /** A unique or exclusion constraint exists: rows may be there already. */
  canConflict: boolean
  /** A BEFORE ROW trigger or a rule may drop rows without an error. */
  canSuppress: boolean
  /** Constraints exist that are checked at COMMIT unless told otherwise. */
  canDefer: boolean
  /** COPY is allowed: a plain or partitioned table without row security. */
  canCopy: boolean
}

// $1 = the table's name as SQL would write it
const TABLE = `
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
  c.relkind IN ('r', 'p') AND NOT c.relrowsecurity AND NOT c.relhasrules AS can_copy,
  c.relhasrules OR EXISTS (SELECT FROM pg_trigger t
    WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgtype & 7 = 7) AS can_suppress,
  EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND (i.indisunique OR i.indisexclusion)) AS can_conflict,
  EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.condeferred) AS can_defer,
  COALESCE((SELECT i.indkey::int2[] FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique
    ORDER BY i.indisprimary, i.indexrelid LIMIT 1), '{}') AS unique_key
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = to_regclass($1)`

// $1 = oid of the table; a domain counts as the type under it
const COLUMNS = `
WITH RECURSIVE base AS (
  SELECT a.attnum, a.atttypid AS type, a.atttypmod AS typmod
  FROM pg_attribute a WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT b.attnum, t.typbasetype, t.typtypmod FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype = 'd')
SELECT a.attnum AS number, a.attname AS name, a.atttypid AS type_oid, format_type(a.atttypid, a.atttypmod) AS type,
  a.attnotnull AS not_null, a.atthasdef OR a.attidentity <> '' AS has_default,
  CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN t.typname ELSE '' END AS base, b.typmod, t.typcategory AS category
FROM pg_attribute a JOIN base b ON b.attnum = a.attnum JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'
WHERE a.attrelid = $1 AND a.attgenerated = '' AND a.attidentity <> 'a'
ORDER BY a.attnum`

// $1 = oid of the table
const CONSTRAINTS = `
SELECT k.conname AS name, k.contype AS kind, k.conkey::int2[] AS columns, k.confrelid = k.conrelid AS self,
  has_table_privilege(NULLIF(k.confrelid, 0), 'SELECT') AS readable,
  pn.nspname AS parent_schema, pc.relname AS parent_name,
  ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY f(n, i)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = f.n ORDER BY f.i) AS parent_columns,
  CASE k.contype WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid) END AS expression
FROM pg_constraint k
LEFT JOIN pg_class pc ON pc.oid = k.confrelid LEFT JOIN pg_namespace pn ON pn.oid = pc.relnamespace
WHERE k.conrelid = $1 AND k.contype IN ('f', 'c') ORDER BY k.contype, k.conname`

interface TableRow {
  oid: number
  schema: string
  name: string
  can_copy: boolean
  can_suppress: boolean
  can_conflict: boolean
  can_defer: boolean
  unique_key: number[]
}

interface ConstraintRow {
  name: string
  kind: 'f' | 'c'
  columns: number[] | null
  self: boolean
  readable: boolean
  parent_schema: string
  parent_name: string
  parent_columns: string[]
  expression: string | null
}

/**
 * Reads a sink table from the catalog.
 * @param name as SQL writes it: `orders`, `public.orders`, `"Mixed".orders`.
 * @throws QtoolError `NO_TABLE` where it does not exist.
 */
export async function readTable(client: ClientBase, name: string): Promise<Table> {
  const found = await client.query<TableRow>(TABLE, [name]).catch((error: unknown) => {
    throw noTable(name, error)
  })
  const row = found.rows[0]
  if (!row) throw noTable(name)
  const {numbers, columns} = await readColumns(client, row.oid)
  const constraints = (await client.query<ConstraintRow>(CONSTRAINTS, [row.oid])).rows
  const indexes = (keys: number[] | null) => (keys ?? []).map((key) => numbers.indexOf(key))
  const usable = constraints.filter((constraint) => !indexes(constraint.columns).includes(-1))
  const uniqueKey = indexes(row.unique_key)
  return {
    schema: row.schema,
    name: row.name,
    quoted: `${escapeIdentifier(row.schema)}.${escapeIdentifier(row.name)}`,
    columns,
    foreignKeys: usable
      .filter((c) => c.kind === 'f')
      .map((c) => ({
        name: c.name,
        columns: indexes(c.columns),
        parent: `${escapeIdentifier(c.parent_schema)}.${escapeIdentifier(c.parent_name)}`,
        parentName: c.parent_name,
        parentColumns: c.parent_columns,
        self: c.self,
        readable: c.readable,
      })),
    checks: usable
      .filter((c) => c.kind === 'c')
      .map((c) => ({name: c.name, columns: indexes(c.columns), expression: c.expression ?? 'true'})),
    uniqueKey: uniqueKey.includes(-1) ? [] : uniqueKey,
    canConflict: row.can_conflict,
    canSuppress: row.can_suppress,
    canDefer: row.can_defer,
    canCopy: row.can_copy,
  }
}

async function readColumns(client: ClientBase, oid: number): Promise<{numbers: number[]; columns: Column[]}> {
  interface Row {
    number: number
    name: string
    type_oid: number
    type: string
    not_null: boolean
    has_default: boolean
    base: string
    typmod: number
    category: string
  }
  const {rows} = await client.query<Row>(COLUMNS, [oid])
  const types = await readTypes(
    client,
    rows.map((row) => row.type_oid),
  )
  const columns = rows.map((row) => ({
    name: row.name,
    quoted: escapeIdentifier(row.name),
    type: row.type,
    notNull: row.not_null,
    hasDefault: row.has_default,
    rule: valueRule(row.base, row.typmod, row.category),
    judged: judged(types.get(row.type_oid)),
  }))
  return {numbers: rows.map((row) => row.number), columns}
}

function judged(type: ValueType | undefined): ValueType | undefined {
  return type && hasRule(type) ? type : undefined
}

function noTable(name: string, cause?: unknown): QtoolError {
  return new QtoolError(`expected a table ${JSON.stringify(name)} in the database, found none`, {
    code: 'NO_TABLE',
    suggestions: [
      'qtool migrate creates the sample schema',
      'name another table with --table schema.table or in the profile',
    ],
    cause,
  })
}
