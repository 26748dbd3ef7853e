import {createHash} from 'node:crypto'
import {createConnection} from 'node:net'
import {gzipSync} from 'node:zlib'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {startServe, type TestApi, TOKEN} from '../../support/serve.ts'

const context = useServers()
let api: TestApi
beforeAll(async () => {
  api = await startServe()
})
afterAll(() => api.stop())

const NDJSON = {'content-type': 'application/x-ndjson'}
const lines = (count: number) => Array.from({length: count}, (_, i) => `{"n":${i},"exact":1.10}\n`).join('')

it('puts a record into the queue, exactly as it came', async () => {
  const {queue, keys} = context.newQueue()
  const record = '{ "price": 1.10, "big": 12345678901234567890 }'
  const {status, json} = await api.ask(`/queue/${queue}/items`, {
    method: 'POST',
    headers: {'content-type': 'application/json; charset=utf-8'},
    body: record,
  })
  expect([status, json.read, json.enqueued]).toEqual([200, 1, 1])
  expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual([record])
})

it('takes an array, each element exactly as it came', async () => {
  const {queue, keys} = context.newQueue()
  const {json} = await api.ask(`/queue/${queue}/items`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: '[{"a":1.0}, {"a":2},{"a":1.0}]',
  })
  expect(json).toMatchObject({read: 3, enqueued: 2, duplicates: 1, rejected: 0, unsent: 0})
  expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(['{"a":1.0}', '{"a":2}'])
})

it('accounts for every line, and says why those were rejected', async () => {
  const {queue, keys} = context.newQueue()
  const body = '{"a":1}\nnot json\n\n{"a":1}\n[1]\n{"a":2}'
  const {status, json} = await api.ask(`/queue/${queue}/items`, {method: 'POST', headers: NDJSON, body})
  expect(status).toBe(207)
  expect(json).toMatchObject({read: 5, enqueued: 2, duplicates: 1, rejected: 2, unsent: 0})
  expect(json.rejects.map(({line}: {line: number}) => line)).toEqual([2, 5])
  expect(await context.redis.zcard(keys.ready)).toBe(2)
})

it('reads a large stream, also gzipped', async () => {
  const {queue, keys} = context.newQueue()
  const headers = {...NDJSON, 'content-encoding': 'gzip'}
  const {json} = await api.ask(`/queue/${queue}/items`, {
    method: 'POST',
    headers,
    body: gzipSync(lines(20_000)),
  })
  expect(json).toMatchObject({read: 20_000, enqueued: 20_000})
  const members = await context.redis.zrange(keys.ready, '0', '-1')
  const digest = (texts: string[]) => createHash('sha256').update(texts.sort().join('\n')).digest('hex')
  expect(digest(members)).toBe(digest(lines(20_000).trim().split('\n')))
})

it('adds to a stream, which has no priorities', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.xadd(keys.ready, '*', 'a', '1')
  const send = (query: string) =>
    api.ask(`/queue/${queue}/items${query}`, {
      method: 'POST',
      headers: NDJSON,
      body: '{"a":"1"}\n{"a":"1"}\n',
    })
  expect((await send('')).json).toMatchObject({read: 2, enqueued: 2, duplicates: 0})
  const refused = await send('?priority=10')
  expect([refused.status, refused.json.error.code]).toEqual([400, 'USAGE'])
  const {json} = await api.ask(`/queue/${queue}/items`)
  expect(json.items.map(({payload}: {payload: string}) => payload)).toEqual(Array(3).fill('{"a":"1"}'))
  expect(json.items[0]).toMatchObject({priority: null, enqueuedAt: expect.stringMatching(/^20/)})
})

it('gives items the priority that was asked for', async () => {
  const {queue, engine} = context.newQueue()
  const post = (priority: number, n: number) =>
    api.ask(`/queue/${queue}/items?priority=${priority}`, {
      method: 'POST',
      headers: NDJSON,
      body: `{"n":${n}}`,
    })
  await post(20, 1)
  await post(3, 2)
  expect((await engine.peek(10)).map(({payload, priority}) => [payload, priority])).toEqual([
    ['{"n":2}', 3],
    ['{"n":1}', 20],
  ])
})

it.each([
  ['text/plain', '{"a":1}', 415, 'MEDIA_TYPE'],
  ['application/xml', '<a/>', 415, 'MEDIA_TYPE'],
])('refuses a body of %s %j', async (type, body, status, code) => {
  const {queue, keys} = context.newQueue()
  const answer = await api.ask(`/queue/${queue}/items`, {
    method: 'POST',
    headers: {'content-type': type},
    body,
  })
  expect([answer.status, answer.json.error.code]).toEqual([status, code])
  expect(await context.redis.exists(keys.ready)).toBe(0)
})

