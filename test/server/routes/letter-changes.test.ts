import {afterAll, beforeAll, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {seedLetters} from '../../support/letters.ts'
import {startServe, type TestApi} from '../../support/serve.ts'

const context = useServers()
let api: TestApi
beforeAll(async () => {
  api = await startServe()
})
afterAll(() => api.stop())

const OLD = '{"price": 1.50, "big":9007199254740993}'
const NEW = '{"price": 2.50, "big":9007199254740993,"name":"Zoë"}'

async function withLetter() {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: OLD, id: 'lease:0'}])
  const path = `/queue/${at.queue}/dead-letters/lease:0`
  const payload = async () => (await api.ask(path)).json.payload
  return {...at, path, payload}
}

it('replaces the payload of one letter byte by byte, and restores the old one', async () => {
  const {queue, path, payload} = await withLetter()
  const {status, json} = await api.post(`${path}/payload`, {payload: NEW, was: OLD})
  expect([status, json.edited]).toEqual([200, 1])
  expect(await payload()).toBe(NEW)
  const undone = await api.post(`/queue/${queue}/undo`, {id: json.trash})
  expect([undone.status, undone.json.restored, undone.json.trash]).toEqual([200, 1, []])
  expect(await payload()).toBe(OLD)
})

it('replaces no other payload than the one that was shown', async () => {
  const {path, payload} = await withLetter()
  const {status, json} = await api.post(`${path}/payload`, {payload: NEW, was: `${OLD} `})
  expect([status, json.error.code]).toEqual([409, 'STATE'])
  expect(await payload()).toBe(OLD)
})

it('refuses a payload that is not one JSON object', async () => {
  const {path, payload} = await withLetter()
  const {status, json} = await api.post(`${path}/payload`, {payload: '{"a":1', was: OLD})
  expect(status).toBe(400)
  expect(json.error.message).toMatch(/^the payload must be one JSON object: /)
  expect(await payload()).toBe(OLD)
})

it('restores a purge of any kind by the id of its trash', async () => {
  const {queue, keys, engine} = await withLetter()
  const trash = await engine.letters.clear({plan: await engine.letters.plan(), count: 1})
  expect(await context.redis.zcard(keys.dead)).toBe(0)
  const {json} = await api.post(`/queue/${queue}/undo`, {id: trash?.id})
  expect(json).toMatchObject({chosen: {kind: 'dead', count: 1}, restored: 1})
  expect(await context.redis.zcard(keys.dead)).toBe(1)
})

it('says that there is nothing to undo with another id', async () => {
  const {queue} = await withLetter()
  const {status, json} = await api.post(`/queue/${queue}/undo`, {id: 'none'})
  expect(status).toBe(404)
  expect(json.error.message).toMatch(/: nothing to undo with the id none$/)
})

it('refuses a payload with half a surrogate pair, which could not be kept as it is', async () => {
  const {path, payload} = await withLetter()
  const {status, json} = await api.post(`${path}/payload`, {payload: '{"a":"\ud800"}', was: OLD})
  expect([status, json.error.code]).toEqual([400, 'USAGE'])
  expect(await payload()).toBe(OLD)
})
