import {Redis} from 'ioredis'
import pg from 'pg'
import {expect, inject, it} from 'vitest'

it('smoke', async () => {
  const redis = new Redis(inject('redisUrl'))
  expect(await redis.ping()).toBe('PONG')
  redis.disconnect()
  const client = new pg.Client(inject('databaseUrl'))
  await client.connect()
  await client.query("select version(), current_setting('fsync') f, current_setting('shared_buffers') b")
  await client.end()
})
