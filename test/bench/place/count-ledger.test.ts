import {randomUUID} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {countFlowLedger, countLedger, ledgerChecks} from '../../../src/bench/place/count-ledger.ts'
import {fillQueue} from '../../../src/bench/place/fill.ts'
import {type Place, withPlace} from '../../../src/bench/place/place.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()
const COUNT = 20
const NUMBERS = Array.from({length: COUNT}, (_, i) => i)

/** Makes a place for `use` in which the points 0 to 19 are rows, as after a drain. */
function withRows<T>(use: (place: Place) => Promise<T>): Promise<T> {
  const at = {
    id: `ledger_${randomUUID().replaceAll('-', '')}`,
    signal: new AbortController().signal,
    survivesOutages: false,
  }
  return withPlace(context.redis, context.pool, at, async (place) => {
    await context.pool.query(
      `INSERT INTO ${place.table} (flight_uuid, flight_id, datetime, lat, lon, device_id)
SELECT f.id, f.flight_id, now(), 46 + n / 1000.0, 7, 'b' || n
FROM generate_series(0, ${COUNT - 1}) n, (SELECT * FROM ${place.schema}.flights LIMIT 1) f`,
    )
    return use(place)
  })
}

/** Both ledgers: the one by count, and the one by the numbers of points. */
async function ledgers(place: Place, enqueued = COUNT) {
  return [
    await countLedger(context.pool, place, enqueued),
    await countFlowLedger(context.pool, place, NUMBERS),
  ]
}

describe('the ledger', () => {
  it('finds nothing wrong where every point is one row', async () => {
    for (const ledger of await withRows(ledgers)) {
      expect(ledger).toMatchObject({enqueued: COUNT, rows: COUNT, lost: 0, duplicated: 0})
      expect(ledgerChecks(ledger).every(({ok}) => ok)).toBe(true)
    }
  })

  it('says "lost 1" where a row was removed behind its back', async () => {
    const found = await withRows(async (place) => {
      await context.pool.query(`DELETE FROM ${place.table} WHERE device_id = 'b7'`)
      return ledgers(place)
    })
    for (const ledger of found) {
      expect(ledger).toMatchObject({rows: COUNT - 1, lost: 1, duplicated: 0})
      expect(ledgerChecks(ledger)).toContainEqual({name: 'lost', ok: false, text: 'lost 1'})
    }
  })

  it('says "duplicated 1" where a row was written twice', async () => {
    const found = await withRows(async (place) => {
      await context.pool.query(
        `INSERT INTO ${place.table} SELECT * FROM ${place.table} WHERE device_id = 'b7'`,
      )
      return ledgers(place)
    })
    for (const ledger of found) {
      expect(ledger).toMatchObject({rows: COUNT + 1, lost: 0, duplicated: 1})
      expect(ledgerChecks(ledger)).toContainEqual({name: 'duplicated', ok: false, text: 'duplicated 1'})
    }
  })

  it('counts what is still in the queue as neither lost nor done', async () => {
    const [ledger] = await withRows(async (place) => {
      await fillQueue(place, 5)
      return ledgers(place, COUNT + 5)
    })
    expect(ledger).toMatchObject({rows: COUNT, ready: 5, lost: 0, duplicated: 0})
  })
})
