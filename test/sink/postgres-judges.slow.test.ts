import pg from 'pg'
import {beforeAll, describe, expect, inject, it} from 'vitest'
import {judgeLetters} from '../../src/letters/diagnose.ts'
import type {Letter} from '../../src/queue/letters/letter.ts'
import {Sinks} from '../../src/sink/sinks.ts'
import {deadLetters, drainAll, push, testSink, useServers, withClient} from '../support/context.ts'
import {ATTEMPT, askPostgres, type Fate} from '../support/types/ask.ts'
import {brokenRule} from '../support/types/rules.ts'
import {TOKENS, textsFor} from '../support/types/texts.ts'
import {allTypes, OWN_TYPES} from '../support/types/types.ts'

const context = useServers()

const client = new pg.Client(inject('databaseUrl'))
await client.connect()
const TYPES = await allTypes(client)
await client.end()

beforeAll(async () => {
  await context.pool.query(OWN_TYPES)
  await context.pool.query(ATTEMPT)
})

/** The fates of the records `{"id": n, "v": value}` after a drain. */
async function drained(table: string, records: string[], carefulLeft: number) {
  const at = context.newQueue()
  await push(context, at.keys, records)
  const sink = await testSink(context, table)
  sink.experience.copies.left = carefulLeft
  await drainAll(context, sink, at, {workers: 1, batch: 1000})
  const fates: Fate[] = []
  const {rows} = await context.pool.query(`SELECT id, v::text AS stored FROM ${table}`)
  for (const {id, stored} of rows) fates[id] = {stored}
  for (const {payload, code} of await deadLetters(context, at.keys)) {
    const {id} = JSON.parse(String(payload))
    expect(fates[id]).toBeUndefined()
    fates[id] = {code: String(code)}
  }
  return {fates, sink}
}

describe('every type of this server', () => {
  it.each(TYPES.map((type, i) => ({...type, table: `t${i}`})))('$column', async ({table, ...type}) => {
    const texts = textsFor(type.shape)
    expect(texts.length).toBeGreaterThanOrEqual(50)
    const values = ['null', ...TOKENS, ...texts.map((text) => JSON.stringify(text))]
    const records = values.map((json, id) => `{"id":${id},"v":${json}}`)
    const wanted = await askPostgres(context.pool, type, `${table}_wanted`, values)
    const rules = values.map((json) => brokenRule(type.shape, json))
    /** The fates that are wrong. If a value breaks a rule and Postgres refuses it, too, either code is right. */
    const wrong = (fates: Array<Fate | undefined>, ids: number[]) =>
      ids.flatMap((id) => {
        const fate = fates[id] ?? {}
        const broken = rules[id] !== undefined && fate.code === rules[id]
        const fits =
          broken ||
          (rules[id] !== undefined && wanted[id].code === undefined ? false : same(fate, wanted[id]))
        return fits ? [] : [{json: values[id], wanted: rules[id] ?? wanted[id], fate}]
      })
    const all = values.map((_, id) => id)
    await context.pool.query(`CREATE TABLE ${table} (id int PRIMARY KEY, v ${type.column})`)
    const first = await drained(table, records, 0)
    expect(wrong(first.fates, all), 'with the bad ones').toEqual([])

    const good = all.filter((id) => first.fates[id]?.code === undefined)
    await context.pool.query(`TRUNCATE ${table}`)
    const second = await drained(
      table,
      good.map((id) => records[id]),
      0,
    )
    expect(wrong(second.fates, good), 'the good ones alone').toEqual([])
    expect(second.sink.experience.copies.failures, 'no row of COPY was refused').toBe(0)

    await context.pool.query(`TRUNCATE ${table}`)
    const letters = records.map((record, id) => ({id: String(id), item: Buffer.from(record)})) as Letter[]
    const verdicts = await withClient(context, (open) =>
      judgeLetters(open, new Sinks([second.sink]), letters),
    )
    const judged = verdicts.map((verdict, id) => {
      if (verdict.state === 'passing') return {stored: wanted[id].stored}
      return {code: verdict.state === 'failing' ? verdict.cause.code : 'unknown'}
    })
    expect(wrong(judged, all), 'diagnose').toEqual([])
  })
})

function same(fate: Fate, wanted: Fate): boolean {
  return wanted.code === undefined ? fate.stored === wanted.stored : fate.code === wanted.code
}
