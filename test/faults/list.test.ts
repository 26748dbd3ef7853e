import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {cliEnv, runningCli} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {LEASE_COMMIT, type Proxies, proxiedEnv, startProxies, startWork} from '../support/faults.ts'

const context = useServers()
const table = 'listed'
let proxies: Proxies

beforeAll(async () => {
  proxies = await startProxies()
  await context.pool.query(`CREATE TABLE ${table} (a int)`)
})
afterAll(() => proxies.close())
beforeEach(() => context.pool.query(`TRUNCATE ${table}`))

/** Every record is in the list twice, as another program may push it, and each of the two is one row. */
async function fill(total: number) {
  const {queue, keys} = context.newQueue()
  const key = `list-of-${queue}`
  const items = Array.from({length: total}, (_, i) => `{"a":${i}}`)
  await context.redis.lpush(key, ...items, ...items)
  return {queue, keys, key, total, flags: ['--redis-key', key, '--list-pops', 'right']}
}

async function expectAllTwice({keys, key, total}: Awaited<ReturnType<typeof fill>>): Promise<void> {
  const {rows} = await context.pool.query(
    `SELECT count(*)::int AS n, count(DISTINCT a)::int AS d, max(n)::int AS most
     FROM (SELECT a, count(*) OVER (PARTITION BY a) AS n FROM ${table}) AS counted`,
  )
  expect(rows[0]).toEqual({n: 2 * total, d: total, most: 2})
  expect(await context.redis.exists(key, keys.leases, keys.attempts, keys.dead)).toBe(0)
}

describe('a worker that drains a list of another program', () => {
  it.each([
    ['when it takes a lease', 'redis', 'EVALSHA'],
    ['at the ledger', 'postgres', 'INSERT INTO qtool.applied_lease'],
    ['at COMMIT', 'postgres', LEASE_COMMIT],
  ] as const)('is killed %s: another one finishes', async (_, server, pattern) => {
    const at = await fill(300)
    const doomed = startWork(context, {...at, table}, proxiedEnv(proxies), ...at.flags)
    await proxies[server].onRequest(pattern, 'swallow-reply')
    doomed.child.kill('SIGKILL')
    await doomed.ended
    const {code} = await startWork(context, {...at, table}, cliEnv(), ...at.flags).ended
    expect(code).toBe(0)
    await expectAllTwice(at)
  })

  it.each(['cut', 'cut-after-reply'] as const)('loses its connection to Redis (%s)', async (action) => {
    const at = await fill(600)
    const fired = proxies.redis.onRequest('EVALSHA', action, 9)
    const work = startWork(context, {...at, table, lease: '2s'}, proxiedEnv(proxies), ...at.flags)
    await fired
    expect((await work.ended).code).toBe(0)
    await expectAllTwice(at)
  })
})

it.each(['cut', 'cut-after-reply'] as const)(
  'puts every record into a list once, in its order, if connections break (%s)',
  async (action) => {
    const {queue, keys} = context.newQueue()
    const total = 4000
    const lines = Array.from({length: total}, (_, i) => `{"a":${i % 100}}`)
    const fired = proxies.redis.onRequest('RPUSH', action, 4)
    const args = [
      'enqueue',
      '-q',
      queue,
      '--engine',
      'list',
      '--list-pops',
      'left',
      '--batch',
      '100',
      '--json',
    ]
    const enqueue = runningCli(args, proxiedEnv(proxies))
    enqueue.child.stdin.end(lines.join('\n'))
    await fired
    const {code, stdout} = await enqueue.ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({engine: 'list', read: total, enqueued: total, duplicates: 0})
    expect(await context.redis.lrange(keys.ready, 0, -1)).toEqual(lines)
  },
)
