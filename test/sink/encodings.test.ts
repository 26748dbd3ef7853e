import pg from 'pg'
import {afterAll, beforeAll, expect, inject, it} from 'vitest'
import {migrate} from '../../src/sample/migrate.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../support/context.ts'

const context = useServers()
const name = `latin_${process.pid}_${Date.now()}`
let pool: pg.Pool
/** Postgres 14 has only one provider and no such option. */
const provider = process.env.QTOOL_TEST_POSTGRES === '14' ? '' : 'LOCALE_PROVIDER libc'

beforeAll(async () => {
  await context.pool.query(
    `CREATE DATABASE ${name} ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C' ${provider}`,
  )
  const url = new URL(inject('databaseUrl'))
  url.pathname = name
  pool = new pg.Pool({connectionString: url.href, max: 4})
  const client = await pool.connect()
  await migrate(client, {sample: false})
  await client.query(`CREATE SCHEMA ${context.schema}; SET search_path = ${context.schema}`)
  await client.query('CREATE TABLE words (a int PRIMARY KEY, word text)')
  client.release()
})

afterAll(async () => {
  await pool.end()
  await context.pool.query(`DROP DATABASE ${name}`)
})

it.each([500, 1])(
  'a database in LATIN1 takes what it can hold, and the rest become dead letters (batch %i)',
  async (batch) => {
    await pool.query(`TRUNCATE ${context.schema}.words`)
    const at = context.newQueue()
    const items = [
      '{"a":1,"word":"é"}',
      '{"a":2,"word":"€"}',
      '{"a":3,"word":"\\u20ac"}',
      '{"a":4,"word":"ok","€":1}',
      '{"a":5,"word":"ß"}',
    ]
    await push(context, at.keys, items)
    const sink = await testSink({...context, pool}, 'words')
    const tally = await drainAll({...context, pool}, sink, at, {workers: 1, batch})
    expect(tally).toMatchObject({inserted: 3, deadLettered: 2, retried: 0})
    const letters = await deadLetters(context, at.keys)
    expect(letters.map(({payload, code}) => [payload, code])).toEqual([
      [items[1], '22P05'],
      [items[2], '22P05'],
    ])
    const {rows} = await pool.query(`SELECT a, word FROM ${context.schema}.words ORDER BY a`)
    expect(rows).toEqual([
      {a: 1, word: 'é'},
      {a: 4, word: 'ok'},
      {a: 5, word: 'ß'},
    ])
  },
)

it('the ledger gives back every letter of a dead letter, also in LATIN1', async () => {
  const {AppliedLeases} = await import('../../src/sink/ledger/ledger.ts')
  const client = await pool.connect()
  const ledger = new AppliedLeases()
  const {name} = await testSink({...context, pool}, 'words')
  const applied = {
    inserted: 1,
    alreadyThere: 2,
    updated: 0,
    superseded: 0,
    deleted: 0,
    alreadyGone: 0,
    suppressed: 0,
    deadLetters: [
      {failedAt: 1_700_000_000_000, text: '{"word":"€ 😀 \\\\ \\" , {}"}'},
      {failedAt: 7, text: ''},
    ],
    postponed: [{score: 1.5, text: 'ключ'}],
  }
  const lease = {leaseId: `${name}-1`, queue: 'päge€'}
  expect(await ledger.record(client, lease, name, applied)).toBe(true)
  expect(await ledger.find(client, lease.leaseId)).toEqual({...applied, split: false})
  client.release()
})
