/** SQL for a table and all that inherit from it, which an ALTER TABLE changes along: a recursive relation `tree`. $1 = its oid. */
const TREE = `tree AS (
  SELECT $1::oid AS oid UNION SELECT h.inhrelid FROM tree JOIN pg_inherits h ON h.inhparent = tree.oid)`

/** SQL for the types that hold rows of these tables in their values: a recursive relation `holder`. */
const HOLDERS = `holder AS (
  SELECT c.reltype AS oid FROM tree JOIN pg_class c ON c.oid = tree.oid WHERE c.reltype <> 0
  UNION SELECT t.oid FROM holder h JOIN pg_type o ON o.oid = h.oid CROSS JOIN LATERAL (
    SELECT o.typarray AS oid WHERE o.typarray <> 0
    UNION ALL SELECT t.oid FROM pg_type t WHERE t.typbasetype = o.oid
    UNION ALL SELECT r.rngtypid FROM pg_range r WHERE r.rngsubtype = o.oid
    UNION ALL SELECT c.reltype FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'c'
      WHERE a.atttypid = o.oid AND NOT a.attisdropped) t)`

/*
 * The tables that have to be altered for a column to change in another: those above it that did not inherit the column
 * themselves. $1 = oid of the table, $2 = name of the column.
 */
export const HOMES = `
WITH RECURSIVE up AS (
  SELECT $1::oid AS oid UNION SELECT h.inhparent FROM up JOIN pg_inherits h ON h.inhrelid = up.oid)
SELECT a.attrelid::int8::float8 AS oid, n.nspname AS schema, c.relname AS name
FROM up JOIN pg_attribute a ON a.attrelid = up.oid AND a.attname = $2::text AND a.attinhcount = 0 AND NOT a.attisdropped
JOIN pg_class c ON c.oid = up.oid JOIN pg_namespace n ON n.oid = c.relnamespace ORDER BY schema, name`

/** The table that has to be altered for a new column in another: a partition has those of its root. $1 = oid of the table. */
export const ROOT = `
SELECT c.oid::int8::float8 AS oid, n.nspname AS schema, c.relname AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = COALESCE(pg_partition_root($1), $1)`

/*
 * What keeps Postgres from giving the column $2 of the table $1, and of all that inherit it, the type $3. It asks the
 * catalog what ALTER TABLE asks before it changes anything, and locks no table. $4 = values are converted by an expression.
 */
export const TYPE_HINDRANCES = `
WITH RECURSIVE ${TREE}, ${HOLDERS},
col AS (SELECT a.*, c.oid::regclass AS of FROM tree JOIN pg_attribute a ON a.attrelid = tree.oid AND a.attname = $2::text
  AND NOT a.attisdropped JOIN pg_class c ON c.oid = tree.oid),
used AS (SELECT DISTINCT d.classid, d.objid, d.objsubid, col.attrelid, col.attnum FROM col JOIN pg_depend d
  ON d.refclassid = 'pg_class'::regclass AND d.refobjid = col.attrelid AND d.refobjsubid = col.attnum),
found AS (
  SELECT 'it is of the domain ' || format_type(t.oid, NULL) || ', whose rules another type would give up' AS words
  FROM col JOIN pg_type t ON t.oid = col.atttypid WHERE t.typtype = 'd'
  UNION ALL SELECT format('it is an identity, which %s cannot be', $3::text) FROM col
    WHERE attidentity <> '' AND $3::text NOT IN ('smallint', 'integer', 'bigint')
  UNION ALL SELECT format('%s is a table of the type %s', c.oid::regclass, format_type(c.reloftype, NULL))
    FROM tree JOIN pg_class c ON c.oid = tree.oid WHERE c.reloftype <> 0
  UNION ALL SELECT format('it is a part of the partition key of %s', p.partrelid::regclass)
    FROM col JOIN pg_partitioned_table p ON p.partrelid = col.attrelid
    WHERE col.attnum = ANY (p.partattrs::int2[]) OR EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = col.attrelid AND d.objsubid = col.attnum AND d.deptype = 'i'
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = col.attrelid AND d.refobjsubid = 0)
  UNION ALL SELECT format('%s inherits it from other tables, too', col.of) FROM col
    WHERE col.attrelid <> $1::oid AND col.attinhcount > (SELECT count(*) FROM pg_inherits h JOIN tree ON tree.oid = h.inhparent
      WHERE h.inhrelid = col.attrelid)
  UNION ALL SELECT format('%s %s uses it', CASE c.relkind WHEN 'v' THEN 'the view' WHEN 'm' THEN 'the materialized view'
      ELSE format('the rule %I of', r.rulename) END, c.oid::regclass)
    FROM used u JOIN pg_rewrite r ON u.classid = 'pg_rewrite'::regclass AND r.oid = u.objid JOIN pg_class c ON c.oid = r.ev_class
  UNION ALL SELECT format('the trigger %I of %s uses it', t.tgname, t.tgrelid::regclass)
    FROM used u JOIN pg_trigger t ON u.classid = 'pg_trigger'::regclass AND t.oid = u.objid WHERE NOT t.tgisinternal
  UNION ALL SELECT format('the policy %I of %s uses it', p.polname, p.polrelid::regclass)
    FROM used u JOIN pg_policy p ON u.classid = 'pg_policy'::regclass AND p.oid = u.objid
  UNION ALL SELECT format('the function %s uses it', u.objid::regprocedure) FROM used u WHERE u.classid = 'pg_proc'::regclass
  UNION ALL SELECT format('the publication %I uses it', p.pubname)
    FROM used u JOIN pg_publication_rel r ON u.classid = 'pg_publication_rel'::regclass AND r.oid = u.objid
    JOIN pg_publication p ON p.oid = r.prpubid
  UNION ALL SELECT format('the generated column %I of %s uses it', g.attname, g.attrelid::regclass) FROM used u
    LEFT JOIN pg_attrdef d ON u.classid = 'pg_attrdef'::regclass AND d.oid = u.objid
    JOIN pg_attribute g ON g.attgenerated <> '' AND g.attnum <> u.attnum AND (g.attrelid, g.attnum) = (COALESCE(d.adrelid, u.objid),
      CASE WHEN u.classid = 'pg_class'::regclass THEN u.objsubid ELSE d.adnum END)
  UNION ALL SELECT format('the foreign key %I has to fit %s', k.conname, k.confrelid::regclass)
    FROM col JOIN pg_constraint k ON k.conrelid = col.attrelid AND k.contype = 'f' AND col.attnum = ANY (k.conkey)
  UNION ALL SELECT format('the foreign key %I of %s refers to it', k.conname, k.conrelid::regclass)
    FROM col JOIN pg_constraint k ON k.confrelid = col.attrelid AND k.contype = 'f' AND col.attnum = ANY (k.confkey)
    WHERE NOT (col.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) AND $3::text IN ('smallint', 'integer', 'bigint'))
  UNION ALL SELECT format('the constraint %I excludes rows by it', k.conname)
    FROM col JOIN pg_constraint k ON k.conrelid = col.attrelid AND k.contype = 'x'
    CROSS JOIN LATERAL unnest(k.conkey::int2[], k.conexclop) AS x(number, operator) JOIN pg_operator o ON o.oid = x.operator
    WHERE x.number = col.attnum AND o.oprname <> '='
  UNION ALL SELECT format('the index %s is over an expression of it', i.indexrelid::regclass)
    FROM used u JOIN pg_index i ON u.classid = 'pg_class'::regclass AND i.indexrelid = u.objid AND i.indrelid = u.attrelid
    WHERE i.indpred IS NOT NULL OR i.indexprs IS NOT NULL
  UNION ALL SELECT format('the index %s cannot be made over %s', i.indexrelid::regclass, $3::text)
    FROM col JOIN pg_index i ON i.indrelid = col.attrelid JOIN pg_class x ON x.oid = i.indexrelid
    CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) AS k(number, class) JOIN pg_opclass o ON o.oid = k.class
    WHERE k.number = col.attnum AND NOT (o.opcdefault AND EXISTS (SELECT FROM pg_opclass n
      WHERE n.opcmethod = x.relam AND n.opcdefault AND n.opcintype = $3::text::regtype))
  UNION ALL SELECT format('%s gives it a default of its type', col.of) FROM col WHERE $4::boolean AND col.atthasdef
  UNION ALL SELECT format('the column %I of %s holds such rows', a.attname, a.attrelid::regclass)
    FROM holder JOIN pg_attribute a ON a.atttypid = holder.oid AND NOT a.attisdropped
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'm', 'f'))
SELECT DISTINCT words FROM found ORDER BY words`

