import {afterAll, beforeAll, expect, it, vi} from 'vitest'
import {Monitors} from '../../../src/server/monitors.ts'
import {push, useServers} from '../../support/context.ts'
import {startServe, type TestApi} from '../../support/serve.ts'

const context = useServers()
let api: TestApi
beforeAll(async () => {
  api = await startServe()
  await context.pool.query(`CREATE TABLE customers (id int PRIMARY KEY);
    CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers);
    INSERT INTO customers VALUES (1)`)
})
afterAll(() => api.stop())

/** A queue that drains into the table of orders. */
async function ordersQueue(items: string[]) {
  const at = context.newQueue()
  await at.engine.bind({table: `"${context.schema}"."orders"`, records: 'points', rename: {}}, {rebind: true})
  await push(context, at.keys, items)
  return at
}

it('writes one batch when it is forced to, and shows the records that could not be written', async () => {
  const bad = '{"id": 2, "customer": 99}'
  const {queue, keys} = await ordersQueue(['{"id":1,"customer":1}', bad, '{"id":"x","customer":1}'])
  const {status, json} = await api.post(`/admin/queue/force-process/${queue}?batch_size=3`)
  expect([status, json.inserted, json.deadLettered]).toEqual([200, 1, 2])
  expect((await context.pool.query('SELECT id FROM orders WHERE id = 1')).rowCount).toBe(1)
  const list = (await api.ask(`/queue/${queue}/dead-letters`)).json
  expect([list.deadLetters, list.matched, list.searched, list.next]).toEqual([2, 2, 2, null])
  expect(JSON.stringify(list)).not.toContain('payload')
  const byReason = (await api.ask(`/queue/${queue}/dead-letters?where=reason:foreign_key`)).json
  expect(byReason.letters).toHaveLength(1)
  const {id} = byReason.letters[0]
  const one = (await api.ask(`/queue/${queue}/dead-letters/${encodeURIComponent(id)}`)).json
  expect([one.payload, one.code]).toEqual([bad, '23503'])
  const {groups} = (await api.ask(`/queue/${queue}/dead-letters/groups`)).json
  expect(groups.map((group: {letters: number}) => group.letters)).toEqual([1, 1])
  expect(await context.redis.zcard(keys.dead)).toBe(2)
  const {lines} = (await api.ask(`/audit?queue=${queue}`)).json
  expect(lines).toMatchObject([{action: 'force-process', filter: '--batch 3', count: 3, state: 'done'}])
})

it('leaves the rest of the queue alone when one batch is forced', async () => {
  const items = Array.from({length: 50}, (_, i) => `{"id":${1000 + i},"customer":1}`)
  const {queue, keys} = await ordersQueue(items)
  const {json} = await api.post(`/admin/queue/force-process/${queue}?batch_size=10`)
  expect(json.inserted + (await context.redis.zcard(keys.ready))).toBe(50)
  expect(json.inserted).toBeLessThan(50)
  expect(await context.redis.zcard(keys.leases)).toBe(0)
})

it('asks Postgres which would be written now, and writes none', async () => {
  const {queue} = await ordersQueue(['{"id":10,"customer":50}', '{"id":11,"customer":51}'])
  await api.post(`/admin/queue/force-process/${queue}`)
  await context.pool.query('INSERT INTO customers VALUES (50)')
  const {status, json} = await api.post(`/queue/${queue}/dead-letters/diagnose`, {})
  expect([status, json.matched, json.passing, json.failing]).toEqual([200, 2, 1, 1])
  expect((await context.pool.query('SELECT 1 FROM orders WHERE id IN (10, 11)')).rowCount).toBe(0)
})

it('reads all letters a window at a time, each once', async () => {
  const {queue, keys} = context.newQueue()
  const count = 12_345
  for (let i = 0; i < count; i += 1000) {
    const some = Array.from({length: Math.min(1000, count - i)}, (_, k) => [
      1.7e12 + Math.floor((i + k) / 7),
      `{"n":${i + k}}`,
    ])
    await context.redis.zadd(keys.dead, ...some.flat())
  }
  const seen: string[] = []
  let from = ''
  for (;;) {
    const path = `/queue/${queue}/dead-letters?limit=500${from && `&from=${encodeURIComponent(from)}`}`
    const {json} = await api.ask(path)
    seen.push(...json.letters.map((letter: {id: string}) => letter.id))
    if (json.next === null) break
    from = json.next
  }
  expect([seen.length, new Set(seen).size]).toEqual([count, count])
  const whole = (await api.ask(`/queue/${queue}/dead-letters/groups?limit=${count}`)).json
  expect([whole.searched, whole.next]).toEqual([count, null])
  const first = (await api.ask(`/queue/${queue}/dead-letters/groups`)).json
  expect([first.searched, first.deadLetters, typeof first.next]).toEqual([5000, count, 'string'])
})

