import {describe, expect, inject, it} from 'vitest'
import {ConnectionBudget} from '../../src/redis/budget.ts'
import {closeRedis, duplicateRedis} from '../../src/redis/client.ts'
import {connectRedis, withRedis} from '../../src/redis/connect.ts'
import {until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

/** Connections of this name, as the server counts them. */
async function connections(name: string): Promise<number> {
  const list = String(await context.redis.client('LIST'))
  return list.split('\n').filter((line) => line.includes(` name=${name} `)).length
}

function newBudget(max: number) {
  const budget = new ConnectionBudget(max)
  const name = `test-${crypto.randomUUID()}`
  const open = (placeMs = 0) => connectRedis(inject('redisUrl'), {name, budget, placeMs})
  return {budget, name, open}
}

describe('a budget of connections', () => {
  it('counts clients and their duplicates, and takes their places back once they are closed', async () => {
    const {budget, name, open} = newBudget(2)
    const redis = await open()
    const copy = await duplicateRedis(redis, {})
    await copy.connect()
    expect(await connections(name)).toBe(2)
    await expect(open()).rejects.toMatchObject({code: 'TOO_FEW_CONNECTIONS'})
    await expect(duplicateRedis(redis, {})).rejects.toMatchObject({code: 'TOO_FEW_CONNECTIONS'})
    expect(await connections(name)).toBe(2)
    closeRedis(copy)
    closeRedis(redis)
    await until(() => budget.taken === 0)
    await until(async () => (await connections(name)) === 0)
  })

  it('names what is needed, what is allowed and the setting', async () => {
    const {open} = newBudget(1)
    const redis = await open()
    await expect(open()).rejects.toMatchObject({
      kind: 'usage',
      message: 'this needs 2 connections to Redis at the same time, but REDIS_MAX_CONNECTIONS allows 1',
      suggestions: ['set REDIS_MAX_CONNECTIONS to at least 2'],
    })
    closeRedis(redis)
  })

  it('refuses a need that is known before anything is opened', () => {
    expect(() => new ConnectionBudget(3).require(4)).toThrow(/needs 4 .* allows 3$/)
    expect(() => new ConnectionBudget(3).require(3)).not.toThrow()
  })

  it('serves those who wait in the order they came', async () => {
    const budget = new ConnectionBudget(1)
    const first = await budget.take()
    const served: number[] = []
    const waiting = [1, 2, 3].map(async (n) => {
      const place = await budget.take(5000)
      served.push(n)
      place.leave()
    })
    expect(budget.waiting).toBe(3)
    first.leave()
    await Promise.all(waiting)
    expect(served).toEqual([1, 2, 3])
    expect(budget.taken).toBe(0)
  })

  it('says what to raise where none comes free in time, and gives that one nothing later', async () => {
    const budget = new ConnectionBudget(1)
    const first = await budget.take()
    await expect(budget.take(5)).rejects.toMatchObject({
      code: 'POOL_EXHAUSTED',
      message: 'no connection to Redis came free within 5 ms; all 1 are in use',
    })
    first.leave()
    expect({taken: budget.taken, waiting: budget.waiting}).toEqual({taken: 0, waiting: 0})
  })

  it('takes a place back once, however often it is left', async () => {
    const budget = new ConnectionBudget(2)
    const [first] = [await budget.take(), await budget.take()]
    first.leave()
    first.leave()
    expect(budget.taken).toBe(1)
  })

  it.each(['redis://127.0.0.1:1', 'rediss://127.0.0.1:1?ca=/nowhere.pem'])(
    'keeps no place for a connection to %s that never came about',
    async (url) => {
      const budget = new ConnectionBudget(1)
      await expect(connectRedis(url, {budget})).rejects.toThrow()
      await until(() => budget.taken === 0)
    },
  )

  it('gives the place back where the work throws', async () => {
    const {budget, name} = newBudget(1)
    const failed = withRedis(inject('redisUrl'), {name, budget}, () => Promise.reject(new Error('mine')))
    await expect(failed).rejects.toThrow('mine')
    await until(() => budget.taken === 0)
  })
})
