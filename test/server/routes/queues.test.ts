import {request as httpRequest} from 'node:http'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {until} from '../../support/cli.ts'
import {push, useServers} from '../../support/context.ts'
import {startServe, type TestApi, TOKEN} from '../../support/serve.ts'

const context = useServers()
let api: TestApi
beforeAll(async () => {
  api = await startServe()
})
afterAll(() => api.stop())

it('shows a queue as Redis has it', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}', '{"a":2}', '{"a":3}'])
  await context.redis.zadd(keys.dead, 1.7e12, '{"x":1}')
  const {status, json} = await api.ask(`/queue/${queue}/status`)
  expect([status, json.inspection.ready, json.inspection.deadLetters]).toEqual([200, 3, 1])
  expect(json.verdict).toMatchObject({level: 'critical', text: expect.stringMatching(/worker/)})
})

it.each(['/status', '/items', '/trash', '/dead-letters', '/dead-letters/groups'])(
  'does not know a queue that nobody has filled at %s',
  async (rest) => {
    const {status, json} = await api.ask(`/queue/nobody-has-filled-this${rest}`)
    expect([status, json.error.code]).toEqual([404, 'NO_QUEUE'])
  },
)

it('lists every queue, and sums them up', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}', '{"a":2}'])
  const own = await startServe()
  for (const path of ['/queues', '/queue/status', '/admin/queue/stats']) {
    const {json} = await own.ask(path)
    const row = json.queues.find((one: {queue: string}) => one.queue === queue)
    expect([path, row.ready, row.leased]).toEqual([path, 2, 0])
  }
  const {json} = await own.ask('/admin/queue/health')
  expect(json.queues.map((one: {queue: string}) => one.queue)).toContain(queue)
  await own.stop()
})

it('pauses and resumes a queue, as the audit tells', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}'])
  expect((await api.post(`/queue/${queue}/pause`, {forMs: 60_000})).json.paused).toBe(true)
  expect(await context.redis.pttl(keys.paused)).toBeGreaterThan(50_000)
  expect((await api.post(`/queue/${queue}/pause`)).json).toMatchObject({paused: true, endsInMs: null})
  expect((await api.post(`/queue/${queue}/resume`)).json).toEqual({queue, wasPaused: true})
  expect((await api.post(`/queue/${queue}/resume`)).json).toEqual({queue, wasPaused: false})
  const {lines} = (await api.ask(`/audit?queue=${queue}`)).json
  expect(lines.map(({action}: {action: string}) => action)).toEqual(['resume', 'resume', 'pause', 'pause'])
  expect(lines[0].who).toMatch(/^serve@.* for 127\.0\.0\.1$/)
})

it('changes nothing under a profile that may only read', async () => {
  const reader = await startServe({
    settings: {
      profile: {name: 'look', mode: 'read-only', named: true},
      redisUrl: {value: (await import('vitest')).inject('redisUrl'), source: 'profile'},
    },
  })
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}'])
  await context.redis.zadd(keys.dead, 1.7e12, '{"x":1}')
  const before = await context.redis.dump(keys.ready)
  const writes: Array<[string, string]> = [
    ['POST', `/queue/${queue}/pause`],
    ['POST', `/queue/${queue}/resume`],
    ['POST', `/admin/queue/process-dlq/${queue}?dry_run=false`],
    ['DELETE', `/admin/queue/clear/${queue}?confirm=true&include_dlq=true`],
    ['POST', '/admin/queue/cleanup?dry_run=false&max_age_hours=1'],
    ['POST', `/admin/queue/force-process/${queue}`],
  ]
  for (const [method, path] of writes) {
    const {status, json} = await reader.ask(path, {method})
    expect([path, status, json.error?.code]).toEqual([path, 403, 'READ_ONLY'])
  }
  const headers = {'content-type': 'application/x-ndjson'}
  expect((await reader.ask(`/queue/${queue}/items`, {method: 'POST', headers, body: '{"a":2}'})).status).toBe(
    403,
  )
  expect(await context.redis.dump(keys.ready)).toEqual(before)
  expect(await context.redis.zcard(keys.dead)).toBe(1)
  await reader.stop()
})

it('tells what happens to a queue, once for all who listen', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}'])
  const streams = Array.from({length: 20}, () => listen(api.port, `/queue/${queue}/events`))
  await until(() => streams.every((stream) => stream.events('observation').length > 0))
  await push(context, keys, ['{"a":1}', '{"a":2}'])
  const readyOf = (stream: Stream) => stream.events('observation').at(-1)?.inspection.ready
  await until(() => streams.every((stream) => readyOf(stream) === 2))
  const ats = streams.map((stream) => stream.events('observation').at(-1)?.inspection.at)
  expect(new Set(ats).size).toBeLessThanOrEqual(2)
  for (const stream of streams) stream.close()
})

it('ends event streams when it is told to stop', async () => {
  const own = await startServe()
  const {queue} = context.newQueue()
  const stream = listen(own.port, `/queue/${queue}/events`)
  await until(() => stream.text().includes('event: history'))
  expect(await own.stop()).toMatchObject({cutOff: 0})
  await until(() => stream.hasEnded())
})

it('says how many workers a queue needs', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}'])
  expect((await api.ask(`/queue/${queue}/scale`)).json).toMatchObject({
    queue,
    backlog: 1,
    inFlight: 0,
    wantedWorkers: 1,
  })
})

interface Stream {
  text(): string
  // biome-ignore lint/suspicious/noExplicitAny: events have every shape
  events(name: string): any[]
  hasEnded(): boolean
  close(): void
}

function listen(port: number, path: string): Stream {
  let text = ''
  let isOver = false
  const headers = {authorization: `Bearer ${TOKEN}`}
  const request = httpRequest({host: '127.0.0.1', port, path, headers, agent: false}, (response) => {
    response.on('data', (chunk) => {
      text += chunk
    })
    response.on('close', () => {
      isOver = true
    })
  })
  request.on('error', () => {})
  request.end()
  return {
    text: () => text,
    events: (name) =>
      text
        .split('\n\n')
        .slice(0, -1)
        .filter((part) => part.startsWith(`event: ${name}\n`))
        .map((part) => JSON.parse(part.slice(part.indexOf('data: ') + 6))),
    hasEnded: () => isOver,
    close: () => request.destroy(),
  }
}
