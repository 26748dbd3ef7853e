import {beforeAll, expect, it} from 'vitest'
import {cli, cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

beforeAll(() =>
  context.pool.query(`CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1);
CREATE TABLE plain (id int PRIMARY KEY, p int REFERENCES p);
CREATE TABLE bare (id int, p int);
CREATE TABLE late (id int UNIQUE DEFERRABLE, p int REFERENCES p)`),
)

/** The arguments of a work on a queue with one record. */
async function work(table: string, ...flags: string[]): Promise<string[]> {
  const {queue, keys} = context.newQueue()
  await context.redis.zadd(keys.ready, 1, '{"id":1,"p":1}')
  await context.pool.query(`TRUNCATE ${table}`)
  return ['work', '-q', queue, '--table', `${context.schema}.${table}`, '--until-empty', ...flags]
}

it('says once how foreign keys are checked, and why', async () => {
  const bySet = await cli(await work('plain'))
  expect(bySet.stderr.match(/foreign keys are/g)).toHaveLength(1)
  expect(bySet.stderr).toContain('foreign keys are checked for a whole lease at once')
  expect(bySet.stdout).toContain('foreign keys   checked for a lease at once')
  const byRows = await cli(await work('late'))
  expect(byRows.stderr.match(/foreign keys are/g)).toHaveLength(1)
  expect(byRows.stderr).toContain('foreign keys are checked row by row: a deferrable key')
  expect(byRows.stdout).toContain('foreign keys   checked row by row')
})

it('says it in the JSON, also of a table without any, and of several processes', async () => {
  const bySet = {way: 'set', reasons: [], grant: null}
  expect((await cliJson(await work('plain'))).json).toMatchObject({inserted: 1, foreignKeys: bySet})
  const processes = await work('plain', '--processes', '2')
  expect((await cliJson(processes)).json).toMatchObject({inserted: 1, foreignKeys: bySet})
  expect((await cliJson(await work('plain', '--foreign-keys', 'rows'))).json).toMatchObject({
    inserted: 1,
    foreignKeys: {way: 'rows', reasons: ['--foreign-keys rows asks for that'], grant: null},
  })
  expect((await cliJson(await work('bare'))).json.foreignKeys).toEqual({
    way: 'none',
    reasons: [],
    grant: null,
  })
})

it('refuses to check them by the set where that is not possible, and takes nothing', async () => {
  const args = await work('late', '--foreign-keys', 'set')
  const {code, json} = await cliJson(args)
  expect(code).toBe(6)
  expect(json.error.code).toBe('KEYS_BY_ROWS')
  expect(json.error.message).toContain('a deferrable key is checked by a trigger')
  expect((await context.pool.query('SELECT FROM late')).rowCount).toBe(0)
  expect((await cliJson(args.map((arg) => (arg === 'set' ? 'auto' : arg)))).json.inserted).toBe(1)
})
