import {expect, inject, it} from 'vitest'
import {readPostgresSettings} from '../../src/health/postgres-settings.ts'
import {readRedisSettings} from '../../src/health/redis-settings.ts'
import {useServers, withClient} from '../support/context.ts'

const context = useServers()

it('reads the version and the settings of Redis that it knows', async () => {
  const [, policy] = (await context.redis.config('GET', 'maxmemory-policy')) as string[]
  const {version, settings} = await readRedisSettings(context.redis, ['maxmemory-policy', 'no-such-setting'])
  expect(await context.redis.info('server')).toContain(`redis_version:${version}`)
  expect(settings).toEqual({'maxmemory-policy': policy})
})

it('leaves out what a user of Redis may not read', async () => {
  await context.redis.call(
    'ACL',
    'SETUSER',
    'facts',
    'reset',
    'on',
    '>only',
    '~*',
    '+ping',
    '+client|setname',
  )
  const url = new URL(inject('redisUrl'))
  const redis = context.redis.duplicate({
    username: 'facts',
    password: 'only',
    db: Number(url.pathname.slice(1) || 0),
  })
  try {
    expect(await readRedisSettings(redis, ['maxmemory-policy'])).toEqual({version: 'unknown', settings: {}})
  } finally {
    redis.disconnect()
    await context.redis.call('ACL', 'DELUSER', 'facts')
  }
})

it('reads the version and the settings of Postgres, with their units', async () => {
  const shown = await context.pool.query('SHOW shared_buffers')
  const {version, settings} = await withClient(context, (client) =>
    readPostgresSettings(client, ['shared_buffers', 'no_such_setting']),
  )
  expect(settings).toEqual(shown.rows[0])
  expect((await context.pool.query('SHOW server_version')).rows[0].server_version).toContain(version)
})
