import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {cliEnv} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {
  LEASE_BEGIN,
  LEASE_COMMIT,
  type Proxies,
  proxiedEnv,
  startProxies,
  startWork,
} from '../support/faults.ts'
import {feedOf} from '../support/feed.ts'

const context = useServers()
const table = 'feed'
const FLAGS = ['--on-conflict', 'update', '--key', 'id', '--op-field', 'op']
let proxies: Proxies

beforeAll(async () => {
  proxies = await startProxies()
  await context.pool.query(`CREATE TABLE ${table} (id int PRIMARY KEY, v int NOT NULL)`)
})
afterAll(() => proxies.close())
beforeEach(() => context.pool.query(`TRUNCATE ${table}`))

describe('a feed with deletes whose worker is killed', () => {
  it.each([
    ['when it takes a lease', 'redis', 'EVALSHA'],
    ['at BEGIN', 'postgres', LEASE_BEGIN],
    ['at COMMIT', 'postgres', LEASE_COMMIT],
  ] as const)('%s: the others go on behind it, in the order of the feed', async (_, server, pattern) => {
    const at = context.newQueue()
    const {items, rows} = feedOf(2000, pattern.length)
    await push(context, at.keys, items)
    const doomed = startWork(context, {...at, table}, proxiedEnv(proxies), ...FLAGS)
    // The server's answer never arrives
    await proxies[server].onRequest(pattern, 'swallow-reply')
    const others = [1, 2].map(() => startWork(context, {...at, table}, cliEnv(), ...FLAGS))
    doomed.child.kill('SIGKILL')
    await doomed.ended
    for (const {ended} of others) expect((await ended).code).toBe(0)
    expect((await context.pool.query(`SELECT id, v FROM ${table} ORDER BY id`)).rows).toEqual(rows)
  })
})
