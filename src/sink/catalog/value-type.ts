import type {ClientBase} from 'pg'
import {type LeafRule, leafRule} from './leaf-rule.ts'
import {PARTS} from './types-of.ts'

/** The structure of a type's values, down to the types that have a rule of their own. A domain is its base type. */
export type ValueType =
  | {form: 'leaf'; rule: LeafRule | undefined}
  | {form: 'array'; element: ValueType; delimiter: string}
  | {form: 'row'; attributes: Array<{name: string; type: ValueType}>}
  | {form: 'range' | 'multirange'; bound: ValueType}

// $1 = oids of types; includes the types that they consist of
const TYPES = `
WITH RECURSIVE reached AS (
  SELECT unnest($1::oid[]) AS oid
  UNION SELECT p.oid FROM reached r JOIN pg_type t ON t.oid = r.oid, LATERAL (${PARTS}) p)
SELECT t.oid, t.typtype::text AS kind, e.typdelim::text AS delimiter, p.oids AS parts, p.names,
  CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN t.typname::text END AS builtin
FROM reached r JOIN pg_type t ON t.oid = r.oid
LEFT JOIN pg_type e ON e.oid = t.typelem AND e.typarray = t.oid,
LATERAL (SELECT COALESCE(array_agg(p.oid ORDER BY p.position), '{}') AS oids,
  COALESCE(array_agg(p.name ORDER BY p.position), '{}') AS names FROM (${PARTS}) p) p`

interface Row {
  oid: number
  kind: string
  delimiter: string | null
  builtin: string | null
  parts: number[]
  names: string[]
}

/** Reads the structure of types. @returns by oid, including the types that they consist of */
export async function readTypes(client: ClientBase, oids: number[]): Promise<Map<number, ValueType>> {
  const {rows} = await client.query<Row>(TYPES, [oids])
  const byOid = new Map(rows.map((row) => [row.oid, row]))
  const types = new Map<number, ValueType>()
  const typeOf = (oid: number): ValueType => {
    const known = types.get(oid)
    if (known) return known
    const row = byOid.get(oid)
    const type = row ? made(row, typeOf) : NO_RULE
    types.set(oid, type)
    return type
  }
  for (const oid of byOid.keys()) typeOf(oid)
  return types
}

const NO_RULE: ValueType = {form: 'leaf', rule: undefined}

function made(row: Row, typeOf: (oid: number) => ValueType): ValueType {
  const {kind, parts, names} = row
  if (kind === 'd') return typeOf(parts[0])
  if (row.delimiter !== null) return {form: 'array', element: typeOf(parts[0]), delimiter: row.delimiter}
  if (kind === 'c') return {form: 'row', attributes: names.map((name, i) => ({name, type: typeOf(parts[i])}))}
  if (kind === 'r' || kind === 'm')
    return {form: kind === 'r' ? 'range' : 'multirange', bound: typeOf(parts[0])}
  return {form: 'leaf', rule: row.builtin === null ? undefined : leafRule(row.builtin)}
}

/** Whether a rule applies to any part of a value of this type. */
export function hasRule(type: ValueType): boolean {
  switch (type.form) {
    case 'leaf':
      return type.rule !== undefined
    case 'array':
      return hasRule(type.element)
    case 'row':
      return type.attributes.some((attribute) => hasRule(attribute.type))
    default:
      return hasRule(type.bound)
  }
}

/** Whether JSON objects may be values of this type, or elements of them. */
export function holdsRows(type: ValueType): boolean {
  return type.form === 'row' || (type.form === 'array' && holdsRows(type.element))
}
