import type {ClientBase} from 'pg'
import {escapeIdentifier} from 'pg'
import type {Column} from './table.ts'
import {valueRule} from './value-rule.ts'
import {hasRule, holdsRows, readTypes, type ValueType} from './value-type.ts'

// $1 = oid of the table; a domain counts as its base type, and the table behind a view may have defaults
const COLUMNS = `
WITH RECURSIVE base AS (
  SELECT a.attnum, a.atttypid AS type, a.atttypmod AS typmod
  FROM pg_attribute a WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT b.attnum, t.typbasetype, t.typtypmod FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype = 'd')
SELECT a.attnum AS number, a.attname AS name, a.atttypid AS type_oid, format_type(a.atttypid, a.atttypmod) AS type,
  a.attnotnull AS not_null,
  a.atthasdef OR a.attidentity <> '' OR own.typdefault IS NOT NULL OR c.relkind = 'v' AS has_default,
  a.attgenerated <> '' OR a.attidentity = 'a' AS generated,
  has_column_privilege(a.attrelid, a.attnum, 'INSERT') AS insertable,
  CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN t.typname ELSE '' END AS base, b.typmod,
  t.typcategory AS category, own.typnamespace = 'pg_catalog'::regnamespace AS built_in,
  (SELECT format('%I.%I', n.nspname, l.collname) FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
    WHERE l.oid = a.attcollation AND NOT l.collisdeterministic) AS collation
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type own ON own.oid = a.atttypid
JOIN base b ON b.attnum = a.attnum JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'
WHERE a.attrelid = $1
ORDER BY a.attnum`

interface ColumnRow {
  number: number
  name: string
  type_oid: number
  type: string
  not_null: boolean
  has_default: boolean
  generated: boolean
  insertable: boolean
  base: string
  typmod: number
  category: string
  built_in: boolean
  collation: string | null
}

/** The columns of a table that records can give, and the names of those they cannot. */
export interface TableColumns {
  columns: Column[]
  generated: string[]
  /** `attnum` → index into `columns`, or -1 if no record can give the column. */
  indexOf(number: number): number
}

/** @param oid of the table */
export async function readColumns(client: ClientBase, oid: number): Promise<TableColumns> {
  const {rows} = await client.query<ColumnRow>(COLUMNS, [oid])
  const given = rows.filter((row) => !row.generated)
  const types = await readTypes(
    client,
    given.map((row) => row.type_oid),
  )
  // If the role may write no column at all, the setup is at fault and not any record
  const mayWrite = given.some((row) => row.insertable)
  const numbers = given.map((row) => row.number)
  return {
    columns: given.map((row) => {
      // A column that this role may not write has to be left out, whatever value Postgres then gives it
      const hasDefault = row.has_default || (mayWrite && !row.insertable)
      return {
        name: row.name,
        quoted: escapeIdentifier(row.name),
        type: row.type,
        notNull: row.not_null,
        hasDefault,
        mayStayOut: hasDefault,
        insertable: row.insertable || !mayWrite,
        isBuiltIn: row.built_in,
        collation: row.collation,
        rule: valueRule(row.base, row.typmod, row.category),
        judged: judged(types.get(row.type_oid)),
        objects: objects(types.get(row.type_oid)),
      }
    }),
    generated: rows.filter((row) => row.generated).map((row) => row.name),
    indexOf: (number) => numbers.indexOf(number),
  }
}

function objects(type: ValueType | undefined): ValueType | undefined {
  return type && holdsRows(type) ? type : undefined
}

function judged(type: ValueType | undefined): ValueType | undefined {
  return type && hasRule(type) ? type : undefined
}
