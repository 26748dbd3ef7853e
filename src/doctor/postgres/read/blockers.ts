import type {ClientBase} from 'pg'
import {treeOf} from '../../../sink/catalog/tree.ts'
import {commandSql} from './command.ts'

/** A session that keeps others from writing into the sink. */
export interface Blocker {
  /** 0 for a prepared transaction, which belongs to no session. */
  pid: number
  /**
   * - `holds`: it holds a lock on the table that writes conflict with
   * - `waits`: it waits for such a lock, and writes queue up behind it
   * - `row`: a write waits for a row or a key that it has changed
   */
  how: 'holds' | 'waits' | 'row'
  /** The sessions that it waits for, itself or as a writer: those that have to end first. */
  behind: number[]
  /** Its role and what it runs, as far as this role may see. */
  role: string | null
  command: string | null
}

/**
 * How long a write may wait for a row before it counts, ms: writers of the same key wait for each other all the time,
 * and for longer behind a worker of qtool that is busy with its lease.
 */
const PATIENCE_MS = 1000

/*
 * $1 = oid of the table, $2 = ms. Inserts take a ROW EXCLUSIVE lock, which SHARE and stronger locks conflict with.
 * A lock that waits does so behind others; a writer that waits for a row waits for the transaction that changed it.
 */
const BLOCKERS = `
WITH RECURSIVE ${treeOf('$1::oid')},
held AS (
  SELECT l.pid, l.mode, l.granted FROM pg_locks l JOIN tree ON l.relation = tree.oid
  WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.pid IS DISTINCT FROM pg_backend_pid()),
found AS (
  SELECT COALESCE(pid, 0) AS pid, CASE WHEN granted THEN 'holds' ELSE 'waits' END AS how,
    CASE WHEN granted THEN '{}' ELSE pg_blocking_pids(pid) END AS behind
  FROM held WHERE mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  UNION
  SELECT b.pid, 'row', '{}' FROM pg_locks w, LATERAL unnest(pg_blocking_pids(w.pid)) b(pid)
  WHERE NOT w.granted AND w.locktype IN ('transactionid', 'tuple', 'virtualxid', 'speculative token')
    AND w.waitstart < clock_timestamp() - $2 * interval '1 ms'
    AND w.pid IN (SELECT pid FROM held WHERE mode = 'RowExclusiveLock' AND granted))
SELECT f.pid, f.how, f.behind, a.usename::text AS role, ${commandSql("NULLIF(a.query, '<insufficient privilege>')")} AS command
FROM found f LEFT JOIN pg_stat_activity a ON a.pid = f.pid
WHERE NOT (f.how = 'row' AND COALESCE(a.application_name = 'qtool'
  AND (a.state = 'active' OR a.state_change > clock_timestamp() - $2 * interval '1 ms'), false)) ORDER BY f.how, f.pid`

/** Who keeps others from writing into the table at this moment. @param oid of the table */
export async function readBlockers(client: ClientBase, oid: number): Promise<Blocker[]> {
  return (await client.query<Blocker>(BLOCKERS, [oid, PATIENCE_MS])).rows
}

/** Those that were there both times: a lock that is held for a moment blocks nobody for long. */
export function lasting(before: readonly Blocker[], after: readonly Blocker[]): Blocker[] {
  return after.filter((one) => before.some(({pid, how}) => pid === one.pid && how === one.how))
}
