import type {Engine} from '../engine-calls.ts'
import type {LuaEngine} from '../lua-engine.ts'
import {measureStream, sampleStream} from './look.ts'
import {CLAIM, DROP, ITEMS, RECLAIM} from './lua-leases.ts'
import {STREAM_PRELUDE} from './lua-stream.ts'
import {CLEAR, DISCARD, FREE, RESTORE} from './lua-trash.ts'
import {openStreamProducer} from './open-producer.ts'
import {countReady, peekStream} from './pages.ts'
import {timesOfEntry} from './place.ts'
import {StreamSearch} from './stream-search.ts'

/** See `STREAM_PRELUDE` for how a queue lies in a stream. An item's place is the time in the id of its entry. */
export const STREAM_LUA: LuaEngine = {
  kind: 'stream',
  can: {priority: false, collapse: false, age: true, locate: false},
  prelude: STREAM_PRELUDE,
  size: `
local pending
local function size(key, is_whole)
  if key == KEYS[1] then
    local count, is_known = count_ready(look(), not is_whole)
    return redis.call('XLEN', returned) + count, is_known
  end
  if not pending then
    pending = {}
    local at = look()
    for _, flat in ipairs(at and at.group and redis.call('XINFO', 'CONSUMERS', KEYS[1], GROUP) or {}) do
      local consumer = fields_of(flat)
      pending[consumer.name] = consumer.pending
    end
  end
  return redis.call('XLEN', key) + (pending[consumer_of(key)] or 0)
end`,
  claim: CLAIM,
  hasClaimed: true,
  reclaim: RECLAIM,
  items: ITEMS,
  drop: DROP,
  putsLast: true,
  put: `
local function put(key, place, item)
  add_own(key == KEYS[1] and returned or key, place, item)
  return 1
end`,
  head: `
local function head()
  local first = redis.call('XRANGE', returned, '-', '+', 'COUNT', 1)[1]
  if first then return first[2][2] end
  local at = look()
  first = at and redis.call('XRANGE', KEYS[1], '(' .. at.last, '+', 'COUNT', 1)[1]
  return first and string.match(first[1], '^%d+') or ''
end`,
  clear: CLEAR,
  discard: DISCARD,
  restore: RESTORE,
  free: FREE,
  leave: `
local function leave()
  local at = look()
  if at and at.is_shared then redis.call('XGROUP', 'DESTROY', KEYS[1], GROUP) else redis.call('UNLINK', KEYS[1]) end
  redis.call('UNLINK', returned)
end`,
  tally: `
local function tally()
  local at = look()
  return at and at['entries-added'] or 0
end`,
}

export const STREAM: Engine = {
  lua: STREAM_LUA,
  calls: {
    openProducer: openStreamProducer,
    depth: (redis, keys) => countReady(redis, keys.ready),
    put: async (redis, {ready}, item) => {
      await redis.xadd(ready, '*', 'item', item)
      return 1
    },
    peek: (redis, {ready}, limit) => peekStream(redis, ready, limit),
    search: (redis, {ready}, filter) => new StreamSearch(redis, ready, filter),
    timesOf: timesOfEntry,
    scoreOf: (place) => (Number.isFinite(place) ? place : null),
    sample: (redis, {ready}) => sampleStream(redis, ready),
    memory: (redis, {ready}) => measureStream(redis, ready),
    areReady: async (_, __, items) => items.map(() => false),
  },
}
