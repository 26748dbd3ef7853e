import type {Engine} from '../engine-calls.ts'
import {sampleByRank} from '../items/item-sample.ts'
import {findMembers} from '../letters/member-scores.ts'
import type {LuaEngine} from '../lua-engine.ts'
import {measureMemory} from '../memory-usage.ts'
import {openEnqueuer} from './open-enqueuer.ts'
import {peekSet} from './peek.ts'
import {readScore} from './read-score.ts'
import {RESTORE_SET} from './restore-set.ts'
import {SetSearch} from './set-search.ts'

/**
 * The ready items are a sorted set, and so are those of a lease: an item's place is its score. The move stays in C
 * (ZRANGESTORE, ZREMRANGEBYRANK), so payloads do not enter Lua. UNLINK frees the items in the background. What is purged
 * is renamed, which is O(1).
 */
const ZSET_LUA: LuaEngine = {
  kind: 'zset',
  can: {priority: true, collapse: true, age: true, locate: true},
  size: `
local function size(key) return redis.call('ZCARD', key) end`,
  claim: `
local function claim(from, lease, count)
  local moved = redis.call('ZRANGESTORE', lease, from, 0, count - 1)
  if moved > 0 then redis.call('ZREMRANGEBYRANK', from, 0, count - 1) end
  return moved
end`,
  items: `
local function texts(lease, first, last) return redis.call('ZRANGE', lease, first, last) end
local function items(lease, first, last) return redis.call('ZRANGE', lease, first, last, 'WITHSCORES') end`,
  drop: `
local function drop(lease) redis.call('UNLINK', lease) end`,
  put: `
local function put(key, place, item) return redis.call('ZADD', key, 'NX', place, item) end`,
  head: `
local function head() return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] or '' end`,
  clear: `
local function clear(trash) redis.call('RENAME', KEYS[1], trash) end`,
  discard: `
local function discard(trash, found)
  local moved = 0
  for i = 2, #found, 2 do
    local score = redis.call('ZSCORE', KEYS[1], found[i])
    if score then
      redis.call('ZADD', trash, score, found[i])
      redis.call('ZREM', KEYS[1], found[i])
      moved = moved + 1
    end
  end
  return moved
end`,
  restore: `
${RESTORE_SET}
local function restore(trash, most, most_bytes)
  return restore_set(trash, KEYS[1], most, most_bytes, function() end, function(one)
    return redis.call('ZADD', KEYS[1], 'NX', one[2], one[1]) == 1
  end)
end`,
}

export const ZSET: Engine = {
  lua: ZSET_LUA,
  calls: {
    openProducer: openEnqueuer,
    depth: (redis, {ready}) => redis.zcard(ready),
    put: (redis, {ready}, item, score) => redis.zadd(ready, 'NX', score, item),
    readLease: (redis, key) => redis.zrangeBuffer(key, '0', '-1'),
    peek: (redis, {ready}, limit) => peekSet(redis, ready, limit),
    search: (redis, {ready}, filter) => new SetSearch(redis, ready, filter),
    timesOf: readScore,
    scoreOf: (score) => (Number.isFinite(score) ? score : score > 0 ? 'inf' : '-inf'),
    sample: (redis, keys) => sampleByRank(redis, keys, ZSET_LUA),
    memory: (redis, {ready}) => measureMemory(redis, ready),
    areReady: (redis, {ready}, items) => findMembers(redis, ready, items),
  },
}
