import type {Redis} from 'ioredis'
import {QUEUE_GROUP} from '../../redis/consumer-groups.ts'
import type {QueueKeys} from '../../redis/keys.ts'
import type {Engine} from '../engine-calls.ts'
import type {LuaEngine} from '../lua-engine.ts'
import {measureStream, sampleStream} from './look.ts'
import {CLAIM, DROP, ITEMS, PLACES, RECLAIM} from './lua-leases.ts'
import {preludeOf} from './lua-stream.ts'
import {CLEAR, DISCARD, FREE, RESTORE} from './lua-trash.ts'
import {openStreamProducer} from './open-producer.ts'
import {countReady, peekStream} from './pages.ts'
import {timesOfEntry} from './place.ts'
import {assertSole} from './shared.ts'
import {StreamSearch} from './stream-search.ts'

/** See `preludeOf` for how a queue lies in a stream. An item's place is the time in the id of its entry. */
const STREAM_LUA: LuaEngine = {
  kind: 'stream',
  can: {priority: false, collapse: false, age: true, locate: false},
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
  places: PLACES,
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
  redis.call('UNLINK', returned, reached)
end`,
  tally: `
local function tally()
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  return fields_of(redis.call('XINFO', 'STREAM', KEYS[1]))['entries-added']
end`,
}

/**
 * The engine of the streams that are read in a consumer group.
 * @param group its name holds only letters, digits and what the name of a queue may hold
 */
export function streamEngine(group: string): Engine {
  const known = engines.get(group)
  if (known) return known
  const lua = {...STREAM_LUA, prelude: preludeOf(group)}
  const bookOf = (redis: Redis, keys: QueueKeys) => ({redis, keys, engine: lua})
  const engine: Engine = {
    lua,
    calls: {
      openProducer: openStreamProducer,
      depth: (redis, keys) => countReady(bookOf(redis, keys)),
      put: async (redis, {ready}, item) => {
        await redis.xadd(ready, '*', 'item', item)
        return 1
      },
      peek: (redis, keys, limit) => peekStream(bookOf(redis, keys), limit),
      search: (redis, keys, filter) => new StreamSearch(bookOf(redis, keys), filter),
      assertClearable: (redis, keys) => assertSole(bookOf(redis, keys)),
      timesOf: timesOfEntry,
      scoreOf: (place) => (Number.isFinite(place) ? place : null),
      sample: (redis, keys) => sampleStream(bookOf(redis, keys)),
      memory: (redis, {ready}) => measureStream(redis, ready),
      areReady: async (_, __, items) => items.map(() => false),
    },
  }
  engines.set(group, engine)
  return engine
}

const engines = new Map<string, Engine>()

/** The engine of a stream `queue:NAME`. */
export const STREAM = streamEngine(QUEUE_GROUP)
