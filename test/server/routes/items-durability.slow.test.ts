import {afterAll, beforeAll, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {startServe, type TestApi} from '../../support/serve.ts'

const context = useServers()
let api: TestApi
beforeAll(async () => {
  // The Redis of the tests has no replica, so that nothing is ever confirmed
  api = await startServe({settings: {durability: {level: 'replica', replicas: 1}}})
})
afterAll(() => api.stop())

it('items that are not as durable as was asked for are not acknowledged', async () => {
  const {queue, keys} = context.newQueue()
  const {status, json} = await api.post(`/queue/${queue}/items`, [{a: 1}, {a: 2}])
  expect([status, json.error.code]).toEqual([503, 'CONNECT'])
  expect(json.error.message).toContain('has not confirmed anything')
  expect(json.error.suggestions.join()).toContain('send the same records again')
  expect(await context.redis.zcard(keys.ready)).toBe(2)
})

it('a durability that the server can never confirm is refused at the start', async () => {
  // The Redis of the tests keeps no append-only file, and before 7.2 there is no WAITAOF either
  const starting = startServe({settings: {durability: {level: 'disk', replicas: 0}}})
  await expect(starting).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining('durability disk needs'),
  })
})
