import {randomBytes} from 'node:crypto'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {cliEnv, cliJson} from '../support/cli.ts'
import {deadLetters, useServers} from '../support/context.ts'
import {databaseUrl, findRecords, postgresMajor} from '../support/outside.ts'

const context = useServers()
const role = `writer_${randomBytes(6).toString('hex')}`
const table = () => `${context.schema}.child`

/** Everything that a role needs to write; each test grants or revokes what it is about. */
beforeAll(async () => {
  await context.pool.query(`
CREATE ROLE ${role} LOGIN PASSWORD 'test';
GRANT USAGE ON SCHEMA ${context.schema} TO ${role};
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent SELECT generate_series(0, 9);
CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent, note text DEFAULT 'none')`)
})
afterAll(() => context.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`))

/** Drains records as the role; the default is 20, two of them without a parent. @returns the outcome */
async function drainAs(grants: string, records = RECORDS, flags: string[] = []) {
  await context.pool.query(`REVOKE ALL ON ALL TABLES IN SCHEMA ${context.schema} FROM ${role};
TRUNCATE child; ${grants.replaceAll('$role', role)}`)
  const {queue, keys} = context.newQueue()
  const env = cliEnv({DATABASE_URL: databaseUrl({user: role})})
  await cliJson(['enqueue', '-q', queue], {env, input: records.join('\n')})
  const args = ['work', '-q', queue, '--table', table(), '--until-empty', ...flags]
  const {code, json, stderr} = await cliJson(args, {env})
  const {rows} = await context.pool.query('SELECT id, parent, note FROM child ORDER BY id')
  const letters = await deadLetters(context, keys)
  const {ready, leased} = await findRecords(context, queue, table())
  const waiting = ready.length + leased.length
  return {
    code,
    json,
    stderr,
    rows,
    waiting,
    failed: letters.map((one) => [one.code, idOf(one.payload)]).sort(),
  }
}

const idOf = (payload: unknown) => JSON.parse(String(payload)).id

const RECORDS = Array.from({length: 20}, (_, id) => `{"id":${id},"parent":${id % 10 === 7 ? 77 : id % 10}}`)
const WRITTEN = RECORDS.map((text) => JSON.parse(text)).filter(({parent}) => parent !== 77)
const ORPHANS = [
  ['23503', 17],
  ['23503', 7],
]

it('a role that may only insert, and sees neither the ledger nor the parent', async () => {
  const {code, rows, failed, stderr} = await drainAs('GRANT INSERT ON child TO $role')
  expect(rows).toEqual(WRITTEN.map((row) => ({...row, note: 'none'})))
  expect(failed).toEqual(ORPHANS)
  expect(code).toBe(3)
  expect(stderr).toContain('ledger')
})

it('a role that may insert some columns only', async () => {
  const {rows, failed} = await drainAs('GRANT INSERT (id, parent) ON child TO $role')
  expect(rows).toEqual(WRITTEN.map((row) => ({...row, note: 'none'})))
  expect(failed).toEqual(ORPHANS)
})

it('a record with a column that the role may not write is a dead letter, the others are rows', async () => {
  const records = [...RECORDS, '{"id":50,"parent":1,"note":"mine"}']
  const {rows, failed} = await drainAs('GRANT INSERT (id, parent) ON child TO $role', records)
  expect(rows).toHaveLength(18)
  expect(failed).toEqual([...ORPHANS, ['42501', 50]].sort())
})

it('a role that may read the parent, but not the ledger', async () => {
  const {rows, failed} = await drainAs(
    'GRANT INSERT, SELECT ON child TO $role; GRANT SELECT ON parent TO $role',
  )
  expect(rows).toHaveLength(18)
  expect(failed).toEqual(ORPHANS)
})

it('a role that may lock parents and silence triggers checks foreign keys by the set; without either, by the row', async () => {
  const locks = 'GRANT INSERT ON child TO $role; GRANT SELECT, UPDATE ON parent TO $role'
  const without = await drainAs(locks)
  expect(without.json.foreignKeys).toMatchObject({
    way: 'rows',
    reasons: [expect.stringContaining('session_')],
  })
  expect(without.rows).toHaveLength(18)
  if ((await postgresMajor(context)) < 15) return
  const set = 'GRANT SET ON PARAMETER session_replication_role TO $role'
  const {json, rows, failed} = await drainAs(`${locks}; ${set}`, RECORDS, ['--foreign-keys', 'set'])
  expect(json.foreignKeys).toEqual({way: 'set', reasons: [], grant: null})
  expect(rows).toHaveLength(18)
  expect(failed).toEqual(ORPHANS)
  const blind = await drainAs('GRANT INSERT ON child TO $role; GRANT SELECT ON parent TO $role')
  expect(blind.json.foreignKeys).toMatchObject({
    way: 'rows',
    grant: `GRANT SELECT, UPDATE ON ${context.schema}.parent TO ${role}`,
  })
  expect(blind.failed).toEqual(ORPHANS)
  await context.pool.query(`REVOKE SET ON PARAMETER session_replication_role FROM ${role}`)
})

it('a role with all rights keeps the ledger', async () => {
  const grants = `GRANT USAGE ON SCHEMA qtool TO $role; GRANT SELECT, INSERT ON qtool.applied_lease TO $role;
GRANT INSERT ON child TO $role`
  const {rows, failed, stderr} = await drainAs(grants)
  expect(rows).toHaveLength(18)
  expect(failed).toEqual(ORPHANS)
  expect(stderr).not.toContain('WITHOUT the ledger')
  await context.pool.query(
    `REVOKE ALL ON ALL TABLES IN SCHEMA qtool FROM ${role}; REVOKE USAGE ON SCHEMA qtool FROM ${role}`,
  )
})

it('row level security refuses rows, not the queue', async () => {
  await context.pool.query(`ALTER TABLE child ENABLE ROW LEVEL SECURITY;
CREATE POLICY small ON child FOR INSERT TO ${role} WITH CHECK (id < 15)`)
  const {rows, failed} = await drainAs('GRANT INSERT ON child TO $role')
  await context.pool.query('DROP POLICY small ON child; ALTER TABLE child DISABLE ROW LEVEL SECURITY')
  expect(rows.map(({id}) => id)).toEqual(WRITTEN.map(({id}) => id).filter((id) => id < 15))
  expect(failed).toEqual([['23503', 7], ...[15, 16, 17, 18, 19].map((id) => ['42501', id])])
})

it('row level security of the parent hides no parent', async () => {
  await context.pool.query(`ALTER TABLE parent ENABLE ROW LEVEL SECURITY`)
  const {rows, failed} = await drainAs(
    'GRANT INSERT, SELECT ON child TO $role; GRANT SELECT ON parent TO $role',
  )
  await context.pool.query('ALTER TABLE parent DISABLE ROW LEVEL SECURITY')
  expect(rows).toHaveLength(18)
  expect(failed).toEqual(ORPHANS)
})

it('no right at all is the fault of the set-up: nothing moves', async () => {
  const {code, waiting, failed} = await drainAs('')
  expect(code).not.toBe(0)
  expect(failed).toEqual([])
  expect(waiting).toBe(20)
})
