import type {Engine, LuaEngine} from '../lua-engine.ts'
import {openEnqueuer} from './open-enqueuer.ts'
import {peekItems} from './peek.ts'

/**
 * The ready items are a sorted set, and so are those of a lease: an item's place is its score. The move stays in C
 * (ZRANGESTORE, ZREMRANGEBYRANK), so payloads do not enter Lua. UNLINK frees the items in the background.
 */
const ZSET_LUA: LuaEngine = {
  kind: 'zset',
  can: {priority: true, collapse: true, age: true, locate: true},
  claim: `
local function claim(from, lease, count)
  local moved = redis.call('ZRANGESTORE', lease, from, 0, count - 1)
  if moved > 0 then redis.call('ZREMRANGEBYRANK', from, 0, count - 1) end
  return moved
end`,
  items: `
local function size(lease) return redis.call('ZCARD', lease) end
local function texts(lease, first, last) return redis.call('ZRANGE', lease, first, last) end
local function items(lease, first, last) return redis.call('ZRANGE', lease, first, last, 'WITHSCORES') end`,
  drop: `
local function drop(lease) redis.call('UNLINK', lease) end`,
  put: `
local function put(key, place, item) return redis.call('ZADD', key, 'NX', place, item) end`,
}

export const ZSET: Engine = {
  lua: ZSET_LUA,
  calls: {
    openProducer: openEnqueuer,
    peek: (redis, {ready}, limit) => peekItems(redis, ready, limit),
    depth: (redis, {ready}) => redis.zcard(ready),
    put: (redis, {ready}, item, score) => redis.zadd(ready, 'NX', score, item),
  },
}
