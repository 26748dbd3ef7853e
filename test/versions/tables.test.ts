import {beforeAll, describe, expect, it} from 'vitest'
import {deadLetters, drainAll, push, testSink, useServers} from '../support/context.ts'
import {insertEach} from '../support/drain-into.ts'
import {postgresMajor} from '../support/outside.ts'
import {MAJORS} from '../support/postgres-version.ts'
import {TABLES, type TableCase} from './table-cases.ts'

const context = useServers()
const major = Number(process.env.QTOOL_TEST_POSTGRES ?? MAJORS.at(-1))
let number = 0

beforeAll(async () => {
  expect(await postgresMajor(context)).toBe(major)
})

/** Postgres's code for each record on its own; undefined if it accepts the record. */
async function judgeOneByOne(table: string, {records, key}: TableCase): Promise<Array<string | undefined>> {
  const client = await context.pool.connect()
  const codes: Array<string | undefined> = []
  for (const record of records) {
    const columns = Object.keys(record)
    const values = Object.values(record).map((value) => (value === null ? null : textOf(value)))
    const names = columns.map((name) => `"${name}"`).join(', ')
    const places = columns.map((_, i) => `$${i + 1}`).join(', ')
    const conflict = key ? `ON CONFLICT (${key}) DO NOTHING` : ''
    try {
      await client.query('BEGIN')
      await client.query(`INSERT INTO ${table} (${names}) VALUES (${places}) ${conflict}`, values)
      await client.query('COMMIT')
      codes.push(undefined)
    } catch (error) {
      await client.query('ROLLBACK')
      codes.push(String((error as {code?: string}).code))
    }
  }
  client.release()
  return codes
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

async function rowsOf(table: string): Promise<string[]> {
  const {rows} = await context.pool.query(`SELECT to_jsonb(t) - 'ident' AS row FROM ${table} t`)
  return rows.map(({row}) => JSON.stringify(row)).sort()
}

async function make({sql}: TableCase): Promise<string> {
  const table = `c${++number}`
  await context.pool.query(sql.replaceAll(':t', table))
  return table
}

const there = TABLES.filter(({since = 0}) => since <= major)
const WAYS = [
  {batch: 1, each: false},
  {batch: 2, each: false},
  {batch: 100, each: false},
  {batch: 100, each: true},
]
const cases = there.flatMap((one) => WAYS.map((way) => ({...one, ...way})))

describe.each(cases)('$title, in leases of $batch, each record on its own: $each', (one) => {
  it('what Postgres takes is a row, and what it refuses a dead letter with its code', async () => {
    const twin = await make(one)
    const codes = await judgeOneByOne(twin, one)
    const wanted = one.records.flatMap((record, i) => {
      const code = codes[i]
      return code ? [[JSON.stringify(record), code]] : []
    })
    expect(wanted.length, 'records that Postgres refuses').toBe(one.refused)

    const table = await make(one)
    const at = context.newQueue()
    await push(
      context,
      at.keys,
      one.records.map((record) => JSON.stringify(record)),
    )
    const sink = await testSink(context, table)
    if (one.each) insertEach(sink)
    await drainAll(context, sink, at, {workers: 1, batch: one.batch})
    const letters = await deadLetters(context, at.keys)
    const failed = letters.map(({payload, code}) => [String(payload), String(code)])
    expect(failed.sort()).toEqual(wanted.sort())
    expect(await rowsOf(table)).toEqual(await rowsOf(twin))
    expect(await context.redis.exists(at.keys.ready, at.keys.leases)).toBe(0)
  })
})
