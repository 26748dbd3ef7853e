/**
 * Lua: `clear(trash)`. A purge of all moves the group past the last entry: entries stay where they are, for other groups
 * and for an undo, and the last entry of the trash names the range. The first entry of the range is given to a consumer
 * with the name of the trash, so that nothing trims it.
 */
export const CLEAR = `
local function clear(trash)
  if redis.call('EXISTS', returned) == 1 then redis.call('RENAME', returned, trash) end
  local at = look()
  local count = count_ready(at)
  if count == 0 then return end
  follow(at)
  local to = at['last-generated-id']
  local first = redis.call('XRANGE', KEYS[1], '(' .. at.last, '+', 'COUNT', 1)[1][1]
  redis.call('XCLAIM', KEYS[1], GROUP, consumer_of(trash), 0, first, 'FORCE', 'JUSTID')
  redis.call('XGROUP', 'SETID', KEYS[1], GROUP, to, 'ENTRIESREAD', at['entries-added'])
  redis.call('XADD', trash, '*', 'from', at.last, 'to', to, 'count', count)
  keep_reached()
end`

/**
 * Lua: `discard(trash, found)`. Single items move into the trash, which is a stream. That takes them from all groups, so
 * it is refused if there are others.
 */
export const DISCARD = `
local function discard(trash, found)
  local moved, at = 0, look()
  for i = 1, #found, 2 do
    local is_returned, id = string.match(found[i], '^(r?)(.*)$')
    local key = is_returned == 'r' and returned or KEYS[1]
    if key == KEYS[1] and at and at.is_shared then error({err = 'SHARED other groups read this stream'}) end
    if key == returned or at and is_before(at.last, id) then
      local entry = redis.call('XRANGE', key, id, id)[1]
      if entry then
        if key == returned then
          add_own(trash, entry[2][2], entry[2][4])
        else
          add_own(trash, string.match(id, '^%d+'), item_of(entry[2]))
        end
        redis.call('XDEL', key, id)
        moved = moved + 1
      end
    end
  end
  if redis.call('XLEN', returned) == 0 then redis.call('UNLINK', returned) end
  return moved
end`

/** Lua: the range of entries that a trash names, if any, and its end. */
const RANGE = `
local function range_of(trash)
  local last = redis.call('XREVRANGE', trash, '+', '-', 'COUNT', 1)[1]
  if not last or last[2][1] ~= 'from' then return nil end
  local range = fields_of(last[2])
  range.id, range.count = last[1], tonumber(range.count)
  return range
end
local function end_range(trash, range)
  redis.call('XDEL', trash, range.id)
  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], GROUP, consumer_of(trash))
end`

/**
 * Lua: `restore(trash, most, most_bytes)`. If nothing was delivered since the purge, the group goes back; otherwise the
 * items come back one by one; their entries go with the next that are trimmed.
 */
export const RESTORE = `
${RANGE}
local function go_back(trash, range, at)
  end_range(trash, range)
  local ready = count_ready(at)
  redis.call('XGROUP', 'SETID', KEYS[1], GROUP, range.from, 'ENTRIESREAD', at['entries-added'] - ready - range.count)
  keep_reached()
  return count_ready(look()) - ready
end
local function copy_back(trash, range, most, most_bytes)
  local moved, bytes = 0, 0
  while moved < most and bytes < most_bytes do
    local entry = redis.call('XRANGE', KEYS[1], '(' .. range.from, range.to, 'COUNT', 1)[1]
    if not entry then
      end_range(trash, range)
      return moved, 0
    end
    local item = item_of(entry[2])
    add_own(returned, string.match(entry[1], '^%d+'), item)
    range.from, moved, bytes = entry[1], moved + 1, bytes + #item
  end
  local left = math.max(1, range.count - moved)
  redis.call('XDEL', trash, range.id)
  redis.call('XADD', trash, '*', 'from', range.from, 'to', range.to, 'count', left)
  return moved, left
end
local function restore(trash, most, most_bytes)
  local moved = move_own(trash, returned, most, most_bytes)
  local range, at = range_of(trash), look()
  local left = redis.call('XLEN', trash) - (range and 1 or 0)
  if left > 0 or not range then return left + (range and range.count or 0), moved end
  if not at or not at.group then
    redis.call('UNLINK', trash)
    return 0, moved
  end
  if at.last == range.to then
    moved, left = moved + go_back(trash, range, at), 0
  elseif moved < most then
    local more
    more, left = copy_back(trash, range, most - moved, most_bytes)
    moved = moved + more
  else
    left = range.count
  end
  if left == 0 then redis.call('UNLINK', trash) end
  return left, moved
end`

/** Lua: `free(trash)`. */
export const FREE = `
${RANGE}
local function free(trash)
  local range, at = range_of(trash), look()
  if range and at and at.group then
    end_range(trash, range)
    if not at.is_shared then trim() end
  end
  redis.call('UNLINK', trash)
end`
