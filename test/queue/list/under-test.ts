import {composeQueue} from '../../../src/queue/compose-queue.ts'
import {LISTS} from '../../../src/queue/list/list.ts'
import type {ListEnd} from '../../../src/queue/list/list-lua.ts'
import {queueKeys} from '../../../src/redis/keys.ts'
import {layoutOf} from '../../../src/redis/route.ts'
import type {EngineUnderTest} from '../conformance/tested-queue.ts'

/** @param pops the end from which consumers pop */
export function listUnderTest(pops: ListEnd): EngineUnderTest {
  const engine = LISTS[pops]
  const inOrder = (items: Buffer[]) => (pops === 'left' ? items : items.reverse())
  return {
    kind: 'list',
    can: {priority: false, collapse: false, age: false, locate: false},
    lua: engine.lua,
    lose: (redis, keys, id) => redis.del(keys.lease(id)),
    open: (redis, name) => composeQueue({redis, name, keys: queueKeys(name, layoutOf(redis)), engine}),
    push: (redis, {ready}, items) =>
      pops === 'left' ? redis.rpush(ready, ...items) : redis.lpush(ready, ...items),
    ready: async (redis, {ready}) => inOrder(await redis.lrangeBuffer(ready, 0, -1)),
    leased: (redis, keys, id) => redis.lrangeBuffer(keys.lease(id), 0, -1),
    pop: async (redis, {ready}, count) =>
      (await (pops === 'left' ? redis.lpopBuffer(ready, count) : redis.rpopBuffer(ready, count))) ?? [],
  }
}
