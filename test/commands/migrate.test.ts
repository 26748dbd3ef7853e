import pg from 'pg'
import {afterAll, beforeAll, beforeEach, expect, inject, it} from 'vitest'
import Migrate from '../../src/commands/migrate.ts'
import {runCommand} from '../support/run-command.ts'

let admin: pg.Client
let url: string
let client: pg.Client
const databases: string[] = []

beforeAll(async () => {
  admin = new pg.Client(inject('databaseUrl'))
  await admin.connect()
})

/** Each test gets a database of its own, in which nobody else runs migrations. */
beforeEach(async () => {
  await client?.end()
  const name = `migrate_${crypto.randomUUID().replaceAll('-', '')}`
  databases.push(name)
  await admin.query(`CREATE DATABASE ${name}`)
  url = inject('databaseUrl').replace(/\w+$/, name)
  client = new pg.Client(url)
  await client.connect()
})

afterAll(async () => {
  await client?.end()
  for (const name of databases) await admin.query(`DROP DATABASE ${name}`)
  await admin.end()
})

const migrate = (...argv: string[]) => runCommand(Migrate, argv, {DATABASE_URL: url})

async function tables(): Promise<string[]> {
  const {rows} = await client.query<{name: string}>(
    `SELECT schemaname || '.' || tablename AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  )
  return rows.map(({name}) => name)
}

it('makes the tables of qtool alone, and then says that there is nothing to do', async () => {
  const {stdout, code} = await migrate()
  expect({code, first: stdout.split('\n')[0]}).toEqual({
    code: 0,
    first: 'created the ledger of applied leases',
  })
  expect(await tables()).toEqual(['qtool.applied_lease', 'qtool.migration'])
  expect(await migrate()).toMatchObject({stdout: 'schema is up to date\n', code: 0})
})

it('works beside tables of those names that somebody else made, and leaves them alone', async () => {
  await client.query("CREATE TABLE flights (number text); INSERT INTO flights VALUES ('LH 1')")
  expect(await migrate()).toMatchObject({code: 0})
  const {code, stderr} = await migrate('--sample')
  expect(code).toBe(6)
  expect(stderr).toContain('table public.flights already exists, and qtool did not create it')
  expect(await tables()).toEqual(['public.flights', 'qtool.applied_lease', 'qtool.migration'])
  expect((await client.query('SELECT * FROM flights')).rows).toEqual([{number: 'LH 1'}])
})

it('makes neither its own tables nor the sample ones where it cannot make all', async () => {
  await client.query('CREATE VIEW live_track_points AS SELECT 1 AS one')
  expect((await migrate('--sample')).code).toBe(6)
  expect(await tables()).toEqual([])
})

it('makes the sample tables where asked, and says which it found', async () => {
  const first = await migrate('--sample')
  expect(first.stdout).toContain('created sample table flights\ncreated sample table live_track_points')
  await client.query('DROP TABLE live_track_points')
  expect((await migrate('--sample')).stdout).toBe(
    'schema is up to date\ncreated sample table live_track_points\nsample table flights is already there\n',
  )
  expect((await migrate('--sample', '--json')).json).toEqual({
    applied: [],
    sample: {created: [], alreadyThere: ['flights', 'live_track_points']},
  })
})

it('needs no right to create anything where nothing is to be made', async () => {
  expect((await migrate('--sample')).code).toBe(0)
  const role = `plain_${crypto.randomUUID().slice(0, 8)}`
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'test'; GRANT USAGE ON SCHEMA qtool TO ${role};
    GRANT SELECT ON qtool.migration TO ${role}; REVOKE CREATE ON SCHEMA public FROM PUBLIC`)
  const plain = Object.assign(new URL(url), {username: role, password: 'test'}).href
  const {code, stdout, stderr} = await runCommand(Migrate, ['--sample'], {DATABASE_URL: plain})
  expect({code, stderr}).toEqual({code: 0, stderr: ''})
  expect(stdout.split('\n')[0]).toBe('schema is up to date')
  await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
})

it('makes its tables in a schema that somebody else has made for it', async () => {
  const role = `owner_${crypto.randomUUID().slice(0, 8)}`
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'test'; CREATE SCHEMA qtool AUTHORIZATION ${role}`)
  const own = Object.assign(new URL(url), {username: role, password: 'test'}).href
  expect(await runCommand(Migrate, [], {DATABASE_URL: own})).toMatchObject({code: 0, stderr: ''})
  await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
})
