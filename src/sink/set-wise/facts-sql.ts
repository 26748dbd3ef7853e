/*
 * Each statement follows `WITH RECURSIVE` and the relation `tree`, the table $1 and its partitions. What is new in a
 * version of Postgres is read through to_jsonb, which works on older ones, too.
 */

/** A partition may be a foreign table, whose server has rules of its own. */
export const TABLE = `
SELECT bool_and(c.relkind IN ('r', 'p') AND (c.oid <> $1 OR NOT c.relrowsecurity AND NOT c.relhasrules)) AS "takesCopy",
  bool_or(EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND NOT i.indimmediate)) AS "hasDeferrableKey"
FROM tree JOIN pg_class c ON c.oid = tree.oid`

/*
 * A key is listed again for each partition that has it, and for each partition of the parent: those say nothing new. A
 * key over a period and one that is not enforced are new in Postgres 18.
 */
export const KEYS = `
SELECT k.conname::text AS name, format('%I.%I', n.nspname, c.relname) AS parent,
  COALESCE(pg_partition_root(k.confrelid) = pg_partition_root(k.conrelid), k.confrelid = k.conrelid) AS "isSelf",
  k.confmatchtype = 'f' AS "isMatchFull", COALESCE((to_jsonb(k)->>'conperiod')::boolean, false) AS "isPeriod",
  EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
    AND (a.attgenerated <> '' OR a.attidentity = 'a')) AS "isComputed",
  k.conrelid <> $1 AS "isOfPartition", c.relrowsecurity AS "hidesRows",
  has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
    AND has_any_column_privilege(c.oid, 'UPDATE') AS "mayLock"
FROM tree JOIN pg_constraint k ON k.conrelid = tree.oid
JOIN pg_class c ON c.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND COALESCE((to_jsonb(k)->>'conenforced')::boolean, true)
  AND NOT EXISTS (SELECT FROM pg_constraint up WHERE up.oid = k.conparentid
    AND (up.conrelid = k.conrelid OR k.conrelid <> $1)) ORDER BY 1`

/*
 * All triggers but those that check a foreign key or a deferrable unique key. A trigger that always runs counts as well:
 * what its function writes elsewhere would meet tables whose triggers are silent. A disabled trigger never runs. The
 * trigger of a key that refers to this table does nothing while the columns that it refers to stay as they are.
 * $2 = bits of tgtype   $3 = names of the columns that are updated
 */
export const REACTIONS = `
SELECT DISTINCT COALESCE(quote_ident(k.conname) || ' of ' || k.conrelid::regclass, quote_ident(t.tgname)) AS name
FROM tree JOIN pg_trigger t ON t.tgrelid = tree.oid JOIN pg_proc p ON p.oid = t.tgfoid
LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint AND k.contype = 'f' AND t.tgisinternal
WHERE t.tgenabled <> 'D' AND t.tgtype & $2::int <> 0
  AND NOT (t.tgisinternal AND p.proname IN ('RI_FKey_check_ins', 'RI_FKey_check_upd', 'unique_key_recheck'))
  AND NOT (t.tgisinternal AND p.proname LIKE 'RI\\_FKey\\_%\\_upd' AND NOT EXISTS (SELECT FROM pg_attribute a
    WHERE a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey) AND a.attname = ANY ($3::text[]))) ORDER BY 1`

/*
 * User-defined functions that are volatile, as all are that may write, in whatever Postgres evaluates to write a row:
 * defaults, checks of the table and of its domains, and the operators that these use. Those written in C are trusted.
 */
export const CALLS = `,
domain AS (
  SELECT a.atttypid AS oid FROM pg_attribute a WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
  UNION SELECT t.typbasetype FROM domain JOIN pg_type t ON t.oid = domain.oid WHERE t.typtype = 'd'),
part AS (
  SELECT 'pg_attrdef'::regclass AS class, d.oid FROM pg_attrdef d WHERE d.adrelid = $1
  UNION ALL SELECT 'pg_type'::regclass, t.oid FROM domain JOIN pg_type t ON t.oid = domain.oid WHERE t.typtype = 'd'
  UNION ALL SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint k WHERE k.contype = 'c'
    AND (k.conrelid IN (SELECT oid FROM tree) OR k.contypid IN (SELECT oid FROM domain)))
SELECT DISTINCT quote_ident(p.proname) AS name FROM part JOIN pg_depend d ON d.classid = part.class AND d.objid = part.oid
LEFT JOIN pg_operator o ON d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
JOIN pg_proc p ON p.oid = CASE d.refclassid WHEN 'pg_proc'::regclass THEN d.refobjid ELSE o.oprcode END
JOIN pg_language l ON l.oid = p.prolang
WHERE p.provolatile = 'v' AND l.lanname NOT IN ('internal', 'c') ORDER BY 1`

export const ROLE = `
SELECT quote_ident(current_user) AS role, current_setting('server_version_num')::int / 10000 AS major,
  current_setting('default_transaction_isolation') AS isolation,
  current_setting('session_replication_role') AS "replicationRole"`
