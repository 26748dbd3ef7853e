import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import type {Place} from './place.ts'
import type {Check, Ledger} from './run.ts'

/** What is where, asked from the servers and not from those who did the work. @param enqueued records that were accepted */
export async function countLedger(redis: Redis, pool: Pool, place: Place, enqueued: number): Promise<Ledger> {
  const {keys} = place
  const {rows} = await pool.query<{n: number; points: number}>(
    `SELECT count(*)::int AS n, count(DISTINCT (flight_id, lat, lon, datetime))::int AS points FROM ${place.table}`,
  )
  const ids = new Set([
    ...(await redis.hkeys(keys.attempts)),
    ...(await redis.zrange(keys.leases, '0', '-1')),
  ])
  const held = await Promise.all([...ids].map((id) => redis.zcard(keys.lease(id))))
  const leased = held.reduce((sum, count) => sum + count, 0)
  const [ready, deadLetters] = await Promise.all([redis.zcard(keys.ready), redis.zcard(keys.dead)])
  const {n, points} = rows[0]
  const found = points + deadLetters + leased + ready
  return {
    enqueued,
    rows: n,
    alreadyThere: 0,
    deadLetters,
    leased,
    ready,
    lost: Math.max(0, enqueued - found),
    duplicated: n - points + Math.max(0, found - enqueued),
  }
}

/** Nothing lost, nothing twice. */
export function ledgerChecks({lost, duplicated}: Ledger): Check[] {
  return [
    {name: 'lost', ok: lost === 0, text: `lost ${lost}`},
    {name: 'duplicated', ok: duplicated === 0, text: `duplicated ${duplicated}`},
  ]
}
