import pg from 'pg'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {cliEnv, cliJson} from '../support/cli.ts'
import {deadLetters, useServers} from '../support/context.ts'
import {databaseUrl, postgresMajor} from '../support/outside.ts'

const context = useServers()
const database = `latin1_${process.pid}_${Date.now()}`
const env = () => cliEnv({DATABASE_URL: databaseUrl({database})})
let client: pg.Client

beforeAll(async () => {
  // Since Postgres 15 there are other locale providers, but only this one supports LATIN1
  const provider = (await postgresMajor(context)) < 15 ? '' : 'LOCALE_PROVIDER libc'
  await context.pool.query(
    `CREATE DATABASE ${database} ENCODING LATIN1 TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ${provider}`,
  )
  client = new pg.Client(databaseUrl({database}))
  await client.connect()
  await client.query('CREATE TABLE names (id int PRIMARY KEY, name text, doc jsonb)')
  expect(await cliJson(['migrate'], {env: env()})).toMatchObject({code: 0})
})
afterAll(async () => {
  await client?.end()
  await context.pool.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
})

describe.each([
  ['in one lease', 50],
  ['each in a lease of its own', 1],
])('in a LATIN1 database, %s', (_title, batch) => {
  it('every letter that it has is stored, and a record with any other is a dead letter', async () => {
    const {queue, keys} = context.newQueue()
    await client.query('TRUNCATE names')
    const records = [
      {id: 1, name: 'Zürich', doc: {a: 'é'}},
      {id: 2, name: 'costs 5 €'},
      {id: 3, name: 'plain'},
      {id: 4, name: '日本', doc: {a: 1}},
      {id: 5, name: 'also plain', doc: {Ж: 'ÿ'}},
      {id: 6, name: 'last'},
    ]
    const input = records.map((record) => JSON.stringify(record)).join('\n')
    await cliJson(['enqueue', '-q', queue], {env: env(), input})
    const args = ['work', '-q', queue, '--table', 'names', '--until-empty', '--batch', String(batch)]
    const {code, json} = await cliJson(args, {env: env()})
    expect({code, ...json}).toMatchObject({code: 3, inserted: 3})
    const {rows} = await client.query('SELECT id, name FROM names ORDER BY id')
    expect(rows).toEqual([records[0], records[2], records[5]].map(({id, name}) => ({id, name})))
    const letters = await deadLetters(context, keys)
    const failed = letters.map(({payload, code}) => [JSON.parse(String(payload)), code])
    expect(failed.sort(([a], [b]) => a.id - b.id)).toEqual([
      [records[1], '22P05'],
      [records[3], '22P05'],
      [records[4], '22P05'],
    ])
  })
})
