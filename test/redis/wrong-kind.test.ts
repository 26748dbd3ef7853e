import {afterAll, beforeAll, expect, inject, it} from 'vitest'
import {findQueues} from '../../src/queue/survey/find-queues.ts'
import {withRedis} from '../../src/redis/connect.ts'
import {freePort} from '../../src/stack/process.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

let node: TestServer

beforeAll(async () => {
  node = await startTestRedis('cluster-enabled yes', `cluster-port ${await freePort()}`)
  await withRedis(node.url, {}, (redis) => redis.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383))
})

afterAll(() => node.stop())

it('does not take a node of a cluster for a whole Redis whose queues it lists', async () => {
  const looked = withRedis(node.url, {}, (redis) => findQueues(redis).next())
  await expect(looked).rejects.toMatchObject({
    code: 'CROSSSLOT',
    kind: 'usage',
    suggestions: [expect.stringContaining('redis+cluster://')],
  })
})

it('says that a Redis server is no sentinel', async () => {
  const url = new URL(inject('redisUrl'))
  const login = `sentinel-password=${url.password}`
  const asked = withRedis(`redis+sentinel://${url.host}/main?${login}`, {}, (redis) => redis.ping())
  await expect(asked).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining('expected sentinels'),
    suggestions: expect.arrayContaining([expect.stringContaining('redis://')]),
  })
})
