import type {LIST_ENDS} from '../../config/queue-said.ts'
import type {LuaEngine} from '../lua-engine.ts'

/** The end of a list from which its consumers pop. */
export type ListEnd = (typeof LIST_ENDS)[number]

/** What differs by the end from which a list is popped, as words for Lua. */
interface Ends {
  /** Adds an item where it leaves next, and where it leaves last. */
  pushNext: string
  pushLast: string
  /** Options of SORT for the items that leave next, in that order. */
  order: string
  /** The arguments of LTRIM that keep all but the `moved` items that leave next. */
  keep: string
  /** The index of the item that leaves after `i` others. */
  index: string
  /** For LPOS and LREM: the direction in which items leave. */
  direction: string
  /** Takes an item that leaves last, and where it is then. */
  takeLast: string
  takeNext: string
}

const ENDS: Record<ListEnd, Ends> = {
  left: {
    pushNext: 'LPUSH',
    pushLast: 'RPUSH',
    order: "'ASC'",
    keep: 'moved, -1',
    index: 'i',
    direction: '1',
    takeLast: "'RIGHT', 'LEFT'",
    takeNext: "'LEFT', 'RIGHT'",
  },
  right: {
    pushNext: 'RPUSH',
    pushLast: 'LPUSH',
    order: "'DESC'",
    keep: '0, -1 - moved',
    index: '-1 - i',
    direction: '-1',
    takeLast: "'LEFT', 'RIGHT'",
    takeNext: "'RIGHT', 'LEFT'",
  },
}

/**
 * The ready items are a list, and so are those of a lease, whose first item was the first to leave. An item has no place,
 * and identical items are several. What is purged is renamed, which is O(1), and keeps the order of the queue.
 *
 * SORT BY nosort ... STORE copies a part of a list without sorting it, from either end and all in C: 300,000 items of
 * 130 bytes in leases of 1,000 take Redis 36 ms of CPU, against 117 ms by LRANGE, RPUSH and LTRIM or by LMPOP and RPUSH,
 * 265 ms by an LMOVE for each item, and 260 ms for the move within sorted sets. As SORT also reads other types, LLEN
 * stops the script before at a key of another type.
 */
export function listLua(pops: ListEnd): LuaEngine {
  const ends = ENDS[pops]
  return {
    kind: 'list',
    can: {priority: false, collapse: false, age: false, locate: false},
    size: `
local function size(key) return redis.call('LLEN', key) end`,
    claim: `
local function claim(from, lease, count)
  if redis.call('LLEN', from) == 0 then return 0 end
  if from ~= KEYS[1] then
    local moved = redis.call('SORT', from, 'BY', 'nosort', 'LIMIT', 0, count, 'STORE', lease)
    redis.call('LTRIM', from, moved, -1)
    return moved
  end
  local moved = redis.call('SORT', from, 'BY', 'nosort', ${ends.order}, 'LIMIT', 0, count, 'STORE', lease)
  redis.call('LTRIM', from, ${ends.keep})
  return moved
end`,
    items: `
local function texts(lease, first, last) return redis.call('LRANGE', lease, first, last) end
local function items(lease, first, last)
  local both = {}
  for i, text in ipairs(redis.call('LRANGE', lease, first, last)) do both[2 * i - 1], both[2 * i] = text, '' end
  return both
end`,
    drop: `
local function drop(lease) redis.call('UNLINK', lease) end`,
    put: `
local function put(key, _, item)
  redis.call(key == KEYS[1] and '${ends.pushNext}' or 'RPUSH', key, item)
  return 1
end`,
    head: `
local function head() return '' end`,
    clear: `
local function clear(trash) redis.call('RENAME', KEYS[1], trash) end`,
    discard: discardOf(ends),
    restore: restoreOf(ends),
  }
}

/**
 * Items are found by how many others left before them when they were read, and by their text: as workers take items, all
 * others come nearer by as many. A found item is overwritten by a mark, so that the others keep their index, and all marks
 * go together: each removal by itself would move what is behind it. An item that another has taken meanwhile is not found.
 */
const discardOf = ({index, direction, pushLast}: Ends) => `
local function discard(trash, found)
  local mark, nearer, moved = '\\0' .. trash, 0, 0
  local function index_of(i) return ${index} end
  local function is_at(i, text)
    return i >= 0 and redis.call('LINDEX', KEYS[1], index_of(i)) == text
  end
  local function look_for(text, most)
    local at = redis.call('LPOS', KEYS[1], text, 'RANK', ${direction}, 'MAXLEN', most)
    if not at then return nil end
    return ${direction} == 1 and at or redis.call('LLEN', KEYS[1]) - 1 - at
  end
  for n = 1, #found, 2 do
    local read_at, text = tonumber(found[n]), found[n + 1]
    local at = read_at - nearer
    if not is_at(at, text) then at = look_for(text, read_at + ${AHEAD}) end
    if at then
      nearer = read_at - at
      redis.call('LSET', KEYS[1], index_of(at), mark)
      redis.call('${pushLast}', trash, text)
      moved = moved + 1
    end
  end
  if moved > 0 then redis.call('LREM', KEYS[1], ${direction} * moved, mark) end
  return moved
end`

/** How many items that were put back meanwhile, and leave before an item that was read, are allowed for. */
const AHEAD = 1000

/**
 * If only a few items have come since, they join the trash, which is then renamed: as fast for a million as for one.
 * Otherwise items move one by one, the one that left last first, to where they leave next.
 */
const restoreOf = ({takeLast, takeNext}: Ends) => `
local function restore(trash, most, most_bytes)
  local left, there = redis.call('LLEN', trash), redis.call('LLEN', KEYS[1])
  if there < left and there <= most then
    for _ = 1, there do redis.call('LMOVE', KEYS[1], trash, ${takeNext}) end
    redis.call('RENAME', trash, KEYS[1])
    return 0, left
  end
  local moved, bytes = 0, 0
  while moved < math.min(most, left) and bytes < most_bytes do
    bytes = bytes + #redis.call('LMOVE', trash, KEYS[1], ${takeLast})
    moved = moved + 1
  end
  return left - moved, moved
end`
