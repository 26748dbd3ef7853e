import type {ClientBase} from 'pg'

export interface Standby {
  name: string
  /** A commit waits for it. */
  isSynchronous: boolean
  /** ms until what was written is visible there; null if it has caught up and nothing is written. */
  lagMs: number | null
}

export interface Standbys {
  seen: Standby[]
  /** Connected standbys of which this role may not see more. */
  hidden: number
}

const STANDBYS = `
SELECT application_name AS name, COALESCE(sync_state IN ('sync', 'quorum'), false) AS "isSynchronous",
  round(extract(epoch FROM replay_lag) * 1000)::float8 AS "lagMs", state IS NULL AS hidden
FROM pg_stat_replication ORDER BY application_name, pid`

export async function readStandbys(client: ClientBase): Promise<Standbys> {
  const {rows} = await client.query<Standby & {hidden: boolean}>(STANDBYS)
  const seen = rows.filter(({hidden}) => !hidden)
  return {
    seen: seen.map(({name, isSynchronous, lagMs}) => ({name, isSynchronous, lagMs})),
    hidden: rows.length - seen.length,
  }
}