/** What keeps Postgres from adding the column $2 to the table $1 and all that inherit from it. */
export const NAME_HINDRANCES = `
WITH RECURSIVE ${TREE}, found AS (
  SELECT format('%s is a table of the type %s', c.oid::regclass, format_type(c.reloftype, NULL)) AS words
  FROM tree JOIN pg_class c ON c.oid = tree.oid WHERE c.reloftype <> 0
  UNION ALL SELECT CASE WHEN a.attnum < 0 THEN 'Postgres keeps the name for itself' ELSE format('%s has such a column', a.attrelid::regclass) END
  FROM tree JOIN pg_attribute a ON a.attrelid = tree.oid AND a.attname = $2::text AND NOT a.attisdropped)
SELECT DISTINCT words FROM found ORDER BY words`

/*
 * The checks over the column $2 of the table $1 and of all that inherit it, and the expressions of its statistics, each with
 * the columns that it may name, as SQL with the type $3 for that column: Postgres reads their texts again after a change of
 * a type.
 */
export const EXPRESSIONS = `
WITH RECURSIVE ${TREE}, found AS (
  SELECT a.attrelid AS of, format('the check %I', k.conname) AS words, format('(%s)::boolean', pg_get_expr(k.conbin, k.conrelid)) AS expression
  FROM tree JOIN pg_attribute a ON a.attrelid = tree.oid AND a.attname = $2::text
  JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'c' AND a.attnum = ANY (k.conkey)
  UNION SELECT s.stxrelid, format('the statistics %I', s.stxname), expression
  FROM tree JOIN pg_statistic_ext s ON s.stxrelid = tree.oid CROSS JOIN unnest(pg_get_statisticsobjdef_expressions(s.oid)) AS expression)
SELECT words, expression,
  (SELECT string_agg(format('NULL::%s AS %I', CASE WHEN o.attname = $2 THEN $3::text ELSE format_type(o.atttypid, o.atttypmod) END, o.attname),
    ', ' ORDER BY o.attnum) FROM pg_attribute o WHERE o.attrelid = found.of AND o.attnum > 0 AND NOT o.attisdropped) AS columns
FROM found`

/** The collation that the column $2 of the table $1 has in place of that of its type. */
export const OWN_COLLATION = `
SELECT format('%I.%I', n.nspname, l.collname) AS collation FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_collation l ON l.oid = a.attcollation JOIN pg_namespace n ON n.oid = l.collnamespace
WHERE a.attrelid = $1::oid AND a.attname = $2::text AND NOT a.attisdropped AND a.attcollation <> t.typcollation`
