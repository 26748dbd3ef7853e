import {describe, expect, it} from 'vitest'
import {useServers} from '../support/context.ts'
import {drainInto} from '../support/drain-into.ts'
import {randomRecord, randomTable} from '../support/random-table.ts'
import {randomInt} from '../support/seeded.ts'

const context = useServers()

/** QTOOL_SEED=n tries another series of tables. */
const SEED = Number(process.env.QTOOL_SEED ?? 20_261_126)
const TABLES = 24
const RECORDS = 40

describe('every value that a record gives for a column is in the row', () => {
  it.each(Array.from({length: TABLES}, (_, i) => SEED + i))(
    'table of seed %i, in both lanes',
    async (seed) => {
      for (const lane of ['copy', 'careful'] as const) {
        const name = `known_${seed}_${lane}`
        const pick = randomInt(seed)
        const plan = randomTable(name, pick)
        await context.pool.query(plan.sql)
        const records = Array.from({length: RECORDS}, (_, k) => randomRecord(k, plan, pick))
        const {tally, letters} = await drainInto(
          context,
          name,
          records.map(({text}) => text),
          {careful: lane === 'careful'},
        )
        const good = records.filter(({row}) => row)
        expect(good.length).toBeGreaterThan(RECORDS / 2)
        expect(tally).toMatchObject({inserted: good.length, deadLettered: RECORDS - good.length})
        expect(new Set(letters.map(({code}) => code))).toEqual(
          new Set(good.length < RECORDS ? ['23502'] : []),
        )
        expect(tally.unknownKeyCount).toBe(records.reduce((sum, {extra}) => sum + extra, 0))
        const {rows} = await context.pool.query(`SELECT to_jsonb(t) AS row FROM ${name} t ORDER BY k`)
        for (const [i, {row}] of rows.entries()) expect(row).toMatchObject(good[i].row ?? {})
      }
    },
  )
})
