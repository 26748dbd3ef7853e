import type {Check, Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import type {Blocker} from '../read/blockers.ts'
import {ofSink} from './sink.ts'

export const BLOCKED: Check<PostgresFacts> = {
  id: 'postgres.blocked',
  title: 'who keeps others from writing into the table',
  judge: (facts) => ofSink(facts, 'blockers', (blockers, table) => blockers.map((one) => judge(one, table))),
}

function judge({pid, how, behind, role, command}: Blocker, table: string): Found {
  const who =
    pid === 0
      ? 'a prepared transaction'
      : `session ${pid}${role ? ` (role ${role}${command ? `, ${command}` : ''})` : ''}`
  const done = {
    holds: `holds a lock on ${table} that writes wait for`,
    waits: `waits for a lock on ${table}, behind ${behind.map(String).join(', ') || 'others'}, and writes queue up behind it`,
    row: `has changed a row that a write into ${table} waits for`,
  }
  return {
    level: 'critical',
    what: `${who} ${done[how]}`,
    why: 'workers wait until it ends; their leases are retried when they run into a timeout',
    fix:
      pid === 0
        ? 'find it in pg_prepared_xacts, and COMMIT PREPARED or ROLLBACK PREPARED it'
        : `SELECT pg_terminate_backend(${pid}), if it does not end by itself`,
  }
}