it('takes a body without records for what it is', async () => {
  const {queue} = context.newQueue()
  for (const headers of [NDJSON, {'content-type': 'application/json'}]) {
    const {status, json} = await api.ask(`/queue/${queue}/items`, {method: 'POST', headers, body: '\n'})
    expect([status, json.read]).toEqual([200, 0])
  }
  expect((await api.ask(`/queue/${queue}/items`, {method: 'POST'})).json.error.code).toBe('USAGE')
})

it.each(['a:b', '*', 'x'.repeat(129), '..', '%2e%2e', '{a}', ' '])('refuses the queue %j', async (name) => {
  const path = `/queue/${encodeURIComponent(name)}/items`
  const {status, json} = await api.ask(path, {method: 'POST', headers: NDJSON, body: '{"a":1}'})
  expect([status, json.error.code]).toEqual([400, 'USAGE'])
})

it('keeps what came before the client went away, and no half of a record', async () => {
  const {queue, keys} = context.newQueue()
  const socket = createConnection(api.port, '127.0.0.1')
  socket.write(
    `POST /queue/${queue}/items HTTP/1.1\r\nHost: 127.0.0.1:${api.port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{"n":1}\n{"n":2}\n{"n":`,
  )
  await until(async () => (await context.redis.zcard(keys.ready)) === 2)
  socket.destroy()
  expect(
    (await api.ask(`/queue/${queue}/items`)).json.items.map((item: {payload: string}) => item.payload),
  ).toEqual(['{"n":1}', '{"n":2}'])
})

it('takes each record of 200 clients at a time once over 3 connections, or refuses it and takes nothing', async () => {
  const small = await startServe({settings: {redisMaxConnections: {value: 3, source: 'environment'}}})
  const {queue, keys} = context.newQueue()
  const answers = await Promise.all(
    Array.from({length: 200}, (_, i) =>
      small.ask(`/queue/${queue}/items`, {method: 'POST', headers: NDJSON, body: `{"n":${i}}`}),
    ),
  )
  const taken = answers.flatMap(({status}, i) => (status === 200 ? [`{"n":${i}}`] : []))
  const refused = answers.filter(({status, json}) => status === 503 && json.error.code === 'BUSY')
  expect(taken.length + refused.length).toBe(200)
  expect((await context.redis.zrange(keys.ready, '0', '-1')).sort()).toEqual(taken.sort())
  await small.stop()
})

it('refuses in time while all connections are in use, and serves again at once when one is free', async () => {
  const small = await startServe({settings: {redisMaxConnections: {value: 3, source: 'environment'}}})
  const {queue} = context.newQueue()
  const socket = createConnection(small.port, '127.0.0.1')
  socket.write(
    `POST /queue/${queue}/items HTTP/1.1\r\nHost: 127.0.0.1:${small.port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 8\r\n\r\n{"n":1}`,
  )
  const one = {method: 'POST', headers: NDJSON, body: '{"n":2}'}
  let refused = await small.ask(`/queue/${queue}/items`, one)
  await until(async () => {
    if (refused.status === 503) return true
    refused = await small.ask(`/queue/${queue}/items`, one)
    return false
  })
  expect([refused.headers['retry-after'], refused.json.error.code]).toEqual(['1', 'BUSY'])
  socket.write('\n')
  await until(async () => (await small.ask(`/queue/${queue}/items`, one)).status === 200)
  socket.destroy()
  await small.stop()
})

it.each(['list', 'stream'] as const)('keepDuplicates changes no record of a %s', async (kind) => {
  const {queue, keys, redis} = {...context.newQueue(), redis: context.redis}
  const record = '{"a":1}'
  if (kind === 'list') await redis.rpush(keys.ready, record)
  else await redis.xadd(keys.ready, '*', 'item', record)
  if (kind === 'list') await redis.hset(keys.sink, {engine: 'list', list_pops: 'left'})
  const {json} = await api.ask(`/queue/${queue}/items?keepDuplicates=true`, {
    method: 'POST',
    headers: NDJSON,
    body: `${record}\n${record}\n`,
  })
  expect(json).toMatchObject({read: 2, enqueued: 2, duplicates: 0})
  const {json: peeked} = await api.ask(`/queue/${queue}/items`)
  const payloads = peeked.items.map(({payload}: {payload: string}) => payload)
  expect(payloads).toEqual([record, record, record])
})
