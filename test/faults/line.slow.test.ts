import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {unusualLines} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {
  expectAllOnce,
  fill,
  holdTable,
  type Proxies,
  proxiedEnv,
  startProxies,
  startWork,
} from '../support/faults.ts'
import {until} from '../support/until.ts'

const context = useServers()
const table = 'line'
const TOTAL = 3000
let proxies: Proxies

beforeAll(async () => {
  proxies = await startProxies()
  await context.pool.query(`CREATE TABLE ${table} (a int)`)
})
afterAll(() => proxies.close())
beforeEach(() => context.pool.query(`TRUNCATE ${table}`))

async function countRows(): Promise<number> {
  return (await context.pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n
}

describe('X6: a bad line to Redis', () => {
  it('a black hole ends in a deadline, and work goes on afterwards', {timeout: 60_000}, async () => {
    const at = await fill(context, TOTAL)
    const held = await holdTable(context, table)
    const work = startWork(context, {...at, table, lease: '2s'}, proxiedEnv(proxies))
    await until(held.isAwaited)
    proxies.redis.blackhole(true)
    await held.release()
    await until(() => work.stderr().includes('Redis is unreachable'))
    proxies.redis.blackhole(false)
    proxies.redis.cut()
    expect((await work.ended).code).toBe(0)
    await expectAllOnce(context, at, table)
  })

  it.each([
    ['a delay of a second each way', 1000, 0],
    ['seven bytes at a time', 0, 7],
  ])('%s only makes it slow', {timeout: 60_000}, async (_, delayMs, bytes) => {
    const at = await fill(context, TOTAL)
    const held = await holdTable(context, table)
    const work = startWork(context, {...at, table, workers: 1, lease: '30s'}, proxiedEnv(proxies))
    await until(held.isAwaited)
    proxies.redis.delay(delayMs)
    proxies.redis.dribble(bytes)
    await held.release()
    await until(async () => (await countRows()) > 200)
    proxies.redis.delay(0)
    proxies.redis.dribble(0)
    const {code, stderr} = await work.ended
    expect({code, unusual: unusualLines(stderr)}).toEqual({code: 0, unusual: []})
    await expectAllOnce(context, at, table)
  })
})
