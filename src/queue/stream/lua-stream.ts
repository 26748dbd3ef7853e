/** Entries that are looked at from either end of a stream to count what is ready, where Redis cannot tell: 10 to 20 ms. */
const COUNTED = 5000
/** Entries read at a time for that. */
const STEP = 100

/** Pending entries among which the oldest of a lease is looked for: a purge holds one under its id, of 8 digits. */
const LOOKED_AT = 10

/**
 * Lua: what the functions of a stream share.
 *
 * The ready items are the entries after the last one that was delivered to the group, and before them those that came
 * back (dead letters that were replayed, a purge that was undone): these are in a stream of their own, since an entry
 * that was added again would reach all other groups again. The items of a lease are the pending entries of a consumer
 * that has the name of the lease, and before them those in the stream of the lease itself: records that were postponed,
 * and items that had come back.
 *
 * If somebody destroys the group, it is made again where it had come to: `reached` holds the last entry before which no
 * lease has any, and how many entries the stream had then, by which another stream under the same name is known.
 */
export const preludeOf = (group: string) => `
local GROUP = '${group}'
local tail = string.match(KEYS[1], '^queue:(.+)$') or (string.find(KEYS[1], '{', 1, true) and KEYS[1] or '{' .. KEYS[1] .. '}')
local returned = 'lease:' .. tail .. ':' .. string.gsub(GROUP, '^qtool', 'returned')
local reached = 'lease:' .. tail .. ':' .. string.gsub(GROUP, '^qtool', 'reached')
local function consumer_of(key) return string.match(key, '[^:]*$') end
local function fields_of(flat)
  local fields = {}
  for i = 1, #flat, 2 do fields[flat[i]] = flat[i + 1] end
  return fields
end
local function is_before(a, b)
  local a_ms, a_seq = string.match(a, '^(%d+)-(%d+)$')
  local b_ms, b_seq = string.match(b, '^(%d+)-(%d+)$')
  if #a_ms ~= #b_ms then return #a_ms < #b_ms end
  if a_ms ~= b_ms then return a_ms < b_ms end
  if #a_seq ~= #b_seq then return #a_seq < #b_seq end
  return a_seq < b_seq
end
local function reached_in(at)
  local id, added = string.match(redis.call('GET', reached) or '', '^(%S+) (%d+)$')
  if not id or at['entries-added'] < tonumber(added) or is_before(at['last-generated-id'], id) then return '0-0', false end
  return id, true
end
local function look()
  if redis.call('EXISTS', KEYS[1]) == 0 then return nil end
  local at = fields_of(redis.call('XINFO', 'STREAM', KEYS[1]))
  at.last = '0-0'
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = fields_of(flat)
    if group.name == GROUP then
      at.group, at.last, at.read = group, group['last-delivered-id'], group['entries-read']
    else
      at.is_shared = true
    end
  end
  if not at.group then at.last, at.is_known = reached_in(at) end
  return at
end
local function keep_reached()
  local at, oldest = look(), nil
  local pending = redis.call('XPENDING', KEYS[1], GROUP, '-', '+', ${LOOKED_AT})
  for i = #pending, 1, -1 do
    if not string.match(pending[i][2], '^${'%x'.repeat(8)}$') then oldest = pending[i][1] end
  end
  if #pending == ${LOOKED_AT} and not oldest then oldest = pending[1][1] end
  local before = oldest and redis.call('XREVRANGE', KEYS[1], '(' .. oldest, '-', 'COUNT', 1)[1]
  local id = oldest and (before and before[1] or '0-0') or at.last
  redis.call('SET', reached, id .. ' ' .. string.format('%.0f', at['entries-added']))
end
local function count_ready(at, is_bounded)
  if not at or at.length == 0 then return 0, true end
  if is_before(at.last, at['recorded-first-entry-id']) then return at.length, true end
  if at.read and not is_before(at.last, at['max-deleted-entry-id']) then return at['entries-added'] - at.read, true end
  local low, high, behind, ahead = '-', '(' .. at.last, 0, 0
  repeat
    local some = redis.call('XRANGE', KEYS[1], low, at.last, 'COUNT', ${STEP})
    behind = behind + #some
    if #some < ${STEP} then return at.length - behind, true end
    low = '(' .. some[#some][1]
    some = redis.call('XRANGE', KEYS[1], high, '+', 'COUNT', ${STEP})
    ahead = ahead + #some
    if #some < ${STEP} then return ahead, true end
    high = '(' .. some[#some][1]
  until is_bounded and ahead >= ${COUNTED}
  return ahead, false
end
local function pending_ids(consumer, most)
  local ids = {}
  local at = look()
  if not at or not at.group then return ids, at end
  for i, one in ipairs(redis.call('XPENDING', KEYS[1], GROUP, '-', '+', most, consumer)) do ids[i] = one[1] end
  return ids, at
end
local escapes = {['"'] = '\\\\"', ['\\\\'] = '\\\\\\\\', ['\\n'] = '\\\\n', ['\\r'] = '\\\\r', ['\\t'] = '\\\\t'}
local function quoted(text)
  return '"' .. string.gsub(text, '[%c"\\\\]', function(char)
    return escapes[char] or string.format('\\\\u%04x', string.byte(char))
  end) .. '"'
end
local function item_of(fields)
  if #fields == 2 and (fields[1] == 'item' or string.find(fields[2], '^{.*}$')) then return fields[2] end
  local parts = {}
  for i = 1, #fields, 2 do parts[#parts + 1] = quoted(fields[i]) .. ':' .. quoted(fields[i + 1]) end
  return '{' .. table.concat(parts, ',') .. '}'
end
local function add_own(key, place, item) redis.call('XADD', key, '*', 'place', place, 'item', item) end
local function move_own(from, to, most, most_bytes)
  local moved, bytes = 0, 0
  while moved < most and bytes < most_bytes do
    local one = redis.call('XRANGE', from, '-', '+', 'COUNT', 1)[1]
    if not one or one[2][1] ~= 'place' then break end
    add_own(to, one[2][2], one[2][4])
    redis.call('XDEL', from, one[1])
    moved, bytes = moved + 1, bytes + #one[2][4]
  end
  if redis.call('XLEN', from) == 0 then redis.call('UNLINK', from) end
  return moved
end
local function follow(at)
  local passed = at['entries-added'] - at.length
  if not at.group then
    if at.last == '0-0' then
      redis.call('XGROUP', 'CREATE', KEYS[1], GROUP, '0', 'ENTRIESREAD', passed)
    else
      redis.call('XGROUP', 'CREATE', KEYS[1], GROUP, at.last)
    end
    at.group = {}
    return 0, at.is_known
  end
  if is_before(at.last, at['max-deleted-entry-id']) then
    if at.read then redis.call('XGROUP', 'SETID', KEYS[1], GROUP, at.last) end
    return 0
  end
  if at.read == passed or at.length > 0 and not is_before(at.last, at['recorded-first-entry-id']) then return 0 end
  redis.call('XGROUP', 'SETID', KEYS[1], GROUP, at.last, 'ENTRIESREAD', passed)
  return at.read and math.max(0, passed - at.read) or 0
end
local function trim()
  local oldest = redis.call('XPENDING', KEYS[1], GROUP, '-', '+', 1)[1]
  local last = oldest and oldest[1] or look().last
  redis.call('XTRIM', KEYS[1], 'MINID', '=', last)
  if not oldest then redis.call('XDEL', KEYS[1], last) end
end`
