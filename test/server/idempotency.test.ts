import {createConnection} from 'node:net'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {startServe, type TestApi, TOKEN} from '../support/serve.ts'

const context = useServers()
let api: TestApi
beforeAll(async () => {
  api = await startServe()
})
afterAll(() => api.stop())

const key = (name: string) => ({'idempotency-key': `${name}-${Math.random()}`})
const NDJSON = {'content-type': 'application/x-ndjson'}

it('acts once on a request that is sent twice, and answers both times the same', async () => {
  const {queue, keys} = context.newQueue()
  const asked = {method: 'POST', headers: {...NDJSON, ...key('twice')}, body: '{"a":1}\nbad\n{"a":2}\n'}
  const first = await api.ask(`/queue/${queue}/items`, asked)
  await context.redis.del(keys.ready)
  const second = await api.ask(`/queue/${queue}/items`, asked)
  expect([second.status, second.json]).toEqual([first.status, first.json])
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(await context.redis.exists(keys.ready)).toBe(0)
})

it('refuses another request under the same key, and does nothing', async () => {
  const {queue, keys} = context.newQueue()
  const headers = {...NDJSON, ...key('other')}
  await api.ask(`/queue/${queue}/items`, {method: 'POST', headers, body: '{"a":1}'})
  for (const [path, body] of [
    [`/queue/${queue}/items`, '{"a":2}'],
    [`/queue/${queue}/items?priority=3`, '{"a":1}'],
    [`/queue/${queue}-b/items`, '{"a":1}'],
  ]) {
    const {status, json} = await api.ask(path, {method: 'POST', headers, body})
    expect([path, status, json.error.code]).toEqual([path, 422, 'KEY_REUSED'])
  }
  expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(['{"a":1}'])
})

it('keeps an error of the caller as well, and not one of the server', async () => {
  const headers = key('error')
  const first = await api.post('/queue/nobody-has-this/pause', undefined, headers)
  expect([first.status, first.json.error.code]).toEqual([404, 'NO_QUEUE'])
  const second = await api.post('/queue/nobody-has-this/pause', undefined, headers)
  expect([second.status, second.headers['idempotency-replayed']]).toEqual([404, 'true'])
})

it('refuses a request while the first one under its key is under way', async () => {
  const {queue} = context.newQueue()
  const used = key('running')
  const socket = createConnection(api.port, '127.0.0.1')
  socket.write(
    `POST /queue/${queue}/items HTTP/1.1\r\nHost: 127.0.0.1:${api.port}\r\nAuthorization: Bearer ${TOKEN}\r\nIdempotency-Key: ${used['idempotency-key']}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 9\r\n\r\n{"a":1}`,
  )
  const ask = () =>
    api.ask(`/queue/${queue}/items`, {method: 'POST', headers: {...NDJSON, ...used}, body: '{"a":1}\n\n'})
  await until(async () => (await context.redis.keys('qtool:answer:*')).length > 0)
  await until(async () => (await ask()).status === 409)
  socket.write('\n\n')
  await until(async () => (await ask()).status === 200)
  socket.destroy()
})

it.each(['', 'with blank', 'x'.repeat(201), 'ümlaut'])('refuses the key %j', async (text) => {
  const {status} = await api.post('/queue/any/resume', undefined, {
    'idempotency-key': Buffer.from(text).toString('latin1'),
  })
  expect(status).toBe(400)
})
