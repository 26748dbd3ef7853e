import type {ClientBase} from 'pg'
import {TREE} from './table.ts'

/** A foreign key of the sink that Postgres enforces, as far as checking it for a whole lease at once is concerned. */
export interface EnforcedKey {
  name: string
  /** Quoted `schema.table`. */
  parent: string
  /** Rows of the table may be parents. */
  isSelf: boolean
  isMatchFull: boolean
  isPeriod: boolean
  /** A generated column is part of it. */
  isGenerated: boolean
  /** Its parent is partitioned, or others inherit from it. */
  hasPartitions: boolean
  /** Row security may hide its parents. */
  hidesRows: boolean
  /** This role may lock the parents: it has SELECT and, for one column at least, UPDATE. */
  mayLock: boolean
}

/** A trigger or rule of a user that reacts to an insert. */
export interface Reaction {
  /** `trigger NAME` or `rule NAME`. */
  name: string
  /** It also runs while session_replication_role is `replica`, and ordinarily as well. */
  isAlways: boolean
  /** It may change a record before it is written. */
  isBefore: boolean
}

/** What decides whether foreign keys can be checked for a whole lease at once. */
export interface SetWiseFacts {
  keys: EnforcedKey[]
  reactions: Reaction[]
  /** A unique key is checked by a trigger at the end of the transaction. */
  hasDeferrableKey: boolean
  /** This role may set session_replication_role. */
  maySet: boolean
}

const KEYS = `
SELECT k.conname::text AS name, format('%I.%I', n.nspname, c.relname) AS parent,
  COALESCE(pg_partition_root(k.confrelid) = pg_partition_root(k.conrelid), k.confrelid = k.conrelid) AS "isSelf",
  k.confmatchtype = 'f' AS "isMatchFull", COALESCE((to_jsonb(k)->>'conperiod')::boolean, false) AS "isPeriod",
  EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
    AND a.attgenerated <> '') AS "isGenerated",
  c.relkind <> 'r' OR c.relhassubclass AS "hasPartitions", c.relrowsecurity AS "hidesRows",
  has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
    AND has_any_column_privilege(c.oid, 'UPDATE') AS "mayLock"
FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.conrelid = $1 AND k.contype = 'f' AND k.conparentid = 0
  AND COALESCE((to_jsonb(k)->>'conenforced')::boolean, true) ORDER BY 1`

// Bits of tgtype: 2 BEFORE, 4 INSERT, 64 INSTEAD OF. A disabled trigger never runs
const REACTIONS = `
WITH RECURSIVE ${TREE}
SELECT DISTINCT 'trigger ' || quote_ident(t.tgname) AS name, t.tgenabled = 'A' AS "isAlways", t.tgtype & 66 <> 0 AS "isBefore"
FROM tree JOIN pg_trigger t ON t.tgrelid = tree.oid
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 4 = 4
UNION ALL
SELECT 'rule ' || quote_ident(r.rulename), r.ev_enabled = 'A', true
FROM tree JOIN pg_rewrite r ON r.ev_class = tree.oid WHERE r.ev_type = '3' AND r.ev_enabled <> 'D' ORDER BY 1`

const DEFERRABLE = `
WITH RECURSIVE ${TREE}
SELECT EXISTS (SELECT FROM tree JOIN pg_index i ON i.indrelid = tree.oid WHERE NOT i.indimmediate) AS found`

/** Parameters can be granted since Postgres 15; before, superusers alone set this one. */
const MAY_SET = `SELECT has_parameter_privilege('session_replication_role', 'SET') AS may`

export async function readSetWise(
  client: ClientBase,
  oid: number,
  {major, isSuperuser}: {major: number; isSuperuser: boolean},
): Promise<SetWiseFacts> {
  const keys = await client.query<EnforcedKey>(KEYS, [oid])
  const reactions = await client.query<Reaction>(REACTIONS, [oid])
  const deferrable = await client.query<{found: boolean}>(DEFERRABLE, [oid])
  const mayBeGranted = major >= 15 && !isSuperuser
  const maySet = mayBeGranted ? (await client.query<{may: boolean}>(MAY_SET)).rows[0].may : isSuperuser
  return {keys: keys.rows, reactions: reactions.rows, hasDeferrableKey: deferrable.rows[0].found, maySet}
}
