import {composeQueue} from '../../../src/queue/compose-queue.ts'
import {ZSET} from '../../../src/queue/zset/zset.ts'
import {queueKeys} from '../../../src/redis/keys.ts'
import {layoutOf} from '../../../src/redis/route.ts'
import type {EngineUnderTest} from '../conformance/tested-queue.ts'

export const ZSET_UNDER_TEST: EngineUnderTest = {
  kind: 'zset',
  can: {priority: true, collapse: true, age: true, locate: true},
  lua: ZSET.lua,
  lose: (redis, keys, id) => redis.del(keys.lease(id)),
  open: (redis, name) => composeQueue({redis, name, keys: queueKeys(name, layoutOf(redis)), engine: ZSET}),
  push: (redis, {ready}, items) => redis.zadd(ready, ...items.flatMap((item, i) => [i, item])),
  ready: (redis, {ready}) => redis.zrangeBuffer(ready, '0', '-1'),
  leased: (redis, keys, id) => redis.zrangeBuffer(keys.lease(id), '0', '-1'),
  async pop(redis, {ready}, count) {
    const popped = await redis.zpopminBuffer(ready, count)
    return popped.filter((_, i) => i % 2 === 0)
  },
}
