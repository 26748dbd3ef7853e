import {expect, it} from 'vitest'
import {countSettled} from '../../../src/record/outcomes.ts'
import {drainAll, push, testSink, useServers} from '../../support/context.ts'
import {cutSessions, poolNamed} from '../../support/cut-sessions.ts'
import {randomInt} from '../../support/seeded.ts'

/** QTOOL_SEEDS=1000 compares as many tables. */
const SEEDS = Number(process.env.QTOOL_SEEDS ?? 20)

const context = useServers()

interface Row {
  id: number
  seq: number | null
  a: number
}

/** What the table must hold at the end: of each key the record with the greatest `seq`. No two of a key have the same. */
function modelOf(rows: Row[], records: Row[]): Row[] {
  const newest = new Map(rows.map((row) => [row.id, row]))
  for (const record of records) {
    const known = newest.get(record.id)
    const isNewer = known && record.seq !== null && (known.seq === null || record.seq > known.seq)
    if (!known || isNewer) newest.set(record.id, record)
  }
  return [...newest.values()].sort((x, y) => x.id - y.id)
}

/**
 * Records of few keys, each with another `seq`, so that the newest of a key is one, in a random order. Some have none, and
 * then those of a key are the same, so that it does not matter which comes first.
 */
function randomRecords(pick: ReturnType<typeof randomInt>, keys: number): Row[] {
  const records = Array.from({length: 40 + pick(120)}, (_, n): Row => {
    const id = pick(keys)
    return pick(4) === 0 ? {id, seq: null, a: id} : {id, seq: n + 1, a: pick(1000)}
  })
  return records
    .map((record) => ({record, at: pick(1e9)}))
    .sort((x, y) => x.at - y.at)
    .map(({record}) => record)
}

const COUNTS = `
SELECT sum(inserted)::int AS inserted, sum(updated)::int AS updated, sum(superseded)::int AS superseded,
  sum(already_there)::int AS unchanged, sum(cardinality(dead_letters))::int AS dead
FROM qtool.applied_lease WHERE queue = $1`

/** @returns how many records were superseded, and how many leases came back */
async function compare(seed: number): Promise<{superseded: number; back: number}> {
  const pick = randomInt(seed)
  const table = `m${seed}`
  const name = `${context.schema}_${seed}`
  const keys = 1 + pick(30)
  const there: Row[] = Array.from({length: pick(keys)}, (_, id) => ({id, seq: 0, a: -1}))
  const records = randomRecords(pick, keys)
  const bad = Array.from({length: pick(4)}, (_, n) => ({id: 0, seq: 1000 + n, a: 5000 + n}))
  // A default in the midst of the others must not make a record newer than they are
  await context.pool.query(`CREATE TABLE ${table} (id int PRIMARY KEY, seq int DEFAULT 50, a int CHECK (a < 2000));
INSERT INTO ${table} SELECT * FROM json_to_recordset('${JSON.stringify(there)}') AS r(id int, seq int, a int)`)
  const at = context.newQueue()
  const textOf = ({seq, ...rest}: Row) =>
    JSON.stringify(seq === null && pick(2) === 0 ? rest : {seq, ...rest})
  const items = [...new Set([...records, ...bad].map(textOf))]
  await push(context, at.keys, items)
  const sink = await testSink(context, table, {onConflict: 'update', newestBy: 'seq'})
  const stop = new AbortController()
  const cutting = seed % 3 === 0 ? cutSessions(name, seed, stop.signal) : undefined
  const pool = poolNamed(name, context.schema)
  const options = {workers: 3, batch: 5 + pick(30), maxRetries: 50, leaseMs: 2000}
  const tally = await drainAll({...context, pool}, sink, at, options).finally(() => stop.abort())
  await cutting
  await pool.end()
  const {rows} = await context.pool.query<Row>(`SELECT * FROM ${table} ORDER BY id`)
  expect(rows, `seed ${seed}`).toEqual(modelOf(there, records))
  const ledger = await context.pool.query<Record<string, number>>(COUNTS, [at.queue])
  const {inserted, updated, superseded, unchanged, dead} = ledger.rows[0]
  expect({inserted, dead}, `seed ${seed}`).toEqual({inserted: rows.length - there.length, dead: bad.length})
  expect(inserted + updated + superseded + unchanged + dead, `seed ${seed}`).toBe(items.length)
  expect(countSettled(tally) + tally.recovered, `seed ${seed}`).toBe(items.length)
  await context.pool.query(`DROP TABLE ${table}`)
  return {superseded, back: tally.recovered + tally.retried}
}

it(`leaves ${SEEDS} tables as a model says, whatever is cut off`, {timeout: 3_600_000}, async () => {
  const waiting = Array.from({length: SEEDS}, (_, seed) => seed)
  const seen = {superseded: 0, back: 0}
  const run = async () => {
    for (let seed = waiting.pop(); seed !== undefined; seed = waiting.pop()) {
      const {superseded, back} = await compare(seed)
      seen.superseded += superseded
      seen.back += back
    }
  }
  await Promise.all([run(), run(), run(), run()])
  // The runs met what they are about
  expect(seen.superseded).toBeGreaterThan(0)
  expect(seen.back).toBeGreaterThan(0)
})
