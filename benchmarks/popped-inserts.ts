/**
 * Drains a Redis list into Postgres in the way of Vector and Redpanda Connect: items are popped, and each batch is one
 * `INSERT … SELECT FROM jsonb_populate_recordset`. It does better than they do: it pops 1,000 items by one command where
 * Vector pops them one by one, never parses them, and writes over several connections. Like them, it has no lease and no
 * ledger, so what it has popped is lost if it dies, and a bad record refuses its whole batch.
 *
 * node popped-inserts.js REDIS_URL DATABASE_URL LIST TABLE COLUMNS
 */
import {Redis} from 'ioredis'
import pg from 'pg'

const CONNECTIONS = 10
const BATCH = 1000

const [redisUrl, databaseUrl, list, table, columns] = process.argv.slice(2)
const redis = new Redis(redisUrl)
const pool = new pg.Pool({connectionString: databaseUrl, max: CONNECTIONS})
const insert = `INSERT INTO ${table} (${columns})
SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb) ON CONFLICT DO NOTHING`

async function drain(): Promise<void> {
  for (;;) {
    const items = await redis.lpop(list, BATCH)
    if (!items) return
    await pool.query(insert, [`[${items.join(',')}]`])
  }
}

await Promise.all(Array.from({length: CONNECTIONS}, drain))
await pool.end()
redis.disconnect()
