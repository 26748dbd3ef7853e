import type {ClientBase} from 'pg'

/** Checkpoints since the statistics began. */
export interface Checkpoints {
  /** Because it was time: `checkpoint_timeout`. */
  timed: number
  /** Because the WAL reached `max_wal_size`, or somebody asked for one. */
  forced: number
}

const BEFORE_17 =
  'SELECT checkpoints_timed::float8 AS timed, checkpoints_req::float8 AS forced FROM pg_stat_bgwriter'
const SINCE_17 =
  'SELECT num_timed::float8 AS timed, num_requested::float8 AS forced FROM pg_stat_checkpointer'

export async function readCheckpoints(client: ClientBase, major: number): Promise<Checkpoints> {
  return (await client.query<Checkpoints>(major < 17 ? BEFORE_17 : SINCE_17)).rows[0]
}
