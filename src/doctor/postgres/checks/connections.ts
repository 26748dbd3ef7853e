import type {Check, Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead} from '../part.ts'
import type {ConnectionLimit, Connections} from '../read/connections.ts'
import {percent} from '../words.ts'

const NEARLY = 0.8

/** Connections that `qtool work` opens by default: one a worker. */
const WORKERS = 10

export const CONNECTIONS: Check<PostgresFacts> = {
  id: 'postgres.connections',
  title: 'connections that are left',
  judge: ({server, connections}) =>
    ifRead(connections, (read) => {
      // A pooler shares the connections that it has
      const wanted = server.isPooled ? 0 : Math.max(0, WORKERS - read.qtool)
      return read.limits.flatMap((limit) => judge(limit, read, {wanted, ...server}))
    }),
}

function judge(
  one: ConnectionLimit,
  {qtool}: Connections,
  {wanted, database, role}: {wanted: number; database: string; role: string},
): Found[] {
  const {used, limit, of} = one
  const free = limit - used
  const what = `${used} of the ${limit} connections of ${{server: 'the server', database: `database ${database}`, role: `role ${role}`}[of]} are in use`
  const fix = FIXES[of]
  if (free <= 0) {
    return [{level: 'critical', what, why: 'the next connection is refused, and workers stop writing', fix}]
  }
  if (used > limit * NEARLY) {
    const why = `more than ${percent(NEARLY)}: workers that start share what is left or are refused`
    return [{level: 'warning', what, why, fix}]
  }
  if (free >= wanted) return []
  const why = `qtool work opens ${WORKERS} by default, one a worker${qtool > 0 ? `, of which ${qtool} are open` : ''}`
  return [{level: 'warning', what, why, fix: `${fix}, or start fewer workers: qtool work --workers ${free}`}]
}

const FIXES: Record<ConnectionLimit['of'], string> = {
  server: 'end idle sessions, put PgBouncer in between, or raise max_connections (restart)',
  database: 'ALTER DATABASE … CONNECTION LIMIT with a greater number',
  role: 'ALTER ROLE … CONNECTION LIMIT with a greater number',
}
