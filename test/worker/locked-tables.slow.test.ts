import {expect, it} from 'vitest'
import {drainAll, push, testSink, useServers} from '../support/context.ts'

const context = useServers()

it.each([
  ['the table itself', 'locked', 'lock_timeout'],
  ['the table itself', 'locked', 'statement_timeout'],
  ['the table of the parents', 'lock_parent', 'lock_timeout'],
  ['the table of the parents', 'lock_parent', 'statement_timeout'],
  ['a table that a trigger writes', 'lock_log', 'statement_timeout'],
])('a lock on %s (%s) refuses no record, however short the %s', async (_, lock, patience) => {
  await context.pool.query(`DROP TABLE IF EXISTS locked, lock_parent, lock_log;
CREATE TABLE lock_parent (a int PRIMARY KEY); INSERT INTO lock_parent VALUES (0), (1); CREATE TABLE lock_log (a int);
CREATE TABLE locked (a int REFERENCES lock_parent);
CREATE OR REPLACE FUNCTION write_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO ${context.schema}.lock_log VALUES (NEW.a); RETURN NEW; END $$;
CREATE TRIGGER log BEFORE INSERT ON locked FOR EACH ROW EXECUTE FUNCTION write_log()`)
  const holder = await context.pool.connect()
  await holder.query(`BEGIN; LOCK TABLE ${lock} IN EXCLUSIVE MODE`)
  const at = context.newQueue()
  await push(context, at.keys, ['{"a":0}', '{"a":1}'])
  let failed = 0
  const pool = new Proxy(context.pool, {
    get(target, name) {
      if (name === 'connect') {
        return async () => {
          const client = await target.connect()
          await client.query(`SET ${patience} = '200ms'`)
          const release = client.release.bind(client)
          // Destroyed on release, so that the test's pool never gets a connection with this setting
          client.release = () => release(true)
          if (++failed === 5) {
            await holder.query('COMMIT')
            holder.release()
          }
          return client
        }
      }
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const tally = await drainAll({...context, pool}, await testSink(context, 'locked'), at, {
    workers: 1,
    batch: 1,
    maxRetries: 1,
  })
  expect(tally).toMatchObject({inserted: 2, deadLettered: 0})
})
