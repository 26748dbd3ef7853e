import {expect, it} from 'vitest'
import {cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

it('the fuse is shared by the processes of a command, which all stop', async () => {
  const {redis, pool, schema} = context
  await pool.query('CREATE TABLE fused (id int PRIMARY KEY, a int NOT NULL)')
  const {queue, keys} = context.newQueue()
  const members = Array.from({length: 6000}, (_, i) => [i, `{"id":${i},"a":"bad"}`]).flat()
  await redis.zadd(keys.ready, ...members)
  const flags = ['-q', queue, '--table', `${schema}.fused`, '--processes', '3', '--until-empty']
  const {code, json} = await cliJson(['work', ...flags])
  expect({code, json}).toMatchObject({code: 5, json: {error: {code: 'TOO_MANY_REFUSED'}}})
  const dead = await redis.zcard(keys.dead)
  expect(dead).toBeLessThanOrEqual(500)
  // The user knows that they are bad
  const again = await cliJson(['work', ...flags, '--max-refused', '100%'])
  expect(again).toMatchObject({code: 3, json: {deadLettered: 6000 - dead}})
})
