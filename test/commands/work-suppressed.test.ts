import {expect, it} from 'vitest'
import {cli, cliEnv, cliJson} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()

it('says once that the table drops rows, and how many in all', async () => {
  await context.pool.query(`CREATE TABLE dropping (a int);
CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER drop_it BEFORE INSERT ON dropping FOR EACH ROW EXECUTE FUNCTION drop_it()`)
  const {queue, keys} = context.newQueue()
  const args = ['work', '-q', queue, '--table', `${context.schema}.dropping`, '--until-empty', '--batch', '1']
  await push(context, keys, ['{"a":1}', '{"a":2}'])
  const {json, code, stderr} = await cliJson(args, {env: cliEnv()})
  expect(code).toBe(0)
  expect(json).toMatchObject({inserted: 0, alreadyThere: 0, suppressed: 2, deadLettered: 0})
  expect(stderr.match(/WARNING: a trigger or rule of \S+\.dropping drops rows/g)).toHaveLength(1)
  await push(context, keys, ['{"a":3}'])
  expect((await cli(args, {env: cliEnv()})).stdout).toContain('1 record that a trigger or rule dropped')
  expect((await cli(['inspect', '-q', queue], {env: cliEnv()})).stdout).toContain('3 suppressed')
  const inspected = await cliJson(['inspect', '-q', queue], {env: cliEnv()})
  expect(inspected.json).toMatchObject({totals: {inserted: 0, alreadyThere: 0, suppressed: 3}})
})
