import pg from 'pg'
import {inject} from 'vitest'
import {randomInt} from './seeded.ts'

/** Ends the sessions of some workers now and then, also while they commit, until it is told to stop. */
export async function cutSessions(name: string, seed: number, signal: AbortSignal): Promise<void> {
  const pick = randomInt(seed)
  const client = new pg.Client({connectionString: inject('databaseUrl')})
  await client.connect()
  while (!signal.aborted) {
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = $1 AND (query LIKE $2 OR state = 'active') AND random() < 0.3`,
      [name, ['COMMIT%', 'INSERT%', 'WITH%', '%'][pick(4)]],
    )
    await client.query('SELECT pg_sleep($1)', [pick(20) / 1000])
  }
  await client.end()
}

/** A pool for a few workers, whose sessions `cutSessions` finds by their name. */
export function poolNamed(name: string, schema: string): pg.Pool {
  const options = `-c search_path=${schema} -c application_name=${name}`
  const pool = new pg.Pool({connectionString: inject('databaseUrl'), max: 3, options})
  // Sessions are ended on purpose
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
