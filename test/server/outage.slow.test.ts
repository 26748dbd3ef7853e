import {request as httpRequest} from 'node:http'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {until} from '../support/cli.ts'
import {startServe, type TestApi, TOKEN} from '../support/serve.ts'
import {startTestPostgres, startTestRedis, type TestServer} from '../support/server.ts'

let redis: TestServer
let postgres: TestServer
let api: TestApi

beforeAll(async () => {
  ;[redis, postgres] = await Promise.all([startTestRedis(), startTestPostgres()])
  api = await startServe({redisUrl: redis.url, databaseUrl: postgres.url})
})
afterAll(async () => {
  await api.stop()
  await Promise.all([redis.stop(), postgres.stop()])
})

const health = async () => {
  const {status, json} = await api.ask('/health')
  return {status, json}
}
const NDJSON = {'content-type': 'application/x-ndjson'}
const enqueue = (n: number) =>
  api.ask('/queue/outage/items', {method: 'POST', headers: NDJSON, body: `{"n":${n}}\n`})

it('is degraded while Postgres is away: records are still taken', async () => {
  expect((await health()).status).toBe(200)
  await postgres.crash()
  await until(async () => (await health()).status === 207)
  const {json} = await health()
  expect([json.status, json.postgres.status, json.redis.status]).toEqual(['degraded', 'away', 'ok'])
  expect(json.reasons.join()).toMatch(/Postgres does not answer/)
  expect((await api.ask('/readyz')).status).toBe(200)
  expect((await enqueue(1)).status).toBe(200)
  await postgres.start()
  await until(async () => (await health()).status === 200)
})

it('refuses what needs Postgres while it is away, in time and in words', async () => {
  await api.ask('/queue/outage/items', {method: 'POST', headers: NDJSON, body: '{"n":0}\n'})
  await postgres.crash()
  const {status, headers, json} = await api.post('/admin/queue/force-process/outage')
  expect([status, headers['retry-after'], json.error.code]).toEqual([503, '1', 'CONNECT'])
  await postgres.start()
  await until(async () => (await health()).status === 200)
})

it.each(['crash', 'freeze'] as const)(
  'says so while Redis is away after a %s, refuses in time, and serves again once it is back',
  async (how) => {
    const events = listen('/queue/outage/events')
    await until(() => events.text().includes('event: observation'))
    if (how === 'crash') await redis.crash()
    else redis.freeze()
    await until(async () => (await health()).status === 503)
    expect((await api.ask('/readyz')).json).toMatchObject({ready: false, failed: [{check: 'redis'}]})
    expect((await api.ask('/healthz')).status).toBe(200)
    const paths = [
      '/queue/outage/status',
      '/queues',
      '/queue/outage/dead-letters',
      '/server',
      '/audit',
      '/metrics',
    ]
    for (const path of paths) {
      const {status, headers, json} = await api.ask(path)
      expect([path, status, headers['retry-after'], json.error.code]).toEqual([path, 503, '1', 'CONNECT'])
    }
    const taken = await enqueue(2)
    expect([taken.status, taken.json.error.code]).toEqual([503, 'CONNECT'])
    await until(() => events.text().includes('event: trouble'))
    const before = events.text().length
    if (how === 'crash') await redis.start()
    else redis.thaw()
    const back = performance.now()
    await until(async () => (await health()).status === 200)
    await until(() => events.text().slice(before).includes('event: observation'))
    await until(async () => (await enqueue(3)).status === 200)
    expect(performance.now() - back).toBeLessThan(20_000)
    events.close()
  },
)

function listen(path: string) {
  let text = ''
  const headers = {authorization: `Bearer ${TOKEN}`}
  const request = httpRequest(
    {host: '127.0.0.1', port: api.port, path, headers, agent: false},
    (response) => {
      response.on('data', (chunk) => {
        text += chunk
      })
    },
  )
  request.on('error', () => {})
  request.end()
  return {text: () => text, close: () => request.destroy()}
}
