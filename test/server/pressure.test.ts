import {createConnection, type Socket} from 'node:net'
import {gzipSync} from 'node:zlib'
import {afterEach, expect, it} from 'vitest'
import {until} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {startServe, type TestApi, TOKEN} from '../support/serve.ts'

const context = useServers()
const started: TestApi[] = []
const start = async (options?: Parameters<typeof startServe>[0]) => {
  const api = await startServe(options)
  started.push(api)
  return api
}
afterEach(async () => {
  for (const api of started.splice(0)) await api.stop()
})

const NDJSON = {'content-type': 'application/x-ndjson'}

/** Sends texts over one connection. */
function send(port: number, ...texts: string[]): Socket {
  const socket = createConnection(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.on('data', () => {})
  for (const text of texts) socket.write(text)
  return socket
}

const head = (port: number, withToken = true) =>
  `Host: 127.0.0.1:${port}\r\n${withToken ? `Authorization: Bearer ${TOKEN}\r\n` : ''}`

it('counts no request for ever whose connection was closed before its turn', async () => {
  const api = await start({maxRequests: 3})
  for (let i = 0; i < 6; i++) {
    const refused = `GET /audit HTTP/1.1\r\n${head(api.port, false)}\r\n`
    const asked = `GET /audit HTTP/1.1\r\n${head(api.port)}\r\n`
    const socket = send(api.port, refused + asked + asked)
    await new Promise((resolve) => socket.once('close', resolve))
    const left = send(api.port, asked + asked + asked)
    await new Promise((resolve) => left.once('connect', resolve))
    left.destroy()
  }
  await until(async () => (await api.ask('/audit')).status === 200)
  expect(await api.stop()).toMatchObject({cutOff: 0})
})

it('lets others be served while it reads a KiB of gzip with a million bad lines', async () => {
  const api = await start()
  const {queue} = context.newQueue()
  const body = gzipSync('x\n'.repeat(1_000_000))
  const headers = {...NDJSON, 'content-encoding': 'gzip'}
  let isOver = false
  const bad = api.ask(`/queue/${queue}/items`, {method: 'POST', headers, body}).finally(() => {
    isOver = true
  })
  let served = 0
  while (!isOver) {
    expect((await api.ask('/healthz')).status).toBe(200)
    served++
  }
  const {status, json} = await bad
  expect([status, json.read, json.rejected]).toEqual([207, 1_000_000, 1_000_000])
  expect(served).toBeGreaterThan(40)
})

it('puts one record after the other into more queues than it may have connections', async () => {
  const api = await start({settings: {redisMaxConnections: {value: 4, source: 'environment'}}})
  const at = Array.from({length: 99}, () => context.newQueue())
  for (const [i, {queue}] of at.entries()) {
    const path = `/queue/${queue}/items?priority=${i}`
    const {status} = await api.ask(path, {method: 'POST', headers: NDJSON, body: '{"a":1}'})
    expect([i, status]).toEqual([i, 200])
  }
  expect(await Promise.all(at.map(({keys}) => context.redis.zcard(keys.ready)))).toEqual(at.map(() => 1))
})

it('frees an Idempotency-Key whose client went away in the middle of its body', async () => {
  const api = await start()
  const {queue, keys} = context.newQueue()
  const key = `gone-${Math.random()}`
  const socket = send(
    api.port,
    `POST /queue/${queue}/items HTTP/1.1\r\n${head(api.port)}Idempotency-Key: ${key}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100\r\n\r\n{"a":1}\n`,
  )
  await until(async () => (await context.redis.zcard(keys.ready)) === 1)
  socket.destroy()
  const headers = {...NDJSON, 'idempotency-key': key}
  const ask = () => api.ask(`/queue/${queue}/items`, {method: 'POST', headers, body: '{"a":1}\n{"a":2}\n'})
  let answer = await ask()
  await until(async () => {
    if (answer.status === 200) return true
    expect([answer.json.error.code, answer.headers['retry-after']]).toEqual(['RUNNING', '1'])
    answer = await ask()
    return false
  })
  expect(answer.json).toMatchObject({read: 2, enqueued: 1, duplicates: 1})
})

it('writes nothing at all under a profile that may only read', async () => {
  const {inject} = await import('vitest')
  const api = await start({
    settings: {
      profile: {name: 'look', mode: 'read-only', named: true},
      redisUrl: {value: inject('redisUrl'), source: 'profile'},
    },
  })
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}'])
  const key = {'idempotency-key': `look-${Math.random()}`}
  for (let i = 0; i < 2; i++) {
    const {status, headers} = await api.post(`/queue/${queue}/pause`, {}, key)
    expect([status, headers['idempotency-replayed']]).toEqual([403, undefined])
  }
})

it.each([
  ['no gzip at all', Buffer.from('hello')],
  ['gzip that is cut off', gzipSync('{"a":1}\n'.repeat(1000)).subarray(0, 30)],
])('blames the client for %s', async (_, body) => {
  const api = await start()
  const {queue} = context.newQueue()
  const headers = {...NDJSON, 'content-encoding': 'GZIP'}
  const {status, json} = await api.ask(`/queue/${queue}/items`, {method: 'POST', headers, body})
  expect([status, json.error.code]).toEqual([400, 'BAD_GZIP'])
})

it('knows no number of workers for a queue that nobody has', async () => {
  const api = await start()
  for (const path of ['/queue/mistyped/scale', '/queue/mistyped/complete?of=letters&text=']) {
    const {status, json} = await api.ask(path)
    expect([path, status, json.error.code]).toEqual([path, 404, 'NO_QUEUE'])
  }
})

it.each([
  ['/audit?limit=1.9', 'limit in the query must be integer'],
  ['/audit?limit=true', 'limit in the query must be integer'],
  ['/audit?limit=0x5', 'limit in the query must be integer'],
  ['/audit?limit=', 'limit in the query must be integer'],
  ['/audit?nothing=1', 'the query has a field "nothing", which this route does not know'],
  ['/queue/a/complete?of=other&text=', 'of in the query must be one of "letters", "items"'],
  ['/queue/a/complete', 'the query lacks "of", "text"'],
])('says what is wrong with %s', async (path, message) => {
  const api = await start()
  const {status, json} = await api.ask(path)
  expect([status, json.error.message]).toEqual([400, message])
})

it('takes only true and false for a yes or no', async () => {
  const api = await start()
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}'])
  for (const value of ['1', 'yes', 'TRUE', '']) {
    const {status} = await api.ask(`/admin/queue/clear/${queue}?confirm=${value}`, {method: 'DELETE'})
    expect([value, status]).toEqual([value, 400])
  }
  expect(await context.redis.zcard(keys.ready)).toBe(1)
})
