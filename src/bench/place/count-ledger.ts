import type {Pool} from 'pg'
import type {Check, Ledger} from '../shape/findings.ts'
import type {Place} from './place.ts'

/** Counts rows, items and letters by asking the servers, not the workers. */
async function countPlaces(pool: Pool, {queue, table}: Place) {
  const {rows} = await pool.query<{n: number; points: number}>(
    `SELECT count(*)::int AS n, count(DISTINCT (flight_id, lat, lon, datetime))::int AS points FROM ${table}`,
  )
  const {ready, leased, deadLetters} = await queue.countItems()
  const {n, points} = rows[0]
  return {rows: n, points, deadLetters, leased, ready, elsewhere: deadLetters + leased + ready}
}

/** The ledger for records that are all different and were all accepted. */
export async function countLedger(pool: Pool, place: Place, enqueued: number): Promise<Ledger> {
  const {points, elsewhere, ...places} = await countPlaces(pool, place)
  const found = points + elsewhere
  return {
    enqueued,
    ...places,
    alreadyThere: 0,
    lost: Math.max(0, enqueued - found),
    duplicated: places.rows - points + Math.max(0, found - enqueued),
  }
}

/**
 * The ledger for points, which are known by their numbers: a producer that got no answer does not know whether its
 * point arrived, so only confirmed points must be there.
 */
export async function countFlowLedger(pool: Pool, place: Place, acked: number[]): Promise<Ledger> {
  const {points, elsewhere, ...places} = await countPlaces(pool, place)
  const {rows} = await pool.query<{missing: number}>(
    // $1 = numbers of the confirmed points
    `SELECT count(*)::int AS missing FROM unnest($1::int[]) n
WHERE NOT EXISTS (SELECT FROM ${place.table} p WHERE p.device_id = 'b' || n)`,
    [acked],
  )
  const lost = Math.max(0, rows[0].missing - elsewhere)
  const enqueued = points + elsewhere + lost
  return {enqueued, ...places, alreadyThere: 0, lost, duplicated: places.rows - points}
}

/** The checks that no record is lost and none is duplicated. */
export function ledgerChecks({lost, duplicated}: Pick<Ledger, 'lost' | 'duplicated'>): Check[] {
  return [
    {name: 'lost', ok: lost === 0, text: `lost ${lost}`},
    {name: 'duplicated', ok: duplicated === 0, text: `duplicated ${duplicated}`},
  ]
}
