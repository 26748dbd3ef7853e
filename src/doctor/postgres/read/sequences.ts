import type {ClientBase} from 'pg'
import {treeOf} from '../../../sink/catalog/tree.ts'

/** A sequence that fills a column of the sink: of a serial, of an identity, or in a default. */
export interface Sequence {
  /** Quoted `schema.sequence`. */
  name: string
  /** Quoted for SQL. */
  column: string
  /** Part of its values that is used up, 0 to 1; null if this role may not read it. */
  used: number | null
}

/*
 * A sequence of bigint ends where its column of int ends. One that starts again at its end has none. Arrays let
 * Postgres find dependencies by their index. Reading a sequence waits for whoever alters it, hence only those of this
 * table.
 */
const SEQUENCES = `
WITH RECURSIVE ${treeOf('$1::oid')},
filled AS (
  SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number
  FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.refobjid = ANY (ARRAY(SELECT oid FROM tree)) AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  UNION
  SELECT d.refobjid, f.adrelid, f.adnum FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
  WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.objid = ANY (ARRAY(
    SELECT oid FROM pg_attrdef WHERE adrelid = ANY (ARRAY(SELECT oid FROM tree))))),
bound AS (
  SELECT DISTINCT ON (q.seqrelid) format('%I.%I', n.nspname, c.relname) AS name, quote_ident(a.attname) AS "column",
    q.seqincrement > 0 AS ascends, q.seqmin::float8 AS low, q.seqmax::float8 AS high,
    CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 ELSE q.seqmax END::float8 AS most,
    has_sequence_privilege(q.seqrelid, 'USAGE, SELECT') AS is_readable,
    CASE WHEN has_sequence_privilege(q.seqrelid, 'USAGE, SELECT')
      THEN pg_sequence_last_value(q.seqrelid) END::float8 AS last
  FROM filled JOIN pg_sequence q ON q.seqrelid = filled.sequence
  JOIN pg_class c ON c.oid = q.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = filled.relation AND a.attnum = filled.number
  WHERE NOT q.seqcycle ORDER BY q.seqrelid, a.attnum)
SELECT name, "column", CASE WHEN NOT is_readable THEN NULL WHEN last IS NULL THEN 0
  WHEN ascends THEN (last - low) / (LEAST(high, most) - low)
  ELSE (high - last) / (high - GREATEST(low, -most - 1)) END AS used
FROM bound ORDER BY name`

export async function readSequences(client: ClientBase, oid: number): Promise<Sequence[]> {
  return (await client.query<Sequence>(SEQUENCES, [oid])).rows
}
