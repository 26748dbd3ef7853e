import {randomUUID} from 'node:crypto'
import {Redis} from 'ioredis'
import {afterAll} from 'vitest'
import {closeRedis} from '../../src/redis/client.ts'
import {openRedis} from '../../src/redis/connect.ts'
import type {Reach} from './context.ts'
import type {SentinelSet} from './sentinel-set.ts'

/** Reaches queues through sentinels, of which nothing fails. @param find the set, once it runs */
export function sentinelReach(find: () => SentinelSet): Reach {
  const entries: Redis[] = []
  let port = 0
  afterAll(() => {
    for (const entry of entries) closeRedis(entry)
  })
  return {
    async connect() {
      port = await find().primaryPort()
      const {redis} = await openRedis(find().url, {})
      entries.push(redis)
      return redis
    },
    newName: () => `test-${randomUUID()}`,
    port: () => port,
    // Sentinels name the server itself, so that a proxy can only be reached without them
    through: (proxyPort, options) =>
      new Redis({port: proxyPort, password: 'test', ...options}).on('error', () => {}),
  }
}
