import {randomBytes} from 'node:crypto'
import {beforeEach, describe, expect, it} from 'vitest'
import type {QueueEngine} from '../../../src/queue/engine.ts'
import {OPERATIONS_KEY, type QueueKeys} from '../../../src/redis/keys.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()
const DAY_MS = 86_400_000
let at: {queue: string; keys: QueueKeys; engine: QueueEngine}
let id: string

const newId = () => randomBytes(8).toString('hex')
const change = (from: string, to: string, more = {}) =>
  at.engine.operations.change(id, {from: [from as 'planned'], to: to as 'running', ...more})
const take = (runner: string, lengthMs = 60_000) => at.engine.operations.take(id, {runner, lengthMs})
const due = async () => (await at.engine.operations.due([at.queue], 9)).map((one) => one.id)

beforeEach(async () => {
  at = context.newQueue()
  id = newId()
  await at.engine.operations.create({id, action: 'purge', plan: {n: 1}})
})

it('keeps an operation once, and finds its queue by its id alone', async () => {
  await at.engine.operations.create({id, action: 'dlq purge', plan: {n: 2}})
  const kept = await at.engine.operations.read(id)
  expect(kept).toMatchObject({id, queue: at.queue, action: 'purge', plan: {n: 1}, state: 'planned', done: 0})
  expect(kept?.createdAt).toBeGreaterThan(Date.now() - DAY_MS)
  const {engine} = context.newQueue()
  expect(await engine.operations.homeOf(id)).toBe(at.queue)
  expect(await engine.operations.read(id)).toBeUndefined()
  expect(await engine.operations.homeOf('nobody')).toBeUndefined()
})

it('lists the newest first', async () => {
  const later = newId()
  await at.engine.operations.create({id: later, action: 'purge', plan: {}})
  await context.redis.zadd(at.keys.operations, 'XX', Date.now() + 1000, later)
  const ids = async (limit: number) => (await at.engine.operations.latest(limit)).map((one) => one.id)
  expect(await ids(10)).toEqual([later, id])
  expect(await ids(1)).toEqual([later])
})

describe('a change of the state', () => {
  it('is made from the states that are named, and tells the state that it found otherwise', async () => {
    expect(await change('running', 'paused')).toBe('planned')
    expect(await change('planned', 'running')).toBe('running')
    expect(await change('planned', 'running')).toBe('running')
    expect(await change('planned', 'cancelled')).toBe('running')
    expect(await at.engine.operations.change('nobody', {from: ['running'], to: 'done'})).toBeUndefined()
  })

  it('keeps an operation that goes on for ever, and one that has ended for a week', async () => {
    const ttl = () => context.redis.pttl(at.keys.operation(id))
    expect(await ttl()).toBeGreaterThan(6.9 * DAY_MS)
    await change('planned', 'running')
    expect(await ttl()).toBe(-1)
    await change('running', 'paused')
    expect(await ttl()).toBe(-1)
    await change('paused', 'cancelled')
    expect(await ttl()).toBeGreaterThan(6.9 * DAY_MS)
    expect((await at.engine.operations.read(id))?.endedAt).not.toBeNull()
    await change('cancelled', 'undoing')
    expect(await at.engine.operations.read(id)).toMatchObject({endedAt: null})
  })

  it('takes the operation from its runner', async () => {
    await change('planned', 'running')
    const hold = await take('one')
    await change('running', 'paused')
    expect(await at.engine.operations.read(id)).toMatchObject({runner: null})
    await change('paused', 'running')
    expect(hold && (await at.engine.operations.update(hold, {ms: 1000}))).toBe('lost')
    expect(await change('running', 'done', {hold})).toBe('running')
  })
})

describe('an operation that is to be carried on', () => {
  beforeEach(() => change('planned', 'running'))

  it('is due until somebody takes it, and again when its hold is over', async () => {
    expect(await due()).toEqual([id])
    expect(await take('one')).toBeDefined()
    expect(await due()).toEqual([])
    expect(await take('two')).toBeUndefined()
    await context.redis.zadd(at.keys.runners, 'XX', Date.now() - 1, id)
    expect(await due()).toEqual([id])
    const hold = await take('two')
    expect(hold).toBeDefined()
    expect(await at.engine.operations.read(id)).toMatchObject({runner: 'two'})
    expect(hold && (await at.engine.operations.update(hold, {ms: 60_000}))).toBe('held')
  })

  it('is free at once, or after a while, when it is given back', async () => {
    const first = await take('one')
    if (!first) throw new Error('expected to take it')
    await at.engine.operations.update(first, {ms: 0, givesBack: true, fields: {canary: {items: 3}}})
    expect(await due()).toEqual([id])
    expect(await at.engine.operations.read(id)).toMatchObject({runner: null, canary: {items: 3}})
    const second = await take('two')
    if (!second) throw new Error('expected to take it')
    expect(await at.engine.operations.update(first, {ms: 0, givesBack: true})).toBe('lost')
    await at.engine.operations.update(second, {ms: 30_000, givesBack: true})
    expect(await due()).toEqual([])
  })

  it('is due no more once it is over', async () => {
    const hold = await take('one')
    expect(await change('running', 'done', {hold, fields: {result: {n: 1}}})).toBe('done')
    expect(await due()).toEqual([])
    expect(await take('two')).toBeUndefined()
    expect(await at.engine.operations.read(id)).toMatchObject({state: 'done', result: {n: 1}, runner: null})
  })
})

it('forgets operations that have expired when another is made', async () => {
  await context.redis.del(at.keys.operation(id))
  const next = newId()
  await at.engine.operations.create({id: next, action: 'purge', plan: {}})
  expect(await context.redis.zrange(at.keys.operations, '0', '-1')).toEqual([next])
  expect(await at.engine.operations.homeOf(id)).toBeUndefined()
})

it('is removed with its queue', async () => {
  await change('planned', 'running')
  await at.engine.destroy()
  expect(await context.redis.exists(at.keys.operations, at.keys.runners, at.keys.operation(id))).toBe(0)
  expect(await context.redis.hexists(OPERATIONS_KEY, id)).toBe(0)
})

it('names the key and the field that somebody broke', async () => {
  await context.redis.hset(at.keys.operation(id), 'plan', '{')
  await expect(at.engine.operations.read(id)).rejects.toMatchObject({
    code: 'BROKEN_KEY',
    message: `expected field "plan" of key ${at.keys.operation(id)} to hold JSON, got "{"`,
  })
})

it('counts a process as one that carries operations on for as long as it says', async () => {
  const name = newId()
  const isAlive = async () => (await at.engine.operations.runners()).includes(name)
  await at.engine.operations.announce(name, 60_000)
  expect(await isAlive()).toBe(true)
  await at.engine.operations.announce(name, 0)
  expect(await isAlive()).toBe(false)
})
