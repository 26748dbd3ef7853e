import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {cliEnv, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {
  expectAllOnce,
  fill,
  holdTable,
  LEASE_BEGIN,
  LEASE_COMMIT,
  type Proxies,
  proxiedEnv,
  startProxies,
  startWork,
} from '../support/faults.ts'

const context = useServers()
const table = 'cuts'
const TOTAL = 3000
let proxies: Proxies

beforeAll(async () => {
  proxies = await startProxies()
  await context.pool.query(`CREATE TABLE ${table} (a int)`)
})
afterAll(() => proxies.close())
beforeEach(() => context.pool.query(`TRUNCATE ${table}`))

describe('a connection to Postgres that is cut', () => {
  it.each([
    ['X22: before COMMIT arrives', LEASE_COMMIT, 'cut'],
    ['X22: after COMMIT is done, before its reply', LEASE_COMMIT, 'cut-after-reply'],
    ['in the middle of COPY', 'COPY', 'cut-after-reply'],
    ['at BEGIN', LEASE_BEGIN, 'cut'],
  ] as const)('%s', async (_, pattern, action) => {
    const at = await fill(context, TOTAL)
    const fired = proxies.postgres.onRequest(pattern, action, 3)
    const work = startWork(context, {...at, table, lease: '2s'}, proxiedEnv(proxies), '--json')
    await fired
    const {code, stdout} = await work.ended
    const json = JSON.parse(stdout)
    expect(code).toBe(0)
    await expectAllOnce(context, at, table)
    expect(json).toMatchObject({deadLettered: 0})
    expect(json.inserted + json.recovered).toBe(TOTAL)
    expect(json.retried).toBeGreaterThan(0)
  })
})

describe('a connection to Redis that is cut', () => {
  it.each([
    ['X5: after a lease was taken, before its reply', 'EVALSHA', 'cut-after-reply', 1],
    ['X5: again and again', 'EVALSHA', 'cut-after-reply', 5],
    ['before a call arrives', 'EVALSHA', 'cut', 3],
  ] as const)('%s', async (_, pattern, action, times) => {
    const at = await fill(context, TOTAL)
    const fired = proxies.redis.onRequest(pattern, action, times)
    const work = startWork(context, {...at, table, lease: '2s'}, proxiedEnv(proxies))
    await fired
    expect((await work.ended).code).toBe(0)
    await expectAllOnce(context, at, table)
  })
})

describe('X16: scripts that Redis has forgotten', () => {
  it('are sent again', async () => {
    const at = await fill(context, TOTAL)
    const work = startWork(context, {...at, table, lease: '2s'}, proxiedEnv(proxies))
    const flush = setInterval(() => context.redis.script('FLUSH').catch(() => {}), 5)
    const {code} = await work.ended
    clearInterval(flush)
    expect(code).toBe(0)
    await expectAllOnce(context, at, table)
  })
})

describe('X2: a worker that sleeps past its lease', () => {
  it('writes nothing a second time when it wakes up', async () => {
    const at = await fill(context, TOTAL)
    const held = await holdTable(context, table)
    const slow = startWork(context, {...at, table, workers: 1}, cliEnv())
    await until(held.isAwaited)
    slow.child.kill('SIGSTOP')
    // Its rows are now written, and nobody ends the open transaction
    await held.release()
    const {code} = await startWork(context, {...at, table}, cliEnv()).ended
    expect(code).toBe(0)
    slow.child.kill('SIGCONT')
    expect((await slow.ended).code).toBe(0)
    await expectAllOnce(context, at, table)
  })
})
