import {afterAll, beforeAll, expect, it} from 'vitest'
import {until} from '../../support/cli.ts'
import {ownDatabase, queueOfLetters, useOwnServers} from '../../support/kept.ts'
import {startServe, type TestApi, TOKEN} from '../../support/serve.ts'

const context = useOwnServers(2)
let api: TestApi
beforeAll(async () => {
  api = await startServe({redisUrl: ownDatabase(2)})
})
afterAll(() => api.stop())

const slowly = {rate: 100}

async function planned(count: number, input: object = {}, operation = 'dlq replay') {
  const at = await queueOfLetters(context, count)
  const {status, json} = await api.post('/operations', {operation, queue: at.queue, input})
  expect(status, JSON.stringify(json)).toBe(201)
  const ask = (step: string) => api.post(`/operations/${json.id}/${step}`)
  const state = async () => (await api.ask(`/operations/${json.id}`)).json.state
  return {...at, id: json.id as string, kept: json, ask, state}
}

it('plans, applies and carries out a replay, each in an answer of its own', async () => {
  const {queue, keys, id, kept, ask, state} = await planned(120)
  expect(kept).toMatchObject({
    ...{operation: 'dlq replay', queue, state: 'planned', done: 0, actor: ''},
    plan: {affected: 120, byReason: {foreign_key: 120}, ask: `put 120 dead letters back into queue ${queue}`},
  })
  expect(await context.redis.zcard(keys.dead)).toBe(120)
  const {status, json} = await ask('apply')
  expect([status, json.state]).toEqual([202, 'running'])
  expect(json.actor).toMatch(/^serve@/)
  await until(async () => (await state()) === 'done')
  const over = await api.ask(`/operations/${id}`)
  expect(over.json).toMatchObject({done: 120, result: {replayed: 120}, error: null, runner: null})
  expect(await context.redis.zcard(keys.ready)).toBe(120)
  const audit = await api.ask(`/audit?queue=${queue}`)
  expect(audit.json.lines).toMatchObject([{action: 'dlq replay', state: 'done', count: 120}])
})

it('pauses, resumes and cancels', async () => {
  const {engine, ask, state} = await planned(200, slowly)
  await ask('apply')
  await until(async () => (await engine.depth()) > 0)
  const paused = await ask('pause')
  expect([paused.status, paused.json.state]).toEqual([202, 'paused'])
  const held = await engine.depth()
  await ask('resume')
  await until(async () => (await engine.depth()) > held)
  const {json} = await ask('cancel')
  expect(json).toMatchObject({state: 'cancelled', done: await engine.depth()})
  expect(await engine.letters.count()).toBe(200 - json.done)
  expect((await ask('resume')).status).toBe(409)
  expect(await state()).toBe('cancelled')
})

it('undoes a purge', async () => {
  const {keys, ask, state} = await planned(9, {limit: 4}, 'dlq purge')
  await ask('apply')
  await until(async () => (await state()) === 'done')
  expect(await context.redis.zcard(keys.dead)).toBe(5)
  expect((await ask('undo')).json).toMatchObject({state: 'undoing'})
  await until(async () => (await state()) === 'undone')
  expect(await context.redis.zcard(keys.dead)).toBe(9)
})

it('refuses to apply what the queue has drifted from', async () => {
  const {keys, ask, state} = await planned(5)
  await context.redis.zremrangebyrank(keys.dead, 0, 0)
  const {status, json} = await ask('apply')
  expect([status, json.error.code]).toEqual([409, 'DRIFTED'])
  expect(await state()).toBe('planned')
})

it('lists operations of one queue or of all, newest first', async () => {
  const {queue, id} = await planned(1)
  const second = await api.post('/operations', {operation: 'dlq purge', queue, input: {}})
  const idsOf = async (query: string) =>
    (await api.ask(`/operations?${query}`)).json.operations.map((one: {id: string}) => one.id)
  expect((await idsOf(`queue=${queue}`)).sort()).toEqual([id, second.json.id].sort())
  expect(await idsOf('limit=1000')).toEqual(expect.arrayContaining([id, second.json.id]))
  expect(await idsOf(`queue=${queue}&limit=1`)).toHaveLength(1)
})

