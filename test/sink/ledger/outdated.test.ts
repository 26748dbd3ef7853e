import pg from 'pg'
import {afterAll, beforeAll, expect, inject, it} from 'vitest'
import {AppliedLeases} from '../../../src/sink/ledger/ledger.ts'
import {migrateLedger} from '../../../src/sink/ledger/migrate.ts'
import {cli, cliEnv} from '../../support/cli.ts'

const database = `outdated_${crypto.randomUUID().replaceAll('-', '')}`
const url = inject('databaseUrl').replace(/\w+$/, database)
const admin = new pg.Client(inject('databaseUrl'))
const client = new pg.Client(url)

beforeAll(async () => {
  await admin.connect()
  await admin.query(`CREATE DATABASE ${database}`)
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await admin.query(`DROP DATABASE ${database}`)
  await admin.end()
})

it('a ledger that an older qtool made is refused at the start, and migrate brings it up to date', async () => {
  await migrateLedger(client, async () => {})
  // As the steps before 6 left it
  await client.query(
    'ALTER TABLE qtool.applied_lease DROP COLUMN updated, DROP COLUMN superseded, DROP COLUMN deleted',
  )
  await client.query('DELETE FROM qtool.migration WHERE id >= 6')
  await client.query('CREATE TABLE t (a int)')
  expect(await new AppliedLeases().state(client)).toBe('outdated')
  const work = () =>
    cli(['work', '-q', database, '--table', 't', '--until-empty'], {env: cliEnv({DATABASE_URL: url})})
  expect(await work()).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/older qtool.*\n.*qtool migrate/),
  })
  await migrateLedger(client, async () => {})
  expect(await new AppliedLeases().state(client)).toBe('open')
  expect(await work()).toMatchObject({code: 0})
})
