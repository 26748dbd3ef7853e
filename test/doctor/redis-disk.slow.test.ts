import {mkdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {Redis} from 'ioredis'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {diagnose} from '../../src/doctor/diagnose.ts'
import {until} from '../support/cli.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'
import {examineRedis, redisFacts} from './examine.ts'

let server: TestServer
let redis: Redis

beforeAll(async () => {
  server = await startTestRedis('slowlog-log-slower-than 1000000')
  redis = new Redis(server.url)
})

afterEach(async () => {
  await redis.config('SET', 'appendonly', 'yes')
  await redis.config('SET', 'appendfsync', 'everysec')
  await redis.config('SET', 'save', '')
  await until(async () => /aof_rewrite_in_progress:0/.test(await redis.info('persistence')))
})

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

it.each(['everysec', 'always'])('finds nothing wrong with appendfsync %s', async (value) => {
  await redis.config('SET', 'appendfsync', value)
  expect(await examineRedis(server.url)).toEqual([])
})

it('finds a file that is written to disk when the kernel likes', async () => {
  await redis.config('SET', 'appendfsync', 'no')
  expect(await examineRedis(server.url)).toEqual(['warning redis.persistence'])
})

it('finds that there are only snapshots, or no file at all', async () => {
  await redis.config('SET', 'appendonly', 'no')
  await redis.config('SET', 'save', '3600 1')
  expect(await examineRedis(server.url)).toEqual(['warning redis.persistence'])
  await redis.config('SET', 'save', '')
  expect(await examineRedis(server.url)).toEqual(['critical redis.persistence'])
})

it('finds a snapshot that failed', async () => {
  const [, folder] = (await redis.config('GET', 'dir')) as string[]
  // A folder of this name cannot be replaced by a file
  await mkdir(join(folder, 'dump.rdb'))
  await redis.bgsave()
  await until(async () => /rdb_bgsave_in_progress:0/.test(await redis.info('persistence')))
  expect(await examineRedis(server.url)).toEqual(['critical redis.saves'])
  await rm(join(folder, 'dump.rdb'), {recursive: true})
  await redis.bgsave()
  await until(async () => /rdb_last_bgsave_status:ok/.test(await redis.info('persistence')))
  expect(await examineRedis(server.url)).toEqual([])
})

describe('a primary', () => {
  let replica: TestServer

  beforeAll(async () => {
    replica = await startTestRedis(`replicaof 127.0.0.1 ${server.port}`, 'masterauth test')
    await until(async () => /slave0:.*state=online.*lag=[01]\b/.test(await redis.info('replication')))
  })

  afterEach(async () => {
    replica.thaw()
    await redis.config('SET', 'min-replicas-to-write', '0')
    await redis.config('SET', 'repl-backlog-size', '1mb')
    await until(async () => /slave0:.*lag=[01]\b/.test(await redis.info('replication')))
  })

  afterAll(() => replica.stop())

  it('with a replica that keeps up is healthy', async () => {
    expect(await examineRedis(server.url)).toEqual([])
  })

  it('is found that a restart would empty, with its replicas', async () => {
    await redis.config('SET', 'appendonly', 'no')
    expect(await examineRedis(server.url)).toEqual(['critical redis.empty-restart'])
  })

  it('is found to have a replica that lags', async () => {
    replica.freeze()
    await until(async () => /slave0:.*lag=[3-9]\b/.test(await redis.info('replication')))
    expect(await examineRedis(server.url)).toEqual(['warning redis.replicas'])
  })

  it('is found to have fewer replicas than it asks for', async () => {
    await redis.config('SET', 'min-replicas-to-write', '2')
    expect(await examineRedis(server.url)).toEqual(['critical redis.replicas'])
  })

  it('is found to have a backlog that lasts for seconds', async () => {
    await redis.config('SET', 'repl-backlog-size', '20kb')
    let isOver = false
    const write = async () => {
      while (!isOver) await redis.set('x', 'y'.repeat(1000))
    }
    const writing = write()
    const found = await examineRedis(server.url)
    isOver = true
    await writing
    expect(found).toEqual(['warning redis.backlog'])
  })

  it('is not what a replica is taken for, whose own limits say nothing', async () => {
    expect(await examineRedis(replica.url)).toEqual(['critical redis.role'])
  })

  it('is known to lose what a promoted replica lacks, or no more than a few seconds of it', async () => {
    const failover = async () => diagnose(await redisFacts(server.url)).guarantee.failover
    expect(await failover()).toBe('unbounded')
    await redis.config('SET', 'min-replicas-to-write', '1')
    expect(await failover()).toBe('bounded')
  })
})