it('tells of each change until it is over', async () => {
  const {id, ask} = await planned(60, slowly)
  const headers = {authorization: `Bearer ${TOKEN}`}
  const response = await fetch(`${api.url}/operations/${id}/events`, {headers})
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  await ask('apply')
  const text = await response.text()
  const told = [...text.matchAll(/^event: operation\ndata: (.*)$/gm)].map(([, data]) => JSON.parse(data))
  expect(told[0]).toMatchObject({id, state: 'planned'})
  expect(told.at(-1)).toMatchObject({state: 'done', done: 60})
  const counts = told.map(({done}) => done)
  expect(counts).toEqual([...counts].sort((a, b) => a - b))
  expect(told.length).toBeGreaterThan(3)
})

it('says what is wrong with what was asked for', async () => {
  const {queue, id} = await planned(1)
  const answers = await Promise.all([
    api.post('/operations', {operation: 'dlq replay', queue, input: {nope: 1}}),
    api.post('/operations', {operation: 'dlq replay', queue, input: {limit: 0}}),
    api.post('/operations', {operation: 'drop', queue, input: {}}),
    api.post('/operations', {operation: 'dlq purge', queue, input: {where: 'age>'}}),
    api.post('/operations', {operation: 'dlq purge', queue: 'no-such-queue', input: {}}),
    api.post(`/operations/${id.slice(0, -1)}x/apply`),
    api.ask('/operations/nobody'),
    api.ask('/operations/nobody/events'),
  ])
  expect(answers.map(({status}) => status)).toEqual([400, 400, 400, 400, 404, 404, 404, 404])
  expect(answers[0].json.error.message).toContain('has a field that it does not know')
  expect(answers[1].json.error.message).toContain('"limit" of the input of dlq replay')
  expect(answers[5].json.error.suggestions[0]).toBe(`did you mean ${id}?`)
})

it('keeps one operation where the same request comes twice', async () => {
  const {queue} = await queueOfLetters(context, 2)
  const body = {operation: 'dlq purge', queue, input: {}}
  const headers = {'idempotency-key': `key-${queue}`}
  const [first, second] = [
    await api.post('/operations', body, headers),
    await api.post('/operations', body, headers),
  ]
  expect(second.json).toEqual(first.json)
  expect((await api.ask(`/operations?queue=${queue}`)).json.operations).toHaveLength(1)
})

it('gives operations back when it stops, and another server goes on at once', async () => {
  const {engine, id, ask, state} = await planned(150, slowly)
  await ask('apply')
  await until(async () => (await engine.depth()) > 0)
  await api.stop()
  expect(await engine.operations.read(id)).toMatchObject({state: 'running', runner: null})
  api = await startServe({redisUrl: ownDatabase(2)})
  await until(async () => (await state()) === 'done')
  expect(await engine.operations.read(id)).toMatchObject({done: 150})
  expect(await engine.depth()).toBe(150)
})

it('refuses changes under a read-only profile, and carries nothing on', async () => {
  const {id, ask} = await planned(3)
  await api.stop()
  const settings = {
    profile: {name: 'look', mode: 'read-only', named: true} as const,
    redisUrl: {value: ownDatabase(2), source: 'profile'} as const,
  }
  api = await startServe({redisUrl: ownDatabase(2), settings})
  expect((await ask('apply')).status).toBe(403)
  expect((await api.post('/operations', {operation: 'purge', queue: 'q', input: {}})).status).toBe(403)
  expect((await api.ask(`/operations/${id}`)).json.state).toBe('planned')
  await api.stop()
  api = await startServe({redisUrl: ownDatabase(2)})
})
