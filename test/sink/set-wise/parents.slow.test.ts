import pg from 'pg'
import {afterAll, describe, expect, inject, it} from 'vitest'
import {drainAll, push, testSink, useServers} from '../../support/context.ts'
import {randomInt} from '../../support/seeded.ts'

/** QTOOL_SEEDS=200 runs each kind of parent with as many seeds. */
const SEEDS = Number(process.env.QTOOL_SEEDS ?? 2)
const PARENTS = 300
const RECORDS = 1500

const context = useServers()

/** How a child refers to its parent, and what becomes of it when the parent goes or changes its key. */
const ACTIONS: Array<[name: string, sql: string]> = [
  ['restricts', 'ON DELETE RESTRICT ON UPDATE RESTRICT'],
  ['cascades', 'ON DELETE CASCADE ON UPDATE CASCADE'],
  ['sets null', 'ON DELETE SET NULL ON UPDATE SET NULL'],
  ['does nothing until the end', 'ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED'],
]

const KINDS: Array<[name: string, parent: string, child: string]> = [
  ['tables', '', ''],
  ['partitions', 'PARTITION BY HASH (id)', 'PARTITION BY HASH (n)'],
]

/** Deletes parents, changes their keys and makes new ones, in transactions of its own, until it is told to stop. */
async function stir(client: pg.Client, seed: number, signal: AbortSignal): Promise<number> {
  const pick = randomInt(seed)
  let changed = 0
  while (!signal.aborted) {
    const id = pick(PARENTS)
    const statements = [
      `DELETE FROM p WHERE id = ${id}`,
      `DELETE FROM p WHERE id IN (${id}, ${pick(PARENTS)}, ${pick(PARENTS)})`,
      `UPDATE p SET id = id + ${PARENTS} WHERE id = ${id}`,
      `UPDATE p SET id = id - ${PARENTS} WHERE id = ${id + PARENTS} AND NOT EXISTS (SELECT FROM p WHERE id = ${id})`,
      `INSERT INTO p VALUES (${id}) ON CONFLICT DO NOTHING`,
    ]
    // Refused where a child is in the way; a key that is checked at the end refuses the COMMIT
    const outcome: unknown = await client
      .query(`BEGIN; ${statements[pick(statements.length)]}; COMMIT`)
      .catch(() => client.query('ROLLBACK'))
    if (Array.isArray(outcome)) changed += outcome[1].rowCount
  }
  return changed
}

async function drainWhileStirred(seed: number) {
  const pick = randomInt(seed + 1000)
  const at = context.newQueue()
  await push(
    context,
    at.keys,
    Array.from({length: RECORDS}, (_, n) => JSON.stringify({n, p: pick(PARENTS)})),
  )
  const sink = await testSink(context, 't', {foreignKeys: 'set'})
  const client = new pg.Client({
    connectionString: inject('databaseUrl'),
    options: `-c search_path=${context.schema}`,
  })
  await client.connect()
  const stop = new AbortController()
  const stirring = stir(client, seed, stop.signal)
  const options = {workers: 8, batch: 20, maxRetries: 50}
  const tally = await drainAll(context, sink, at, options).finally(() => stop.abort())
  const changed = await stirring.finally(() => client.end())
  return {tally, changed}
}

// Of one drain, all changes may meet children that are there already
let total = 0
afterAll(() => expect(total).toBeGreaterThan(0))

describe.each(KINDS)('parents and children in %s', (_kind, parent, child) => {
  describe.each(ACTIONS)('a key that %s', (_name, action) => {
    it.each(Array.from({length: SEEDS}, (_, seed) => seed))('leaves no orphan, seed %i', async (seed) => {
      const parts = (table: string, by: string) =>
        by &&
        [0, 1]
          .map(
            (n) =>
              `CREATE TABLE ${table}${n} PARTITION OF ${table} FOR VALUES WITH (MODULUS 2, REMAINDER ${n});`,
          )
          .join('')
      await context.pool.query(`DROP TABLE IF EXISTS t, p CASCADE; CREATE TABLE p (id int PRIMARY KEY) ${parent};
${parts('p', parent)} INSERT INTO p SELECT generate_series(0, ${PARENTS - 1});
CREATE TABLE t (n int, p int REFERENCES p ${action}) ${child}; ${parts('t', child)}`)
      const {tally, changed} = await drainWhileStirred(seed)
      const {rows} = await context.pool.query(`SELECT count(*)::int AS n,
  (count(*) FILTER (WHERE t.p IS NOT NULL AND p.id IS NULL))::int AS orphans FROM t LEFT JOIN p ON p.id = t.p`)
      expect(rows[0].orphans).toBe(0)
      expect(tally.inserted + tally.deadLettered).toBe(RECORDS)
      expect(Object.keys(tally.deadLettersByReason).filter((reason) => reason !== 'foreign_key')).toEqual([])
      if (!action.includes('CASCADE')) expect(rows[0].n).toBe(tally.inserted)
      total += changed
    })
  })
})