it('shows where a filter is wrong', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.zadd(keys.dead, 1.7e12, '{"x":1}')
  const {status, json} = await api.ask(
    `/queue/${queue}/dead-letters?where=${encodeURIComponent('reason:a OR (')}`,
  )
  expect([status, json.error.code]).toEqual([400, 'USAGE'])
  expect(json.error.message).toContain('reason:a OR (')
})

it.each(['x', '9_0_1', '0_0_NaN', '0_-1_5', '1e9_0_0'])('refuses the place %s', async (from) => {
  const {queue, keys} = context.newQueue()
  await context.redis.zadd(keys.dead, 1.7e12, '{"x":1}')
  expect((await api.ask(`/queue/${queue}/dead-letters?from=${from}`)).status).toBe(400)
})

it('answers hostile payloads as they are, and as nothing but JSON', async () => {
  const {queue, keys} = context.newQueue()
  const hostile = '<img src=x onerror=alert(1)></script>\u202e\u009b31m'
  await context.redis.zadd(
    keys.dead,
    1.7e12,
    JSON.stringify({error: hostile, reason: hostile, __proto__: 1, x: hostile}),
  )
  const {letters} = (await api.ask(`/queue/${queue}/dead-letters`)).json
  const answer = await api.ask(`/queue/${queue}/dead-letters/${encodeURIComponent(letters[0].id)}`)
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(JSON.parse(answer.json.payload).x).toBe(hostile)
})

it('offers fields, values and the paths of payloads', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.zadd(keys.dead, 1.7e12, '{"device":{"id":5},"speed":1,"bad name":2}')
  const offered = async (text: string) =>
    (
      await api.ask(`/queue/${queue}/complete?of=letters&text=${encodeURIComponent(text)}`)
    ).json.candidates.map((one: {text: string}) => one.text)
  expect(await offered('rea')).toEqual(['reason'])
  expect(await offered('payload.dev')).toContainEqual(expect.stringContaining('device'))
  expect(await offered('queue:')).toContain(queue)
})

it('counts what would be done unless it is confirmed', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}', '{"a":2}'])
  await context.redis.zadd(keys.dead, 1.7e12, '{"x":1}')
  const clear = `/admin/queue/clear/${queue}`
  const refused = await api.ask(`${clear}?include_dlq=true`, {method: 'DELETE'})
  expect([refused.status, refused.json.error.code]).toEqual([409, 'UNCONFIRMED'])
  expect(refused.json.error.message).toMatch(/2 ready items and 1 dead letter/)
  expect((await api.post(`/admin/queue/process-dlq/${queue}`)).json).toMatchObject({
    dryRun: true,
    replayed: 1,
  })
  expect((await api.post('/admin/queue/cleanup')).json.dryRun).toBe(true)
  expect([await context.redis.zcard(keys.ready), await context.redis.zcard(keys.dead)]).toEqual([2, 1])
  const cleared = (await api.ask(`${clear}?confirm=true&include_dlq=true`, {method: 'DELETE'})).json
  expect([cleared.items.purged, cleared.letters.purged]).toEqual([2, 1])
  const {trash} = (await api.ask(`/queue/${queue}/trash`)).json
  expect(trash.map(({kind, count}: {kind: string; count: number}) => [kind, count]).sort()).toEqual([
    ['dead', 1],
    ['ready', 2],
  ])
})

it('tells Prometheus of every queue', async () => {
  const own = await startServe()
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}', '{"a":2}'])
  const watched = vi.spyOn(Monitors.prototype, 'watched')
  const empty = context.newQueue()
  await context.redis.zadd(empty.keys.dead, 1, 'nothing waits here')
  const {headers, text} = await own.ask('/metrics')
  expect(headers['content-type']).toMatch(/^text\/plain/)
  expect(text).toMatch(/^process_cpu_seconds_total /m)
  // A forecast needs several readings: queues with items are read on
  const readOn = watched.mock.calls.flat()
  watched.mockRestore()
  expect(readOn).toContain(queue)
  expect(readOn).not.toContain(empty.queue)
  expect(text).toMatch(/qtool_guarantee_info\{.*redis_durability="\w+/)
  expect(text).toContain(`qtool_queue_items{queue="${queue}",state="ready"} 2`)
  await own.stop()
})

it('shows Redis, its slow log, the pools, and what can be lost', async () => {
  const {json} = await api.ask('/server')
  expect(json.redis.usedBytes).toBeGreaterThan(0)
  expect(json.pools.postgres).toMatchObject({max: 10})
  expect(json.guarantee.postgresDurability).toBe('unsafe')
})
