import type {ClientBase} from 'pg'
import type {ChangingTypes} from './types-of.ts'

/** A part of what makes a table: the same part keeps its id when it is renamed. */
export interface Part {
  kind: 'column' | 'constraint' | 'key' | 'trigger' | 'rule' | 'type' | 'label' | 'attribute' | 'table'
  id: string
  name: string
  /** The type that it is a part of; null if it is a part of the table itself. */
  of: string | null
  /** What is said of it, by aspect: `type` → `integer`. */
  aspects: Record<string, string | null>
}

/** What a table and its types look like to people, for telling how they changed. */
export type Definition = readonly Part[]

/*
 * $1 = oid of the table, $2 = oids of its domains and enums, $3 = those of the rows of its composite types. A part is known by what outlives a rename: its number or its oid. A view's
 * columns are those of a table, too.
 */
const PARTS = `
WITH types AS (SELECT t.*, format_type(t.oid, NULL) AS words FROM pg_type t WHERE t.oid = ANY ($2::oid[])
  OR t.oid IN (SELECT reltype FROM pg_class WHERE oid = ANY ($3::oid[])))
SELECT 'column' AS kind, c.oid || '.' || a.attnum AS id, a.attname::text AS name, NULL AS of, jsonb_build_object(
  'type', format_type(a.atttypid, a.atttypmod), 'not null', CASE WHEN a.attnotnull THEN 'yes' END,
  'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
  'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
  'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END) AS aspects
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE c.oid = $1
UNION ALL
SELECT 'constraint', k.oid::text, k.conname, t.words, jsonb_build_object('says', pg_get_constraintdef(k.oid))
FROM pg_constraint k LEFT JOIN types t ON t.oid = k.contypid
WHERE (k.conrelid = $1 OR t.oid IS NOT NULL) AND k.contype IN ('c', 'f', 'p', 'u', 'x')
  -- Postgres keeps one more key for each partition of a parent
  AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.oid = k.conparentid AND o.conrelid = k.conrelid)
UNION ALL
SELECT 'key', i.indexrelid::text, u.relname, NULL, jsonb_build_object('says', pg_get_indexdef(i.indexrelid))
FROM pg_index i JOIN pg_class u ON u.oid = i.indexrelid WHERE i.indrelid = $1 AND i.indisunique
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = $1)
UNION ALL
SELECT 'trigger', t.oid::text, t.tgname, NULL, jsonb_build_object('says', pg_get_triggerdef(t.oid),
  'enabled', CASE t.tgenabled WHEN 'D' THEN NULL ELSE 'yes' END)
FROM pg_trigger t WHERE t.tgrelid = $1 AND NOT t.tgisinternal
UNION ALL
SELECT 'rule', r.oid::text, r.rulename, NULL, jsonb_build_object('says', pg_get_ruledef(r.oid))
FROM pg_rewrite r WHERE r.ev_class = $1
UNION ALL
SELECT 'table', '', '', NULL, jsonb_build_object('row security', CASE WHEN c.relrowsecurity THEN 'yes' END)
FROM pg_class c WHERE c.oid = $1
UNION ALL
SELECT 'type', t.oid::text, t.words, NULL, jsonb_build_object('default', t.typdefault,
  'not null', CASE WHEN t.typnotnull THEN 'yes' END)
FROM types t
UNION ALL
SELECT 'label', e.oid::text, e.enumlabel, t.words, '{}' FROM types t JOIN pg_enum e ON e.enumtypid = t.oid
UNION ALL
SELECT 'attribute', a.attrelid || '.' || a.attnum, a.attname, t.words,
  jsonb_build_object('type', format_type(a.atttypid, a.atttypmod))
FROM types t JOIN pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY kind, id`

/** @param oid of the table */
export async function readDefinition(
  client: ClientBase,
  oid: number,
  {domains, enums, rows}: ChangingTypes,
): Promise<Definition> {
  return (await client.query<Part>(PARTS, [oid, [...domains, ...enums], rows])).rows
}
