/** Bytes after which no more entries are claimed: they pass through Lua, and then go to the worker in one reply. */
const CLAIM_BYTES = 16 * 1024 * 1024

/** Entries read first, to see how large they are. */
const FIRST_STEP = 16

/** Ids in one command: Lua's unpack breaks at 8,000. */
const IDS = 1000

/** Acknowledged entries between leases that are held, beyond which those of a lease are deleted one by one. */
const MOST_KEPT = 10_000

/**
 * Lua: `claim(from, lease, count)`, and `claimed`, the items that it has just claimed from the ready ones.
 *
 * XREADGROUP brings every entry into Lua, so its items are handed out from there: to read them again by XRANGE in a
 * second script took Redis 1.3 s of CPU more per million entries (4.6 s against 3.3 s; a sorted set takes 1.9 s), and
 * XREADGROUP from the history of the consumer as much. A third of the 3.3 s is the append-only file, in which Redis
 * writes an XCLAIM for each entry. If all entries ahead were deleted, newer versions of Redis make the consumer for
 * nothing.
 */
export const CLAIM = `
local claimed = {}
local function claim_pending(from, lease, count)
  local source, moved = consumer_of(from), 0
  local ids, at = pending_ids(source, count)
  for i = 1, #ids, ${IDS} do
    local some = {unpack(ids, i, math.min(#ids, i + ${IDS - 1}))}
    some[#some + 1] = 'JUSTID'
    moved = moved + #redis.call('XCLAIM', KEYS[1], GROUP, consumer_of(lease), 0, unpack(some))
  end
  if #ids > 0 and #redis.call('XPENDING', KEYS[1], GROUP, '-', '+', 1, source) == 0 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], GROUP, source)
  end
  return moved
end
local function claim(from, lease, count)
  if from ~= KEYS[1] then
    local moved = move_own(from, lease, count, math.huge)
    return moved + (moved < count and claim_pending(from, lease, count - moved) or 0), 0
  end
  local came_back = move_own(returned, lease, count, ${CLAIM_BYTES})
  if came_back > 0 then
    for i, entry in ipairs(redis.call('XRANGE', lease, '-', '+')) do claimed[i] = entry[2][4] end
  end
  local at = look()
  local lost, is_again = 0, false
  if at then lost, is_again = follow(at) end
  if came_back > 0 or not at or at.last == at['last-generated-id'] then return came_back, lost, is_again end
  local bytes, step, consumer = 0, math.min(count, ${FIRST_STEP}), consumer_of(lease)
  repeat
    local reply = redis.call('XREADGROUP', 'GROUP', GROUP, consumer, 'COUNT', step, 'STREAMS', KEYS[1], '>')
    local entries = reply and reply[1][2] or {}
    for _, entry in ipairs(entries) do
      local item = item_of(entry[2])
      claimed[#claimed + 1] = item
      bytes = bytes + #item
    end
    local is_last = #entries < step
    step = math.min(count - #claimed, math.floor((${CLAIM_BYTES} - bytes) * #claimed / math.max(1, bytes)))
  until is_last or step < 1
  if #claimed == 0 then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], GROUP, consumer) end
  return #claimed, lost, is_again
end`

/** Lua: `texts(lease, first, last)` and `items(lease, first, last)`: what is left of a lease in the stream. */
export const ITEMS = `
local known = {}
local function entries_of(lease)
  if known[lease] then return known[lease] end
  local found = {}
  for i, entry in ipairs(redis.call('XRANGE', lease, '-', '+')) do found[i] = {entry[2][4], entry[2][2]} end
  local ids, i = pending_ids(consumer_of(lease), 1000000000), 1
  while i <= #ids do
    local some = redis.call('XRANGE', KEYS[1], ids[i], ids[#ids], 'COUNT', #ids - i + 1)
    if #some == 0 then break end
    for _, entry in ipairs(some) do
      while ids[i] and ids[i] ~= entry[1] and is_before(ids[i], entry[1]) do i = i + 1 end
      if ids[i] == entry[1] then
        found[#found + 1] = {item_of(entry[2]), string.match(entry[1], '^%d+')}
        i = i + 1
      end
    end
  end
  known[lease] = found
  return found
end
local function texts(lease, first, last)
  local found, some = entries_of(lease), {}
  for i = first, last < 0 and #found + last or last do some[#some + 1] = found[i + 1] and found[i + 1][1] end
  return some
end
local function items(lease, first, last)
  local found, some = entries_of(lease), {}
  for i = first, last < 0 and #found + last or last do
    some[#some + 1], some[#some + 2] = found[i + 1][1], found[i + 1][2]
  end
  return some
end`

/** Lua: `places(lease)`. */
export const PLACES = `
local function places(lease)
  local found = {}
  for i, entry in ipairs(redis.call('XRANGE', lease, '-', '+')) do found[i] = entry[2][2] end
  for _, id in ipairs((pending_ids(consumer_of(lease), 1000000000))) do found[#found + 1] = string.match(id, '^%d+') end
  return found
end`

/**
 * Lua: `drop(lease)`. An entry that is acknowledged is of no use to anybody if ours is the only group: then everything
 * before the oldest pending entry is trimmed, which takes Redis 0.2 s of CPU per million entries where XDEL takes 1.4 s.
 * If a lease that is held for long keeps too many of them, those of this lease are deleted by their ids. If there are
 * other groups, nothing is ever deleted: trimming is up to the owner of the stream.
 */
export const DROP = `
local function drop(lease)
  redis.call('UNLINK', lease)
  local at = look()
  if not at or not at.group then return end
  local consumer = consumer_of(lease)
  if at.is_shared then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], GROUP, consumer)
    return keep_reached()
  end
  local ready, is_known = count_ready(at, true)
  if is_known and at.length - ready - at.group.pending > ${MOST_KEPT} then
    local ids = pending_ids(consumer, 1000000000)
    for i = 1, #ids, ${IDS} do redis.call('XDEL', KEYS[1], unpack(ids, i, math.min(#ids, i + ${IDS - 1}))) end
  end
  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], GROUP, consumer)
  keep_reached()
  trim()
end`

/** Lua: `reclaim(lease)` drops entries that were removed from the stream; returns how many. */
export const RECLAIM = `
local function reclaim(lease)
  local consumer, kept = consumer_of(lease), 0
  local ids = pending_ids(consumer, 1000000000)
  for i = 1, #ids, ${IDS} do
    local some = {unpack(ids, i, math.min(#ids, i + ${IDS - 1}))}
    some[#some + 1] = 'JUSTID'
    kept = kept + #redis.call('XCLAIM', KEYS[1], GROUP, consumer, 0, unpack(some))
  end
  return #ids - kept
end`
