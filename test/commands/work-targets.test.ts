import {beforeAll, expect, inject, it} from 'vitest'
import Work from '../../src/commands/work.ts'
import {useServers} from '../support/context.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()
const env = () => ({REDIS_URL: inject('redisUrl'), DATABASE_URL: inject('databaseUrl')})

beforeAll(async () => {
  await context.pool.query(`
    CREATE TABLE base (a int);
    CREATE VIEW fit AS SELECT a FROM base;
    CREATE VIEW counted AS SELECT count(*) AS n FROM base;
    CREATE MATERIALIZED VIEW kept AS SELECT a FROM base;
    CREATE SEQUENCE numbers;
    CREATE INDEX base_a ON base (a);
    CREATE VIEW guarded AS SELECT count(*) AS a FROM base;
    CREATE FUNCTION into_base() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO ${context.schema}.base VALUES (new.a); RETURN new; END $$;
    CREATE TRIGGER instead INSTEAD OF INSERT ON guarded FOR EACH ROW EXECUTE FUNCTION into_base();`)
})

const work = (queue: string, table: string) =>
  runCommand(Work, ['-q', queue, '--table', table, '--rebind', '--until-empty', '--json'], env())

it.each([
  ['pg_catalog.pg_class', 'a table of the system'],
  ['information_schema.tables', 'a table of the system'],
  ['qtool.applied_lease', 'a table of qtool itself'],
  ['SCHEMA.counted', 'a view that takes no rows'],
  ['SCHEMA.kept', 'a materialized view'],
  ['SCHEMA.numbers', 'a sequence'],
  ['SCHEMA.base_a', 'an index'],
])('qtool work refuses %s, which is %s, and binds no queue to it', async (name, what) => {
  const {queue, keys} = context.newQueue()
  const {code, json} = await work(queue, name.replace('SCHEMA', context.schema))
  expect(code).toBe(2)
  expect(json).toMatchObject({error: {code: 'NO_TARGET', message: expect.stringContaining(`is ${what}`)}})
  expect(await context.redis.exists(keys.sink)).toBe(0)
})

it.each(['base', 'fit', 'guarded'])('qtool work drains into %s', async (name) => {
  const {queue, keys} = context.newQueue()
  await context.redis.zadd(keys.ready, 1, '{"a":1}')
  const {code, json} = await work(queue, `${context.schema}.${name}`)
  expect({code, json}).toMatchObject({code: 0, json: {inserted: 1}})
})
