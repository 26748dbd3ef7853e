import {readFileSync} from 'node:fs'
import {Redis} from 'ioredis'
import pg from 'pg'
import {describe, expect, inject, it} from 'vitest'
import {readEnvironment} from '../../../src/bench/environment/environment.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()

describe('readEnvironment', () => {
  it('reads the machine', async () => {
    const environment = await readEnvironment({})
    const {version} = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(environment).toMatchObject({node: process.version, qtool: version, redis: null, postgres: null})
    expect(environment.cpu).not.toBe('')
    expect(environment.cores).toBeGreaterThanOrEqual(1)
    expect(environment.memory).toBeGreaterThan(2 ** 20)
    expect(environment.system).toMatch(/^\S+ \S+ \S+/)
    expect(environment.fingerprint).toMatch(/^[0-9a-f]{12}$/)
  })

  it('reads the servers and the settings that change figures', async () => {
    const {redis, postgres} = await readEnvironment({redis: context.redis, pool: context.pool})
    expect(redis).toMatchObject({local: true, settings: {appendonly: 'no', appendfsync: 'everysec'}})
    expect(redis?.version).toMatch(/^(valkey )?\d+\.\d+\.\d+$/)
    expect(Object.keys(redis?.settings ?? {}).sort()).toEqual([
      'appendfsync',
      'appendonly',
      'io-threads',
      'maxmemory-policy',
      'save',
    ])
    expect(redis?.roundTripMs).toBeGreaterThan(0)
    expect(postgres).toMatchObject({local: true, settings: {max_connections: '200'}})
    expect(postgres?.version).toMatch(/^\d+(\.\d+)?/)
    expect(Object.keys(postgres?.settings ?? {})).toEqual([
      'fsync',
      'full_page_writes',
      'max_connections',
      'shared_buffers',
      'synchronous_commit',
      'wal_level',
    ])
    expect(postgres?.roundTripMs).toBeGreaterThan(0)
  })

  it('gives the same fingerprint again, whatever the round trips', async () => {
    const [first, second] = [
      await readEnvironment({redis: context.redis, pool: context.pool}),
      await readEnvironment({redis: context.redis, pool: context.pool}),
    ]
    expect(second.fingerprint).toBe(first.fingerprint)
    expect((await readEnvironment({})).fingerprint).not.toBe(first.fingerprint)
  })

  it('gives the connection of Postgres back', async () => {
    const pool = new pg.Pool({connectionString: inject('databaseUrl'), max: 1})
    await readEnvironment({pool})
    expect(pool.idleCount).toBe(1)
    await pool.end()
  })

  it('does without what a server forbids to ask', async () => {
    const user = `bench-${process.pid}`
    await context.redis.acl('SETUSER', user, 'on', 'nopass', '+ping')
    const url = Object.assign(new URL(inject('redisUrl')), {username: user, password: 'any'})
    const redis = new Redis(url.href, {enableReadyCheck: false})
    const environment = await readEnvironment({redis}).finally(async () => {
      redis.disconnect()
      await context.redis.acl('DELUSER', user)
    })
    expect(environment.redis).toEqual({
      version: 'unknown',
      local: true,
      roundTripMs: expect.any(Number),
      settings: {},
    })
  })

  it('fails where the server is gone', async () => {
    const redis = new Redis(inject('redisUrl'))
    await redis.ping()
    redis.disconnect()
    await expect(readEnvironment({redis})).rejects.toThrow('Connection is closed')
  })
})
