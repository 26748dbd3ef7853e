import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import {
  type ConnectionsOptions,
  runConnections,
} from '../../../../src/bench/scenarios/connections/connections.ts'
import {connectRedis, withRedis} from '../../../../src/redis/connect.ts'
import {startTestRedis, type TestServer} from '../../../support/server.ts'

const MAX_CLIENTS = 60

let small: TestServer

beforeAll(async () => {
  small = await startTestRedis(`maxclients ${MAX_CLIENTS}`)
})

afterAll(() => small.stop())

const run = (changed: Partial<ConnectionsOptions>) =>
  runConnections({
    redisUrl: small.url,
    connect: {},
    name: `test-${crypto.randomUUID()}`,
    pools: [],
    waitMs: 20,
    signal: new AbortController().signal,
    onStep: () => {},
    ...changed,
  })

async function clients(): Promise<number> {
  return withRedis(
    small.url,
    {},
    async (redis) =>
      String(await redis.client('LIST'))
        .trim()
        .split('\n').length,
  )
}

/** The failed checks, except those of times, which depend on the machine. */
const broken = ({checks}: {checks: Array<{name: string; ok: boolean}>}) =>
  checks.filter(({name, ok}) => !ok && !name.endsWith('recovery')).map(({name}) => name)

describe('pools of connections', () => {
  it('are filled, refuse one more with what to raise, and go on after a release', async () => {
    const before = await clients()
    const found = await run({pools: [5, 20]})
    expect(found.steps.map(({name, parameters}) => [name, parameters.opened, parameters.error])).toEqual([
      ['pool of 5', 5, 'POOL_EXHAUSTED'],
      ['pool of 20', 20, 'POOL_EXHAUSTED'],
    ])
    expect(found.steps[1]).toMatchObject({latency: {samples: 20, p50: expect.any(Number), p99: null}})
    expect(broken(found)).toEqual([])
    expect(found.metrics).toMatchObject({connections: 20, leaks: 0, recovery: expect.any(Number)})
    expect(found.notes.join('\n')).toContain('all 5 are in use')
    expect(found.notes.join('\n')).toContain('the limit of the server was not tested')
    expect(found.comparisons).toEqual([])
    expect(await clients()).toBe(before)
  })

  it('are compared with the documented one of 50', async () => {
    const {comparisons} = await run({pools: [20, 50]})
    expect(comparisons).toMatchObject([
      {documented: 50, measured: 50, moreIsBetter: true},
      {documented: 1, unit: 's', moreIsBetter: false},
    ])
    expect(comparisons[1].measured).toBeGreaterThan(0)
  })

  it('say so when the server is full before the pool is', async () => {
    const found = await run({pools: [MAX_CLIENTS + 10]})
    expect(broken(found)).toEqual([`pool of ${MAX_CLIENTS + 10}`])
    // The observer is a client too
    expect(found.steps[0].parameters).toMatchObject({
      opened: MAX_CLIENTS - 1,
      error: 'MAXCLIENTS',
      recoveryMs: null,
    })
    expect(found.verdict).toContain('accepts no more clients')
    expect(found.metrics.leaks).toBe(0)
  })
})

describe('the clients of the server', () => {
  it('are taken up to its limit, and all given back', async () => {
    const before = await clients()
    const found = await run({server: {most: 10_000}})
    expect(broken(found)).toEqual([])
    expect(found.steps[0].parameters).toMatchObject({
      maxClients: MAX_CLIENTS,
      opened: MAX_CLIENTS - 1,
      stoppedBy: 'server',
      error: 'MAXCLIENTS',
      message: expect.stringContaining('accepts no more clients: ERR max number of clients reached'),
    })
    expect(found.metrics).toMatchObject({
      connectionsServer: MAX_CLIENTS - 1,
      recoveryServer: expect.any(Number),
      leaks: 0,
    })
    expect(await clients()).toBe(before)
  })

  it('are left alone unless asked for', async () => {
    const {steps, metrics} = await run({pools: [2]})
    expect(steps).toHaveLength(1)
    expect(metrics).not.toHaveProperty('connectionsServer')
  })

  it('are taken up to the number that the caller allows', async () => {
    const found = await run({server: {most: 7}})
    expect(found.steps[0].parameters).toMatchObject({opened: 7, stoppedBy: 'most', error: null})
    expect(found.checks[0]).toMatchObject({ok: true, text: 'stopped before the server was full: most'})
    expect(await clients()).toBe(1)
  })

  it('are not taken with a login that is refused', async () => {
    const {redisUrl, url} = {redisUrl: small.url, url: new URL(small.url)}
    const admin = await connectRedis(redisUrl, {})
    // May observe, but may not PING
    await admin.call('ACL', 'SETUSER', 'looker', 'on', '>pw', '~*', '+@all', '-ping')
    url.username = 'looker'
    url.password = 'pw'
    const found = await run({redisUrl: url.href, server: {most: 10}})
    admin.disconnect()
    expect(broken(found)).toEqual(['server'])
    expect(found.steps[0].parameters).toMatchObject({
      opened: 0,
      stoppedBy: 'failed',
      message: expect.stringContaining('NOPERM'),
    })
  })
})

it('stops at the signal and closes what it had opened', async () => {
  const before = await clients()
  const interruption = new AbortController()
  const found = await run({
    pools: [5, 10],
    server: {most: 10_000},
    signal: interruption.signal,
    onStep: (text) => {
      if (text === 'filling a pool of 10') interruption.abort()
    },
  })
  expect(found.steps.map(({parameters}) => parameters.opened)).toEqual([5, 0])
  expect(found.metrics.leaks).toBe(0)
  expect(await clients()).toBe(before)
})

it('counts what stays open of its own, and not the clients of others', async () => {
  const [own, other] = [`test-${crypto.randomUUID()}`, `test-${crypto.randomUUID()}`]
  const opening: Array<Promise<{disconnect(): void}>> = []
  const openAs = (name: string) => () => void opening.push(connectRedis(small.url, {name}))
  const ofOthers = await run({pools: [2], name: own, onStep: openAs(other)})
  expect(ofOthers.checks.at(-1)).toMatchObject({name: 'leaks', ok: true})
  const ofItsOwn = await run({pools: [2], name: own, onStep: openAs(own)})
  expect(ofItsOwn.checks.at(-1)).toMatchObject({name: 'leaks', ok: false})
  expect(ofItsOwn.metrics.leaks).toBe(1)
  for (const redis of await Promise.all(opening)) redis.disconnect()
}, 20_000)

it('works with the login of the URL', async () => {
  const found = await runConnections({
    redisUrl: inject('redisUrl'),
    connect: {},
    name: `test-${crypto.randomUUID()}`,
    pools: [3],
    waitMs: 10,
    server: {most: 5},
    signal: new AbortController().signal,
    onStep: () => {},
  })
  expect(found.steps.map(({parameters}) => parameters.opened)).toEqual([3, 5])
})
